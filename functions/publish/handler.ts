import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { correlatedBus, correlatedLog, correlationOf } from '../../shared/correlation.ts';
import { type BusEvent, lookedOfEvent, martsDueOf } from '../../shared/envelopes/events.ts';
import { failedMessages, readMessages } from '../../shared/envelopes/sqs.ts';
import { type Observed, spending } from '../../shared/observed.ts';
import { outOfTimeOf } from '../../shared/out-of-time.ts';
import { previewLooked } from './comparison/preview-looked.ts';
import type { MartsWhen } from './environment.ts';
import type { Which } from './mart-pace.ts';
import { type PublishDeps, type Published, publish } from './publish.ts';

/**
 * Any number of announcements in, one look at the lake; a mart that could not be built comes again. What was
 * computed for somebody who wants a preview is compared then. Where marts wait for a schedule, an arrival only
 * builds those that were never built, and the schedule those that `martsPerDay` dollars a day allow: each build scans
 * all that its mart reads.
 */
export function createPublishHandler(
  deps: PublishDeps & { marts?: MartsWhen; martsPerDay?: number },
  observed: Observed,
) {
  return middy<SQSEvent, SQSBatchResponse>()
    .use(spending(observed))
    .handler(async (event, context) => {
      const { messages } = readMessages<BusEvent>(event);
      const asked = messages.map(({ body }) => martsDueOf(body));
      const which = whichMarts(deps, asked);
      const correlation = correlationOf(messages.map(({ body }) => body));
      const log = correlatedLog(deps.log, correlation);
      const bus = correlatedBus(deps.bus, correlation);
      const timed = { ...deps, log, bus, outOfTime: outOfTimeOf(context) };
      const { failed } = await publish(timed, which).catch(stopped);
      const broken = [...failed.values()].some(
        (cause) => (cause as { code?: string }).code !== 'mart_failed',
      );
      await previewLooked(deps, new Set(messages.flatMap(({ body }) => lookedOfEvent(body))));
      return failedMessages(broken ? event.Records.map(({ messageId }) => messageId) : []);
    });
}

/** A call that ran out of time: its messages come again, and find the marts that were built. */
function stopped(cause: Error & { code?: string }): Pick<Published, 'failed'> {
  if (cause.code !== 'out_of_time') throw cause;
  return { failed: new Map([['', cause]]) };
}

function whichMarts(
  { marts, martsPerDay = Number.POSITIVE_INFINITY }: { marts?: MartsWhen; martsPerDay?: number },
  asked: readonly ReturnType<typeof martsDueOf>[],
): Which {
  if (marts !== 'schedule' || asked.includes('all')) return 'all';
  return asked.includes('affordable') ? { perDay: martsPerDay } : 'missing';
}
