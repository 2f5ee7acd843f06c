import {
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { AwsError, systemCode } from '../errors.ts';
import { GRACE_MS, uniqueId, writeNew } from './whole.ts';

/** How a journal's entries make up its state. `apply` may change the state in place. */
export interface Fold<S, E> {
  empty(): S;
  apply(state: S, entry: E): void;
  /** JSON that `load` turns back into the same state. */
  dump(state: S): unknown;
  load(dump: unknown): S;
}

const CHECKPOINT_BYTES = 65_536;

/**
 * State shared by processes, as a folder of numbered entries. Entry n+1 is published with link(2), which
 * fails when somebody else was first: then the loser reads on and decides again. So changes are totally
 * ordered, none is lost, and a kill at any moment leaves either an entry or none. Checkpoints keep reading
 * short; entries they cover go once nobody can still be about to write over their number.
 */
export class Journal<S, E> {
  readonly #dir: string;
  readonly #fold: Fold<S, E>;
  #state: S;
  #at = 0;
  #tailBytes = 0;
  #checkpointBytes = 0;

  constructor(dir: string, fold: Fold<S, E>) {
    this.#dir = dir;
    this.#fold = fold;
    this.#state = fold.empty();
  }

  /** The state now, including what other processes have published. Don't change it. */
  read(): S {
    this.#catchUp();
    return this.#state;
  }

  /**
   * Decides over the newest state and publishes the entry, if there is one. `decide` must be pure: it runs
   * again when another process was first. Throws what `decide` throws.
   */
  change<R>(decide: (state: S) => { entry?: E; result: R }): R {
    for (;;) {
      const began = Date.now();
      this.#catchUp();
      const { entry, result } = decide(this.#state);
      if (entry === undefined) return result;
      const text = JSON.stringify(entry);
      if (!this.#publish(text)) continue;
      if (Date.now() - began > GRACE_MS / 2) {
        throw new AwsError(
          'InternalFailure',
          'The change took too long to know its outcome; read it back.',
          500,
        );
      }
      this.#applyNext(text);
      this.#checkpoint();
      return result;
    }
  }

  #entry(n: number): string {
    return join(this.#dir, `e${n}`);
  }

  #publish(text: string): boolean {
    const temporary = join(this.#dir, `t${uniqueId()}`);
    writeNew(temporary, text);
    try {
      linkSync(temporary, this.#entry(this.#at + 1));
      return true;
    } catch (error) {
      if (systemCode(error) === 'EEXIST') return false;
      throw error;
    } finally {
      unlinkSync(temporary);
    }
  }

  #applyNext(text: string): void {
    this.#fold.apply(this.#state, JSON.parse(text) as E);
    this.#at += 1;
    this.#tailBytes += text.length;
  }

  #catchUp(): void {
    for (;;) {
      try {
        if (this.#at === 0) this.#reload();
        while (existsSync(this.#entry(this.#at + 1))) {
          this.#applyNext(readFileSync(this.#entry(this.#at + 1), 'utf8'));
        }
        // Entries go from the lowest up: while ours is there, a missing next one was never written.
        if (this.#at === 0 || existsSync(this.#entry(this.#at))) return;
      } catch (error) {
        if (systemCode(error) !== 'ENOENT') throw error;
      }
      this.#at = 0;
    }
  }

  #reload(): void {
    this.#state = this.#fold.empty();
    this.#tailBytes = 0;
    this.#checkpointBytes = 0;
    if (!existsSync(this.#dir)) return;
    const newest = Math.max(0, ...numbered(this.#dir, 'c'));
    if (newest === 0) return;
    const text = readFileSync(join(this.#dir, `c${newest}`), 'utf8');
    this.#state = this.#fold.load(JSON.parse(text));
    this.#at = newest;
    this.#checkpointBytes = text.length;
  }

  #checkpoint(): void {
    if (this.#tailBytes < Math.max(CHECKPOINT_BYTES, this.#checkpointBytes)) return;
    const text = JSON.stringify(this.#fold.dump(this.#state));
    const temporary = join(this.#dir, `t${uniqueId()}`);
    writeFileSync(temporary, text, { flag: 'wx' });
    renameSync(temporary, join(this.#dir, `c${this.#at}`));
    this.#tailBytes = 0;
    this.#checkpointBytes = text.length;
    for (const n of numbered(this.#dir, 'c')) if (n < this.#at) this.#remove(`c${n}`);
    const oldest = Date.now() - GRACE_MS;
    for (const n of numbered(this.#dir, 'e').sort((a, b) => a - b)) {
      if (n >= this.#at) break;
      const modified = statSync(this.#entry(n), { throwIfNoEntry: false })?.mtimeMs;
      if (modified !== undefined && modified > oldest) break;
      this.#remove(`e${n}`);
    }
  }

  #remove(name: string): void {
    try {
      unlinkSync(join(this.#dir, name));
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error;
    }
  }
}

function numbered(dir: string, letter: string): number[] {
  return readdirSync(dir)
    .filter((name) => name.startsWith(letter))
    .map((name) => Number(name.slice(1)));
}
