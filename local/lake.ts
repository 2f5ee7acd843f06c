import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { AthenaClient } from '@aws-sdk/client-athena';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { GlueClient } from '@aws-sdk/client-glue';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createCompactHandler } from '../functions/compact/handler.ts';
import { dailySalt } from '../functions/ingest/environment.ts';
import { collectHandler, landHandler } from '../functions/ingest/handler.ts';
import { createRateLimiter } from '../functions/ingest/rate-limit.ts';
import { createSiteCache } from '../functions/ingest/site-cache.ts';
import type { MartsWhen } from '../functions/publish/environment.ts';
import { createPublishHandler } from '../functions/publish/handler.ts';
import { createSessionizeHandler, createWorkHandler } from '../functions/sessionize/handler.ts';
import type { ObtainedResult } from '../functions/sessionize/obtain.ts';
import type { BatchLimits } from '../functions/sessionize/tasks.ts';
import { AthenaQueries } from '../shared/clients/athena-queries.ts';
import { EventBus } from '../shared/clients/event-bus.ts';
import { GlueCatalog } from '../shared/clients/glue-catalog.ts';
import { S3Objects } from '../shared/clients/s3-objects.ts';
import { SqsQueue } from '../shared/clients/sqs-queue.ts';
import { type Clock, systemClock } from '../shared/core/clock.ts';
import { landedAgain } from '../shared/envelopes/events.ts';
import { Lake } from '../shared/lake/lake.ts';
import { openSite } from '../shared/lake/opening.ts';
import { type Observed, unobserved } from '../shared/observed.ts';
import type { Log } from '../shared/ports/log.ts';
import { trackerScript } from '../tracker/dist/script.ts';
import { createLocalAthena, type LocalAthenaOptions } from './athena/index.ts';
import { createLocalAws, type FaultHook, type LocalService, type Meter } from './aws/index.ts';
import { queueUrl } from './aws/sqs/queues.ts';
import {
  createRuntime,
  type Invoked,
  type LambdaFunction,
  provision,
  type Runtime,
} from './runtime/index.ts';
import { saltSecret } from './salt-secret.ts';
import { topology } from './topology.ts';

export interface LocalLakeOptions {
  /** Folder that holds everything; made when absent. */
  home: string;
  /** What the functions take for now; queues and claims go by real time. */
  clock?: Clock;
  log?: Log;
  /** Where the functions' metrics go; absent, nowhere. */
  observed?: Observed;
  /** Real time of queues and claims, for tests. */
  timers?: Clock;
  /** How much one invocation takes on before work is shared out, for tests. */
  limits?: BatchLimits;
  /** When marts are built; by default at every arrival. */
  marts?: MartsWhen;
  /** Dollars a day that scheduled builds of marts may cost; no limit by default. */
  martsPerDay?: number;
  /** Makes what answers as Athena; by default the embedded engine. */
  athena?: (options: LocalAthenaOptions) => LocalService;
  fault?: FaultHook;
  meter?: Meter;
  onInvoked?: (invoked: Invoked) => void;
  /** Told of every result that a function of this process finds or makes, for progress. */
  onResult?: (result: ObtainedResult) => void;
}

/** A whole lake in one process: the same functions as on AWS, over the in-process AWS in a folder. */
export type LocalLake = Awaited<ReturnType<typeof openLocalLake>>;

const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };

/** Opens (and on first use provisions) the lake in a folder. `close()` it when done. */
export async function openLocalLake(options: LocalLakeOptions) {
  mkdirSync(options.home, { recursive: true });
  const clock = options.clock ?? systemClock;
  const log = options.log ?? silent;
  const observed = options.observed ?? unobserved();
  const watched: Observed['spend']['watch'] = (client) =>
    options.observed ? observed.spend.watch(client) : client;
  const aws = createLocalAws({
    home: options.home,
    clock,
    ...(options.timers ? { timers: options.timers } : {}),
    ...(options.fault ? { fault: options.fault } : {}),
    ...(options.meter ? { meter: options.meter } : {}),
    services: {
      athena: (self) =>
        (options.athena ?? createLocalAthena)({
          home: options.home,
          clock,
          s3: new S3Client(self.clientConfig),
          glue: new GlueClient(self.clientConfig),
          objectFiles: self.objectFiles,
        }),
    },
  });
  await provision(aws, topology);
  const objects = new S3Objects(watched(new S3Client(aws.clientConfig)), topology.bucket);
  const lake = new Lake(objects, clock);
  const bus = new EventBus(watched(new EventBridgeClient(aws.clientConfig)), 'retcon');
  const clients = {
    athena: new AthenaClient(aws.clientConfig),
    glue: new GlueClient(aws.clientConfig),
    sqs: watched(new SQSClient(aws.clientConfig)),
  };
  const queries = new AthenaQueries(clients.athena, `s3://${topology.bucket}/results/`, undefined, (bytes) =>
    observed.spend.addScanned(bytes),
  );
  const queueOf = (name: string): SqsQueue => new SqsQueue(clients.sqs, queueUrl(name));
  const functions: Record<string, LambdaFunction> = {
    land: landHandler({ clock, objects, bus, log }, observed) as LambdaFunction,
    compact: createCompactHandler({ lake, bus, log }, observed) as unknown as LambdaFunction,
    sessionize: createSessionizeHandler(
      {
        lake,
        bus,
        log,
        work: queueOf('work'),
        ...(options.limits ? { limits: options.limits } : {}),
        onResult: options.onResult,
      },
      observed,
    ) as unknown as LambdaFunction,
    work: createWorkHandler(
      {
        lake,
        log,
        plan: queueOf('sessionize'),
        onResult: options.onResult,
      },
      observed,
    ) as unknown as LambdaFunction,
    publish: createPublishHandler(
      {
        lake,
        bus,
        log,
        catalog: new GlueCatalog(clients.glue),
        queries,
        bucketUri: `s3://${topology.bucket}`,
        ...(options.marts ? { marts: options.marts } : {}),
        ...(options.martsPerDay ? { martsPerDay: options.martsPerDay } : {}),
      },
      observed,
    ) as unknown as LambdaFunction,
  };
  const collector = collectHandler(
    {
      clock,
      sites: createSiteCache({
        objects,
        // How long it may believe what it read goes by real time: made-up traffic passes days in seconds.
        clock: options.timers ?? systemClock,
        log,
        dayOffset: async (site) => (await openSite(lake, site)).day_offset_minutes,
      }),
      queue: queueOf('ingest'),
      queueTimeoutMs: 5_000,
      randomBytes,
      salt: dailySalt(saltSecret(options.home)),
      limiter: createRateLimiter(clock),
      addressSource: 'connection',
      originSecret: null,
      tracker: trackerScript,
      log,
    },
    observed,
  );
  const runtime: Runtime = createRuntime({
    aws,
    topology,
    functions,
    onError: (error, where) => log.error('a function failed', { ...where, error: String(error) }),
    ...(options.onInvoked ? { onInvoked: options.onInvoked } : {}),
  });
  const landing = topology.mappings.filter(({ queue }) => queue === 'ingest');
  return {
    aws,
    /** The part of the runtime that only lands what the collector took. */
    lander: createRuntime({
      aws,
      topology: { ...topology, mappings: landing },
      functions,
      onError: (error, where) => log.error('a function failed', { ...where, error: String(error) }),
    }),
    clock,
    log,
    lake,
    objects,
    bus,
    clients,
    queries,
    collector,
    functions,
    runtime,
    queueUrl,
    bucketUri: `s3://${topology.bucket}`,
    /** Sends landing objects to compact as if they had just been created. */
    compactAgain: (keys: readonly string[]) =>
      queueOf('compact').send(keys.map((key) => landedAgain(topology.bucket, key))),
    close: () => aws.close(),
  };
}
