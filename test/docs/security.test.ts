import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../structure/source-files.ts';
import { markdownTables } from './markdown.ts';

const page = readFileSync(join(ROOT, 'docs/security.md'), 'utf8');
const { rows } = markdownTables(page).find(({ section }) => section === 'What stands against what')!;

it.each(rows)('%s: its test is there', (_threat, _answer, file, name) => {
  const path = join(ROOT, file!.replaceAll('`', ''));
  expect(existsSync(path)).toBe(true);
  const titles = [...readFileSync(path, 'utf8').matchAll(/\b(?:it|test)\b[^\n]*?\(\s*(['"`])(.*?)\1,/gs)].map(
    ([, , title]) => title,
  );
  const all = readFileSync(path, 'utf8').match(/^\]\)\((['"`])(.*?)\1/gm) ?? [];
  expect([...titles, ...all.map((text) => text.slice(4, -1))]).toContain(name);
});

it('every row has a threat, an answer and a test', () => {
  expect(rows.length).toBeGreaterThan(25);
  for (const row of rows) expect(row.map((cell) => cell.length > 0)).toEqual([true, true, true, true]);
});
