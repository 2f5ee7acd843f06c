import { type Beacon, DAY, HOUR, MINUTE, type SentEvent } from './beacon.ts';
import { beaconOf } from './delivery.ts';
import { CATEGORIES, PRODUCTS } from './pages.ts';
import type { Person } from './people.ts';
import { addressOf, SHOP } from './places.ts';
import type { Prng } from './prng.ts';

const USER_AGENT =
  'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Googlebot/2.1; +http://www.google.com/bot.html) Chrome/131.0.0.0 Safari/537.36';

const PATHS = [...PRODUCTS.map(({ path }) => path), ...CATEGORIES.map((name) => `/category/${name}`), '/'];

/**
 * A search engine that walks the shop for three and a half days from the first afternoon on, and never
 * pauses as long as a session waits: without a rule against it, its visit would have no end.
 *
 * @param start midnight of the first local day
 */
export function crawl(start: number, days: number, random: Prng): Beacon[] {
  const robot: Person = {
    id: random.hex(32),
    client: 'browser',
    userAgent: USER_AGENT,
    country: 'US',
    clockAhead: 0,
    seq: 0,
    user: null,
  };
  const beacons: Beacon[] = [];
  const until = Math.min(start + 4 * DAY, start + days * DAY - HOUR);
  for (let at = start + 14 * HOUR; at < until; at += random.whole(6 * MINUTE, 10 * MINUTE)) {
    const events: SentEvent[] = [];
    for (let page = 0; page < 2; page++) {
      robot.seq++;
      const url = addressOf(SHOP, random.pick(PATHS));
      events.push({ id: random.hex(32), type: 'page_view', time: at + page * 9000, seq: robot.seq, url });
    }
    beacons.push(beaconOf(SHOP, robot, events, { sentAt: at + 10_000, latency: 50 }));
  }
  return beacons;
}
