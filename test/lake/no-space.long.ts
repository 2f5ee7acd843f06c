import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withConnection } from '../../shared/duckdb/engine.ts';
import { isNoSpace } from '../../shared/no-space.ts';
import type { Log } from '../../shared/ports/log.ts';
import { withScratch } from '../../shared/scratch.ts';
import { type FullDisk, fullDisk } from './full-disk.ts';
import { openInterrupted, resumed, seen, send } from './interrupted.ts';

/** The lake and temporary files lie below it. */
let folder = '';
const scratch = process.env['RETCON_SCRATCH'];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'retcon-full-'));
  process.env['RETCON_SCRATCH'] = folder;
});

afterEach(() => {
  if (scratch === undefined) delete process.env['RETCON_SCRATCH'];
  else process.env['RETCON_SCRATCH'] = scratch;
  rmSync(folder, { recursive: true, force: true });
});

/** A run on a disk that is full after so many writes; then there is room, and work goes on. */
async function runOn(allowed: number) {
  const home = mkdtempSync(join(folder, 'lake-'));
  const complaints: string[] = [];
  const complain = (message: string, about?: Record<string, unknown>): void => {
    complaints.push(`${message} ${JSON.stringify(about)}`);
  };
  const log: Log = { info: () => {}, warn: complain, error: complain };
  // Opened while there is room: what is looked at is the work.
  const test = await openInterrupted({ home, log });
  let disk: FullDisk | null = null;
  let answered = false;
  try {
    disk = fullDisk([folder], allowed);
    await send(test)
      .then(() => {
        answered = true;
        return test.lake.runtime.drain();
      })
      .catch((error: unknown) => complain(String(error)));
    // How much a run writes hangs a little on what it finds together: the last of them may all have fitted.
    const filled = disk.writes() > allowed;
    disk.makeRoom();
    await test.lake.close();
    const after = await resumed(home, answered);
    return { filled, complaints, after };
  } finally {
    disk?.undo();
  }
}

it('a disk that is full from any write on: a clear error, nothing lost, and on it goes when there is room', async () => {
  const home = mkdtempSync(join(folder, 'lake-'));
  const counter = fullDisk([folder], Number.POSITIVE_INFINITY);
  const test = await openInterrupted({ home });
  const before = counter.writes();
  await send(test);
  await test.drain();
  const writes = counter.writes() - before;
  const undisturbed = await seen(test);
  await test.close();
  counter.undo();
  expect(undisturbed.books).toEqual({ missing: [], twice: [] });

  // Every write with RETCON_FULL_STEP=1; here a stride that no pattern of writes has.
  const step = Number(process.env['RETCON_FULL_STEP'] ?? 97);
  const filledAt: number[] = [];
  for (let allowed = 0; allowed < writes; allowed += step) {
    const { filled, complaints, after } = await runOn(allowed);
    expect({ allowed, ...after }).toEqual({ allowed, ...undisturbed });
    const clear = complaints.some((one) => /no space left on device|the disk is full/i.test(one));
    expect({ allowed, clear }).toEqual({ allowed, clear: filled });
    if (filled) filledAt.push(allowed);
  }
  expect(filledAt.length).toBeGreaterThan((0.8 * writes) / step);
}, 1_800_000);

it('a beacon that was answered 202 outlives a full disk, also when its message gave up', async () => {
  const home = mkdtempSync(join(folder, 'lake-'));
  const test = await openInterrupted({ home });
  await send(test);
  // Objects have no room; the queues, on this disk, still have.
  const disk = fullDisk([join(home, 's3')], 0);
  const report = await test.lake.runtime.drain().finally(() => disk.undo());
  expect(report['ingest']).toEqual({ processed: 0, failed: 5, deadLettered: 1 });
  await test.lake.close();
  const { events, books } = await resumed(home, true);
  expect(events.map(([id]) => id)).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(books).toEqual({ missing: [], twice: [] });
});

it('the error says what is full and what to do', async () => {
  const test = await openInterrupted({ home: mkdtempSync(join(folder, 'lake-')) });
  const disk = fullDisk([folder], 0);
  const put = await test.lake.objects.put('x', 'y').catch((error: unknown) => error);
  const scratched = await withScratch(async () => 'never').catch((error: unknown) => error);
  const copied = await withConnection((engine) =>
    engine.run(`COPY (SELECT 1) TO '${join(folder, 'x.parquet')}' (FORMAT parquet)`),
  ).catch((error: unknown) => error);
  disk.undo();
  await test.close();
  expect(put).toMatchObject({ code: 'no_space', message: 'the disk is full: x has no room' });
  expect(scratched).toMatchObject({
    code: 'no_space',
    message: `the disk is full: temporary files in ${folder} have no room`,
    fix: expect.stringMatching(/^make room, .*RETCON_SCRATCH.* run it again; nothing was lost$/),
  });
  expect(isNoSpace(copied)).toBe(true);
});
