import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { messagesIn } from '../../shared/clients/dead-letters.ts';
import { emfMetrics } from '../../shared/clients/emf-metrics.ts';
import { powertoolsLog } from '../../shared/clients/powertools-log.ts';
import { S3Objects } from '../../shared/clients/s3-objects.ts';
import { systemClock } from '../../shared/core/clock.ts';
import { onFirstCall } from '../../shared/function-entry.ts';
import { Lake } from '../../shared/lake/lake.ts';
import { watchEnvironment } from './environment.ts';
import { createWatchHandler } from './handler.ts';

/** The AWS entry of the watch: its world is built at the first call and kept while the instance is warm. */
export const watch = onFirstCall(() => {
  const environment = watchEnvironment(process.env);
  const sqs = new SQSClient({});
  return createWatchHandler({
    lake: new Lake(new S3Objects(new S3Client({}), environment.bucket), systemClock),
    deadLetters: () => messagesIn(sqs, environment.deadLetterUrls),
    metrics: emfMetrics(systemClock),
    log: powertoolsLog('retcon-watch'),
  });
});
