import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Clock, systemClock } from '../../shared/core/clock.ts';
import type { Judge } from './access/access.ts';
import { LocalEvents } from './events/service.ts';
import type { FaultHook, Meter } from './fault.ts';
import { walk } from './files/walk.ts';
import { LocalGlue } from './glue/service.ts';
import { type ClientConfig, clientConfig } from './handler.ts';
import { Router } from './route.ts';
import { LocalS3 } from './s3/service.ts';
import { LocalSqs } from './sqs/service.ts';
import type { CallOptions, LocalRequest, LocalResponse, LocalService } from './wire.ts';

export type { Judge } from './access/access.ts';
export type { Right } from './access/rights.ts';
export { AwsError } from './errors.ts';
export { type Call, type FaultHook, Meter } from './fault.ts';
export type { ClientConfig } from './handler.ts';
export { awsErrorResponse } from './route.ts';
export type { CallOptions, LocalRequest, LocalResponse, LocalService } from './wire.ts';

export interface LocalAwsOptions {
  /** The folder that holds everything; made when it is missing. */
  home: string;
  /** What S3's dates and events' times say. Visibility and delays of messages always go by real time. */
  clock?: Clock;
  /** Real time by default; for tests of visibility. */
  timers?: Clock;
  /** Services built elsewhere; one that needs this AWS itself is given as a function of it. */
  services?: { athena?: LocalService | ((aws: LocalAws) => LocalService) };
  fault?: FaultHook;
  meter?: Meter;
  /** Judges the calls of clients that say whose they are (`as`); without it everybody may do everything. */
  judge?: Judge;
}

export interface LocalAws {
  readonly home: string;
  /** Answers a serialized request of any service; the clients' `requestHandler` and a port both use it. */
  handle(request: LocalRequest, options?: CallOptions): Promise<LocalResponse>;
  readonly requestHandler: ClientConfig['requestHandler'];
  /** Everything that a client needs: `new S3Client(aws.clientConfig)`. */
  readonly clientConfig: ClientConfig;
  /** The same for clients of a role: what it may not do is denied, when there is a judge. */
  as(principal: string): ClientConfig;
  /**
   * The file that holds an object's bytes now, or null. It never changes; when the object is replaced or
   * deleted, it stays for a minute.
   */
  objectPath(bucket: string, key: string): Promise<string | null>;
  /** All objects whose keys begin with a prefix, in the order of their keys, each with such a file. */
  objectFiles(bucket: string, prefix: string): Promise<ObjectFile[]>;
  /** Removes at once the bytes of objects of a bucket that were replaced or deleted, which else stay for a minute. */
  purge(bucket: string): void;
  /** Delivers events that killed processes left undelivered; gives how many. */
  settle(): number;
  /** Calls back when this process adds or returns a message of that queue; gives a function that ends it. */
  onArrival(queue: string, listener: () => void): () => void;
  close(): Promise<void>;
}

export interface ObjectFile {
  key: string;
  bytes: number;
  path: string;
}

/** The in-process AWS over a folder: durable against a kill, safe for many processes at the same time. */
export function createLocalAws(options: LocalAwsOptions): LocalAws {
  const home = resolve(options.home);
  const clock = options.clock ?? systemClock;
  const sqs = new LocalSqs(home, options.timers ?? systemClock);
  const events = new LocalEvents(home, clock, sqs);
  const s3 = new LocalS3(home, clock, events.outbox);
  const glue = new LocalGlue(home, clock);
  const router = new Router({ s3, sqs, events, glue }, options);
  const config = clientConfig(router);
  const aws: LocalAws = {
    home,
    handle: (request, callOptions) => router.handle(request, callOptions),
    requestHandler: config.requestHandler,
    clientConfig: config,
    as: (principal) => clientConfig(router, principal),
    async objectPath(bucket, key) {
      const tree = s3.tree(bucket);
      const head = tree.head(key);
      return head ? tree.bytesPath(head) : null;
    },
    async objectFiles(bucket, prefix) {
      const tree = s3.tree(bucket);
      const found: ObjectFile[] = [];
      for (const { key, path } of walk(tree, { prefix, after: '', skip: null })) {
        const head = tree.headAt(path);
        if (head) found.push({ key, bytes: head.size, path: tree.bytesPath(head) });
      }
      return found;
    },
    purge: (bucket) => s3.tree(bucket).purge(),
    settle: () => events.outbox.settle(({ bucket, key }) => s3.holds(bucket, key)),
    onArrival: (queue, listener) => sqs.onArrival(queue, listener),
    close: async () => router.close(),
  };
  const athena = options.services?.athena;
  if (athena) router.add('athena', typeof athena === 'function' ? athena(aws) : athena);
  if (existsSync(home)) aws.settle();
  return aws;
}
