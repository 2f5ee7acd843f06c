import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { DEFAULT_DEFINITION } from '../../shared/core/definition/defaults.ts';
import { type BeaconContext, canonicalEvent } from '../../shared/core/event/canonical.ts';
import type { LandingRecord } from '../../shared/core/event/types.ts';
import { definitionKey } from '../../shared/lake/keys.ts';
import { hashOf, sliceIds } from '../../shared/lake/slices.ts';
import { openTestLake } from '../lake/open.ts';

const page = readFileSync(new URL('../../docs/lake-format.md', import.meta.url), 'utf8');
const [, code, printed] = /```python\n(.*?)```\n\nprints\n\n```text\n(.*?)```/s.exec(page)!;
/** What the page says, by the words before the colon. */
const says = Object.fromEntries(printed!.split('\n').map((line) => line.split(/: (.*)/, 2)));

/** The two events of the page, as a collector takes them. */
function events(): LandingRecord[] {
  const context: BeaconContext = {
    site: { site: 'shop', privacy: { address: 'truncate', cookieless: false } },
    receivedAt: 1772377800500,
    sentAt: null,
    visitor: null,
    bodyVisitorAllowed: true,
    userAgent: 'Mozilla/5.0',
    address: '192.0.2.7',
    country: 'jp',
    mintId: () => 'never',
  };
  const cart = { id: 'e1', url: 'https://shop.example/cart', time: 1772376600000, seq: 7, visitor: 'v1' };
  const purchase = {
    id: 'e2',
    name: 'purchase',
    time: 1772377800000,
    visitor: 'v1',
    user: 'ann',
    value: 49.9,
    properties: { plan: 'pro' },
  };
  return [cart, purchase].map((raw) => {
    const result = canonicalEvent(raw, context);
    if (!('ok' in result)) throw new Error(JSON.stringify(result));
    return result.ok;
  });
}

it('the worked examples of the page are what the product makes', async () => {
  const records = events();
  expect(records.map(({ fingerprint }) => fingerprint)).toEqual([
    says['fingerprint of e1'],
    says['fingerprint of e2'],
  ]);
  expect(definitionKey(hashOf(DEFAULT_DEFINITION))).toBe(says['definition']);
  expect(sliceIds(DEFAULT_DEFINITION, {}, {})['boundaries']).toBe(says['slice id']);
  const lake = await openTestLake('site: shop\n');
  await lake.land(records);
  await lake.drain();
  const index = await lake.lake.lake.log('shop').read();
  const { facts } = index.units['2026-03-01']!;
  expect(facts!.digest).toBe(says['facts digest']);
  expect(await lake.rows('SELECT DISTINCT session_id FROM events')).toEqual([[says['session id']]]);
  await lake.close();
});

const python = spawnSync('python3', ['-c', code!], { encoding: 'utf8' });

it.skipIf(python.error !== undefined)('the Python of the page prints what the page says', () => {
  expect(python.stdout).toBe(printed);
});
