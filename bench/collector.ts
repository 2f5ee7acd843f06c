import { createHash } from 'node:crypto';
import { collect } from '../functions/ingest/collect.ts';
import type { CollectRequest } from '../functions/ingest/http.ts';
import { createRateLimiter } from '../functions/ingest/rate-limit.ts';
import type { CollectWorld, OpenSite } from '../functions/ingest/world.ts';

const NOW = Date.parse('2026-03-10T12:00:00Z');

const SITE: OpenSite = {
  site: 'shop',
  time_zone: 'UTC',
  hosts: ['shop.example'],
  day_offset_minutes: 0,
  allowed_origins: ['https://shop.example'],
  write_keys: ['key'],
  privacy: { address: 'truncate', cookieless: false },
  limits: { requests_per_second: null },
  freshness_seconds: 900,
  lateness_seconds: 172_800,
};

/** Beacons as a browser posts them. */
export function makeBeacons(events: number, perBeacon: number): CollectRequest[] {
  return Array.from({ length: events / perBeacon }, (_, i) => beacon(i * perBeacon, perBeacon, NOW));
}

/** Sends beacons through the collector, its queue a counter. @returns events that the queue took */
export async function collectBeacons(beacons: readonly CollectRequest[], perBeacon: number): Promise<string> {
  const clock = { now: () => NOW };
  let taken = 0;
  const world: CollectWorld = {
    clock,
    sites: async () => new Map([[SITE.site, SITE]]),
    queue: {
      send: async (messages) => {
        for (const message of messages) taken += JSON.stringify(message).length > 0 ? perBeacon : 0;
      },
    },
    queueTimeoutMs: 1_000,
    randomBytes: (count) => Buffer.alloc(count, 7),
    salt: (day) => day,
    limiter: createRateLimiter(clock),
    addressSource: 'connection',
    originSecret: null,
    tracker: '',
    log: { info: () => {}, warn: () => {}, error: () => {} },
  };
  for (const request of beacons) {
    const reply = await collect(request, world);
    if (reply.status !== 202) throw new Error(`${reply.status} ${String(reply.body)}`);
  }
  return String(taken);
}

function beacon(from: number, count: number, now: number): CollectRequest {
  const visitor = createHash('md5').update(`visitor ${from}`).digest('hex');
  const events = Array.from({ length: count }, (_, i) => ({
    id: createHash('md5')
      .update(`${from + i}`)
      .digest('hex'),
    type: 'page_view',
    time: now - (count - i) * 1000,
    seq: i,
    url: `https://shop.example/c${i}/product-${from}?utm_source=s&utm_medium=cpc&utm_campaign=c${i % 5}`,
    title: `Product ${from}`,
    referrer: 'https://shop.example/c1/',
    properties: { plan: 'pro', position: i },
  }));
  return {
    id: 'request',
    method: 'POST',
    path: '/v1/events',
    query: '',
    headers: {
      'content-type': 'application/json',
      origin: 'https://shop.example',
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36',
    },
    cookies: [`_rc=${visitor}`],
    body: Buffer.from(JSON.stringify({ site: 'shop', key: 'key', sent_at: now, events })),
    sourceAddress: '203.0.113.9',
  };
}
