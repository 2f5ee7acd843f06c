import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ALGORITHMS } from '../../shared/lake/algorithms.ts';
import { liveRelease } from '../../shared/lake/releases.ts';
import { digestsOfDatasets } from './golden-digests.ts';
import { goldenHistory } from './golden-history.ts';
import { openTestLake, type TestLake } from './open.ts';

/** The numbers of what only lakes with conversions have; see golden.test.ts. */
const golden = JSON.parse(
  readFileSync(new URL('golden-conversions.json', import.meta.url), 'utf8'),
) as Record<'hits' | 'additions' | 'touches' | 'conversions', Record<string, string>>;
const SITE = 'site: shop\ntime_zone: Europe/Berlin\nhosts: [shop.example]\n';
const DEFINITION = `
sessions: { on_campaign: utm }
conversions:
  - { name: even, when: { field: url_path, matches: "[02468]$" }, value: session_event_number }
  - { name: exit, when: { field: is_exit, is: true }, value: 0.1, window: 2d }
filters: { internal: [{ field: url_path, matches: "77$" }] }
`;

let lake: TestLake;
let now: Record<string, string>;
beforeAll(async () => {
  lake = await openTestLake(SITE, DEFINITION);
  await lake.land(goldenHistory().filter(({ visitor_id }) => /^v[0-5]$/.test(visitor_id)));
  await lake.drain();
  const { slices } = (await liveRelease(lake.lake.objects))!;
  now = await digestsOfDatasets(lake, {
    ...slices,
    hits: slices['conversions']!,
    additions: slices['conversions']!,
    touches: slices['sessions']!,
  });
});
afterAll(() => lake.close());

it.each(Object.keys(golden) as (keyof typeof golden)[])('%s is what its algorithm number says', (dataset) => {
  const number = ALGORITHMS[dataset];
  expect({ number, digest: now[dataset] }).toEqual({ number, digest: golden[dataset][number] });
});
