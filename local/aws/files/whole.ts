import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemCode } from '../errors.ts';

const process36 = BigInt(`0x${randomBytes(8).toString('hex')}`)
  .toString(36)
  .padStart(13, '0');
let counter = 0;

/** A name that no other process and no earlier call has used: letters and digits only. */
export function uniqueId(): string {
  counter += 1;
  return process36 + counter.toString(36);
}

/** Runs a system call that needs a directory; when it is missing, makes it and tries again. */
export function inDirectory<T>(path: string, call: () => T): T {
  for (let attempt = 0; ; attempt++) {
    try {
      return call();
    } catch (error) {
      // Several rounds: somebody else may remove the directory, empty, between the two calls.
      if (systemCode(error) !== 'ENOENT' || attempt >= 20) throw error;
      mkdirSync(dirname(path), { recursive: true });
    }
  }
}

/** Writes a new file that nobody reads before it is renamed or linked to its final name. */
export function writeNew(path: string, bytes: string | Uint8Array): void {
  inDirectory(path, () => writeFileSync(path, bytes, { flag: 'wx' }));
}

/** How long superseded names and bytes stay, in ms: longer than anybody takes between two system calls. */
export const GRACE_MS = 60_000;
