import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../deployed/ports.ts';

/** Test's name to what it said where an emulator fails it. */
type Differences = Record<string, string>;

const here = import.meta.dirname;
const [bin, work, ...options] = process.argv.slice(2) as [string, string, ...string[]];
const known = JSON.parse(readFileSync(join(here, 'differences.json'), 'utf8')) as Record<string, Differences>;

const EMULATORS: Record<string, (port: string) => ChildProcess> = {
  ministack: (port) =>
    spawn(join(bin, 'ministack'), [], {
      cwd: work,
      stdio: 'ignore',
      env: { ...process.env, GATEWAY_PORT: port },
    }),
  moto: (port) =>
    spawn(join(bin, 'moto_server'), ['-H', '127.0.0.1', '-p', port], { cwd: work, stdio: 'ignore' }),
};

interface Verdict {
  fullName: string;
  status: string;
  failureMessages: string[];
}

/** Runs the suites against an emulator. */
async function verdicts(name: string): Promise<Verdict[]> {
  const port = String(await freePort());
  const emulator = EMULATORS[name]!(port);
  try {
    await listening(Number(port));
    const report = join(work, `${name}.json`);
    spawnSync(
      'npx',
      [
        '--no-install',
        'vitest',
        'run',
        '--config',
        join(here, 'vitest.config.ts'),
        '--reporter=json',
        `--outputFile=${report}`,
      ],
      { stdio: 'ignore', env: { ...process.env, RETCON_STRANGER: `http://127.0.0.1:${port}` } },
    );
    const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
      testResults: { assertionResults: Verdict[] }[];
    };
    return testResults.flatMap(({ assertionResults }) => assertionResults);
  } finally {
    emulator.kill('SIGKILL');
  }
}

async function listening(port: number): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const open = await new Promise<boolean>((answer) => {
      const socket = createConnection(port, '127.0.0.1', () => answer(true));
      socket.once('error', () => answer(false));
      socket.once('connect', () => socket.end());
    });
    if (open) return;
    if (attempt > 300) throw new Error(`nothing listens on ${port}`);
    await new Promise((next) => setTimeout(next, 200));
  }
}

let [passed, failed] = [0, 0];
/** What an emulator at least holds. */
const held = new Set<string>();
let suite = 0;
const learnt: Record<string, Differences> = {};
for (const name of Object.keys(EMULATORS)) {
  const own: Differences = known[name] ?? {};
  const all = await verdicts(name);
  const failing = all.filter(({ status }) => status === 'failed');
  learnt[name] = Object.fromEntries(
    failing.map(({ fullName, failureMessages }) => [
      fullName,
      own[fullName] ?? failureMessages[0]!.split('\n')[0]!,
    ]),
  );
  for (const { fullName, failureMessages } of failing.filter(({ fullName }) => own[fullName] === undefined)) {
    failed += 1;
    console.log(`FAILED  ${name}: ${fullName}\n        ${failureMessages[0]!.split('\n')[0]}`);
  }
  for (const fullName of Object.keys(own).filter((one) =>
    all.every((v) => v.fullName !== one || v.status !== 'failed'),
  )) {
    failed += 1;
    console.log(`FAILED  ${name} no longer differs: ${fullName}`);
  }
  const agreed = all.filter(({ status }) => status === 'passed');
  for (const { fullName } of agreed) held.add(fullName);
  const agrees = agreed.length;
  suite = Math.max(suite, all.length);
  passed += agrees;
  console.log(`${name}: ${agrees} of ${all.length} hold, ${Object.keys(own).length} known differences`);
}
console.log(`${held.size} of ${suite} hold at one of them at least`);
if (options.includes('--learn'))
  writeFileSync(join(here, 'differences.json'), `${JSON.stringify(learnt, null, 2)}\n`);
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exit(failed > 0 ? 1 : 0);
