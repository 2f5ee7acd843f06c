import { type Connection, items, literal, rows, tableFromRows } from '../../shared/duckdb/engine.ts';
import { fillSql, sqlText } from '../../shared/sql-text.ts';
import type { HeadRegions } from './border-rows.ts';
import { walkColumnsSql } from './codes.ts';
import { type UnitInput, unitSpan } from './context.ts';
import type { Tail } from './edges.ts';
import { stateInTerms, unitRules } from './unit-rules.ts';
import { UnitWalk, type WalkResult } from './walk.ts';

const WALK = sqlText(import.meta.url, 'walk.sql');

/**
 * Walks a unit's facts, taking up the sessions that come in over its edge.
 *
 * @param regions sees every row that the walk sees, to mark the ones at the unit's start
 */
export async function walkUnit(
  connection: Connection,
  input: UnitInput,
  tails: readonly Tail[],
  regions?: HeadRegions,
): Promise<WalkResult> {
  const { days } = input.context;
  const rules = unitRules(input);
  const firstRows = await rowsOfVisitors(connection, input.file, tails, 'min');
  const carried = new Map(
    [...firstRows].map(([index, row]) => {
      const tail = tails[index]!;
      return [row, { index, state: stateInTerms(rules, tail), hasUrl: tail.last_url !== null }];
    }),
  );
  const walk = new UnitWalk(input.facts.rows, rules, (ms) => days.dayOf(ms), unitSpan(input).to, carried);
  const sql = fillSql(WALK, { columns: walkColumnsSql(input), file: literal(input.file) });
  const result = await connection.stream(sql);
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    const bits = items<Uint8Array>(chunk, 0);
    const time = items<Float64Array>(chunk, 1);
    const campaign = items<Float64Array>(chunk, 2);
    const referrer = items<Float64Array>(chunk, 3);
    const value = items<Float64Array>(chunk, 4);
    const withClick = rules.terms.campaigns.length > 1 ? items<Float64Array>(chunk, 5) : undefined;
    const { rowCount } = chunk;
    if (regions) for (let i = 0; i < rowCount; i++) regions.row(bits[i]!, time[i]!);
    for (let i = 0; i < rowCount; i++)
      walk.row(bits[i]!, time[i]!, campaign[i]!, referrer[i]!, value[i]!, withClick?.[i]);
  }
  return walk.finish();
}

/**
 * The first or last row in the unit of each of these visitors that appears in it.
 *
 * @returns index in `visitors` to row number, from 0
 */
export async function rowsOfVisitors(
  connection: Connection,
  file: string,
  visitors: readonly { visitor_id: string }[],
  which: 'min' | 'max',
): Promise<Map<number, number>> {
  if (visitors.length === 0) return new Map();
  await tableFromRows(
    connection,
    'wanted_visitors',
    { visitor_id: 'VARCHAR', i: 'INTEGER' },
    visitors.map(({ visitor_id }, i) => ({ visitor_id, i })),
  );
  const found = await rows<{ i: number; r: number }>(
    connection,
    `SELECT i, ${which}(file_row_number) AS r FROM read_parquet(${literal(file)}, file_row_number = true)
     JOIN wanted_visitors USING (visitor_id) GROUP BY i`,
  );
  return new Map(found.map(({ i, r }) => [i, r]));
}
