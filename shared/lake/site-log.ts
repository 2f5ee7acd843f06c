import { randomUUID } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import { inParallel } from '../in-parallel.ts';
import type { ObjectStore } from '../ports/objects.ts';
import { checkpointText, readCheckpoint, readLean } from './checkpoint.ts';
import { checkpointKey, checkpointNumber, checkpointPrefix, logKey, logPrefix, numberOfKey } from './keys.ts';
import {
  emptyIndex,
  foldEntry,
  type LeanIndex,
  type LogChange,
  type LogEntry,
  openingOf,
  type SiteIndex,
  type SiteOpening,
} from './site-index.ts';

const CHECKPOINT_EVERY = 64;
const READ_AHEAD = 16;

/**
 * The log of one site: the truth about its facts and results. Entries are objects put only where none
 * is, so two writers never take the same number; an index folds them, and a checkpoint saves the fold.
 */
export class SiteLog {
  readonly site: string;
  readonly #objects: ObjectStore;
  readonly #clock: Clock;
  #index: SiteIndex | null = null;

  constructor(objects: ObjectStore, clock: Clock, site: string) {
    this.site = site;
    this.#objects = objects;
    this.#clock = clock;
  }

  /**
   * The index as of now. The first call reads the newest checkpoint; each call lists what came after.
   * The object returned is the log's own and moves with it: take what you need before the next call.
   */
  async read(): Promise<SiteIndex> {
    const index = this.#index;
    if (index === null) return this.#readFirst();
    return foldAll(index, await this.#entriesAfter(index.n));
  }

  async #readFirst(): Promise<SiteIndex> {
    const { checkpoint, after, n } = await this.#stored();
    // Another call may have been quicker.
    if (this.#index !== null) return this.read();
    const index = checkpoint === null ? emptyIndex(this.site) : readCheckpoint(checkpoint.body);
    this.#index = index;
    // A checkpoint may be gone between two requests: then all of the log is read.
    return index.n < n ? this.read() : foldAll(index, after);
  }

  /**
   * What a plan looks at of the index as of now, for somebody who looks once: unless the index is at hand, it is
   * not kept. Everything is fetched before anything is parsed, so that what was parsed need not outlive the look.
   */
  async glance(): Promise<LeanIndex> {
    if (this.#index !== null) return this.read();
    const { checkpoint, after } = await this.#stored();
    if (checkpoint === null) return this.read();
    return foldAll(readLean(checkpoint.body), after);
  }

  /** The newest checkpoint, the entry up to which it goes, and the entries since. */
  async #stored(): Promise<{ checkpoint: Stored | null; n: number; after: Stored[] }> {
    const newest = await this.#newestCheckpoint();
    const n = newest?.n ?? 0;
    const [checkpoint, after] = await Promise.all([
      newest === null ? null : this.#objects.get(newest.key),
      this.#entriesAfter(n),
    ]);
    return { checkpoint, n, after };
  }

  async #entriesAfter(n: number): Promise<Stored[]> {
    const after = await this.#objects.list(logPrefix(this.site), { startAfter: logKey(this.site, n) });
    const keys = after.map((object) => object.key).filter((key) => numberOfKey(key) !== null);
    const found = await inParallel(READ_AHEAD, keys, (key) => this.#objects.get(key));
    return found.flatMap((entry) => entry ?? []);
  }

  /**
   * The index as of now, for somebody who asks again and again: entries are asked for by their numbers until
   * one is missing, which is one request when nothing came. After a long absence `read` is quicker.
   */
  async readOn(): Promise<SiteIndex> {
    this.#index ??= await this.#fromCheckpoint();
    const index = this.#index;
    for (;;) {
      const found = await this.#objects.get(logKey(this.site, index.n + 1));
      if (found === null) return index;
      const entry = parsed<LogEntry>(found);
      if (entry.n === index.n + 1) foldEntry(index, entry);
    }
  }

  /** What never moves about the site: its first entry says it, as long as the log is. Null before. */
  async opening(): Promise<SiteOpening | null> {
    if (this.#index === null) {
      const first = await this.#objects.get(logKey(this.site, 1));
      if (first === null) return null;
      const entry = parsed<LogEntry>(first);
      if (entry.type === 'opened') return openingOf(entry);
    }
    return (await this.read()).opened;
  }

  /** The index as the last call left it, without a request. */
  get folded(): SiteIndex {
    return this.#index ?? emptyIndex(this.site);
  }

  /**
   * Puts the next entry. `lost` when somebody else took the number: read again, see whether the change
   * still holds, and append again.
   */
  async append(change: LogChange): Promise<'written' | 'lost'> {
    const index = this.#index ?? (await this.read());
    const entry: LogEntry = {
      n: index.n + 1,
      at: new Date(this.#clock.now()).toISOString(),
      writer: randomUUID(),
      ...change,
    };
    const outcome = await this.#objects.put(logKey(this.site, entry.n), JSON.stringify(entry), {
      ifAbsent: true,
      contentType: 'application/json',
    });
    if (outcome === 'lost') return 'lost';
    if (entry.n > index.n) foldEntry(index, entry);
    if (entry.n % CHECKPOINT_EVERY === 0) {
      await this.#objects.put(checkpointKey(this.site, entry.n), checkpointText(index), {
        ifAbsent: true,
        contentType: 'application/json',
      });
    }
    return 'written';
  }

  async #fromCheckpoint(): Promise<SiteIndex> {
    const newest = await this.#newestCheckpoint();
    const found = newest && (await this.#objects.get(newest.key));
    return found === null ? emptyIndex(this.site) : readCheckpoint(found.body);
  }

  async #newestCheckpoint(): Promise<{ key: string; n: number } | null> {
    const [newest] = await this.#objects.list(checkpointPrefix(this.site), { limit: 1 });
    const n = newest && checkpointNumber(newest.key);
    return newest === undefined || n == null ? null : { key: newest.key, n };
  }
}

interface Stored {
  body: Buffer;
}

const parsed = <T>({ body }: Stored): T => JSON.parse(body.toString('utf8')) as T;

/** Folds entries that follow each other; what is folded in already is passed over. */
function foldAll<Index extends LeanIndex>(index: Index, entries: readonly Stored[]): Index {
  for (const stored of entries) {
    const entry = parsed<LogEntry>(stored);
    if (entry.n > index.n) foldEntry(index, entry);
  }
  return index;
}
