import { gunzipSync, gzipSync } from 'node:zlib';
import { inParallel } from '../../../shared/in-parallel.ts';
import { landingPrefix } from '../../../shared/lake/keys.ts';
import { eraseLines, isCorruptLanding } from '../../../shared/lake/landing.ts';
import { openLanding } from '../../../shared/lake/landing-reader.ts';
import type { ObjectStore } from '../../../shared/ports/objects.ts';
import { type ErasedVisitor, isLineOf, namesVisitor } from './erased-visitor.ts';

const AT_ONCE = 8;

/** What of `landing/` or `rejected/` names an erased visitor. */
export interface FoundLines {
  lines: number;
  objects: string[];
  /** Units, of landed lines. */
  units: string[];
  /** Objects that can't be read, so that nobody knows. */
  unreadable: string[];
}

/**
 * Finds the lines of a visitor in landing objects, and unless only asked to look, writes these objects anew in
 * place: a mark stands for each line that went, so nothing else of them moves, and the ledger stays right. Every
 * object with rows of the site is read. Safe to repeat.
 */
export async function eraseLanded(
  objects: ObjectStore,
  erased: ErasedVisitor,
  onlyLook: boolean,
): Promise<FoundLines> {
  const found: FoundLines = { lines: 0, objects: [], units: [], unreadable: [] };
  const units = new Set<string>();
  const keys = (await objects.list(landingPrefix)).map(({ key }) => key);
  await inParallel(AT_ONCE, keys, async (key) => {
    try {
      const index = await openLanding(objects, key);
      if (!index?.units.some(({ site }) => site === erased.site)) return;
      for (;;) {
        const stored = await objects.get(key);
        const left = stored && eraseLines(stored.body, erased.site, (line) => isLineOf(erased, line, key));
        if (!stored || !left) return;
        if (!onlyLook && (await put(objects, key, left.body, stored.etag)) === 'lost') continue;
        found.objects.push(key);
        for (const { unit, lines } of left.erased) {
          units.add(unit);
          found.lines += lines;
        }
        return;
      }
    } catch (cause) {
      if (!isCorruptLanding(cause)) throw cause;
      found.unreadable.push(key);
    }
  });
  found.units = [...units].sort();
  return found;
}

/** The same of refused events: these lines go, and an object that has no other goes whole. */
export async function eraseRejected(
  objects: ObjectStore,
  erased: ErasedVisitor,
  onlyLook: boolean,
): Promise<FoundLines> {
  const found: FoundLines = { lines: 0, objects: [], units: [], unreadable: [] };
  const keys = (await objects.list('rejected/')).map(({ key }) => key);
  await inParallel(AT_ONCE, keys, async (key) => {
    for (;;) {
      const stored = await objects.get(key);
      if (stored === null) return;
      let lines: string[];
      try {
        lines = gunzipSync(stored.body).toString('utf8').split('\n').slice(0, -1);
      } catch {
        found.unreadable.push(key);
        return;
      }
      const left = lines.filter((line) => !isRefusedOf(erased, line));
      if (left.length === lines.length) return;
      if (!onlyLook) {
        if (left.length === 0) await objects.remove(key);
        else {
          const body = gzipSync(left.map((line) => `${line}\n`).join(''));
          if ((await put(objects, key, body, stored.etag)) === 'lost') continue;
        }
      }
      found.lines += lines.length - left.length;
      found.objects.push(key);
      return;
    }
  });
  return found;
}

/** A refused event may be so broken that not even its site is known. */
function isRefusedOf({ site, visitor, until }: ErasedVisitor, line: string): boolean {
  const refused = JSON.parse(line) as { site: string; received_at: number; body: string; detail: string };
  if ((refused.site !== site && refused.site !== '') || refused.received_at > until) return false;
  return namesVisitor(refused.body, visitor) || namesVisitor(refused.detail, visitor);
}

function put(objects: ObjectStore, key: string, body: Buffer, etag: string): Promise<'written' | 'lost'> {
  return objects.put(key, body, { ifMatch: etag, contentType: 'application/gzip' });
}
