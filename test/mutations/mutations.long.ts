import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { MUTATIONS, type Mutation } from './mutations.ts';

/**
 * A check that no bug can fail is no check: each bug of the list is put in, and the test named beside it must
 * fail, by itself and for that reason. Without the bugs these tests are part of `npm test`.
 */

const root = fileURLToPath(new URL('../../', import.meta.url));

interface Report {
  testResults: {
    message: string;
    assertionResults: { status: string; fullName: string; failureMessages: string[] }[];
  }[];
}

/** The environment without what this vitest put there for its own workers. */
const outside = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|VITE_|NODE_ENV|TEST$|DEV$|PROD$|MODE$|SSR$|BASE_URL)/.test(name),
  ),
);

/** What came of the named test with the bug in. */
async function run({ name, named }: Mutation): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'retcon-mutant-'));
  const report = join(folder, 'report.json');
  const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
  const options = [
    '--config',
    'test/mutations/mutant.config.ts',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ];
  const child = spawn(process.execPath, [vitest, 'run', ...options, '-t', named], {
    cwd: root,
    env: { ...outside, RETCON_MUTATION: name },
    stdio: 'ignore',
  });
  await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  try {
    return JSON.parse(readFileSync(report, 'utf8')) as Report;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('a deliberate bug is noticed', () => {
  it.each(MUTATIONS)('$name: $test, "$named"', async (mutation) => {
    const source = readFileSync(new URL(`../../${mutation.file}`, import.meta.url), 'utf8');
    expect(source.split(mutation.from), `${mutation.file} no longer says ${mutation.from} once`).toHaveLength(
      2,
    );
    const { testResults } = await run(mutation);
    const ran = testResults.flatMap(({ assertionResults }) => assertionResults);
    const failed = ran.filter(
      ({ status, fullName }) => status === 'failed' && fullName.includes(mutation.named),
    );
    expect(failed.length, JSON.stringify(testResults).slice(0, 2000)).toBeGreaterThan(0);
    // Noticed by what came out, not by code that no longer runs.
    expect(failed.flatMap(({ failureMessages }) => failureMessages).join('\n')).toMatch(
      /AssertionError|promise resolved .* instead of rejecting/,
    );
  });
});
