// Bundles the browser script: `node tracker/build.mjs` writes tracker/dist/. The result is committed, so
// that the collector serves it without a build step; a test holds it to its source.
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** The minified script as text. */
export async function buildTracker() {
  const result = await build({
    entryPoints: [fileURLToPath(new URL('./retcon.ts', import.meta.url))],
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2020',
    charset: 'utf8',
    legalComments: 'none',
    write: false,
    logLevel: 'silent',
  });
  return result.outputFiles[0].text;
}

/** The same script as a module, for functions that are bundled themselves and have no files beside them. */
export function asModule(script) {
  return `// Made by tracker/build.mjs from tracker/retcon.ts.\nexport const trackerScript = ${JSON.stringify(script)};\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const script = await buildTracker();
  await writeFile(new URL('./dist/retcon.js', import.meta.url), script);
  await writeFile(new URL('./dist/script.ts', import.meta.url), asModule(script));
}
