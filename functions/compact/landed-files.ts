import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isCorruptLanding } from '../../shared/lake/landing.ts';

/** What of a landing object belongs to the unit at hand. */
export interface Landing {
  object: string;
  /** Lines, as the object's index counts them. */
  rows: number;
}

/** Rows of one landing object as a local file that the engine reads. */
export interface LandedFile extends Landing {
  /** NDJSON, gzipped or not. */
  file: string;
  /** Lines that are no facts stand in the file as `{}`: they keep their number and are passed over. */
  judged: boolean;
}

/** A line that cannot become a fact, and why; line 0: the rows as a whole. */
export interface Unreadable {
  object: string;
  line: number;
  reason: string;
  body: string;
}

const AT_ONCE = 8;

/**
 * Brings the rows of landing objects into files, still packed. Those that are damaged are left out and
 * returned as unreadable.
 *
 * @param fetch the gzip member that holds a landing object's rows; throws `corrupt_landing`
 */
export async function fetchLanded(
  fetch: (object: string) => Promise<Buffer>,
  folder: string,
  pending: readonly Landing[],
): Promise<{ files: LandedFile[]; unreadable: Unreadable[] }> {
  const files: LandedFile[] = [];
  const unreadable: Unreadable[] = [];
  for (let from = 0; from < pending.length; from += AT_ONCE) {
    await Promise.all(
      pending.slice(from, from + AT_ONCE).map(async (landing, offset) => {
        const place = from + offset;
        const file = join(folder, `landed-${place}.ndjson.gz`);
        try {
          await writeFile(file, await fetch(landing.object));
          files[place] = { ...landing, file, judged: false };
        } catch (cause) {
          if (!isCorruptLanding(cause)) throw cause;
          unreadable.push({ object: landing.object, line: 0, reason: cause.message, body: '' });
        }
      }),
    );
  }
  return { files: files.filter((file) => file !== undefined), unreadable };
}
