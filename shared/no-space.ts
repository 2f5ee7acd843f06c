import { RetconError } from './core/errors.ts';

/** What Node, the embedded AWS and the engine say of a full disk; the last when it can't move data out of memory. */
const WORDS = /\bENOSPC\b|no space left on device|failed to offload data block/i;

/** Whether an error, or what caused it, is that a disk is full. */
export function isNoSpace(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ((at as NodeJS.ErrnoException).code === 'ENOSPC' || WORDS.test(at.message)) return true;
  }
  return false;
}

/**
 * The error of a full disk, `no_space`. Everything is written whole and then named, so what was there
 * before still is, and the same work can be done again.
 *
 * @param doing what there was no room for, in words
 */
export function noSpace(doing: string, cause: unknown): RetconError {
  return new RetconError('no_space', `the disk is full: ${doing}`, {
    cause,
    fix: 'make room, or move the lake (RETCON_HOME) or temporary files (RETCON_SCRATCH) to a larger disk, and run it again; nothing was lost',
  });
}
