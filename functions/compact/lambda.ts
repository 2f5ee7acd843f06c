import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { emfMetrics } from '../../shared/clients/emf-metrics.ts';
import { EventBus } from '../../shared/clients/event-bus.ts';
import { powertoolsLog } from '../../shared/clients/powertools-log.ts';
import { S3Objects } from '../../shared/clients/s3-objects.ts';
import { SqsQueue } from '../../shared/clients/sqs-queue.ts';
import { systemClock } from '../../shared/core/clock.ts';
import { landedAgain } from '../../shared/envelopes/events.ts';
import { onFirstCall } from '../../shared/function-entry.ts';
import { Lake } from '../../shared/lake/lake.ts';
import { Spend } from '../../shared/spend.ts';
import { compactEnvironment } from './environment.ts';
import { createCompactHandler } from './handler.ts';

/** The AWS entry of compact: its world is built at the first call and kept while the instance is warm. */
export const compact = onFirstCall(() => {
  const environment = compactEnvironment(process.env);
  const spend = new Spend();
  const queue = new SqsQueue(spend.watch(new SQSClient({})), environment.queueUrl);
  const deps = {
    lake: new Lake(new S3Objects(spend.watch(new S3Client({})), environment.bucket), systemClock),
    bus: new EventBus(spend.watch(new EventBridgeClient({})), environment.bus),
    log: powertoolsLog('retcon-compact'),
    later: (keys: readonly string[], seconds: number) =>
      queue.send(
        keys.map((key) => landedAgain(environment.bucket, key)),
        seconds,
      ),
  };
  return createCompactHandler(deps, { metrics: emfMetrics(systemClock), spend });
});
