import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Message } from 'esbuild';
import { expect, test } from 'vitest';
import { inlineSql } from '../../infra/esbuild-plugins.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

async function bundle(entry: string): Promise<string> {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'silent',
    plugins: [inlineSql],
  });
  return result.outputFiles[0]!.text;
}

test('a bundle holds the SQL that its sources read from files', async () => {
  const text = await bundle(join(ROOT, 'functions/compact/lambda.ts'));
  const sql = readFileSync(join(ROOT, 'functions/compact/settle.sql'), 'utf8');
  expect(text).toContain(JSON.stringify(sql.trimEnd()).slice(1, -1).split('\\n')[0]);
  expect(text).not.toMatch(/sqlText\(import\.meta\.url/);
});

test('a call that could not be inlined stops the bundler and says how to write it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'retcon-inline-'));
  try {
    await mkdir(join(folder, 'shared'));
    const entry = join(folder, 'shared/step.ts');
    writeFileSync(entry, "const name: string = 'x.sql';\nexport const q = sqlText(import.meta.url, name);");
    const failure = await bundle(entry).catch((error) => error);
    const [error] = failure.errors as Message[];
    expect(error?.text).toMatch(/^write sqlText\(import\.meta\.url, 'name\.sql'\) in .*step\.ts/);
    writeFileSync(entry, "export const q = sqlText(import.meta.url, 'gone.sql');");
    const missing = await bundle(entry).catch((error) => error);
    expect((missing.errors as Message[])[0]?.text).toMatch(/gone\.sql/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
