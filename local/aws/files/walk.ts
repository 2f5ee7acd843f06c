import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../errors.ts';
import { compareUtf8, continuation, decodeBytes, decodeSegment, segmentParts } from './names.ts';
import type { ObjectTree } from './tree.ts';

/** What a walk leaves out; the caller may move `after` and `skip` forward while walking. */
export interface WalkRange {
  prefix: string;
  /** Only keys after this one (UTF-8 byte order); empty: all. */
  after: string;
  /** No keys that begin with this; null: none. */
  skip: string | null;
}

interface Entry {
  /** The key's part in this directory; a directory's ends in `/`. */
  name: string;
  path: string;
  isObject: boolean;
}

/**
 * Keys under a prefix in UTF-8 byte order. Directories that cannot hold a wanted key are not read, nor those
 * above the prefix: with a folder for each day, every listing of one day would read them all.
 */
export function* walk(tree: ObjectTree, range: WalkRange): Generator<{ key: string; path: string }> {
  const above = range.prefix.slice(0, range.prefix.lastIndexOf('/') + 1);
  const segments = above.split('/').slice(0, -1);
  yield* walkDirectory(join(tree.root, 'keys', ...segments.flatMap(segmentParts)), above, range);
}

function* walkDirectory(
  directory: string,
  above: string,
  range: WalkRange,
): Generator<{ key: string; path: string }> {
  for (const entry of entries(directory)) {
    const full = above + entry.name;
    if (range.skip !== null && full.startsWith(range.skip)) continue;
    if (entry.isObject) {
      if (full.startsWith(range.prefix) && isAfter(full, range.after)) yield { key: full, path: entry.path };
      continue;
    }
    if (!full.startsWith(range.prefix) && !range.prefix.startsWith(full)) continue;
    if (range.after !== '' && !range.after.startsWith(full) && !isAfter(full, range.after)) continue;
    yield* walkDirectory(entry.path, full, range);
  }
}

function isAfter(key: string, after: string): boolean {
  return after === '' || compareUtf8(key, after) > 0;
}

function entries(directory: string): Entry[] {
  const found: Entry[] = [];
  collect(directory, '', found);
  return found.sort((a, b) => compareUtf8(a.name, b.name));
}

/** Reads a directory, and those that only carry on a long segment (`begun` is its escaped beginning). */
function collect(directory: string, begun: string, found: Entry[]): void {
  for (const file of names(directory)) {
    const at = file.indexOf('@');
    if (at !== -1 && at !== file.length - 1) continue;
    const path = join(directory, file);
    const more = continuation(file);
    if (more !== null) {
      collect(path, begun + more, found);
      continue;
    }
    const part = at === -1 ? file : file.slice(0, -1);
    const segment = begun === '' ? decodeSegment(part) : decodeBytes(begun + part).toString('utf8');
    found.push({ name: at === -1 ? `${segment}/` : segment, path, isObject: at !== -1 });
  }
}

function names(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}
