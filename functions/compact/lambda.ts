import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { EventBus } from '../../shared/clients/event-bus.ts';
import { powertoolsLog } from '../../shared/clients/powertools-log.ts';
import { S3Objects } from '../../shared/clients/s3-objects.ts';
import { SqsQueue } from '../../shared/clients/sqs-queue.ts';
import { systemClock } from '../../shared/core/clock.ts';
import { landedAgain } from '../../shared/envelopes/events.ts';
import { onFirstCall } from '../../shared/function-entry.ts';
import { Lake } from '../../shared/lake/lake.ts';
import { compactEnvironment } from './environment.ts';
import { createCompactHandler } from './handler.ts';

/** The AWS entry of compact: its world is built at the first call and kept while the instance is warm. */
export const compact = onFirstCall(() => {
  const environment = compactEnvironment(process.env);
  const queue = new SqsQueue(new SQSClient({}), environment.queueUrl);
  return createCompactHandler({
    lake: new Lake(new S3Objects(new S3Client({}), environment.bucket), systemClock),
    bus: new EventBus(new EventBridgeClient({}), environment.bus),
    log: powertoolsLog('retcon-compact'),
    later: (keys, seconds) =>
      queue.send(
        keys.map((key) => landedAgain(environment.bucket, key)),
        seconds,
      ),
  });
});
