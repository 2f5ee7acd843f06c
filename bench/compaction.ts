import { existsSync, renameSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { COMPACT_LIMITS } from '../functions/compact/limits.ts';
import { nextGeneration } from '../functions/compact/next-generation.ts';
import { type Connection, literal, row, withConnection } from '../shared/duckdb/engine.ts';
import { FACT_ORDER, LANDING_TYPES, PARQUET_OPTIONS } from '../shared/lake/facts.ts';
import { emptyIndex } from '../shared/lake/site-index.ts';
import { withScratch } from '../shared/scratch.ts';
import { type Day, landingColumns, UNIT } from './day.ts';
import type { Row } from './row.ts';
import { emptyStore, factsOf } from './target.ts';

/** The landed lines as the engine reads them, with nothing done to them. */
function lines(day: Day): string {
  const columns = Object.entries(LANDING_TYPES).map(([name, type]) => `${name}: '${type}'`);
  return `read_json([${day.landed.map(({ file }) => literal(file)).join(', ')}], format = 'newline_delimited',
    columns = {${columns.join(', ')}})`;
}

async function copied(connection: Connection, folder: string, query: string): Promise<string> {
  const out = literal(join(folder, 'copy.parquet'));
  await connection.run(`COPY (${query}) TO ${out} (${PARQUET_OPTIONS})`);
  return String((await row<{ n: number }>(connection, `SELECT count(*) AS n FROM read_parquet(${out})`)).n);
}

const inFolder = (work: (connection: Connection, folder: string) => Promise<string>): Promise<string> =>
  withScratch((folder) => withConnection((connection) => work(connection, folder)));

/** One generation out of landed files, on top of what is known. @returns its digest */
async function compacted(landed: Day['landed'], known: Day | null): Promise<string> {
  const index = emptyIndex('shop');
  if (known !== null) {
    const unit = { first_at: 0, changed_at: 0, work_ms: 0, consumed: {}, accepted: {}, results: {} };
    index.units[UNIT] = { ...unit, facts: { ...factsOf(known), digest: `${known.rows}:0` } };
  }
  const deps = {
    objects: emptyStore,
    limits: COMPACT_LIMITS,
    fetch: (object: string) => readFile(object),
    quarantine: async () => {
      throw new Error('a generated line is no fact');
    },
  };
  const pending = landed.map(({ file, rows }) => ({ object: file, rows }));
  return (await nextGeneration(deps, index, UNIT, pending)).facts.digest;
}

/** One in fifty of the day's events again, with other ids and contents: what a busy hour adds. */
async function increment(day: Day): Promise<Day['landed']> {
  const file = join(dirname(day.facts), 'increment.ndjson.gz');
  return withConnection(async (connection) => {
    const some = `FROM read_parquet(${literal(day.facts)}) WHERE hash(event_id) % 50 = 0`;
    const { rows } = await row<{ rows: number }>(connection, `SELECT count(*) AS rows ${some}`);
    if (!existsSync(file)) {
      await connection.run(`COPY (SELECT ${landingColumns()} FROM (SELECT * REPLACE (md5('x' || event_id) AS event_id,
        md5('x' || fingerprint) AS fingerprint) ${some})) TO ${literal(`${file}.part`)} (FORMAT json, COMPRESSION gzip)`);
      renameSync(`${file}.part`, file);
    }
    return [{ file, rows }];
  });
}

export const COMPACTION_ROWS: Row[] = [
  {
    name: 'parse of landed lines',
    about: 'gzipped NDJSON unpacked and parsed, nothing kept',
    floor: true,
    run: (day) =>
      inFolder(async (connection) =>
        String(
          Object.values(await row<object>(connection, `SELECT max(event_id || url) FROM ${lines(day)}`))[0],
        ),
      ),
  },
  {
    name: 'bare copy of landed lines',
    about: 'gzipped NDJSON into Parquet, neither sorted nor deduplicated',
    floor: true,
    run: (day) => inFolder((connection, folder) => copied(connection, folder, `FROM ${lines(day)}`)),
  },
  {
    name: 'sorted copy of landed lines',
    about: 'the same, sorted as facts are',
    floor: true,
    run: (day) =>
      inFolder((connection, folder) =>
        copied(connection, folder, `FROM ${lines(day)} ORDER BY ${FACT_ORDER}`),
      ),
  },
  {
    name: 'compaction',
    about: 'landed lines into one sorted, deduplicated generation, its digest and its file of ids',
    floor: false,
    against: { floor: 'bare copy of landed lines', most: 1.15 },
    run: (day) => compacted(day.landed, null),
  },
  {
    name: 'compaction of an increment',
    about: 'one new event for every fifty known ones: the next generation of a large unit',
    floor: false,
    against: { floor: 'copy of the facts', most: 1.5 },
    prepare: increment,
    run: (day, landed) => compacted(landed as Day['landed'], day),
  },
];
