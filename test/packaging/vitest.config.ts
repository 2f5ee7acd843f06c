import '../node-20.ts';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Checks of what `npx serverless package` made: `npx vitest run --config test/packaging/vitest.config.ts`. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('.', import.meta.url)),
    include: ['*.packaging.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
