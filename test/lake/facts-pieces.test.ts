import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { compactLanding } from '../../functions/compact/compact.ts';
import type { CompactLimits } from '../../functions/compact/limits.ts';
import type { LandingRecord } from '../../shared/core/event/types.ts';
import { fileList, rows, withConnection } from '../../shared/duckdb/engine.ts';
import { factsFiles } from '../../shared/lake/facts.ts';
import type { FactsRef } from '../../shared/lake/site-index.ts';
import { openTestLake, type TestLake } from './open.ts';
import { pageView } from './page-view.ts';

/** Units in several facts files: small limits stand for millions of rows, and must not change a fact. */

const NOON = Date.parse('2026-03-10T12:00:00Z');
const HOUR = 3_600_000;
const folder = mkdtempSync(join(tmpdir(), 'retcon-pieces-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Events of forty visitors on one day; every seventh comes twice, some again with another time, some ids clash. */
function history(): LandingRecord[][] {
  const batches: LandingRecord[][] = [];
  for (let b = 0; b < 6; b++) {
    const batch: LandingRecord[] = [];
    for (let i = 0; i < 60; i++) {
      const n = b * 60 + i;
      const view = pageView('shop', `e${n}`, `v${n % 40}`, NOON + ((n * 7919) % 3600) * 1000, `/${n % 9}`);
      batch.push(view);
      if (n % 7 === 0) batch.push({ ...view, received_at: view.received_at + 5 });
      if (n % 31 === 0) batch.push(pageView('shop', `e${n}`, `v${n % 13}`, NOON + n * 1000, '/clash'));
      if (n % 29 === 0 && batches.length > 0) {
        const old = batches[0]![n % 20]!;
        batch.push({ ...old, event_time: old.event_time + 90_000, received_at: old.received_at + 90_000 });
      }
    }
    batches.push(batch);
  }
  // A copy of an event of that day, corrected to the day before: the later one gives way.
  const moved = batches[1]![3]!;
  batches.push([
    { ...moved, event_time: moved.event_time - 20 * HOUR, received_at: moved.received_at - 20 * HOUR },
  ]);
  return batches;
}

interface Outcome {
  facts: Record<string, FactsRef>;
  accepted: Record<string, number>;
  stored: Record<string, string[]>;
}

/** Lands batches and compacts them, `together` at a time. */
async function compacted(limits: Partial<CompactLimits>, together: number): Promise<Outcome> {
  const lake = await openTestLake('site: shop\nhosts: [shop.example]\n', '', {
    clock: { now: () => NOON + 3 * HOUR },
  });
  const { lake: known, bus, log, objects } = lake.lake;
  for (const batch of history()) await lake.land(batch);
  const keys = (await objects.list('landing/')).map(({ key }) => key).sort();
  for (let from = 0; from < keys.length; from += together) {
    const failed = await compactLanding({ lake: known, bus, log, limits }, keys.slice(from, from + together));
    expect([...failed]).toEqual([]);
  }
  const { units } = await known.log('shop').read();
  const outcome: Outcome = { facts: {}, accepted: {}, stored: {} };
  for (const [unit, { facts, accepted }] of Object.entries(units)) {
    outcome.facts[unit] = facts!;
    outcome.stored[unit] = await stored(lake, facts!);
    for (const [key, n] of Object.entries(accepted)) outcome.accepted[`${unit} ${key.slice(-25)}`] = n;
  }
  // What the log names is all there is: rounds that were overtaken or overwritten aside, every object is whole.
  await lake.close();
  return outcome;
}

/** The facts in their files, which are checked on the way: order, bounds, the visitors of each. */
async function stored(lake: TestLake, facts: FactsRef): Promise<string[]> {
  const files: string[] = [];
  for (const [i, piece] of factsFiles(facts).entries()) {
    const file = join(folder, `${files.length}-${i}.parquet`);
    await lake.lake.objects.download(piece.object, file);
    files.push(file);
  }
  const k = Math.log2(files.length);
  const found: string[] = [];
  await withConnection(async (connection) => {
    for (const [i, file] of files.entries()) {
      const lines = await rows<{ visitor_id: string; event_id: string; text: string }>(
        connection,
        `SELECT visitor_id, event_id, concat_ws(' ', visitor_id, epoch_ms(event_time), event_id, collided_id, url,
           epoch_ms(received_at), landing_line) AS text FROM read_parquet(${fileList([file])})`,
      );
      expect(lines.length).toBe(factsFiles(facts)[i]!.rows);
      for (const { visitor_id } of lines) {
        const first = createHash('md5').update(visitor_id).digest()[0]!;
        expect(first >> (8 - k)).toBe(i);
      }
      const texts = lines.map(({ text }) => text);
      expect(texts).toEqual([...texts].sort());
      found.push(...texts);
    }
  });
  return found.sort();
}

const ONE = { rowsInFile: 1_000_000, rowsInRound: 1_000_000, rowsInMemory: 100_000 };
const whole = await compacted(ONE, 100);

it('without limits a unit is one file', () => {
  const { facts } = whole;
  expect(facts['2026-03-10']!.pieces).toBeUndefined();
  // 360 events, 12 clashes with other content (every 31st of 0..359), one moved to the day before.
  expect(facts['2026-03-10']!.rows).toBe(360 + 12 - 1);
  expect(facts['2026-03-09']!.rows).toBe(1);
});

it.each<[string, Partial<CompactLimits>, number, number]>([
  ['one file, all sorted at once and written before copies are found', { ...ONE, rowsInMemory: 0 }, 100, 1],
  ['four files, all at once', { ...ONE, rowsInFile: 100, rowsInMemory: 0 }, 100, 4],
  ['eight files, in memory', { ...ONE, rowsInFile: 50 }, 100, 8],
  ['one, two and four files, batch by batch', { ...ONE, rowsInFile: 120, rowsInMemory: 0 }, 1, 4],
  ['the same in memory', { ...ONE, rowsInFile: 120 }, 1, 4],
  ['a backlog in rounds', { rowsInFile: 100, rowsInRound: 100, rowsInMemory: 50 }, 100, 4],
])('%s: the same facts', async (_, limits, together, pieces) => {
  const outcome = await compacted(limits, together);
  const day = outcome.facts['2026-03-10']!;
  expect(factsFiles(day)).toHaveLength(pieces);
  expect(day.object).toBe(factsFiles(day)[0]!.object);
  expect(day.rows).toBe(factsFiles(day).reduce((sum, { rows }) => sum + rows, 0));
  expect(outcome.stored).toEqual(whole.stored);
  for (const unit of ['2026-03-09', '2026-03-10']) {
    const { rows, digest, received, from, to } = outcome.facts[unit]!;
    expect({ unit, rows, digest, received, from, to }).toEqual({
      unit,
      rows: whole.facts[unit]!.rows,
      digest: whole.facts[unit]!.digest,
      received: whole.facts[unit]!.received,
      from: whole.facts[unit]!.from,
      to: whole.facts[unit]!.to,
    });
  }
  const total = (accepted: Record<string, number>): number =>
    Object.values(accepted).reduce((sum, n) => sum + n, 0);
  // The copy that moved to another day isn't new there.
  expect(total(outcome.accepted)).toBe(360 + 12);
});
