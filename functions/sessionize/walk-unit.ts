import { type Connection, items, tableFromRows, withConnection } from '../../shared/duckdb/engine.ts';
import { chunks } from '../../shared/duckdb/streamed.ts';
import { fillSql, sqlText } from '../../shared/sql-text.ts';
import type { HeadRegions } from './border-rows.ts';
import { walkColumnsSql } from './codes.ts';
import { factsSql, type UnitInput, unitSpan } from './context.ts';
import { type UnitRules, unitRules } from './unit-rules.ts';
import { UnitWalk, type VisitorEdges, type WalkSink } from './walk.ts';

const WALK = sqlText(import.meta.url, 'walk.sql');

export interface WalkOptions {
  /** Visitors with a session that comes in over an edge of the unit, or goes out. */
  edges?: ReadonlyMap<string, VisitorEdges>;
  /** Sees every row that the walk sees, to mark the ones at the unit's start. */
  regions?: HeadRegions;
  /** Told of each visitor before the first of its rows, which count from 0. */
  visitor?: (visitor: string, row: number) => void;
  /** User agents of bots, when their rows are to be told. */
  robots?: readonly string[];
}

/**
 * Walks a unit's facts, chunk by chunk; what it finds goes to `sink`. Reads on a connection of its own: what
 * a sink appends to tables on its connection would end a stream there.
 */
export async function walkUnit(input: UnitInput, sink: WalkSink, options: WalkOptions = {}): Promise<void> {
  const visitors = options.edges ?? new Map<string, VisitorEdges>();
  const edges = new Map<number, VisitorEdges>();
  const { days } = input.context;
  const rules = unitRules(input);
  const dayOf = (ms: number): number => days.dayOf(ms);
  const walk = new UnitWalk(rules, dayOf, unitSpan(input).to, edges, sink);
  const { regions, visitor: tell } = options;
  await withConnection(async (connection) => {
    const sql = await walkSql(connection, input, rules, options);
    let row = 0;
    for await (const chunk of chunks(connection, sql)) {
      const bits = items<Uint8Array>(chunk, 0);
      const time = items<Float64Array>(chunk, 1);
      const campaign = items<Float64Array>(chunk, 2);
      const referrer = items<Float64Array>(chunk, 3);
      const value = items<Float64Array>(chunk, 4);
      const told = items<Uint8Array>(chunk, 5);
      const visitorIds = chunk.getColumnVector(6);
      const withClick = rules.terms.campaigns.length > 1 ? items<Float64Array>(chunk, 7) : undefined;
      const { rowCount } = chunk;
      if (regions) for (let i = 0; i < rowCount; i++) regions.row(bits[i]!, time[i]!);
      for (let i = 0; i < rowCount; i++, row++) {
        if (told[i] !== 0) {
          const visitor = visitorIds.getItem(i) as string;
          tell?.(visitor, row);
          const own = visitors.get(visitor);
          if (own !== undefined) edges.set(row, own);
        }
        walk.row(bits[i]!, time[i]!, campaign[i]!, referrer[i]!, value[i]!, withClick?.[i]);
      }
    }
    if (row !== input.facts.rows) throw new Error(`walked ${row} of ${input.facts.rows} facts`);
  });
  walk.finish();
}

async function walkSql(
  connection: Connection,
  input: UnitInput,
  rules: UnitRules,
  { edges, robots = [], visitor }: WalkOptions,
): Promise<string> {
  const visitors = [...(edges?.keys() ?? [])];
  await tableFromRows(
    connection,
    'edge_visitors',
    { visitor_id: 'VARCHAR' },
    visitors.map((visitor_id) => ({ visitor_id })),
  );
  await tableFromRows(
    connection,
    'robots',
    { user_agent: 'VARCHAR' },
    robots.map((user_agent) => ({ user_agent })),
  );
  return fillSql(WALK, {
    facts: factsSql(input),
    columns: walkColumnsSql(input),
    with_click: rules.terms.campaigns.length > 1 ? ', with_click_code' : '',
    robot: robots.length > 0 ? 'user_agent IN (FROM robots)' : 'false',
    told: visitor ? 'true' : visitors.length > 0 ? 'visitor_id IN (FROM edge_visitors)' : 'false',
  });
}
