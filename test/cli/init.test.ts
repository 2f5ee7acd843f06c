import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseDefinition } from '../../shared/core/definition/parse.ts';
import { parseSite } from '../../shared/core/site-file.ts';
import { run } from './running.ts';

let cwd = '';
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'retcon-init-'));
});
afterEach(() => rm(cwd, { recursive: true }));

const files = async (): Promise<string[]> =>
  (await readdir(cwd, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(cwd.length + 1))
    .sort();

test('writes examples that are valid', async () => {
  const done = await run(['init', '--json'], { cwd });
  const written = [
    'sites/shop.yaml',
    'definitions/default.yaml',
    'definitions/definition.schema.json',
    'marts/README.md',
  ];
  expect(JSON.parse(done.stdout)).toEqual({ dir: cwd, written, kept: [] });
  expect(await files()).toEqual([...written].sort());
  const site = parseSite(await readFile(join(cwd, 'sites/shop.yaml'), 'utf8'), 'shop.yaml');
  expect(site).toMatchObject({ site: 'shop', time_zone: 'Asia/Tokyo', hosts: ['shop.example.com'] });
  const definition = parseDefinition(
    await readFile(join(cwd, 'definitions/default.yaml'), 'utf8'),
    'default.yaml',
  );
  expect(definition.sessions.inactivity_ms).toBe(1_800_000);
});

test('keeps what is there and says so', async () => {
  await run(['init', 'lake'], { cwd });
  await writeFile(join(cwd, 'lake/sites/shop.yaml'), 'mine');
  await rm(join(cwd, 'lake/marts/README.md'));
  const again = await run(['init', 'lake'], { cwd });
  expect(again.code).toBe(0);
  expect(again.stdout).toMatch(/^wrote +lake\/marts\/README\.md$/m);
  expect(again.stdout).toMatch(/^kept +lake\/sites\/shop\.yaml \(it was there already\)$/m);
  expect(await readFile(join(cwd, 'lake/sites/shop.yaml'), 'utf8')).toBe('mine');
});

test("a folder that can not be made is the user's to choose again", async () => {
  await writeFile(join(cwd, 'sites'), 'a file');
  const done = await run(['init', '--json'], { cwd });
  expect(done.code).toBe(2);
  expect(JSON.parse(done.stdout)).toMatchObject({ error: 'cannot_write', field: 'DIR' });
});

test('the second example site is valid too', async () => {
  const text = await readFile(new URL('../../sites/blog.yaml', import.meta.url), 'utf8');
  expect(parseSite(text, 'blog.yaml')).toMatchObject({ site: 'blog', time_zone: 'Europe/Berlin' });
});
