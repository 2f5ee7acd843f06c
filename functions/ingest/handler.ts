import middy from '@middy/core';
import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  SQSBatchResponse,
  SQSEvent,
} from 'aws-lambda';
import { readFunctionUrlEvent } from '../../shared/envelopes/function-url.ts';
import { collect } from './collect.ts';
import type { CollectReply } from './http.ts';
import { type LandWorld, land } from './land.ts';
import type { CollectWorld } from './world.ts';

/** The collector behind a Lambda Function URL (payload format 2.0). */
export function collectHandler(world: CollectWorld) {
  return middy(async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    return urlResult(await collect(readFunctionUrlEvent(event), world));
  });
}

/**
 * The lander behind the ingest queue. It answers with no failed items, or throws so that the whole batch
 * comes again: a batch is written as one.
 */
export function landHandler(world: LandWorld) {
  return middy(async (event: SQSEvent): Promise<SQSBatchResponse> => {
    const messages = event.Records.map(({ messageId, body }) => ({ id: messageId, body }));
    const landed = await land(messages, world);
    world.log.info('landed', {
      messages: messages.length,
      key: landed.landing?.key,
      bytes: landed.landing?.bytes,
      rejected: landed.rejected?.count ?? 0,
    });
    return { batchItemFailures: [] };
  }).onError(({ error }) => {
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
