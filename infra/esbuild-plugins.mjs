import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** What npm calls the architectures of Lambda. */
const CPU = { arm64: 'arm64', x86_64: 'x64' };

const CALL = /\bsqlText\(\s*import\.meta\.url,\s*'([\w-]+\.sql)',?\s*\)/g;

/**
 * Replaces each `sqlText(import.meta.url, 'x.sql')` by the text of that file, so that a bundle needs no
 * file beside it. A call written in any other way is an error here rather than a missing file on AWS.
 */
export const inlineSql = {
  name: 'inline-sql',
  setup(build) {
    build.onLoad({ filter: /\/(functions|shared|marts)\/.*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      if (!source.includes('sqlText(') || path.endsWith('/shared/sql-text.ts')) return null;
      const texts = new Map();
      for (const [, name] of source.matchAll(CALL)) {
        texts.set(name, await readFile(join(dirname(path), name), 'utf8'));
      }
      const contents = source.replace(CALL, (_, name) => JSON.stringify(texts.get(name)));
      if (contents.includes('sqlText(')) {
        return {
          errors: [
            { text: `write sqlText(import.meta.url, 'name.sql') in ${path}: it is inlined by that form` },
          ],
        };
      }
      return { contents, loader: 'ts' };
    });
  },
};

/**
 * The bundler's plugins; asked for before `npm` puts the native code into the zips. It must install what the
 * functions run on (serverless.yml), not what this machine is.
 */
export default function plugins(serverless) {
  const { architecture } = serverless.service.provider;
  const npm_config_cpu = CPU[architecture];
  if (npm_config_cpu === undefined)
    throw new Error(`architecture: "${architecture}" is none of Lambda's: use arm64 or x86_64`);
  Object.assign(process.env, { npm_config_os: 'linux', npm_config_cpu, npm_config_libc: 'glibc' });
  return [inlineSql];
}
