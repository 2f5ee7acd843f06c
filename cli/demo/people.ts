import type { Place } from './places.ts';
import type { Prng } from './prng.ts';

/**
 * How a visitor's events travel. `browser`: the cookie names the visitor and a page's Origin comes along;
 * `app`: the body names the visitor, and events wait on the phone while it is offline; `old-app`: the same,
 * by a version that doesn't say when it sends.
 */
export type Client = 'browser' | 'app' | 'old-app';

export interface Person {
  id: string;
  client: Client;
  userAgent: string;
  country: string;
  /** How far the client's clock is ahead of the true time, ms. */
  clockAhead: number;
  /** Number of the visitor's last event. */
  seq: number;
  /** Known to the site once the person has signed in. */
  user: string | null;
}

const BROWSERS: readonly (readonly [string, number])[] = [
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.2 Mobile/15E148 Safari/604.1',
    34,
  ],
  [
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36',
    22,
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
    26,
  ],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.2 Safari/605.1.15',
    10,
  ],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:134.0) Gecko/20100101 Firefox/134.0', 8],
];

const APPS: readonly string[] = [
  'ShopApp/5.2 (iPhone; iOS 18.2; Scale/3.00)',
  'ShopApp/5.1 (Linux; Android 14; Pixel 8)',
];
const OLD_APP = 'ShopApp/4.9 (Linux; Android 12; SO-51B)';

/** Clocks that are wrong: by minutes, by a time zone, by days. */
const WRONG_CLOCKS = [-26, 3, 41, 540, -180, 2 * 1440 + 17];

/** Somebody who comes to the site for the first time. */
export function newPerson(place: Place, random: Prng): Person {
  const client: Client =
    place.site === 'shop' && random.chance(0.2) ? (random.chance(0.3) ? 'old-app' : 'app') : 'browser';
  const userAgent =
    client === 'browser' ? random.weighted(BROWSERS) : client === 'app' ? random.pick(APPS) : OLD_APP;
  return {
    id: random.hex(32),
    client,
    userAgent,
    country: random.weighted(place.countries),
    // Without a stamp nobody could tell that a clock is wrong; those of old apps are right.
    clockAhead: client !== 'old-app' && random.chance(0.05) ? random.pick(WRONG_CLOCKS) * 60_000 : 0,
    seq: 0,
    user: null,
  };
}
