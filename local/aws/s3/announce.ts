import { randomBytes, randomUUID } from 'node:crypto';
import type { BusEvent } from '../events/event.ts';
import type { Outbox } from '../events/outbox.ts';
import type { Head } from '../files/head.ts';
import { ACCOUNT, REGION } from '../identity.ts';
import type { Buckets } from './buckets.ts';

export type Reason = 'PutObject' | 'CopyObject' | 'CompleteMultipartUpload';

/** A promise made before a change and kept after it; a crash in between is settled by the next process. */
export interface Promised {
  kept(): Promise<void>;
  void(): void;
}

const NOTHING: Promised = { kept: async () => {}, void: () => {} };
let lastTick = 0;

/** Tells the default bus of objects that come and go, in buckets with EventBridge notifications on. */
export class Announcer {
  readonly #buckets: Buckets;
  readonly #outbox: Outbox;

  constructor(buckets: Buckets, outbox: Outbox) {
    this.#buckets = buckets;
    this.#outbox = outbox;
  }

  created(bucket: string, key: string, head: Head, reason: Reason): Promised {
    const object = { key, size: head.size, etag: head.etag, sequencer: sequencer() };
    return this.#promise(bucket, key, 'Object Created', head.modified, { object, reason });
  }

  deleted(bucket: string, key: string, head: Head, now: number): Promised {
    const object = { key, etag: head.etag, sequencer: sequencer() };
    return this.#promise(bucket, key, 'Object Deleted', now, {
      object,
      reason: 'DeleteObject',
      'deletion-type': 'Permanently Deleted',
    });
  }

  #promise(
    bucket: string,
    key: string,
    type: 'Object Created' | 'Object Deleted',
    now: number,
    { object, ...rest }: Record<string, unknown>,
  ): Promised {
    if (!this.#buckets.find(bucket)?.announces) return NOTHING;
    const event: BusEvent = {
      version: '0',
      id: randomUUID(),
      'detail-type': type,
      source: 'aws.s3',
      account: ACCOUNT,
      time: `${new Date(now).toISOString().slice(0, 19)}Z`,
      region: REGION,
      resources: [`arn:aws:s3:::${bucket}`],
      detail: {
        version: '0',
        bucket: { name: bucket },
        object,
        'request-id': randomBytes(8).toString('hex').toUpperCase(),
        requester: ACCOUNT,
        'source-ip-address': '127.0.0.1',
        ...rest,
      },
    };
    return this.#outbox.promise(event, { bucket, key, exists: type === 'Object Created' }) ?? NOTHING;
  }
}

/** Grows with time, also within one millisecond of this process. */
function sequencer(): string {
  lastTick = Math.max(Date.now() * 4096, lastTick + 1);
  return lastTick.toString(16).toUpperCase().padStart(16, '0');
}
