import { functionUrlEvent } from '../../../shared/envelopes/function-url.ts';

/** One HTTP request to a collector. */
export interface Beacon {
  headers: Record<string, string>;
  body: string;
}

/** The event that a Function URL makes of a beacon that came through the CDN. */
export function beaconEvent({ headers, body }: Beacon) {
  const request = {
    method: 'POST',
    path: '/v1/events',
    query: '',
    headers: { ...headers, ...FROM_THE_CDN, host: 'localhost' },
    body: Buffer.from(body),
    sourceAddress: VIEWER,
  };
  return functionUrlEvent(request, Date.now());
}

/** Who sends, as the CDN says it: ministack's adds neither address nor country, so that senders do. */
export const VIEWER = '198.51.100.7';
export const FROM_THE_CDN = {
  'cloudfront-viewer-address': `${VIEWER}:40000`,
  'cloudfront-viewer-country': 'JP',
};

export const SITES: Record<string, string> = {
  shop: [
    'site: shop',
    'time_zone: Asia/Tokyo',
    'hosts: [shop.example]',
    'allowed_origins: [https://shop.example]',
    'write_keys: [shop-key]',
    // Late events are brought in at once.
    'freshness: 1s',
    '',
  ].join('\n'),
  // Its visitors are known by a hash under the stack's secret.
  blog: 'site: blog\nhosts: [blog.example]\nprivacy: { cookieless: true }\nfreshness: 1s\n',
};

/** With this definition sessions, channels and conversions come out differently. */
export const REDEFINED = [
  'sessions: { inactivity: 15m, on_campaign: utm }',
  'conversions:',
  '  - name: order',
  '    when: { field: url_path, is: /thanks }',
  '',
].join('\n');

export const REDEFINED_AGAIN = 'sessions: { inactivity: 2h, at_midnight: true }\n';

const DAY = 86_400_000;
const MINUTE = 60_000;
const AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
];
const ARRIVALS = ['?utm_source=news&utm_medium=email&utm_campaign=may', '?gclid=abc', '', ''];
const PATHS = ['/', '/shoes', '/cart', '/thanks', '/help?q=1'];

/** Numbers that look random and are the same in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

/**
 * Three days of visitors of two sites, over midnights: named under a key, or known by a salted hash, with copies and
 * with events that are refused. The same for every lake that gets them.
 *
 * @param now ms UTC; the traffic ends a day before it
 */
export function traffic(now: number): Beacon[] {
  const random = numbers(20_261_128);
  const start = Math.floor(now / DAY) * DAY - 4 * DAY;
  /** Events by site and browser: one beacon each, since the emulator takes every message for a batch. */
  const groups = new Map<string, { headers: Record<string, string>; site: string; events: object[] }>();
  for (let visitor = 0; visitor < 20; visitor++) {
    const site = visitor % 4 === 3 ? 'blog' : 'shop';
    const agent = AGENTS[visitor % 7 === 6 ? 2 : visitor % 2]!;
    const name = `${site} ${agent}`;
    const headers: Record<string, string> = { 'content-type': 'text/plain', 'user-agent': agent };
    const group = groups.get(name) ?? { headers, site, events: [] };
    groups.set(name, group);
    let time = start + random(2 * DAY);
    for (let i = 0; i < 4 + random(14); i++) {
      time += random(8) === 0 ? 3 * 60 * MINUTE : random(25) * MINUTE + random(MINUTE);
      const arrival = random(4) === 0 ? ARRIVALS[random(ARRIVALS.length)]! : '';
      const path = PATHS[random(PATHS.length)]!;
      group.events.push({
        id: `${visitor}-${i}`,
        time,
        seq: i,
        url: `https://${site}.example${arrival === '' ? path : `/${arrival}`}`,
        ...(i === 0 ? { referrer: 'https://www.google.com/' } : {}),
        ...(site === 'shop' ? { visitor: `visitor-${visitor}` } : {}),
        ...(random(6) === 0 ? { name: 'click', properties: { button: 'buy', n: i } } : {}),
      });
    }
    // What is refused, and why, is the same too.
    if (random(4) === 0) group.events.push({ id: `bad-${visitor}`, type: 'nonsense', time });
  }
  const beacons = [...groups.values()].map(({ headers, site, events }) => {
    const key = site === 'shop' ? { key: 'shop-key' } : {};
    return { headers, body: JSON.stringify({ site, ...key, events }) };
  });
  return [...beacons, beacons[0]!];
}

/** A few events that come late, into days that are there already. */
export function lateTraffic(now: number, name: string): Beacon[] {
  const time = Math.floor(now / DAY) * DAY - 3 * DAY;
  const events = [0, 1, 2].map((n) => ({
    id: `${name}-${n}`,
    visitor: `visitor-${n}`,
    time: time + n * 7 * MINUTE,
    url: `https://shop.example/${name}`,
  }));
  return [
    {
      headers: { 'content-type': 'application/json', 'user-agent': AGENTS[0]! },
      body: JSON.stringify({ site: 'shop', key: 'shop-key', events }),
    },
  ];
}
