import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createReconcileHandler, type ReconcileReply } from '../../functions/reconcile/handler.ts';
import { type LocalLake, openLocalLake } from '../../local/lake.ts';
import { SHIPPED_MARTS } from '../../marts/shipped.ts';
import { DEFAULT_DEFINITION } from '../../shared/core/definition/defaults.ts';
import { loadDefinition } from '../../shared/lake/definitions.ts';
import { liveRelease } from '../../shared/lake/releases.ts';
import { everySite, loadSite } from '../../shared/lake/sites.ts';

/** A stack that was only deployed: no command line has ever seen its lake. */

let home: string;
let lake: LocalLake;
const logged: string[] = [];
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'retcon-reconcile-'));
  logged.length = 0;
  const note = (message: string, fields: Record<string, unknown> = {}): void => {
    logged.push(`${message} ${JSON.stringify(fields)}`);
  };
  lake = await openLocalLake({ home, log: { info: note, warn: note, error: note } });
});
afterEach(async () => {
  await lake.close();
  rmSync(home, { recursive: true, force: true });
});

function call(event: object | null = null): Promise<ReconcileReply> {
  const handler = createReconcileHandler({
    lake: lake.lake,
    bus: lake.bus,
    log: lake.log,
    landAgain: async () => 0,
    compactAgain: lake.compactAgain,
    first: { definition: DEFAULT_DEFINITION, marts: { ...SHIPPED_MARTS } },
  });
  return handler(event as never, {} as never) as Promise<ReconcileReply>;
}

/** What the rule for site files sends. */
const created = (key: string) => ({
  source: 'aws.s3',
  'detail-type': 'Object Created',
  detail: { bucket: { name: 'lake' }, object: { key } },
});
const FILE = 'config/sites/shop.yaml';
const put = (text: string) => lake.objects.put(FILE, text);

it('a lake without a release gets the default definition and every mart that comes along; again changes nothing', async () => {
  expect((await call()).release).toBe(1);
  const live = (await liveRelease(lake.objects))!;
  expect(await loadDefinition(lake.objects, live.definition)).toEqual(DEFAULT_DEFINITION);
  expect(Object.keys(live.marts).sort()).toEqual(Object.keys(SHIPPED_MARTS).sort());
  expect(await call({ reach: 'recent' })).toEqual({
    release: 1,
    site_files: {},
    reconciled: { beacons: 0, missing: 0, applying: 0 },
  });
  expect((await liveRelease(lake.objects))!.at).toBe(live.at);
});

it('the marts that come along are the files in marts/', () => {
  const folder = new URL('../../marts/', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.sql'));
  expect(SHIPPED_MARTS).toEqual(
    Object.fromEntries(
      files.map((name) => [name.replace('.sql', ''), readFileSync(new URL(name, folder), 'utf8')]),
    ),
  );
});

it('a site file in the lake becomes a site at once, and the file is no site itself', async () => {
  await put('site: shop\ntime_zone: Asia/Tokyo\nhosts: [shop.example]\nwrite_keys: [k-secret]\n');
  const reply = await call(created(FILE));
  expect(reply.site_files[FILE]?.error).toBeNull();
  expect(reply.reconciled).toBeNull();
  expect(await everySite(lake.lake)).toEqual(['shop']);
  expect(await loadSite(lake.objects, 'shop')).toMatchObject({
    site: 'shop',
    time_zone: 'Asia/Tokyo',
    hosts: ['shop.example'],
    write_keys: ['k-secret'],
  });
  expect(logged.join('\n')).not.toContain('k-secret');
  // The same writing is taken once: what was stored by other means since stays.
  await lake.objects.put(
    'config/sites/shop.json',
    JSON.stringify({ site: 'shop', hosts: ['other.example'] }),
  );
  expect((await call()).site_files).toEqual({});
  expect((await loadSite(lake.objects, 'shop'))?.hosts).toEqual(['other.example']);
  await put('site: shop\nhosts: [third.example]\n');
  expect(Object.keys((await call()).site_files)).toEqual([FILE]);
  expect((await loadSite(lake.objects, 'shop'))?.hosts).toEqual(['third.example']);
});

it('a wrong site file changes nothing and is answered with field and fix', async () => {
  await put('site: shop\nhosts: [shop.example]\n');
  await call();
  await put('site: shop\ntime_zone: Asia/Tokio\nhosts: [new.example]\n');
  const { site_files } = await call(created(FILE));
  expect(site_files[FILE]?.error).toMatchObject({ error: 'bad_site', field: 'time_zone' });
  expect(site_files[FILE]?.error?.message).toContain('Asia/Tokyo');
  expect((await loadSite(lake.objects, 'shop'))?.hosts).toEqual(['shop.example']);
  const noted = JSON.parse((await lake.objects.get('state/site-files.json'))!.body.toString());
  expect(noted[FILE].error.error).toBe('bad_site');
});

it('a site file that moves the day of a site that has facts is refused', async () => {
  await put('site: shop\ntime_zone: Asia/Tokyo\n');
  await call();
  await lake.lake.log('shop').read();
  await lake.lake.log('shop').append({
    type: 'opened',
    day_offset_minutes: 540,
    time_zone: 'Asia/Tokyo',
    hosts: [],
  });
  await put('site: shop\ntime_zone: Asia/Tokyo\nday_offset: "+00:00"\n');
  expect((await call()).site_files[FILE]?.error).toMatchObject({ error: 'day_offset_moved' });
  expect((await loadSite(lake.objects, 'shop'))?.day_offset_minutes).toBeNull();
});
