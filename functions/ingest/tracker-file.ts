import { hash } from 'node:crypto';
import type { CollectReply, CollectRequest } from './http.ts';

/** The browser script: an hour in caches, then one question whether it changed. */
export function trackerReply(request: CollectRequest, tracker: string): CollectReply {
  const etag = `"${hash('sha256', tracker, 'hex').slice(0, 16)}"`;
  const headers = {
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=3600',
    'access-control-allow-origin': '*',
    etag,
  };
  const unchanged = request.headers['if-none-match'] === etag;
  return { status: unchanged ? 304 : 200, headers, cookies: [], body: unchanged ? '' : tracker };
}
