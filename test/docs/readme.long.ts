import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { parseMart } from '../../shared/core/mart-file.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');

const blocks = (language: string): string[] =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map((match) => match[1]!);

it('every session shown in the README is what its commands print', () => {
  const home = mkdtempSync(join(tmpdir(), 'retcon-readme-'));
  const env = { ...process.env, RETCON_HOME: home, NO_COLOR: '1' };
  const shown = blocks('console');
  expect(shown.length).toBeGreaterThan(0);
  for (const block of shown) {
    let printed = '';
    for (const [, command] of block.matchAll(/^\$ npx retcon (.*)$/gm)) {
      const script = `node bin/retcon.mjs ${command}`;
      printed += `$ npx retcon ${command}\n${execFileSync('sh', ['-c', script], { cwd: root, env, encoding: 'utf8' })}`;
    }
    expect(printed).toBe(block);
  }
  rmSync(home, { recursive: true, force: true });
});

it('the mart shown in the README is one', () => {
  const [sql] = blocks('sql');
  expect(parseMart('mart_pages.sql', sql!).grain).toEqual(['site', 'dt', 'url_path']);
});
