import { decodeQueryPart } from '../../shared/core/percent-decoding.ts';
import type { Beacon } from './beacon.ts';
import { readBeacon } from './beacon.ts';
import { MAX_BODY_BYTES } from './body.ts';
import { type CollectReply, type CollectRequest, Refused } from './http.ts';

/** A transparent image of one pixel. */
const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

const NUMBERS = new Set(['time', 'seq', 'value', 'sent_at']);

/**
 * The beacon in the query string of a pixel: one event's fields, site, key and sent_at as parameters, the
 * first of a name winning. Texts that look like no number stay texts, and are refused as such.
 */
export function pixelBeacon(request: CollectRequest): Beacon {
  if (request.query.length > MAX_BODY_BYTES) {
    throw new Refused(413, 'too_large', 'The query string is too long: send a POST to /v1/events.');
  }
  const content: Record<string, unknown> = Object.create(null);
  for (const pair of request.query.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decodeQueryPart(equals < 0 ? pair : pair.slice(0, equals));
    if (name in content || name === 'events') continue;
    const value = equals < 0 ? '' : decodeQueryPart(pair.slice(equals + 1));
    content[name] = NUMBERS.has(name) ? numberOrText(value) : value;
  }
  return readBeacon(content);
}

function numberOrText(text: string): number | string | null {
  if (text === '') return null;
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

/** The image, also when the event was refused: a mail must not show a broken one. */
export function pixelReply(
  status: number,
  cookies: string[],
  headers: Record<string, string> = {},
): CollectReply {
  return {
    status,
    headers: { ...headers, 'content-type': 'image/gif', 'cache-control': 'no-store' },
    cookies,
    body: GIF,
  };
}
