import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { Writable } from 'node:stream';
import { DuckDBConnection } from '@duckdb/node-api';

/**
 * A disk that is full from a certain write on: whatever makes or fills a file below some folders fails as the
 * system would have it, in Node and in the engine; reading, renaming and removing go on.
 */
export interface FullDisk {
  /** Writes so far. */
  writes(): number;
  /** Makes room: from now on writes succeed. */
  makeRoom(): void;
  /** Gives the system back. */
  undo(): void;
}

type Call = (...given: unknown[]) => unknown;

/** Functions that need room, with the place of the path among their arguments. */
const WRITERS: [object: Record<string, Call>, name: string, path: number][] = [
  [fs as never, 'writeFileSync', 0],
  [fs as never, 'mkdirSync', 0],
  [fs as never, 'symlinkSync', 1],
  [fs as never, 'linkSync', 1],
  [fs as never, 'createWriteStream', 0],
  [fs.promises as never, 'writeFile', 0],
  [fs.promises as never, 'mkdtemp', 0],
  [fs.promises as never, 'copyFile', 1],
];

/** @param allowed writes that still succeed */
export function fullDisk(folders: readonly string[], allowed: number): FullDisk {
  let writes = 0;
  let full = true;
  const fits = (path: unknown): boolean =>
    !folders.some((folder) => String(path).startsWith(folder)) || ++writes <= allowed || !full;
  const noRoom = (name: string, path: unknown): Error =>
    Object.assign(new Error(`ENOSPC: no space left on device, ${name} '${String(path)}'`), {
      code: 'ENOSPC',
    });
  const undo: (() => void)[] = [];
  for (const [object, name, at] of WRITERS) {
    const real = object[name]!;
    object[name] = function (this: unknown, ...given: unknown[]) {
      if (fits(given[at])) return real.apply(this, given);
      const error = noRoom(name, given[at]);
      if (name === 'createWriteStream')
        return new Writable({ write: (_chunk, _encoding, done) => done(error) });
      if (object === (fs.promises as never)) return Promise.reject(error);
      throw error;
    };
    undo.push(() => {
      object[name] = real;
    });
  }
  const run = DuckDBConnection.prototype.run;
  DuckDBConnection.prototype.run = function (sql, ...more) {
    const out = /\bTO\s+'([^']+)'/.exec(sql)?.[1];
    if (!/\bCOPY\b/.test(sql) || out === undefined || fits(out)) return run.call(this, sql, ...more);
    return Promise.reject(new Error(`IO Error: Could not write file "${out}": No space left on device`));
  };
  undo.push(() => {
    DuckDBConnection.prototype.run = run;
  });
  syncBuiltinESMExports();
  return {
    writes: () => writes,
    makeRoom() {
      full = false;
    },
    undo() {
      for (const one of undo) one();
      syncBuiltinESMExports();
    },
  };
}
