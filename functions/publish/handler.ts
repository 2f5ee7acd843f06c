import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { failedMessages } from '../../shared/envelopes/sqs.ts';
import { type PublishDeps, publish } from './publish.ts';

/** Any number of announcements in, one look at the lake; a mart that could not be built comes again. */
export function createPublishHandler(deps: PublishDeps) {
  return middy<SQSEvent, SQSBatchResponse>().handler(async (event) => {
    const { failed } = await publish(deps);
    const broken = [...failed.values()].some((cause) => (cause as { code?: string }).code !== 'mart_failed');
    return failedMessages(broken ? event.Records.map(({ messageId }) => messageId) : []);
  });
}
