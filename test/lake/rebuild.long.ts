import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { reconcile } from '../../cli/reconcile.ts';
import { openLocalLake } from '../../local/lake.ts';
import { parseDefinition } from '../../shared/core/definition/parse.ts';
import { parseSite } from '../../shared/core/site-file.ts';
import { ensureRelease } from '../../shared/lake/first-release.ts';
import { reopenSites } from '../../shared/lake/reopening.ts';
import { storeSite } from '../../shared/lake/sites.ts';
import { everything, landHistory, MART, openErasable, redefine } from './erased-lake.ts';
import type { TestLake } from './open.ts';
import { pageView } from './page-view.ts';

const RULES =
  'sessions: { inactivity: 12m }\nconversions: [{ name: bought, when: { field: url_path, is: /done } }]';
const NOW = Date.parse('2026-03-20T12:00:00Z');
let folder: string;
let test: TestLake;
afterEach(async () => {
  await test.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Opens what is left of the lake in a folder, as `retcon run` does. */
async function rebuild(zone: string): Promise<string[]> {
  const lake = await openLocalLake({ home: test.home, clock: { now: () => NOW } });
  const site = parseSite(`site: shop\ntime_zone: ${zone}\nhosts: [shop.example]\n`, 'sites/shop.yaml');
  await storeSite(lake.lake, site);
  await ensureRelease(lake.lake, lake.bus, parseDefinition(RULES, 'd'), { mart_people: MART }, 'test');
  try {
    const sites = await reopenSites(lake.lake);
    await reconcile(lake);
    await lake.runtime.drain();
    return sites;
  } finally {
    await lake.close();
  }
}

it('all but landing/ is lost: the same facts, tables and marts come out of it', async () => {
  folder = mkdtempSync(join(tmpdir(), 'retcon-rebuild-'));
  test = await openErasable();
  await landHistory(test);
  // Copies whose clocks were corrected differently, on three days; one takes the place of a fact of another day.
  const at = (text: string): number => Date.parse(`${text}+09:00`);
  const copy = (time: string) => pageView('shop', 'copied', 'stays-2', at(time), '/copied');
  const { fingerprint } = copy('2026-03-02T23:59:00');
  for (const time of ['2026-03-02T23:59:00', '2026-03-03T00:01:00', '2026-03-01T12:00:00']) {
    await test.land([{ ...copy(time), fingerprint }]);
    await test.drain();
  }
  const file = join(folder, 'in.csv');
  writeFileSync(
    file,
    'visitor,time,url\nstays-3,2026-03-01T10:00:00Z,/x\nstays-3,2026-03-05T10:00:00Z,/done\n',
  );
  await test.import(file, { format: 'csv' });
  await redefine(test);
  const before = await everything(test);
  expect(before.events.length).toBe(11);
  expect(await test.rows('SELECT release FROM current_release')).toEqual([['2']]);

  for (const { key } of await test.lake.objects.list('')) {
    if (!key.startsWith('landing/') && !key.startsWith('rejected/')) await test.lake.objects.remove(key);
  }
  // Corrected since, which the log would have known: the days that landed don't fit.
  await expect(rebuild('UTC')).rejects.toMatchObject({
    code: 'day_offset_moved',
    field: 'day_offset',
    fix: expect.stringContaining('+09:00'),
  });
  expect(await rebuild('Asia/Tokyo')).toEqual(['shop']);
  const reopened = await openErasable({ home: test.home });
  test.close = () => reopened.close();
  expect(await everything(reopened)).toEqual(before);
  expect(await reopened.rows('SELECT release FROM current_release')).toEqual([['1']]);
  expect(await rebuild('Asia/Tokyo')).toEqual([]);
});
