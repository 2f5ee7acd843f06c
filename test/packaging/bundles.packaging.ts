import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PACKAGE, ROOT, template } from './package-folder.ts';
import { readZip, unpack } from './zip.ts';

const FUNCTIONS = ['collect', 'land', 'compact', 'sessionize', 'work', 'publish', 'reconcile', 'gc', 'watch'];
const WITH_ENGINE = ['compact', 'sessionize', 'work'];
const LIMIT = 250 * 1024 * 1024;
const BINDING = 'node_modules/@duckdb/node-bindings-linux-arm64';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'retcon-packaging-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const contents = (name: string) => readZip(join(PACKAGE, `${name}.zip`));

test.each(FUNCTIONS)('%s fits into a function', (name) => {
  const size = contents(name).reduce((sum, entry) => sum + entry.size, 0);
  expect(size).toBeGreaterThan(10_000);
  expect(size).toBeLessThan(LIMIT);
});

test.each(FUNCTIONS)('%s carries the engine only if it uses it, and then for arm64 and glibc', (name) => {
  const names = contents(name).map((entry) => entry.name);
  const native = names.filter((file) => file.includes('@duckdb') && /\.(node|so|dll|dylib)$/.test(file));
  const engine = WITH_ENGINE.includes(name);
  expect(native.sort()).toEqual(engine ? [`${BINDING}/duckdb.node`, `${BINDING}/libduckdb.so`] : []);
  expect(names.some((file) => file.startsWith('node_modules/'))).toBe(engine);
  if (!engine) return;
  for (const entry of contents(name).filter((file) => native.includes(file.name))) {
    const header = entry.read().subarray(0, 20);
    expect(header.toString('latin1', 0, 4)).toBe('\x7fELF');
    expect(header.readUInt16LE(18)).toBe(0xb7); // AArch64
  }
});

test.each(FUNCTIONS)('%s loads from its unpacked zip and says which variable it lacks', (name) => {
  const unpacked = join(folder, name);
  unpack(contents(name), unpacked);
  if (WITH_ENGINE.includes(name)) {
    // The engine of the machine that runs this test, beside the one for AWS.
    const binding = `@duckdb/node-bindings-${process.platform}-${process.arch}`;
    const own = join(ROOT, 'node_modules', binding);
    expect(existsSync(own), `${binding} is installed here`).toBe(true);
    const link = join(unpacked, 'node_modules', binding);
    if (!existsSync(link)) symlinkSync(own, link, 'dir');
  }
  const lambda = Object.values(template().Resources).find(
    ({ Properties }) => Properties?.FunctionName === `retcon-prod-${name}`,
  )!;
  const handler: string = lambda.Properties.Handler;
  const dot = handler.lastIndexOf('.');
  const script = `
    const handlers = await import(${JSON.stringify(`./${handler.slice(0, dot)}.mjs`)});
    const handler = handlers[${JSON.stringify(handler.slice(dot + 1))}];
    if (typeof handler !== 'function') throw new Error('no handler among ' + Object.keys(handlers));
    const outcome = await handler({ Records: [] }, {}).then(() => 'answered', (error) => error);
    console.log(JSON.stringify({ code: outcome.code, message: outcome.message }));`;
  const answer = JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: unpacked,
      env: { PATH: process.env.PATH, AWS_REGION: 'us-east-1' },
      encoding: 'utf8',
    }),
  );
  expect(answer.code).toBe('bad_environment');
  expect(answer.message).toMatch(/^The environment variable RETCON_\w+ is not set/);
});

test.each(FUNCTIONS)('%s is told every variable that it asks for', (name) => {
  const lambda = Object.values(template().Resources).find(
    ({ Properties }) => Properties?.FunctionName === `retcon-prod-${name}`,
  )!;
  const asked: Record<string, string[]> = {
    collect: ['RETCON_BUCKET', 'RETCON_INGEST_QUEUE_URL', 'RETCON_SALT_SECRET', 'RETCON_ADDRESS_SOURCE'],
    land: ['RETCON_BUCKET', 'RETCON_BUS'],
    compact: ['RETCON_BUCKET', 'RETCON_BUS', 'RETCON_COMPACT_QUEUE_URL'],
    sessionize: ['RETCON_BUCKET', 'RETCON_BUS', 'RETCON_WORK_QUEUE_URL'],
    work: ['RETCON_BUCKET', 'RETCON_PLAN_QUEUE_URL'],
    publish: ['RETCON_BUCKET', 'RETCON_BUS', 'RETCON_WORKGROUP', 'RETCON_MARTS', 'RETCON_MARTS_PER_DAY'],
    reconcile: [
      'RETCON_BUCKET',
      'RETCON_BUS',
      'RETCON_INGEST_QUEUE_URL',
      'RETCON_INGEST_DEAD_LETTERS_URL',
      'RETCON_COMPACT_QUEUE_URL',
    ],
    gc: ['RETCON_BUCKET'],
    watch: ['RETCON_BUCKET', 'RETCON_DEAD_LETTER_URLS'],
  };
  const { Variables } = lambda.Properties.Environment;
  for (const variable of asked[name]!) expect(Variables[variable], variable).toBeTruthy();
  expect(lambda.Properties.Architectures).toEqual(['arm64']);
  expect(lambda.Properties.Runtime).toBe('nodejs24.x');
});
