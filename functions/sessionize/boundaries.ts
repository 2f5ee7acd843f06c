import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Connection, literal, row } from '../../shared/duckdb/engine.ts';
import { digestSql } from '../../shared/lake/digest.ts';
import { PARQUET_OPTIONS } from '../../shared/lake/facts.ts';
import { attemptId, internalFolder } from '../../shared/lake/keys.ts';
import { recordResult } from '../../shared/lake/manifests.ts';
import type { FactsRef, LeanFacts, ResultRef } from '../../shared/lake/site-index.ts';
import { hashOf } from '../../shared/lake/slices.ts';
import { fillSql, sqlText } from '../../shared/sql-text.ts';
import { HeadRegions, ROLE } from './border-rows.ts';
import { BorderTables } from './border-tables.ts';
import { walkColumnsSql } from './codes.ts';
import { dtSql, factsSql, type UnitInput, unitSpan } from './context.ts';
import { implementation } from './implementations.ts';
import { START_NAMES, startColumnsSql } from './session-start.ts';
import { siteSlice, type Target, withFacts } from './target.ts';
import { rulesSlice, unitRules } from './unit-rules.ts';

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
export function boundariesKey(target: Target, unit: string, facts: LeanFacts): string {
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
    const ordered = input.files.length === 1;
    const tables = await BorderTables.create(connection, ordered);
    const { from } = unitSpan(input);
    const regions = new HeadRegions(from, unitRules(input).reachIn, (at) => tables.head(at));
    await implementation('boundaries', target.algorithms)(input, tables, {
      regions,
      ...(ordered ? {} : { visitor: (visitor, row) => tables.visitor(visitor, row) }),
    });
    const digest = await tables.close();
    const file = join(folder, 'border.parquet');
    const border = await writeBorder(connection, input, file);
    const { head, tail } = border;
    const ref: Omit<ResultRef, 'made_at'> = {
      key,
      digest,
      rows: tables.sessions,
      bytes: 0,
      border: { head, tail },
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
  file: string,
): Promise<{ rows: number; head: string; tail: string }> {
  const { site } = input.context;
  await connection.run(
    fillSql(BORDER, {
      facts: factsSql(input),
      columns: walkColumnsSql(input),
      start_columns: startColumnsSql(site, dtSql(input, 'event_time')),
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
