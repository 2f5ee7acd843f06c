import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { type BusEvent, siteOfEvent } from '../../shared/envelopes/events.ts';
import { failedMessages, readMessages } from '../../shared/envelopes/sqs.ts';
import { everySite } from '../../shared/lake/sites.ts';
import { type SessionizeDeps, sessionize } from './sessionize.ts';

/** Announcements in; each site that they speak of is brought up to date once per batch. */
export function createSessionizeHandler(deps: SessionizeDeps) {
  return middy<SQSEvent, SQSBatchResponse>().handler(async (event) => {
    const { messages, malformed } = readMessages<BusEvent>(event);
    const all = messages.some(({ body }) => siteOfEvent(body) === null) ? await everySite(deps.lake) : [];
    const named = messages.map(({ body }) => siteOfEvent(body)).filter((site) => site !== null);
    const failed = new Set<string>();
    for (const site of new Set([...named, ...all])) {
      try {
        await sessionize(deps, site);
      } catch (cause) {
        failed.add(site);
        deps.log.warn('site not sessionized', { site, cause: String(cause) });
      }
    }
    const again = messages.filter(({ body }) => {
      const site = siteOfEvent(body);
      return site === null ? failed.size > 0 : failed.has(site);
    });
    return failedMessages([...malformed, ...again.map(({ id }) => id)]);
  });
}
