import '../node-20.ts';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/**
 * Tests that `npm test` has no time for, or not for all their cases: crashes before more of the calls, a disk that is full
 * from more of the writes on, more random histories, copies on other days, a real log in pieces, races between
 * processes, a demo that is killed, a whole apply by the command line, what the pages show, previews under every pair of
 * rules, deliberate bugs. `npx vitest run --config test/long/vitest.config.ts`
 */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../', import.meta.url)),
    include: [
      'lake/arrivals.test.ts',
      '{lake,comparison,cli,demo,docs,local,monitoring,mutations}/*.long.ts',
    ],
    testTimeout: 1_200_000,
    hookTimeout: 240_000,
    env: {
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      RETCON_ARRIVAL_PIECES: process.env['RETCON_ARRIVAL_PIECES'] ?? '6',
      RETCON_ARRIVAL_RUNS: process.env['RETCON_ARRIVAL_RUNS'] ?? '3',
    },
    pool: 'forks',
    maxWorkers: 2,
  },
});
