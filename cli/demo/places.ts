import type { Prng } from './prng.ts';

/** A site of the demo: what its visitors and its rhythm are like. */
export interface Place {
  site: 'shop' | 'blog';
  host: string;
  /** Write key, as in the site's file. */
  key: string;
  /** Local time, minutes east of UTC; the demo's month has no change to summer time. */
  offsetMinutes: number;
  countries: readonly (readonly [string, number])[];
  /** Visits of an average day. */
  visitsADay: number;
  /** Monday to Sunday, 1 is average. */
  week: readonly number[];
  /** Midnight to 23 o'clock, local, in any measure. */
  hours: readonly number[];
  /** Where visits come from: a referrer and query parameters. */
  sources: readonly (readonly [Source, number])[];
  /** Campaigns that a visitor may click in the middle of a visit (a mail, an ad). */
  campaigns: readonly string[];
}

export interface Source {
  referrer?: string;
  /** Query string of the landing page; `*` becomes a fresh click id. */
  query?: string;
}

export const SHOP: Place = {
  site: 'shop',
  host: 'shop.example.com',
  key: 'wk_shop_change_me',
  offsetMinutes: 540,
  countries: [
    ['JP', 90],
    ['US', 6],
    ['TW', 4],
  ],
  visitsADay: 46,
  week: [0.9, 0.85, 0.9, 0.9, 1.0, 1.2, 1.25],
  hours: [5, 2, 1, 1, 1, 1, 3, 6, 8, 7, 7, 8, 12, 9, 7, 7, 7, 8, 9, 11, 14, 16, 15, 10],
  sources: [
    [{}, 30],
    [{ referrer: 'https://www.google.com/' }, 22],
    [{ referrer: 'https://search.yahoo.co.jp/search?p=kettle' }, 10],
    [{ referrer: 'https://www.google.com/', query: 'gclid=*' }, 12],
    [{ query: 'utm_source=newsletter&utm_medium=email&utm_campaign=new-year' }, 9],
    [{ referrer: 'https://l.instagram.com/', query: 'fbclid=*' }, 6],
    [
      {
        referrer: 'https://t.co/abc',
        query: 'utm_source=twitter&utm_medium=social&utm_campaign=winter%20sale',
      },
      5,
    ],
    [{ referrer: 'https://blog.example.com/posts/tea-at-home' }, 6],
  ],
  campaigns: [
    'utm_source=newsletter&utm_medium=email&utm_campaign=cart-reminder',
    'utm_source=google&utm_medium=cpc&utm_campaign=winter+sale&gclid=*',
  ],
};

export const BLOG: Place = {
  site: 'blog',
  host: 'blog.example.com',
  key: 'wk_blog_change_me',
  offsetMinutes: 60,
  countries: [
    ['DE', 60],
    ['AT', 10],
    ['FR', 10],
    ['US', 20],
  ],
  visitsADay: 44,
  week: [1.2, 1.15, 1.15, 1.1, 1.0, 0.7, 0.7],
  hours: [3, 2, 1, 1, 1, 2, 4, 8, 11, 12, 12, 11, 10, 11, 12, 11, 10, 9, 8, 9, 10, 9, 7, 5],
  sources: [
    [{ referrer: 'https://www.google.com/' }, 34],
    [{}, 20],
    [{ referrer: 'https://duckduckgo.com/' }, 8],
    [{ referrer: 'https://news.ycombinator.com/' }, 12],
    [{ referrer: 'https://www.linkedin.com/' }, 8],
    [{ referrer: 'https://www.facebook.com/', query: 'fbclid=*' }, 6],
    [{ query: 'utm_source=newsletter&utm_medium=email&utm_campaign=weekly' }, 12],
  ],
  campaigns: ['utm_source=newsletter&utm_medium=email&utm_campaign=weekly'],
};

export const PLACES: readonly Place[] = [SHOP, BLOG];

/** A query string with its click ids filled in. */
export function filled(query: string, random: Prng): string {
  return query.replaceAll('*', () => random.hex(16));
}

/** An address on the site, with the source's query behind it. */
export function addressOf(place: Place, path: string, query = ''): string {
  return `https://${place.host}${path}${query === '' ? '' : `${path.includes('?') ? '&' : '?'}${query}`}`;
}
