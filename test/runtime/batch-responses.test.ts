import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LocalLake, openLocalLake } from '../../local/lake.ts';

/** AWS takes a missing reply for complete success, and deletes the batch: each consumer says what failed. */

let home: string;
let lake: LocalLake;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'retcon-responses-'));
  lake = await openLocalLake({ home });
});
afterAll(async () => {
  await lake.close();
  rmSync(home, { recursive: true, force: true });
});

const announced = JSON.stringify({ source: 'retcon', 'detail-type': 'Partition Compacted', detail: {} });

it.each([
  // What nobody can read goes back alone.
  ['compact', ['{}', 'no JSON'], ['m1']],
  ['sessionize', [announced, 'no JSON'], ['m1']],
  ['work', ['no JSON'], ['m0']],
  // It looks at the lake, whatever it is told.
  ['publish', [announced, 'no JSON'], []],
  // It puts aside what it can't read, and takes the batch.
  ['land', ['no JSON'], []],
])('%s answers a batch with what failed', async (name, bodies, failed) => {
  const Records = bodies.map((body, i) => ({ messageId: `m${i}`, body }));
  expect(await lake.functions[name]!({ Records } as never, {} as never)).toEqual({
    batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })),
  });
});
