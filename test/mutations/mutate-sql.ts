import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { MUTATIONS } from './mutations.ts';

/** Lets whoever reads the mutated SQL file read it with the bug in. */
const { file, from, to } = MUTATIONS.find(({ name }) => name === process.env['RETCON_MUTATION'])!;
const read = fs.readFileSync;
fs.readFileSync = ((path: fs.PathOrFileDescriptor, options: BufferEncoding) => {
  const text = read(path, options);
  return String(path).endsWith(`/${file}`) ? String(text).replace(from, () => to) : text;
}) as typeof fs.readFileSync;
syncBuiltinESMExports();
