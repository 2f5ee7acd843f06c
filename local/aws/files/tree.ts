import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { AwsError, systemCode } from '../errors.ts';
import { chainName, descriptionFile, type Head, parseHead } from './head.ts';
import { keyPath } from './names.ts';
import { Trash } from './trash.ts';
import { walk } from './walk.ts';
import { GRACE_MS, inDirectory, uniqueId } from './whole.ts';

/** Bytes that no key has named for so long are of a process that was killed. */
const STRAY_MS = 10 * 60_000;

/** When a write may take effect. `match` judges the object that is there. */
export type Condition = { absent: true } | { match: (head: Head) => boolean } | null;
export type PublishOutcome = 'published' | 'exists' | 'mismatch' | 'missing';

interface Resolved {
  /** The write that the head file itself names; later versions hang below its id. */
  anchor: string;
  version: number;
  head: Head;
}

/**
 * A bucket's objects on disk, for any number of processes. `keys/` holds heads, `bytes/` immutable files.
 *
 * - Creating publishes the head `<key>@` with symlink(2): one winner.
 * - An unconditional overwrite renames a new head over the old one; a delete renames it away.
 * - A compare-and-swap publishes version n+1 in the folder `<key>@<id>/` of the write it builds on. When
 *   that write is replaced meanwhile, the whole folder is dead: the swap counts as done just before.
 * - Superseded bytes stay for a minute, so that whoever resolved a head can still open its file.
 */
export class ObjectTree {
  readonly root: string;
  readonly #trash: Trash;

  constructor(root: string) {
    this.root = root;
    this.#trash = new Trash(root);
  }

  /** The absolute path of a head's bytes. */
  bytesPath(head: Head): string {
    return join(this.root, head.bytes);
  }

  aboutPath(head: Head): string {
    return join(this.root, descriptionFile(head));
  }

  /** The object's current head, or null. */
  head(key: string): Head | null {
    return this.#resolve(join(this.root, 'keys', keyPath(key).path))?.head ?? null;
  }

  /** A head found while listing: `path` is its file; `chained` whether later versions may exist. */
  headAt(path: string): Head | null {
    return this.#resolve(path)?.head ?? null;
  }

  /** Makes `head` (whose bytes are in place) the object's current version, if the condition holds. */
  publish(key: string, head: Head, condition: Condition): PublishOutcome {
    const { path: name, depth } = keyPath(key);
    const path = join(this.root, 'keys', name);
    const target = '../'.repeat(depth) + head.bytes;
    if (condition && 'match' in condition) return this.#swap(path, target, condition.match);
    try {
      inDirectory(path, () => symlinkSync(target, path));
      return 'published';
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
      if (condition) return 'exists';
    }
    const old = this.#resolve(path);
    const temporary = join(this.root, 'tmp', uniqueId());
    inDirectory(temporary, () => symlinkSync(target, temporary));
    inDirectory(path, () => renameSync(temporary, path));
    if (old) this.#discard(path, old);
    return 'published';
  }

  /** Removes the object; gives the head that was removed, or null when there was none. */
  remove(key: string): Head | null {
    const path = join(this.root, 'keys', keyPath(key).path);
    const old = this.#resolve(path);
    if (!old) return null;
    const away = this.#trash.path();
    try {
      inDirectory(away, () => renameSync(path, away));
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return null;
      throw error;
    }
    const anchor = parseHead(readlinkSync(away));
    const removed = anchor.id === old.anchor ? old : { anchor: anchor.id, version: 1, head: anchor };
    this.#discard(path, removed);
    this.#pruneDirectories(dirname(path));
    return removed.head;
  }

  /** Removes what superseded versions left behind, once nobody can still be reading it. */
  sweep(): void {
    this.#trash.sweep();
  }

  /**
   * Removes at once what replaced and deleted objects left behind, and bytes that killed processes never named. Who
   * found an object and has not opened its file yet must look again.
   */
  purge(): void {
    this.#trash.sweep(Number.POSITIVE_INFINITY);
    const named = new Set<string>();
    for (const { path } of walk(this, { prefix: '', after: '', skip: null })) {
      const head = this.headAt(path);
      if (head) for (const file of [head.bytes, descriptionFile(head)]) named.add(file);
    }
    for (const folder of namesIn(join(this.root, 'bytes'))) {
      for (const name of namesIn(join(this.root, 'bytes', folder))) {
        const file = `bytes/${folder}/${name}`;
        const path = join(this.root, file);
        const written = lstatSync(path, { throwIfNoEntry: false })?.ctimeMs;
        if (named.has(file) || written === undefined || written > Date.now() - STRAY_MS) continue;
        remove(path);
      }
    }
  }

  /** Takes back bytes whose write didn't come to anything. */
  drop(head: Head): void {
    remove(this.bytesPath(head));
    if (head.described) remove(this.aboutPath(head));
  }

  #resolve(path: string): Resolved | null {
    for (;;) {
      const anchor = readLink(path);
      if (anchor === null) return null;
      const head = parseHead(anchor);
      const chain = chainName(path, head.id);
      if (!existsSync(chain)) return { anchor: head.id, version: 1, head };
      const version = Math.max(1, ...versions(chain));
      if (version === 1) return { anchor: head.id, version, head };
      const newest = readLink(join(chain, String(version)));
      // Gone: the object was replaced or deleted between the two looks. Look again.
      if (newest !== null) return { anchor: head.id, version, head: parseHead(newest) };
    }
  }

  #swap(path: string, target: string, match: (head: Head) => boolean): PublishOutcome {
    for (;;) {
      const began = Date.now();
      const old = this.#resolve(path);
      if (!old) return 'missing';
      if (!match(old.head)) return 'mismatch';
      const chain = chainName(path, old.anchor);
      try {
        if (old.version === 1) mkdirSync(chain, { recursive: true });
        // Links in the folder lie one level deeper than the head.
        symlinkSync(`../${target}`, join(chain, String(old.version + 1)));
      } catch (error) {
        const code = systemCode(error);
        if (code === 'EEXIST' || code === 'ENOENT') continue;
        throw error;
      }
      if (Date.now() - began > GRACE_MS / 2) {
        throw new AwsError(
          'InternalError',
          'The write took too long to know its outcome; read it back.',
          500,
        );
      }
      this.#trash.add(old.head);
      this.#afterSwap(path, chain, old, parseHead(target));
      return 'published';
    }
  }

  #afterSwap(path: string, chain: string, old: Resolved, written: Head): void {
    const anchor = readLink(path);
    if (anchor === null || parseHead(anchor).id !== old.anchor) {
      this.#discard(path, { anchor: old.anchor, version: old.version + 1, head: written });
    } else if (old.version % 32 === 0) {
      const oldest = Date.now() - GRACE_MS;
      for (const version of versions(chain)) {
        const file = join(chain, String(version));
        const made = lstatSync(file, { throwIfNoEntry: false })?.ctimeMs;
        if (version < old.version && made !== undefined && made < oldest) remove(file);
      }
    }
  }

  /** Bytes and later versions of a write that is no longer named by its key. */
  #discard(path: string, old: Resolved): void {
    this.#trash.add(old.head);
    const chain = chainName(path, old.anchor);
    if (!existsSync(chain)) return;
    for (const version of versions(chain)) {
      const file = join(chain, String(version));
      const target = readLink(file);
      if (target !== null) this.#trash.add(parseHead(target));
      remove(file);
    }
    removeDirectory(chain);
  }

  #pruneDirectories(directory: string): void {
    const top = join(this.root, 'keys');
    let current = directory;
    while (current.length > top.length && removeDirectory(current)) current = dirname(current);
  }
}

function versions(chain: string): number[] {
  return namesIn(chain).map(Number);
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function readLink(path: string): string | null {
  if (!lstatSync(path, { throwIfNoEntry: false })) return null;
  try {
    return readlinkSync(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}

/** Removes an empty directory; false when it holds something. */
function removeDirectory(path: string): boolean {
  try {
    rmdirSync(path);
    return true;
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT') return true;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
    throw error;
  }
}
