import { mkdtempSync, rmSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { computeBoundaries } from '../../functions/sessionize/boundaries.ts';
import { readCrossings, readStitch } from '../../functions/sessionize/stitch-units.ts';
import { computeTables } from '../../functions/sessionize/tables.ts';
import { type Target, targetOf } from '../../functions/sessionize/target.ts';
import { systemClock } from '../../shared/core/clock.ts';
import { literal, row, withConnection } from '../../shared/duckdb/engine.ts';
import { ALGORITHMS } from '../../shared/lake/algorithms.ts';
import { FACT_ORDER } from '../../shared/lake/facts.ts';
import { liveRelease } from '../../shared/lake/releases.ts';
import type { FactsRef, SiteIndex } from '../../shared/lake/site-index.ts';
import { goldenHistory } from './golden-history.ts';
import { openTestLake, type TestLake } from './open.ts';

/** Facts of a unit in four files by hash of the visitor give what one file gives. */
const SITE = 'site: shop\ntime_zone: Europe/Berlin\nhosts: [shop.example]\n';
const DEFINITION = 'sessions: { on_campaign: utm, max_events: 12 }';

let lake: TestLake;
let folder: string;
let index: SiteIndex;
let target: Target;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'retcon-pieces-'));
  lake = await openTestLake(SITE, DEFINITION);
  await lake.land(goldenHistory());
  await lake.drain();
  index = await lake.lake.lake.log('shop').read();
  const live = (await liveRelease(lake.lake.objects))!;
  const { time_zone, hosts, day_offset_minutes } = index.opened!;
  const { definition, slices } = live;
  const { objects } = lake.lake;
  const store: Target['objects'] = {
    get: (key) => objects.get(key),
    getRange: (key, from, to) => objects.getRange(key, from, to),
    list: (...args) => objects.list(...args),
    remove: (...args) => objects.remove(...args),
    // Pieces lie in a folder; nothing that is computed here shall be found by its key.
    download: (key, path) => (key.startsWith('/') ? copyFile(key, path) : objects.download(key, path)),
    put: async () => 'written',
    upload: async () => {},
  };
  target = await targetOf(
    { clock: systemClock, objects: store },
    { site: 'shop', definition, time_zone, hosts, day_offset_minutes, slices, algorithms: ALGORITHMS },
  );
});
afterAll(async () => {
  await lake.close();
  rmSync(folder, { recursive: true });
});

/** Cuts a unit's facts by the first two bits of the visitors' MD5. */
async function inPieces(unit: string, facts: FactsRef): Promise<FactsRef> {
  const whole = join(folder, `${unit}.parquet`);
  await lake.lake.objects.download(facts.object, whole);
  const pieces = await withConnection(async (connection) => {
    const found: NonNullable<FactsRef['pieces']> = [];
    for (const bits of [0, 1, 2, 3]) {
      const object = join(folder, `${unit}-${bits}.parquet`);
      const own = `FROM read_parquet(${literal(whole)}) WHERE (('0x' || substr(md5(visitor_id), 1, 1))::INTEGER >> 2) = ${bits}`;
      await connection.run(
        `COPY (SELECT * ${own} ORDER BY ${FACT_ORDER}) TO ${literal(object)} (FORMAT parquet)`,
      );
      const { rows } = await row<{ rows: number }>(connection, `SELECT count(*) AS rows ${own}`);
      found.push({ object, rows, bytes: 1 });
    }
    return found;
  });
  expect(pieces.filter(({ rows }) => rows > 0).length).toBeGreaterThan(1);
  return { ...facts, object: pieces[0]!.object, pieces };
}

it('facts in four files give the digests of facts in one', async () => {
  for (const [unit, { facts, results }] of Object.entries(index.units)) {
    const cut = await inPieces(unit, facts!);
    const of = (dataset: keyof typeof results) => Object.values(results[dataset]!)[0]!;
    const boundaries = of('boundaries');
    const found = await computeBoundaries(target, unit, cut, 'key');
    expect(found).toMatchObject({
      digest: boundaries.digest,
      rows: boundaries.rows,
      border: boundaries.border,
    });
    const { carried } = await readStitch(target, of('stitches'));
    const crossing = await readCrossings(target, of('crossings'));
    const keys = { sessions: 'sessions', events: 'events' };
    const tables = await computeTables(target, unit, cut, keys, carried, crossing);
    for (const table of ['sessions', 'events'] as const) {
      const { digest, rows, parts } = of(table);
      expect(tables[table]).toMatchObject({ digest, rows });
      expect(tables[table]!.parts!.map(({ dt, rows: n }) => [dt, n])).toEqual(
        parts!.map(({ dt, rows: n }) => [dt, n]),
      );
    }
  }
});
