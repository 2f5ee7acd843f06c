import { constants, existsSync } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { type Finding, fine, wrong } from './finding.ts';

/** The oldest Node that everything here runs on. */
const OLDEST = [20, 19] as const;

/** Below this, a day of a few million events may not find room to be sorted, bytes. */
const LITTLE_ROOM = 2_000_000_000;

/** Whether this machine can carry a lake in `home`; null: it lies elsewhere. */
export async function machineFindings(home: string | null): Promise<Finding[]> {
  const scratch = process.env['RETCON_SCRATCH'] ?? tmpdir();
  return [
    nodeVersion(process.versions.node),
    ...(home === null ? [] : [await writable(home), await room('room for the lake', existing(home))]),
    await room('room for temporary files', scratch),
  ];
}

/** Whether a version of Node is new enough. */
export function nodeVersion(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]))
    return fine('node', `Node ${version}`);
  return wrong(
    'node',
    `this is Node ${version}`,
    'the packages that Retcon is made of need a newer one',
    `install Node ${OLDEST.join('.')} or newer`,
  );
}

async function writable(home: string): Promise<Finding> {
  const folder = existing(home);
  try {
    await access(folder, constants.W_OK);
    return fine(
      'home',
      existsSync(home) ? `${home} can be written` : `${home} isn't there yet and can be made`,
    );
  } catch (cause) {
    return wrong(
      'home',
      `${folder} can't be written: ${(cause as Error).message}`,
      'the lake lies there',
      'give yourself the right to write there, or name another folder with --home',
    );
  }
}

async function room(check: string, folder: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const words = `${(free / 1e9).toFixed(1)} GB free in ${folder}`;
  if (free >= LITTLE_ROOM) return fine(check, words);
  return wrong(
    check,
    words,
    'days are sorted on disk; without room a step fails, loses nothing, and is tried again',
    'make room, or move it: --home for the lake, RETCON_SCRATCH for temporary files',
  );
}

/** The folder itself or the nearest one above it that exists. */
function existing(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : existing(dirname(folder));
}
