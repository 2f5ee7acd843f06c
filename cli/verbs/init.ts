import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { badInput } from '../../shared/core/errors.ts';
import type { Verb, VerbContext } from '../verb.ts';

/** The files that a user begins with: copies of this package's own, by their paths. */
const EXAMPLES = [
  'sites/shop.yaml',
  'definitions/default.yaml',
  'definitions/definition.schema.json',
  'marts/README.md',
] as const;

const PACKAGE = new URL('../../', import.meta.url);

export const verb: Verb = {
  name: 'init',
  summary: 'write example sites/, definitions/ and marts/, ready to edit',
  arguments: [{ name: 'DIR', help: 'where to write them (default: --dir)' }],
  details: 'A file that is already there is kept as it is.',
  examples: ['retcon init', 'retcon init my-lake && cd my-lake'],
  run,
};

async function run({ io, output, dir, positionals }: VerbContext): Promise<undefined> {
  const [named] = positionals;
  const to = named === undefined ? dir : resolve(io.cwd, named);
  const written: string[] = [];
  const kept: string[] = [];
  for (const path of EXAMPLES) {
    const text = await readFile(new URL(path, PACKAGE), 'utf8');
    ((await writeNew(join(to, path), text)) ? written : kept).push(path);
  }
  const shown = (path: string): string => relative(io.cwd, join(to, path)) || path;
  const { style } = output;
  const lines = [
    ...written.map((path) => `${style.green('wrote')}  ${shown(path)}`),
    ...kept.map((path) => `${style.dim('kept')}   ${shown(path)} (it was there already)`),
  ];
  if (written.length > 0) {
    const edit = shown('sites/shop.yaml');
    lines.push(
      '',
      `Next: put your site's name, hosts and time zone into ${edit} (the file is named after the site).`,
    );
  }
  output.result({ dir: to, written, kept }, lines.join('\n'));
}

/** @returns false when the file is there already, whatever it holds. */
async function writeNew(path: string, text: string): Promise<boolean> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { flag: 'wx' });
    return true;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    // Of mkdir: the folder's name is taken by a file. Of writeFile: the file is there.
    if (code === 'EEXIST' && (await isReadable(path))) return false;
    throw badInput('cannot_write', `${path} can't be written (${code ?? String(cause)})`, {
      field: 'DIR',
      fix: 'name a folder in which you may write',
      cause,
    });
  }
}

async function isReadable(path: string): Promise<boolean> {
  return readFile(path).then(
    () => true,
    () => false,
  );
}
