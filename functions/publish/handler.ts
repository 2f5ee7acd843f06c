import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { type BusEvent, lookedOfEvent } from '../../shared/envelopes/events.ts';
import { failedMessages, readMessages } from '../../shared/envelopes/sqs.ts';
import { previewLooked } from './comparison/preview-looked.ts';
import { type PublishDeps, publish } from './publish.ts';

/**
 * Any number of announcements in, one look at the lake; a mart that could not be built comes again. What was
 * computed for somebody who wants a preview is compared then.
 */
export function createPublishHandler(deps: PublishDeps) {
  return middy<SQSEvent, SQSBatchResponse>().handler(async (event) => {
    const { failed } = await publish(deps);
    const broken = [...failed.values()].some((cause) => (cause as { code?: string }).code !== 'mart_failed');
    const { messages } = readMessages<BusEvent>(event);
    await previewLooked(deps, new Set(messages.flatMap(({ body }) => lookedOfEvent(body))));
    return failedMessages(broken ? event.Records.map(({ messageId }) => messageId) : []);
  });
}
