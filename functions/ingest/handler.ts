import middy from '@middy/core';
import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  SQSBatchResponse,
  SQSEvent,
} from 'aws-lambda';
import { BEACON_DOLLARS } from '../../shared/core/prices.ts';
import { readFunctionUrlEvent } from '../../shared/envelopes/function-url.ts';
import { type Observed, spending } from '../../shared/observed.ts';
import { collect } from './collect.ts';
import type { CollectReply } from './http.ts';
import { type LandWorld, land } from './land.ts';
import type { CollectWorld } from './world.ts';

/**
 * The collector behind a Lambda Function URL (payload format 2.0). It tells a metric only of what goes wrong: a line
 * for every beacon would cost more than all else about it, so what it spends is told by who lands the beacons.
 */
export function collectHandler(world: CollectWorld, { metrics }: Observed) {
  return middy(async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    const reply = await collect(readFunctionUrlEvent(event), world);
    if (reply.status >= 500) metrics.send({ BeaconsUnstored: 1 });
    return urlResult(reply);
  });
}

/**
 * The lander behind the ingest queue. It answers with no failed items, or throws so that the whole batch
 * comes again: a batch is written as one.
 */
export function landHandler(world: LandWorld, observed: Observed) {
  const { metrics, spend } = observed;
  return middy<SQSEvent, SQSBatchResponse>()
    .use(spending(observed))
    .handler(async (event: SQSEvent): Promise<SQSBatchResponse> => {
      const messages = event.Records.map(({ messageId, body }) => ({ id: messageId, body }));
      const landed = await land(messages, world);
      const rejected = landed.rejected?.count ?? 0;
      const EventsLanded = (landed.landing?.units ?? []).reduce((sum, { count }) => sum + count, 0);
      metrics.send({ EventsLanded, EventsRejected: rejected });
      spend.add(messages.length * BEACON_DOLLARS);
      world.log.info('landed', {
        messages: messages.length,
        requests: landed.requests,
        key: landed.landing?.key,
        bytes: landed.landing?.bytes,
        rejected,
      });
      return { batchItemFailures: [] };
    })
    .onError(({ error }) => {
      world.log.error('a batch could not be landed and will come again', { error: String(error) });
    });
}

function urlResult(reply: CollectReply): APIGatewayProxyStructuredResultV2 {
  const binary = Buffer.isBuffer(reply.body);
  return {
    statusCode: reply.status,
    headers: reply.headers,
    cookies: reply.cookies,
    body: binary ? reply.body.toString('base64') : (reply.body as string),
    isBase64Encoded: binary,
  };
}
