import { type Beacon, DAY, HOUR, MINUTE, type SentEvent } from './beacon.ts';
import type { Person } from './people.ts';
import { BLOG } from './places.ts';
import type { Prng } from './prng.ts';

const SENDER = 'blog-mailer/2.3';
const READER = 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)';
const MOST = 60;

/**
 * A newsletter that goes out at eight on a Tuesday or Friday: the mailer reports what it delivered, in
 * beacons of 20 without a time of sending; mails that are opened ask for the pixel.
 *
 * @param midnight of the local day
 */
export function newsletter(midnight: number, readers: readonly Person[], random: Prng): Beacon[] {
  const weekday = new Date(midnight + BLOG.offsetMinutes * MINUTE).getUTCDay();
  if (weekday !== 2 && weekday !== 5) return [];
  const beacons: Beacon[] = [];
  const sentAt = midnight + 8 * HOUR;
  const reached = readers.slice(-MOST);
  for (let from = 0; from < reached.length; from += 20) {
    const events = reached.slice(from, from + 20).map((person, i): SentEvent => {
      person.seq++;
      const time = sentAt + (from + i) * 150;
      return { id: random.hex(32), type: 'mail_delivery', time, seq: person.seq, visitor: person.id };
    });
    beacons.push(report(events, sentAt + (from + 20) * 150 + 400));
  }
  for (const person of reached) {
    if (random.chance(0.3))
      beacons.push(opening(person, sentAt + random.whole(20 * MINUTE, DAY / 2), random));
  }
  return beacons;
}

function report(events: SentEvent[], at: number): Beacon {
  return {
    at,
    method: 'POST',
    path: '/v1/events',
    headers: { 'content-type': 'application/json', 'user-agent': SENDER },
    body: Buffer.from(JSON.stringify({ site: BLOG.site, key: BLOG.key, events })),
    expected: { status: 202, site: BLOG.site, accepted: events.map(({ id }) => id), rejected: [] },
  };
}

function opening(person: Person, time: number, random: Prng): Beacon {
  person.seq++;
  const id = random.hex(32);
  const query = new URLSearchParams({
    site: BLOG.site,
    key: BLOG.key,
    type: 'mail_open',
    id,
    time: String(time),
    seq: String(person.seq),
    visitor: person.id,
    name: 'weekly',
  });
  return {
    at: time + random.whole(50, 900),
    method: 'GET',
    path: `/v1/pixel.gif?${query}`,
    headers: { 'user-agent': READER },
    body: Buffer.alloc(0),
    expected: { status: 200, site: BLOG.site, accepted: [id], rejected: [] },
  };
}
