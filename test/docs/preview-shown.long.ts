import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { run } from '../cli/running.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

it('the preview shown in docs/redefining.md is what the command prints, but for what it took', async () => {
  const page = readFileSync(join(root, 'docs/redefining.md'), 'utf8');
  const shown = /```console\n\$ npx retcon preview --dir examples\/first-log\n([\s\S]*?)```/.exec(page)![1]!;
  const cwd = mkdtempSync(join(tmpdir(), 'retcon-shown-'));
  cpSync(join(root, 'examples/first-log'), cwd, { recursive: true });
  await run(['import', 'access.log', '--site', 'shop', '--format', 'combined'], { cwd });
  mkdirSync(join(cwd, 'definitions'), { recursive: true });
  writeFileSync(join(cwd, 'definitions/default.yaml'), 'sessions: { inactivity: 15m }\n');
  const { code, stdout } = await run(['preview'], { cwd });
  const [cost, ...lines] = stdout.trimEnd().split('\n').reverse();
  expect([code, lines.reverse().join('\n')]).toEqual([0, shown]);
  expect(cost).toMatch(/computed, \d+ queries, [\d.]+ MB read, [\d.]+ s\. Nothing has changed: retcon apply/);
  rmSync(cwd, { recursive: true, force: true });
});
