import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveDev } from '../../local/dev-server.ts';
import { openTestLake } from '../lake/open.ts';
import { run } from './running.ts';

const SITE = 'site: shop\ntime_zone: UTC\nhosts: [shop.example]\nwrite_keys: [k]\n';

/**
 * A lake that works as things arrive and answers as AWS on a port, and commands that know it by that port alone:
 * `AWS_ENDPOINT_URL` and `--lake`. The folder `dir` holds its site.
 */
export async function servedLake() {
  const test = await openTestLake(SITE);
  const server = await serveDev(test.lake, { host: '127.0.0.1', port: 0, awsPort: 0 });
  test.lake.runtime.start();
  const dir = mkdtempSync(join(tmpdir(), 'retcon-port-'));
  mkdirSync(join(dir, 'sites'));
  writeFileSync(join(dir, 'sites/shop.yaml'), SITE);
  const before = { ...process.env };
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: server.aws,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'any',
    AWS_SECRET_ACCESS_KEY: 'any',
  });
  return {
    test,
    dir,
    collector: server.collector,
    retcon: (...words: string[]) => run([...words, '--lake', 's3://lake', '--dir', dir], { cwd: dir }),
    async close() {
      process.env = before;
      await test.lake.runtime.stop();
      await server.close();
      await test.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
