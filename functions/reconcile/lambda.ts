import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SHIPPED_MARTS } from '../../marts/shipped.ts';
import { EventBus } from '../../shared/clients/event-bus.ts';
import { powertoolsLog } from '../../shared/clients/powertools-log.ts';
import { S3Objects } from '../../shared/clients/s3-objects.ts';
import { SqsQueue } from '../../shared/clients/sqs-queue.ts';
import { redriveQueue } from '../../shared/clients/sqs-redrive.ts';
import { systemClock } from '../../shared/core/clock.ts';
import { DEFAULT_DEFINITION } from '../../shared/core/definition/defaults.ts';
import { landedAgain } from '../../shared/envelopes/events.ts';
import { onFirstCall } from '../../shared/function-entry.ts';
import { Lake } from '../../shared/lake/lake.ts';
import { reconcileEnvironment } from './environment.ts';
import { createReconcileHandler } from './handler.ts';

/** The AWS entry of the reconciler: its world is built at the first call and kept while the instance is warm. */
export const reconcile = onFirstCall(() => {
  const environment = reconcileEnvironment(process.env);
  const { bucket, ingestQueueUrl, ingestDeadLettersUrl, compactQueueUrl } = environment;
  const sqs = new SQSClient({});
  const compact = new SqsQueue(sqs, compactQueueUrl);
  return createReconcileHandler({
    lake: new Lake(new S3Objects(new S3Client({}), bucket), systemClock),
    bus: new EventBus(new EventBridgeClient({}), environment.bus),
    landAgain: () => redriveQueue(sqs, ingestDeadLettersUrl, ingestQueueUrl),
    compactAgain: (keys) => compact.send(keys.map((key) => landedAgain(bucket, key))),
    log: powertoolsLog('retcon-reconcile'),
    first: { definition: DEFAULT_DEFINITION, marts: { ...SHIPPED_MARTS } },
  });
});
