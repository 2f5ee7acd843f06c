import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Of this process; they go when it ends. */
const folders = new Set<string>();

const NAMED = /^retcon-spill-(\d+)-[0-9a-f]{8}$/;

/**
 * A folder below `parent` for what one engine puts on disk when its memory is full. DuckDB makes it when it needs it,
 * under names that are the same everywhere: two processes that shared a folder would write into each other's
 * files, and crash. It goes when the process ends; what killed processes left goes now.
 */
export function spillFolder(parent: string): string {
  sweep(parent);
  const folder = join(parent, `retcon-spill-${process.pid}-${randomBytes(4).toString('hex')}`);
  if (folders.size === 0) process.once('exit', removeAll);
  folders.add(folder);
  return folder;
}

function removeAll(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

function sweep(parent: string): void {
  for (const name of listed(parent)) {
    const pid = NAMED.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid)))
      rmSync(join(parent, name), { recursive: true, force: true });
  }
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // not there yet, or not ours to look into: nothing to sweep
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
