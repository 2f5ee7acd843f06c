import { createHash } from 'node:crypto';
import type { AthenaQueries } from '../../../shared/clients/athena-queries.ts';
import type { Lake } from '../../../shared/lake/lake.ts';
import { liveRelease } from '../../../shared/lake/releases.ts';
import { everySite } from '../../../shared/lake/sites.ts';

/** What of a table differs from run to run by its meaning: when it arrived, and what time it is now. */
const MOVES: Record<string, string[]> = {
  events: ['received_at'],
  sessions: ['is_open'],
  rejected: ['received_at'],
};

export interface Held {
  rows: number;
  /** sha256 over the sorted rows, with the names of the columns. */
  digest: string;
}

/** What a lake shows: every public table and mart of the live release. */
export async function shown(queries: AthenaQueries, marts: readonly string[]): Promise<Record<string, Held>> {
  const held: Record<string, Held> = {};
  for (const table of ['events', 'sessions', 'conversions', 'rejected', ...marts]) {
    const { columns, rows } = await queries.query(`SELECT * FROM ${table}`);
    const kept = columns.flatMap(({ name }, i) => (MOVES[table]?.includes(name) ? [] : [i]));
    const lines = rows.map((row) => JSON.stringify(kept.map((i) => row[i]))).sort();
    const text = [JSON.stringify(kept.map((i) => columns[i]!.name)), ...lines].join('\n');
    held[table] = { rows: rows.length, digest: createHash('sha256').update(text).digest('hex').slice(0, 16) };
  }
  return held;
}

/** Digests of every live result as the logs name them: nothing but what the functions wrote is asked. */
export async function logged(lake: Lake): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const live = (await liveRelease(lake.objects))!;
  for (const site of await everySite(lake)) {
    const { units } = await lake.log(site).read();
    for (const [unit, { facts, results }] of Object.entries(units)) {
      found[`${site} ${unit} facts`] = `${facts?.rows} ${facts?.digest}`;
      for (const dataset of ['sessions', 'events', 'conversions'] as const) {
        const ref = results[dataset]?.[live.slices[dataset]!];
        found[`${site} ${unit} ${dataset}`] = ref?.digest ?? 'nothing';
      }
    }
  }
  return Object.fromEntries(Object.entries(found).sort());
}
