import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { correlatedBus, correlatedLog, correlatedQueue, correlationOf } from '../../shared/correlation.ts';
import { type BusEvent, createdObjectKey, lookOfEvent, siteOfEvent } from '../../shared/envelopes/events.ts';
import { failedMessages, type Message, readMessages } from '../../shared/envelopes/sqs.ts';
import { everySite } from '../../shared/lake/sites.ts';
import { type Observed, spending } from '../../shared/observed.ts';
import { outOfTime, outOfTimeOf } from '../../shared/out-of-time.ts';
import { answerDefinition } from './asked/answer-definition.ts';
import { answerReprocess } from './asked/answer-reprocess.ts';
import { requestOf } from './asked/requests.ts';
import { type SessionizeDeps, sessionize } from './sessionize.ts';
import type { BatchMessage } from './waves.ts';
import { type WorkDeps, work } from './work.ts';

/** Announcements in; each site that they speak of is brought up to date once per batch. */
export function createSessionizeHandler(deps: SessionizeDeps, observed: Observed) {
  return middy<SQSEvent, SQSBatchResponse>()
    .use(spending(observed))
    .handler(async (event, context) => {
      const { messages: received, malformed } = readMessages<BusEvent>(event);
      const correlation = correlationOf(received.map(({ body }) => body));
      const timed = {
        ...deps,
        log: correlatedLog(deps.log, correlation),
        bus: correlatedBus(deps.bus, correlation),
        work: correlatedQueue(deps.work, correlation),
        outOfTime: outOfTimeOf(context),
      };
      const { messages, unanswered } = await answerRequests(timed, received);
      const all = messages.some(({ body }) => siteOfEvent(body) === null) ? await everySite(deps.lake) : [];
      const named = messages.map(({ body }) => siteOfEvent(body)).filter((site) => site !== null);
      const failed = new Set<string>();
      for (const site of new Set([...named, ...all])) {
        const looks = messages.flatMap(({ body }) => {
          const look = lookOfEvent(body);
          return look !== null && [null, site].includes(siteOfEvent(body)) ? [look] : [];
        });
        try {
          if (timed.outOfTime()) throw outOfTime(site);
          await sessionize(timed, site, looks);
        } catch (cause) {
          failed.add(site);
          timed.log.warn('site not sessionized', { site, cause: String(cause) });
        }
      }
      const again = messages.filter(({ body }) => {
        const site = siteOfEvent(body);
        return site === null ? failed.size > 0 : failed.has(site);
      });
      return failedMessages([...malformed, ...unanswered, ...again.map(({ id }) => id)]);
    });
}

/** Answers what somebody asks for by an event; gives the other messages, and ids that must come again. */
async function answerRequests(deps: SessionizeDeps, received: readonly Message<BusEvent>[]) {
  const messages: Message<BusEvent>[] = [];
  const unanswered: string[] = [];
  for (const message of received) {
    const request = requestOf(message.body);
    if (request === null) {
      if (createdObjectKey(message.body) === null) messages.push(message);
      continue;
    }
    try {
      if (request.asks === 'definition') await answerDefinition(deps, request);
      else await answerReprocess(deps, request);
    } catch (cause) {
      unanswered.push(message.id);
      deps.log.warn('request not answered', { name: request.name, cause: String(cause) });
    }
  }
  return { messages, unanswered };
}

/** Batches of a wave in, one at a time; a batch that fails comes again and goes on where it stopped. */
export function createWorkHandler(deps: WorkDeps, observed: Observed) {
  return middy<SQSEvent, SQSBatchResponse>()
    .use(spending(observed))
    .handler(async (event, context) => {
      const timed = { ...deps, outOfTime: outOfTimeOf(context) };
      const { messages, malformed } = readMessages<BatchMessage>(event);
      const failed: string[] = [];
      for (const { id, body } of messages) {
        try {
          await work(timed, body);
        } catch (cause) {
          failed.push(id);
          deps.log.warn('batch not done', { ...body, cause: String(cause) });
        }
      }
      return failedMessages([...malformed, ...failed]);
    });
}
