import { randomBytes } from 'node:crypto';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { emfMetrics } from '../../shared/clients/emf-metrics.ts';
import { EventBus } from '../../shared/clients/event-bus.ts';
import { powertoolsLog } from '../../shared/clients/powertools-log.ts';
import { S3Objects } from '../../shared/clients/s3-objects.ts';
import { SqsQueue } from '../../shared/clients/sqs-queue.ts';
import { systemClock } from '../../shared/core/clock.ts';
import { lakeEnvironment } from '../../shared/environment.ts';
import { onFirstCall } from '../../shared/function-entry.ts';
import { Lake } from '../../shared/lake/lake.ts';
import { openSite } from '../../shared/lake/opening.ts';
import { Spend } from '../../shared/spend.ts';
import { trackerScript } from '../../tracker/dist/script.ts';
import { collectEnvironment, dailySalt } from './environment.ts';
import { collectHandler, landHandler } from './handler.ts';
import { createRateLimiter } from './rate-limit.ts';
import { createSiteCache } from './site-cache.ts';

/** The AWS entry: each function builds its world at its first call, and keeps it while it is warm. */
const log = powertoolsLog('retcon-ingest');
const clock = systemClock;
const metrics = emfMetrics(clock);

export const collect = onFirstCall(() => {
  const environment = collectEnvironment(process.env);
  const objects = new S3Objects(new S3Client({}), environment.bucket);
  const lake = new Lake(objects, clock);
  const world = {
    clock,
    sites: createSiteCache({
      objects,
      clock,
      log,
      dayOffset: async (site) => (await openSite(lake, site)).day_offset_minutes,
    }),
    queue: new SqsQueue(new SQSClient({}), environment.queueUrl),
    queueTimeoutMs: 5_000,
    randomBytes,
    salt: dailySalt(environment.saltSecret),
    limiter: createRateLimiter(clock),
    addressSource: environment.addressSource,
    originSecret: environment.originSecret,
    tracker: trackerScript,
    log,
  };
  return collectHandler(world, { metrics, spend: new Spend() });
});

export const land = onFirstCall(() => {
  const environment = lakeEnvironment(process.env);
  const spend = new Spend();
  const world = {
    clock,
    objects: new S3Objects(spend.watch(new S3Client({})), environment.bucket),
    bus: new EventBus(spend.watch(new EventBridgeClient({})), environment.bus),
    log,
  };
  return landHandler(world, { metrics, spend });
});
