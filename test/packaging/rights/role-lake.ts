import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AthenaClient, CreateWorkGroupCommand } from '@aws-sdk/client-athena';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { GlueClient } from '@aws-sdk/client-glue';
import { S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse } from 'aws-lambda';
import { createCompactHandler } from '../../../functions/compact/handler.ts';
import { dailySalt } from '../../../functions/ingest/environment.ts';
import { collectHandler, landHandler } from '../../../functions/ingest/handler.ts';
import { createRateLimiter } from '../../../functions/ingest/rate-limit.ts';
import { createSiteCache } from '../../../functions/ingest/site-cache.ts';
import { createGarbageHandler } from '../../../functions/publish/garbage-handler.ts';
import { createPublishHandler } from '../../../functions/publish/handler.ts';
import { createReconcileHandler } from '../../../functions/reconcile/handler.ts';
import { createSessionizeHandler, createWorkHandler } from '../../../functions/sessionize/handler.ts';
import { createWatchHandler } from '../../../functions/watch/handler.ts';
import { createLocalAthena } from '../../../local/athena/index.ts';
import { ACCOUNT, REGION } from '../../../local/aws/identity.ts';
import { createLocalAws, type FaultHook, type Right } from '../../../local/aws/index.ts';
import { queueUrl } from '../../../local/aws/sqs/queues.ts';
import { type LocalLake, openLocalLake } from '../../../local/lake.ts';
import { createRuntime, type LambdaFunction } from '../../../local/runtime/index.ts';
import { topology } from '../../../local/topology.ts';
import { AthenaQueries } from '../../../shared/clients/athena-queries.ts';
import { messagesIn } from '../../../shared/clients/dead-letters.ts';
import { EventBus } from '../../../shared/clients/event-bus.ts';
import { GlueCatalog } from '../../../shared/clients/glue-catalog.ts';
import { S3Objects } from '../../../shared/clients/s3-objects.ts';
import { SqsQueue } from '../../../shared/clients/sqs-queue.ts';
import { redriveQueue } from '../../../shared/clients/sqs-redrive.ts';
import { parseDefinition } from '../../../shared/core/definition/parse.ts';
import { landedAgain } from '../../../shared/envelopes/events.ts';
import { functionUrlEvent } from '../../../shared/envelopes/function-url.ts';
import { Lake } from '../../../shared/lake/lake.ts';
import { openSite } from '../../../shared/lake/opening.ts';
import { unobserved } from '../../../shared/observed.ts';
import type { Log } from '../../../shared/ports/log.ts';
import { noMetrics } from '../../../shared/ports/metrics.ts';
import { STAGE } from '../package-folder.ts';

const WORKGROUP = `retcon-${STAGE}`;

export interface RoleLakeOptions {
  judge(principal: string, right: Right): Promise<boolean>;
  fault?: FaultHook;
  /** Of the first release. */
  marts?: Record<string, string>;
}

/** A lake whose functions each call AWS as their own role, wired as in the `lambda.ts` of each. */
export type RoleLake = Awaited<ReturnType<typeof openRoleLake>>;

export async function openRoleLake(options: RoleLakeOptions) {
  const home = mkdtempSync(join(tmpdir(), 'retcon-roles-'));
  /** Whoever deploys and uses the lake: nobody judges that. */
  const admin: LocalLake = await openLocalLake({ home });
  await admin.clients.athena.send(new CreateWorkGroupCommand({ Name: WORKGROUP }));
  const clock = { now: () => Date.now() };
  const problems: string[] = [];
  const note = (message: string, about?: object): void => {
    problems.push(`${message} ${JSON.stringify(about)}`);
  };
  const log: Log = { info: () => {}, warn: note, error: note };
  // A lease that only the embedded runtime takes and renews: Lambda hides a message for as long as its queue says.
  const judge: RoleLakeOptions['judge'] = async (principal, right) =>
    right.action === 'sqs:ChangeMessageVisibility' || options.judge(principal, right);
  const aws = createLocalAws({
    home,
    judge,
    ...(options.fault ? { fault: options.fault } : {}),
    services: {
      // Athena reads and writes with the rights of who asks, and only publish does.
      athena: (self) =>
        createLocalAthena({
          home,
          clock,
          s3: new S3Client(self.as('publish')),
          glue: new GlueClient(self.as('publish')),
          async objectFiles(bucket, prefix) {
            const found = await self.objectFiles(bucket, prefix);
            await must('publish', { action: 's3:ListBucket', resource: `arn:aws:s3:::${bucket}` });
            for (const { key } of found) {
              await must('publish', { action: 's3:GetObject', resource: `arn:aws:s3:::${bucket}/${key}` });
            }
            return found;
          },
        }),
    },
  });
  const must = async (principal: string, right: Right): Promise<void> => {
    if (!(await judge(principal, right))) throw new Error(`AccessDenied: ${principal}: ${right.action}`);
  };

  const worldOf = (name: string) => {
    const config = aws.as(name);
    const sqs = new SQSClient(config);
    const objects = new S3Objects(new S3Client(config), topology.bucket);
    return {
      config,
      objects,
      sqs,
      lake: new Lake(objects, clock),
      bus: new EventBus(new EventBridgeClient(config), 'retcon'),
      queueOf: (queue: string) => new SqsQueue(sqs, queueUrl(queue)),
    };
  };
  const of = Object.fromEntries(
    ['collect', 'land', 'compact', 'sessionize', 'work', 'publish', 'reconcile', 'gc', 'watch'].map(
      (name) => [name, worldOf(name)],
    ),
  ) as Record<string, ReturnType<typeof worldOf>>;
  const { collect, land, compact, sessionize, work, publish, reconcile, gc, watch } = of as Record<
    'collect' | 'land' | 'compact' | 'sessionize' | 'work' | 'publish' | 'reconcile' | 'gc' | 'watch',
    ReturnType<typeof worldOf>
  >;
  const collector = collectHandler(
    {
      clock,
      sites: createSiteCache({
        objects: collect.objects,
        clock,
        log,
        dayOffset: async (site) => (await openSite(collect.lake, site)).day_offset_minutes,
      }),
      queue: collect.queueOf('ingest'),
      queueTimeoutMs: 5_000,
      randomBytes,
      salt: dailySalt('secret'),
      limiter: createRateLimiter(clock),
      addressSource: 'connection',
      originSecret: null,
      tracker: '',
      log,
    },
    unobserved(),
  );
  const functions = {
    land: landHandler({ clock, objects: land.objects, bus: land.bus, log }, unobserved()),
    compact: createCompactHandler(
      {
        lake: compact.lake,
        bus: compact.bus,
        log,
        // As soon as anything of the ledger is old it is moved.
        limits: { ledgerEntries: 1 },
        later: (keys, seconds) =>
          compact.queueOf('compact').send(
            keys.map((key) => landedAgain(topology.bucket, key)),
            seconds,
          ),
      },
      unobserved(),
    ),
    sessionize: createSessionizeHandler(
      {
        lake: sessionize.lake,
        bus: sessionize.bus,
        log,
        work: sessionize.queueOf('work'),
        // So little that a second site's day is shared out.
        limits: { units: 1, rows: 1_000 },
      },
      unobserved(),
    ),
    work: createWorkHandler({ lake: work.lake, log, plan: work.queueOf('sessionize') }, unobserved()),
    publish: createPublishHandler(
      {
        lake: publish.lake,
        bus: publish.bus,
        log,
        catalog: new GlueCatalog(new GlueClient(publish.config)),
        queries: new AthenaQueries(
          new AthenaClient(publish.config),
          `s3://${topology.bucket}/results/`,
          WORKGROUP,
        ),
        bucketUri: `s3://${topology.bucket}`,
      },
      unobserved(),
    ),
    reconcile: createReconcileHandler({
      lake: reconcile.lake,
      bus: reconcile.bus,
      log,
      landAgain: () => redriveQueue(reconcile.sqs, queueUrl('ingest-dlq'), queueUrl('ingest')),
      compactAgain: (keys) =>
        reconcile.queueOf('compact').send(keys.map((key) => landedAgain(topology.bucket, key))),
      first: { definition: parseDefinition('', 'default.yaml'), marts: options.marts ?? {} },
    }),
    // Garbage goes a day after it was seen, and results some weeks after their release ended.
    gc: createGarbageHandler({
      lake: new Lake(gc.objects, { now: () => clock.now() + later }),
      catalog: new GlueCatalog(new GlueClient(gc.config)),
      bucketUri: `s3://${topology.bucket}`,
      log,
    }),
    watch: createWatchHandler({
      lake: watch.lake,
      deadLetters: () =>
        messagesIn(
          watch.sqs,
          topology.queues.map(({ name }) => queueUrl(`${name}-dlq`)),
        ),
      metrics: noMetrics,
      log,
    }),
  } as unknown as Record<string, LambdaFunction>;
  let later = 0;

  /** Lambda writes what a function logs with the function's rights. */
  const logged =
    (name: string, run: LambdaFunction): LambdaFunction =>
    async (event, context) => {
      const group = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/aws/lambda/retcon-${STAGE}-${name}`;
      for (const action of ['logs:CreateLogStream', 'logs:PutLogEvents']) {
        await judge(name, { action, resource: `${group}:log-stream:1` });
      }
      return run(event, context);
    };
  const invoke = (name: string, event: object): Promise<unknown> =>
    logged(name, functions[name]!)(event as never, {} as Context);
  // Lambda receives and deletes a queue's messages with the rights of the function behind it.
  const runtimes = topology.mappings.map((mapping) => ({
    name: mapping.function,
    runtime: createRuntime({
      aws: { ...aws, clientConfig: aws.as(mapping.function) },
      topology: { ...topology, mappings: [mapping] },
      functions: { [mapping.function]: logged(mapping.function, functions[mapping.function]!) },
      onError: (error, where) => note(`${where.function} failed`, { error: String(error) }),
    }),
  }));
  return {
    admin,
    /** What was logged as a warning or an error. */
    problems,
    /** Puts a site file into the lake and calls the reconciler, as S3's announcement of it does. */
    async openWith(site: string): Promise<void> {
      const key = 'config/sites/shop.yaml';
      await admin.objects.put(key, site);
      await invoke('reconcile', {
        source: 'aws.s3',
        'detail-type': 'Object Created',
        detail: { object: { key } },
      });
    },
    /** Calls a function as a schedule does. @param inMs so far in the future, for `gc` */
    async scheduled(name: string, event: object, inMs = 0): Promise<void> {
      later = inMs;
      await invoke(name, event);
    },
    /** A beacon that could not be landed. */
    async giveUp(body: object): Promise<void> {
      await new SqsQueue(admin.clients.sqs, queueUrl('ingest-dlq')).send([body]);
    },
    async send(site: string, events: readonly object[]): Promise<string> {
      const request = {
        method: 'POST',
        path: '/v1/events',
        query: '',
        headers: { 'content-type': 'application/json' },
        body: Buffer.from(JSON.stringify({ site, key: 'k', events })),
        sourceAddress: '192.0.2.1',
      };
      const call = logged('collect', collector as unknown as LambdaFunction);
      const event = functionUrlEvent(request, clock.now()) as never;
      return ((await call(event, {} as Context)) as { body: string }).body;
    },
    /** Calls a function with messages that nobody sent. */
    async call(name: string, bodies: readonly object[]): Promise<string[]> {
      const Records = bodies.map((body, i) => ({ messageId: String(i), body: JSON.stringify(body) }));
      const reply = await functions[name]!({ Records } as never, {} as Context);
      return (reply as SQSBatchResponse).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
    },
    /** Messages of a queue that nobody may receive yet. */
    async delayed(queue: string): Promise<number> {
      const AttributeNames = ['ApproximateNumberOfMessagesDelayed' as const];
      const asked = new GetQueueAttributesCommand({ QueueUrl: queueUrl(queue), AttributeNames });
      const { Attributes } = await admin.clients.sqs.send(asked);
      return Number(Attributes?.['ApproximateNumberOfMessagesDelayed']);
    },
    /**
     * Until no queue holds anything, or only that of one function. Gives the messages that were given up, by queue.
     */
    async drain(only?: string): Promise<Record<string, number>> {
      const gaveUp: Record<string, number> = {};
      for (let moved = 1; moved > 0; ) {
        moved = 0;
        for (const { name, runtime } of runtimes) {
          if (only !== undefined && name !== only) continue;
          for (const [queue, { processed, failed, deadLettered }] of Object.entries(await runtime.drain())) {
            moved += processed + failed;
            if (deadLettered > 0) gaveUp[queue] = (gaveUp[queue] ?? 0) + deadLettered;
          }
        }
      }
      return gaveUp;
    },
    async close(): Promise<void> {
      await aws.close();
      await admin.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
