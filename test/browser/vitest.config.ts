import '../node-20.ts';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Tests in a real browser: `npx vitest run --config test/browser/vitest.config.ts`; `CHROMIUM` names it. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('.', import.meta.url)),
    include: ['*.browser.ts'],
    testTimeout: 120_000,
    hookTimeout: 240_000,
  },
});
