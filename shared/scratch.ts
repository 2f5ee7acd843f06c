import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RetconError } from './core/errors.ts';
import { isNoSpace, noSpace } from './no-space.ts';

/**
 * Runs `work` with a folder of its own for temporary files, removed afterwards, whatever happens. Throws
 * `no_space` when work, or the engine beneath it, finds the disk full.
 */
export async function withScratch<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const scratch = process.env['RETCON_SCRATCH'] ?? tmpdir();
  let folder: string | null = null;
  try {
    folder = await mkdtemp(join(scratch, 'retcon-'));
    return await work(folder);
  } catch (cause) {
    if (cause instanceof RetconError || !isNoSpace(cause)) throw cause;
    throw noSpace(`temporary files in ${scratch} have no room`, cause);
  } finally {
    if (folder !== null) await rm(folder, { recursive: true, force: true });
  }
}
