import { AthenaClient } from '@aws-sdk/client-athena';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { GlueClient } from '@aws-sdk/client-glue';
import { S3Client } from '@aws-sdk/client-s3';
import { AthenaQueries } from '../../shared/clients/athena-queries.ts';
import { emfMetrics } from '../../shared/clients/emf-metrics.ts';
import { EventBus } from '../../shared/clients/event-bus.ts';
import { GlueCatalog } from '../../shared/clients/glue-catalog.ts';
import { powertoolsLog } from '../../shared/clients/powertools-log.ts';
import { S3Objects } from '../../shared/clients/s3-objects.ts';
import { systemClock } from '../../shared/core/clock.ts';
import { onFirstCall } from '../../shared/function-entry.ts';
import { Lake } from '../../shared/lake/lake.ts';
import { Spend } from '../../shared/spend.ts';
import { garbageEnvironment, publishEnvironment } from './environment.ts';
import { createGarbageHandler } from './garbage-handler.ts';
import { createPublishHandler } from './handler.ts';

/** The AWS entry of publish: its world is built at the first call and kept while the instance is warm. */
export const publish = onFirstCall(() => {
  const { bucket, bus, workGroup, marts, martsPerDay } = publishEnvironment(process.env);
  const bucketUri = `s3://${bucket}`;
  const spend = new Spend();
  const scanned = (bytes: number) => spend.addScanned(bytes);
  const deps = {
    lake: new Lake(new S3Objects(spend.watch(new S3Client({})), bucket), systemClock),
    bus: new EventBus(spend.watch(new EventBridgeClient({})), bus),
    catalog: new GlueCatalog(new GlueClient({})),
    queries: new AthenaQueries(new AthenaClient({}), `${bucketUri}/results/`, workGroup, scanned),
    bucketUri,
    marts,
    martsPerDay,
    log: powertoolsLog('retcon-publish'),
  };
  return createPublishHandler(deps, { metrics: emfMetrics(systemClock), spend });
});

/** The AWS entry of the garbage collector. */
export const gc = onFirstCall(() => {
  const { bucket } = garbageEnvironment(process.env);
  return createGarbageHandler({
    lake: new Lake(new S3Objects(new S3Client({}), bucket), systemClock),
    catalog: new GlueCatalog(new GlueClient({})),
    bucketUri: `s3://${bucket}`,
    log: powertoolsLog('retcon-gc'),
  });
});
