import { AwsError } from '../errors.ts';
import type { Fold } from '../files/journal.ts';
import { Journal } from '../files/journal.ts';
import { bodyBytes } from '../wire.ts';
import { emptyResponse, type S3Operation, xmlResponse } from './context.ts';
import { refuseOthers } from './request.ts';
import { children, parseXml } from './xml.ts';

export interface Bucket {
  name: string;
  /** ms */
  created: number;
  /** Whether its events go to the default bus. */
  announces: boolean;
}

type Entry = { create: Bucket } | { announce: string; on: boolean } | { remove: string };
type State = Map<string, Bucket>;

const fold: Fold<State, Entry> = {
  empty: () => new Map(),
  apply(state, entry) {
    if ('create' in entry) state.set(entry.create.name, entry.create);
    else if ('remove' in entry) state.delete(entry.remove);
    else {
      const bucket = state.get(entry.announce);
      if (bucket) state.set(bucket.name, { ...bucket, announces: entry.on });
    }
  },
  dump: (state) => [...state.values()],
  load: (dump) => new Map((dump as Bucket[]).map((bucket) => [bucket.name, bucket])),
};

/** The buckets of one home. */
export class Buckets {
  readonly #journal: Journal<State, Entry>;

  constructor(directory: string) {
    this.#journal = new Journal(directory, fold);
  }

  find(name: string): Bucket | undefined {
    return this.#journal.read().get(name);
  }

  all(): Bucket[] {
    return [...this.#journal.read().values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** False when it is there already. */
  create(name: string, now: number): boolean {
    return this.#journal.change<boolean>((state) =>
      state.has(name)
        ? { result: false }
        : { entry: { create: { name, created: now, announces: false } }, result: true },
    );
  }

  remove(name: string): void {
    this.#journal.change((state) =>
      state.has(name) ? { entry: { remove: name }, result: null } : { result: null },
    );
  }

  setAnnounces(name: string, on: boolean): void {
    this.#journal.change((state) =>
      state.get(name)?.announces === on ? { result: null } : { entry: { announce: name, on }, result: null },
    );
  }
}

/** Names: 3 to 63 of lower case letters, digits, `.` and `-`, beginning and ending with a letter or digit. */
const NAME = /^(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

export const createBucket: S3Operation = async (context, request) => {
  refuseOthers(request, 'CreateBucket', {});
  if (!NAME.test(request.bucket)) {
    throw new AwsError('InvalidBucketName', 'The specified bucket is not valid.');
  }
  // In us-east-1 making a bucket that is yours answers 200; elsewhere 409 BucketAlreadyOwnedByYou.
  context.buckets.create(request.bucket, context.clock.now());
  return emptyResponse(200, { location: `/${request.bucket}` });
};

export const headBucket: S3Operation = (context, request) => {
  refuseOthers(request, 'HeadBucket', {});
  context.tree(request.bucket);
  return emptyResponse(200, { 'x-amz-bucket-region': 'us-east-1' });
};

export const listBuckets: S3Operation = (context, request) => {
  refuseOthers(request, 'ListBuckets', {});
  return xmlResponse('ListAllMyBucketsResult', {
    Owner: { ID: 'local' },
    Buckets: {
      Bucket: context.buckets
        .all()
        .map(({ name, created }) => ({ Name: name, CreationDate: new Date(created).toISOString() })),
    },
  });
};

export const getBucketLocation: S3Operation = (context, request) => {
  refuseOthers(request, 'GetBucketLocation', { query: ['location'] });
  context.tree(request.bucket);
  return xmlResponse('LocationConstraint', {});
};

export const putNotification: S3Operation = async (context, request) => {
  refuseOthers(request, 'PutBucketNotificationConfiguration', { query: ['notification'] });
  context.tree(request.bucket);
  const root = parseXml((await bodyBytes(request.body)).toString('utf8'));
  const other = root.children.find((child) => child.name !== 'EventBridgeConfiguration');
  if (other) {
    throw new AwsError(
      'NotImplemented',
      `The in-process AWS does not support ${other.name} in a notification; use EventBridgeConfiguration.`,
      501,
    );
  }
  context.buckets.setAnnounces(request.bucket, children(root, 'EventBridgeConfiguration').length > 0);
  return emptyResponse(200);
};

export const getNotification: S3Operation = (context, request) => {
  refuseOthers(request, 'GetBucketNotificationConfiguration', { query: ['notification'] });
  context.tree(request.bucket);
  const on = context.buckets.find(request.bucket)?.announces;
  return xmlResponse('NotificationConfiguration', on ? { EventBridgeConfiguration: '' } : {});
};
