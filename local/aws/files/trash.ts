import { readdirSync, readlinkSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../errors.ts';
import { descriptionFile, type Head, parseHead } from './head.ts';
import { GRACE_MS, inDirectory, uniqueId } from './whole.ts';

const SWEEP_EVERY = 256;

/**
 * Bytes that no key names any more, as links named by the time when they may go. On disk, so that a
 * killed process leaves nothing behind for good.
 */
export class Trash {
  readonly #root: string;
  #added = 0;

  constructor(root: string) {
    this.#root = root;
  }

  /** A fresh name in the trash, to rename a head to. */
  path(): string {
    return join(this.#root, 'trash', `${Date.now() + GRACE_MS}-${uniqueId()}`);
  }

  /** Lets a write's bytes go after the grace. */
  add(head: Head): void {
    const path = this.path();
    inDirectory(path, () => symlinkSync(`../${head.bytes}`, path));
    this.#added += 1;
    if (this.#added % SWEEP_EVERY === 0) this.sweep();
  }

  /** Removes everything whose time has come by `now`, ms. */
  sweep(now = Date.now()): void {
    for (const name of list(join(this.#root, 'trash'))) {
      if (Number(name.slice(0, name.indexOf('-'))) > now) continue;
      const file = join(this.#root, 'trash', name);
      ignoreMissing(() => {
        const head = parseHead(readlinkSync(file));
        ignoreMissing(() => unlinkSync(join(this.#root, head.bytes)));
        if (head.described) ignoreMissing(() => unlinkSync(join(this.#root, descriptionFile(head))));
        unlinkSync(file);
      });
    }
  }
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function ignoreMissing(call: () => void): void {
  try {
    call();
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}
