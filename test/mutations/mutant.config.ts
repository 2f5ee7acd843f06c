import '../node-20.ts';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { MUTATIONS } from './mutations.ts';

const name = process.env['RETCON_MUTATION'];
const mutation = MUTATIONS.find((one) => one.name === name);
if (mutation === undefined) throw new Error(`RETCON_MUTATION names no bug: ${name}`);

/** Runs the test of one deliberate bug with the bug put in as its file is read. SQL is read by the code itself. */
export default defineConfig({
  plugins: [
    {
      name: 'put the bug in',
      enforce: 'pre',
      transform(code: string, id: string) {
        return id.endsWith(`/${mutation.file}`) ? code.replace(mutation.from, () => mutation.to) : undefined;
      },
    },
  ],
  test: {
    root: fileURLToPath(new URL('../../', import.meta.url)),
    include: [mutation.test],
    setupFiles: mutation.file.endsWith('.sql') ? ['test/mutations/mutate-sql.ts'] : [],
    testTimeout: 600_000,
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    // Neither a module without the bug from an earlier run, nor one with it for a later run.
    fsModuleCache: false,
    pool: 'forks',
    maxWorkers: 1,
  },
});
