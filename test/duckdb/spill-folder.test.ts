import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { spillFolder } from '../../shared/duckdb/spill-folder.ts';

const SPILLER = fileURLToPath(new URL('./spiller.ts', import.meta.url));
const parent = mkdtempSync(join(tmpdir(), 'retcon-test-'));
afterAll(() => rmSync(parent, { recursive: true, force: true }));

/** Both share a folder for temporary files, as any two processes of a machine do. */
async function spill(letter: string): Promise<unknown[]> {
  const env = { ...process.env, RETCON_SCRATCH: parent, RETCON_DUCKDB_MEMORY: '40MB' };
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', SPILLER, letter], {
    env,
  });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

it('two processes whose memory is full at once keep out of each other’s files, and leave none', async () => {
  const told = await Promise.all(['a', 'b'].map(spill));
  // 0 + 1 + .. + 599,999
  const wanted = { spilled: true, sum: 179_999_700_000, right: 600_000 };
  expect(told).toEqual([Array(3).fill(wanted), Array(3).fill(wanted)]);
  expect(readdirSync(parent)).toEqual([]);
});

it('what a killed process left is swept, what a living one or somebody else has is not', () => {
  const names = { dead: 'retcon-spill-4194305-0123abcd', living: `retcon-spill-${process.pid}-0123abcd` };
  for (const name of [...Object.values(names), 'foreign'])
    mkdirSync(join(parent, name, 'sub'), { recursive: true });
  const [mine, other] = [spillFolder(parent), spillFolder(parent)];
  expect(mine).not.toBe(other);
  expect(readdirSync(parent).sort()).toEqual(['foreign', names.living]);
  expect(existsSync(mine)).toBe(false);
});
