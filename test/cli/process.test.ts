import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const MAIN = new URL('../../cli/main.ts', import.meta.url).href;
const BIN = fileURLToPath(new URL('../../bin/retcon.mjs', import.meta.url));

/** A process that runs one verb, whose `run` is given as source text. */
function start(run: string) {
  const verb = `{ name: 'go', summary: 's', run: ${run} }`;
  const script = `const { main } = await import(${JSON.stringify(MAIN)});
    process.exitCode = await main(['go', ...process.argv.slice(1)], undefined,
      [{ name: 'go', summary: 's', load: async () => ({ verb: ${verb} }) }]);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return { child, stderr: () => stderr };
}

test('a reader that leaves (`| head`) ends the command quietly', async () => {
  const { child, stderr } = start(`async ({ output, signal }) => {
    for (let i = 0; !signal.aborted; i++) await output.part('line ' + i + '\\n');
  }`);
  await once(child.stdout, 'data');
  child.stdout.destroy();
  const [code] = await once(child, 'exit');
  expect([code, stderr()]).toEqual([0, '']);
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s ends the command with %i, and what it left open with it', async (signal, expected) => {
  const { child, stderr } = start(`async ({ output, signal }) => {
    setInterval(() => {}, 1000);
    output.say('ready');
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('torn'))));
  }`);
  await once(child.stdout, 'data');
  child.kill(signal);
  const [code] = await once(child, 'exit');
  expect(code).toBe(expected);
  expect(stderr()).toBe('retcon: interrupted before it was done\n');
});

test('a second Ctrl-C does not wait for a verb that will not end', async () => {
  const { child } = start(`async ({ output }) => {
    output.say('ready');
    await new Promise(() => setInterval(() => {}, 1000));
  }`);
  await once(child.stdout, 'data');
  const begun = Date.now();
  child.kill('SIGINT');
  await new Promise((resolve) => setTimeout(resolve, 200));
  child.kill('SIGINT');
  const [code] = await once(child, 'exit');
  expect(code).toBe(130);
  expect(Date.now() - begun).toBeLessThan(4000);
});

test('help loads neither the engine nor the SDK', async () => {
  const watch = `process.argv = ['node', 'retcon', '--help'];
    await import(${JSON.stringify(new URL('../../bin/retcon.mjs', import.meta.url).href)});
    const { createRequire } = await import('node:module');
    const loaded = Object.keys(createRequire(${JSON.stringify(BIN)}).cache);
    const bindings = loaded.concat(process.report.getReport().sharedObjects);
    process.stderr.write(JSON.stringify(bindings.filter((name) => /duckdb|aws-sdk/.test(name))));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', watch], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const [code] = await once(child, 'exit');
  expect([code, stderr]).toEqual([0, '[]']);
});

test('the command runs from any folder', async () => {
  const child = spawn(BIN, ['--version'], { cwd: '/', stdio: ['ignore', 'pipe', 'inherit'] });
  const [version] = await once(child.stdout, 'data');
  const [code] = await once(child, 'exit');
  expect([code, String(version)]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
});
