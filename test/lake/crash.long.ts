import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { FaultHook } from '../../local/aws/index.ts';
import { inParallel } from '../../shared/in-parallel.ts';
import { CHANGES } from './flaky-aws.ts';
import { openInterrupted, resumed, seen, send } from './interrupted.ts';

/**
 * A kill -9 leaves the files as they are. So one run is enough to have every crash: before each call that
 * changes something the whole folder is copied. After a call that only reads it would be the same again.
 */
async function crashes(into: string, step: number) {
  const home = mkdtempSync(join(tmpdir(), 'retcon-crash-'));
  const copies: { home: string; answered: boolean }[] = [];
  let answered = false;
  let armed = false;
  let calls = 0;
  let changes = 0;
  const copy = (): void => {
    const to = join(into, String(changes));
    cpSync(home, to, { recursive: true, verbatimSymlinks: true });
    copies.push({ home: to, answered });
  };
  const fault: FaultHook = ({ operation }, phase) => {
    if (!armed || phase !== 'before') return undefined;
    calls++;
    if (CHANGES.test(operation) && changes++ % step === 0) copy();
    return undefined;
  };
  const test = await openInterrupted({ home, fault });
  armed = true;
  await send(test);
  answered = true;
  await test.drain();
  armed = false;
  const undisturbed = await seen(test);
  await test.close();
  return { copies, calls, changes, undisturbed };
}

it('a crash before any call, then a run: as if nothing had happened', async () => {
  // Before every change with RETCON_CRASH_STEP=1; here a stride that no pattern of calls has.
  const step = Number(process.env['RETCON_CRASH_STEP'] ?? 11);
  const folder = mkdtempSync(join(tmpdir(), 'retcon-crashes-'));
  try {
    const { copies, calls, changes, undisturbed } = await crashes(folder, step);
    expect(undisturbed.mart).toEqual([
      ['shop', '2026-03-01', '1'],
      ['shop', '2026-03-02', '2'],
    ]);
    expect(undisturbed.books).toEqual({ missing: [], twice: [] });
    expect(copies.length).toBe(Math.ceil(changes / step));
    process.stderr.write(`crashes: ${copies.length} of ${changes} changes in ${calls} calls\n`);
    await inParallel(2, copies, async ({ home, answered }) => {
      const after = await resumed(home, answered);
      expect({ home, ...after }).toEqual({ home, ...undisturbed });
      rmSync(home, { recursive: true, force: true });
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 1_800_000);
