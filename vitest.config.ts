import { defineConfig } from 'vitest/config';
import { groupBy } from './shared/core/group-by.ts';

// The reporter asks for Map.groupBy when it prints a failure; Node 20 doesn't have it.
const map = Map as unknown as { groupBy?: typeof groupBy };
map.groupBy ??= groupBy;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 240_000,
    hookTimeout: 60_000,
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    pool: 'forks',
    maxWorkers: 2,
  },
});
