import { randomUUID } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import type { ObjectStore } from '../ports/objects.ts';
import { checkpointKey, checkpointPrefix, logKey, logPrefix, numberOfKey } from './keys.ts';
import { emptyIndex, foldEntry, type LogChange, type LogEntry, type SiteIndex } from './site-index.ts';

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
    this.#index ??= await this.#fromCheckpoint();
    const index = this.#index;
    const after = await this.#objects.list(logPrefix(this.site), { startAfter: logKey(this.site, index.n) });
    const keys = after.map((object) => object.key).filter((key) => numberOfKey(key) !== null);
    for (let from = 0; from < keys.length; from += READ_AHEAD) {
      const bodies = await Promise.all(
        keys.slice(from, from + READ_AHEAD).map((key) => this.#objects.get(key)),
      );
      for (const found of bodies) {
        const entry = JSON.parse(found!.body.toString('utf8')) as LogEntry;
        if (entry.n > index.n) foldEntry(index, entry);
      }
    }
    return index;
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
      const entry = JSON.parse(found.body.toString('utf8')) as LogEntry;
      if (entry.n === index.n + 1) foldEntry(index, entry);
    }
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
      await this.#objects.put(checkpointKey(this.site, entry.n), JSON.stringify(index), {
        ifAbsent: true,
        contentType: 'application/json',
      });
    }
    return 'written';
  }

  async #fromCheckpoint(): Promise<SiteIndex> {
    const [newest] = await this.#objects.list(checkpointPrefix(this.site), { limit: 1 });
    if (newest === undefined) return emptyIndex(this.site);
    const found = await this.#objects.get(newest.key);
    return found === null ? emptyIndex(this.site) : (JSON.parse(found.body.toString('utf8')) as SiteIndex);
  }
}
