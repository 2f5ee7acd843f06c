import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DOUBLE, INTEGER, UTINYINT } from '@duckdb/node-api';
import { type Connection, literal, row, tableFromArrays } from '../../shared/duckdb/engine.ts';
import { digestSql } from '../../shared/lake/digest.ts';
import { PARQUET_OPTIONS } from '../../shared/lake/facts.ts';
import { attemptId, internalFolder } from '../../shared/lake/keys.ts';
import { recordResult } from '../../shared/lake/manifests.ts';
import type { FactsRef, ResultRef } from '../../shared/lake/site-index.ts';
import { hashOf } from '../../shared/lake/slices.ts';
import { fillSql, sqlText } from '../../shared/sql-text.ts';
import { HeadRegions, markLooseEnds, ROLE } from './border-rows.ts';
import { walkColumnsSql } from './codes.ts';
import { dtSql, type UnitInput, unitSpan } from './context.ts';
import { implementation } from './implementations.ts';
import { START_COLUMNS, START_NAMES, sessionIdSql } from './session-start.ts';
import { siteSlice, type Target, withFacts } from './target.ts';
import { rulesSlice, unitRules } from './unit-rules.ts';
import type { WalkResult } from './walk.ts';

const BORDER = sqlText(import.meta.url, 'border.sql');

const whole = (column: string): string => `${column}::BIGINT`;
const STATE = [
  'first_time',
  'session_count',
  'session_campaign',
  'session_referrer',
  'last_time',
  'last_day',
];

/** What a neighbour reads of a row; never its place, which moves with every row that comes before it. */
const READ = ['event_id', 'bits', whole('time'), 'seq', whole('campaign_code'), whole('referrer_code')];
const HEAD = [...READ, whole('round(value)'), 'user_id', ...START_NAMES];
const TAIL_DIGEST = digestSql(['role & 6', ...STATE.map(whole), 'unbroken', ...START_NAMES]);

/** Key of where sessions start in a unit by itself: hangs on nothing but its facts and the rules. */
export function boundariesKey(target: Target, unit: string, facts: FactsRef): string {
  const own = rulesSlice({ context: target.context, unit });
  return hashOf(['boundaries', target.algorithms.boundaries, own, siteSlice(target.context), facts.digest]);
}

/**
 * Finds where sessions start in a unit as if nothing came before it, and stores what its neighbours may
 * need to repair that: the border file (docs/lake-format.md).
 */
export function computeBoundaries(
  target: Target,
  unit: string,
  facts: FactsRef,
  key: string,
): Promise<ResultRef> {
  return withFacts(target, unit, facts, async (connection, input, folder) => {
    const { from } = unitSpan(input);
    const regions = new HeadRegions(facts.rows, from, unitRules(input).reachIn);
    const walk = await implementation('boundaries', target.algorithms)(connection, input, [], regions);
    const file = join(folder, 'border.parquet');
    const border = await writeBorder(connection, input, walk, regions.marks, file);
    const ref: Omit<ResultRef, 'made_at'> = {
      key,
      digest: createHash('sha256').update(walk.marks).digest('hex').slice(0, 32),
      rows: walk.segments.length,
      bytes: 0,
      border: { head: border.head, tail: border.tail },
    };
    if (border.rows > 0) {
      const { boundaries } = target.slices;
      const out = internalFolder('boundaries', boundaries!, target.context.site, unit, attemptId());
      ref.object = `${out}border.parquet`;
      ref.bytes = (await stat(file)).size;
      await target.objects.upload(file, ref.object);
    }
    return recordResult(target, ref);
  });
}

async function writeBorder(
  connection: Connection,
  input: UnitInput,
  walk: WalkResult,
  role: Uint8Array,
  file: string,
): Promise<{ rows: number; head: string; tail: string }> {
  const loose = markLooseEnds(role, walk);
  await tableFromArrays(connection, 'border_marks', [
    { name: 'role', type: UTINYINT, sqlType: 'UTINYINT', items: role },
    { name: 'loose', type: INTEGER, sqlType: 'INTEGER', items: loose },
  ]);
  await looseEnds(connection, walk);
  const { site } = input.context;
  await connection.run(
    fillSql(BORDER, {
      file: literal(input.file),
      session_id: sessionIdSql(site),
      dt: dtSql(input, 'event_time'),
      columns: walkColumnsSql(input),
      start_columns: START_COLUMNS.join(', '),
      out: literal(file),
      options: PARQUET_OPTIONS,
    }),
  );
  const head = unitRules(input).terms.campaigns.length > 1 ? [...HEAD, whole('with_click_code')] : HEAD;
  const of = (digest: string, roles: number): string =>
    `(SELECT CASE WHEN count(*) > 0 THEN ${digest} ELSE 'none' END FROM border WHERE role & ${roles} <> 0)`;
  await connection.run(`CREATE OR REPLACE TEMP VIEW border AS FROM read_parquet(${literal(file)})`);
  return row(
    connection,
    `SELECT (SELECT count(*) FROM border) AS rows, ${of(digestSql(head), ROLE.head)} AS head,
       ${of(TAIL_DIGEST, ROLE.first | ROLE.lastUrl)} AS tail`,
  );
}

/** The table `loose_ends`: the machine's state after each session that may go on in the next unit. */
async function looseEnds(connection: Connection, { looseEnds }: WalkResult): Promise<void> {
  const states = looseEnds.map(({ state }) => state);
  const doubles = (name: string, of: (state: (typeof states)[number]) => number) => ({
    name,
    type: DOUBLE,
    sqlType: 'DOUBLE',
    items: Float64Array.from(states, of),
  });
  await tableFromArrays(connection, 'loose_ends', [
    { name: 'loose', type: INTEGER, sqlType: 'INTEGER', items: Int32Array.from(states, (_, i) => i) },
    doubles('first_time', (state) => state.firstTime),
    doubles('session_count', (state) => state.count),
    doubles('session_campaign', (state) => state.campaign),
    doubles('session_referrer', (state) => state.referrer),
    doubles('last_time', (state) => state.lastTime),
    doubles('last_day', (state) => state.lastDay),
    {
      name: 'unbroken',
      type: UTINYINT,
      sqlType: 'UTINYINT',
      items: Uint8Array.from(states, (s) => +s.unbroken),
    },
  ]);
}
