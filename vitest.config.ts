import { defineConfig } from 'vitest/config';
import './test/node-20.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 240_000,
    hookTimeout: 240_000,
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    pool: 'forks',
    // Files share a process: what they import is loaded once. No test may leave the world changed.
    isolate: false,
    maxWorkers: 2,
  },
});
