import { expect, it } from 'vitest';
import { digestsOf, total } from './arrived.ts';
import { goldenHistory } from './golden-history.ts';

const all = goldenHistory();
const site = 'site: shop\ntime_zone: Europe/Berlin\nhosts: [shop.example]\n';

it.each(['-07:00', '+05:30'])('days agree whatever offset their units are cut at: %s', async (offset) => {
  const other = await digestsOf(`${site}day_offset: "${offset}"\n`, [all], false);
  const reference = await digestsOf(site, [all], false);
  expect(Object.keys(other)).not.toEqual([]);
  expect(total(other, 'sessions')).toBe(total(reference, 'sessions'));
  expect(total(other, 'events')).toBe(total(reference, 'events'));
});
