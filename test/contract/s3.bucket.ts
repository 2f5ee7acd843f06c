import * as s3 from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { ClientFactory, Clients } from './clients.ts';

export const API = 'https://docs.aws.amazon.com/AmazonS3/latest/API';
export const GUIDE = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide';
export const Bucket = 'contract-bucket';

/** One bucket for the tests of a suite; every test has a key prefix of its own, which these calls add. */
export class TestBucket {
  clients!: Clients;
  /** The prefix of the test that is running. */
  at = '';

  constructor(factory: ClientFactory) {
    let turn = 0;
    beforeAll(async () => {
      this.clients = await factory();
      await this.clients.s3.send(new s3.CreateBucketCommand({ Bucket }));
    });
    afterAll(() => this.clients.close());
    beforeEach(() => {
      turn += 1;
      this.at = `t${turn}/`;
    });
  }

  put(key: string, body: string, more: Partial<s3.PutObjectCommandInput> = {}) {
    const input = { Bucket, Key: this.at + key, Body: body, ...more };
    return this.clients.s3.send(new s3.PutObjectCommand(input));
  }

  get(key: string, more: Partial<s3.GetObjectCommandInput> = {}) {
    return this.clients.s3.send(new s3.GetObjectCommand({ Bucket, Key: this.at + key, ...more }));
  }

  async text(key: string, more: Partial<s3.GetObjectCommandInput> = {}): Promise<string> {
    return (await (await this.get(key, more)).Body?.transformToString()) ?? '';
  }

  list(more: Partial<s3.ListObjectsV2CommandInput> = {}) {
    return this.clients.s3.send(new s3.ListObjectsV2Command({ Bucket, Prefix: this.at, ...more }));
  }

  async keys(more: Partial<s3.ListObjectsV2CommandInput> = {}): Promise<string[]> {
    return (await this.list(more)).Contents?.map((one) => one.Key?.slice(this.at.length) ?? '') ?? [];
  }
}
