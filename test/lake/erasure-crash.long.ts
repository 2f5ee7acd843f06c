import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { importFile } from '../../cli/import-files.ts';
import { filesHolding } from './byte-search.ts';
import { erase, everything, GONE, history, landHistory, NOW, openErasable } from './erased-lake.ts';
import { killer } from './killer.ts';
import { pageView } from './page-view.ts';
import { ledger } from './shared-lake.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'retcon-erasure-crash-'));

async function neverSeen() {
  const never = await openErasable();
  await landHistory(never, GONE);
  const all = await everything(never);
  await never.close();
  return all;
}

it('an erasure cut off at any call, then begun again: as if the visitor had never been', async () => {
  const expected = await neverSeen();
  const before = folder();
  const first = await openErasable({ home: before });
  await landHistory(first);
  await first.lake.close();

  const crashAt = async (allowed: number): Promise<number> => {
    const home = folder();
    cpSync(before, home, { recursive: true, verbatimSymlinks: true });
    const { fault, calls, arm } = killer(allowed);
    const doomed = await openErasable({ home, fault });
    arm();
    await erase(doomed).catch(() => {});
    await doomed.lake.runtime.stop();
    // Claims of the killed process end with time.
    const test = await openErasable({ home, timers: { now: () => Date.now() + 3_600_000 } });
    await erase(test);
    expect({ allowed, ...(await everything(test)) }).toEqual({ allowed, ...expected });
    // What the test itself asked since doesn't name the visitor.
    expect(await filesHolding(home, GONE)).toEqual([]);
    const { landed, consumed } = await ledger(test);
    expect([...new Set(consumed)]).toEqual(landed);
    await test.lake.close();
    rmSync(home, { recursive: true, force: true });
    return calls();
  };

  const calls = await crashAt(Number.POSITIVE_INFINITY);
  expect(calls).toBeGreaterThan(100);
  // Every call with RETCON_ERASURE_CRASH_STEP=1; here a stride that no pattern of calls has.
  const step = Number(process.env['RETCON_ERASURE_CRASH_STEP'] ?? 131);
  for (let k = 1; k < calls; k += step) await crashAt(k);
  rmSync(before, { recursive: true, force: true });
});

it('data that arrive meanwhile, of others and of the visitor, lose nothing and bring nothing back', async () => {
  let now = NOW;
  const clock = { now: () => now };
  const test = await openErasable({ clock });
  await landHistory(test);
  const other = await openErasable({ clock, home: test.home });
  other.lake.runtime.start();
  const erasing = erase(test);
  for (let i = 0; i < 12; i++) {
    now += 1000;
    const at = NOW - 20 * 86_400_000 + i * 3_600_000;
    await other.land([pageView('shop', `late-${i}`, 'stays-1', at, `/late/${i}`)]);
    // Under way since before the erasure.
    await other.land([{ ...pageView('shop', `old-${i}`, GONE, at, '/old'), received_at: NOW - 1 }]);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await erasing;
  await other.lake.runtime.stop();
  await other.lake.close();
  await test.drain();
  expect(await test.rows(`SELECT event_id FROM events WHERE visitor_id = '${GONE}'`)).toEqual([]);
  expect(await test.rows(`SELECT count(*) FROM events WHERE event_id LIKE 'late-%'`)).toEqual([['12']]);
  expect(await test.rows("SELECT reason FROM rejected WHERE source = 'compact'")).toEqual([]);
  await erase(test);
  expect(await filesHolding(test.home, GONE)).toEqual([]);
  await test.close();
});

it('takes what came before and comes late; what comes afterwards is new', async () => {
  let now = NOW;
  const test = await openErasable({ clock: { now: () => now } });
  await landHistory(test);
  await erase(test);
  const events = () =>
    test.rows(`SELECT event_id, session_event_number FROM events WHERE visitor_id = '${GONE}' ORDER BY 1`);

  // A beacon that was under way, the same rows once more, and the same file again.
  now += 60_000;
  await test.land(history()[0]!);
  await test.drain();
  expect(await events()).toEqual([]);
  const file = join(test.home, 'again.csv');
  writeFileSync(file, `visitor,time\n${GONE},2026-03-05T10:00:00Z\nstays-1,2026-03-05T10:00:00Z\n`);
  const counts = await importFile(test.lake.lake, test.site, file, process.stdin, { format: 'csv' });
  expect(counts).toMatchObject({ read: 2, landed: 1, skipped: 1, reasons: { erased: 1 } });
  rmSync(file);

  const later = pageView('shop', 'new', GONE, now, '/new');
  await test.land([later]);
  await test.drain();
  expect(await events()).toEqual([['new', '1']]);

  // Asked again, the late copy in landing/ goes as well, and so does what was new until then.
  now += 60_000;
  const { removed } = await erase(test);
  expect(removed).toMatchObject({
    facts: 1,
    landed_lines: 3,
    units: ['2026-03-01', '2026-03-02', '2026-03-20'],
  });
  expect(await filesHolding(test.home, GONE)).toEqual([]);
  expect(await events()).toEqual([]);
  await test.close();
});
