import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** The parts of an HTTP request that a Lambda Function URL event carries. */
export interface UrlRequest {
  method: string;
  /** As sent, without the query string. */
  path: string;
  /** As sent, without `?`. */
  query: string;
  /** Names in any case; several values joined with a comma. */
  headers: Readonly<Record<string, string | undefined>>;
  body: Buffer;
  sourceAddress: string | null;
}

/**
 * Makes the event that a Lambda Function URL (payload format 2.0) hands to its function: header names in
 * lower case, cookies apart, the body in base64, and an id of its own for every request.
 */
export function functionUrlEvent(request: UrlRequest, receivedAt: number): APIGatewayProxyEventV2 {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name.toLowerCase()] = value;
  }
  const cookies = headers.cookie?.split(';').map((cookie) => cookie.trim());
  delete headers.cookie;
  const host = headers.host ?? 'localhost';
  const event: APIGatewayProxyEventV2 = {
    version: '2.0',
    routeKey: '$default',
    rawPath: request.path,
    rawQueryString: request.query,
    headers,
    requestContext: {
      accountId: 'anonymous',
      apiId: 'local',
      domainName: host,
      domainPrefix: host.split('.')[0]!,
      http: {
        method: request.method,
        path: request.path,
        protocol: 'HTTP/1.1',
        sourceIp: request.sourceAddress ?? '',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: '$default',
      stage: '$default',
      time: new Date(receivedAt).toISOString(),
      timeEpoch: receivedAt,
    },
    isBase64Encoded: false,
  };
  if (cookies !== undefined) event.cookies = cookies;
  if (request.body.length > 0) {
    event.body = request.body.toString('base64');
    event.isBase64Encoded = true;
  }
  return event;
}

/** Reads a Function URL event back into the request it came from; cookies stay apart. */
export function readFunctionUrlEvent(
  event: APIGatewayProxyEventV2,
): UrlRequest & { id: string; cookies: string[] } {
  return {
    id: event.requestContext.requestId,
    method: event.requestContext.http.method,
    path: event.rawPath,
    query: event.rawQueryString ?? '',
    headers: event.headers ?? {},
    cookies: event.cookies ?? [],
    body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
    sourceAddress: event.requestContext.http.sourceIp || null,
  };
}
