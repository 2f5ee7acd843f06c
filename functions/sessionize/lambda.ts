import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { emfMetrics } from '../../shared/clients/emf-metrics.ts';
import { EventBus } from '../../shared/clients/event-bus.ts';
import { powertoolsLog } from '../../shared/clients/powertools-log.ts';
import { S3Objects } from '../../shared/clients/s3-objects.ts';
import { SqsQueue } from '../../shared/clients/sqs-queue.ts';
import { systemClock } from '../../shared/core/clock.ts';
import { onFirstCall } from '../../shared/function-entry.ts';
import { Lake } from '../../shared/lake/lake.ts';
import { Spend } from '../../shared/spend.ts';
import { sessionizeEnvironment } from './environment.ts';
import { createSessionizeHandler, createWorkHandler } from './handler.ts';

/** The AWS entry of sessionize: its world is built at the first call and kept while the instance is warm. */
export const sessionize = onFirstCall(() => {
  const environment = sessionizeEnvironment(process.env, 'RETCON_WORK_QUEUE_URL');
  const spend = new Spend();
  const deps = {
    lake: new Lake(new S3Objects(spend.watch(new S3Client({})), environment.bucket), systemClock),
    bus: new EventBus(spend.watch(new EventBridgeClient({})), environment.bus),
    work: new SqsQueue(spend.watch(new SQSClient({})), environment.queueUrl),
    log: powertoolsLog('retcon-sessionize'),
  };
  return createSessionizeHandler(deps, { metrics: emfMetrics(systemClock), spend });
});

/** The AWS entry of its workers. */
export const work = onFirstCall(() => {
  const environment = sessionizeEnvironment(process.env, 'RETCON_PLAN_QUEUE_URL');
  const spend = new Spend();
  const deps = {
    lake: new Lake(new S3Objects(spend.watch(new S3Client({})), environment.bucket), systemClock),
    plan: new SqsQueue(spend.watch(new SQSClient({})), environment.queueUrl),
    log: powertoolsLog('retcon-work'),
  };
  return createWorkHandler(deps, { metrics: emfMetrics(systemClock), spend });
});
