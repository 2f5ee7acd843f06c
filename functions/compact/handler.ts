import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { correlatedBus, correlatedLog, correlationOf } from '../../shared/correlation.ts';
import { type BusEvent, createdObjectKey } from '../../shared/envelopes/events.ts';
import { failedMessages, readMessages } from '../../shared/envelopes/sqs.ts';
import { landingPrefix } from '../../shared/lake/keys.ts';
import { type Observed, spending } from '../../shared/observed.ts';
import { outOfTimeOf } from '../../shared/out-of-time.ts';
import { type CompactDeps, compactLanding } from './compact.ts';

/** S3's announcements of landing objects in, what must come again out. */
export function createCompactHandler(deps: CompactDeps, observed: Observed) {
  return middy<SQSEvent, SQSBatchResponse>()
    .use(spending(observed))
    .handler(async (event, context) => {
      const { messages, malformed } = readMessages<BusEvent>(event);
      const keyOf = new Map(messages.map(({ id, body }) => [id, createdObjectKey(body)]));
      const keys = [...keyOf.values()].filter(
        (key): key is string => key?.startsWith(landingPrefix) === true,
      );
      const correlation = correlationOf(messages.map(({ body }) => body));
      const log = correlatedLog(deps.log, correlation);
      const bus = correlatedBus(deps.bus, correlation);
      const failed = await compactLanding({ ...deps, log, bus, outOfTime: outOfTimeOf(context) }, keys);
      for (const [key, cause] of failed)
        log.warn('landing object not compacted', { key, cause: cause.message });
      const again = [...keyOf].filter(([, key]) => key !== null && failed.has(key)).map(([id]) => id);
      return failedMessages([...malformed, ...again]);
    });
}
