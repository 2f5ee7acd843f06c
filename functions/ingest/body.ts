import { gunzipSync } from 'node:zlib';
import { type CollectRequest, Refused } from './http.ts';

/** Longest body of a beacon in bytes, as sent and after gunzip. */
export const MAX_BODY_BYTES = 64 * 1024;

const TYPES = new Set(['application/json', 'text/plain']);
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The JSON value in a request's body: `application/json` or `text/plain` (or unnamed), plain or gzip. Never
 * inflates more than it takes. Throws `Refused` (400 or 413).
 */
export function readJsonBody(request: CollectRequest): unknown {
  const type = (request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();
  if (type !== '' && !TYPES.has(type)) {
    const message = 'The content type is not supported: send application/json or text/plain.';
    throw new Refused(400, 'bad_content_type', message);
  }
  const text = decoded(unzipped(request));
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Refused(400, 'bad_json', 'The body is not JSON: send one JSON object.', { cause });
  }
}

function unzipped(request: CollectRequest): Buffer {
  if (request.body.length > MAX_BODY_BYTES) throw tooLarge();
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity' || encoding === '') return request.body;
  if (encoding !== 'gzip') {
    throw new Refused(400, 'bad_encoding', 'The content encoding is not supported: send gzip or none.');
  }
  try {
    return gunzipSync(request.body, { maxOutputLength: MAX_BODY_BYTES });
  } catch (cause) {
    if ((cause as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw new Refused(400, 'bad_encoding', 'The body is not gzip: send what `content-encoding` says.', {
      cause,
    });
  }
}

function decoded(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new Refused(400, 'bad_json', 'The body is not UTF-8: send JSON in UTF-8.', { cause });
  }
}

function tooLarge(): Refused {
  const message = `The body has more than ${MAX_BODY_BYTES} bytes: send fewer events at a time.`;
  return new Refused(413, 'too_large', message);
}
