import type { CollectRequest } from '../../functions/ingest/http.ts';

/** A beacon as a server posts it, with the key of a site called shop. */
export function beaconRequest(events: readonly object[]): CollectRequest {
  return {
    id: 'request',
    method: 'POST',
    path: '/v1/events',
    query: '',
    headers: { 'content-type': 'application/json' },
    cookies: [],
    body: Buffer.from(JSON.stringify({ site: 'shop', key: 'k', events })),
    sourceAddress: '192.0.2.1',
  };
}
