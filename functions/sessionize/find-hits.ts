import { propertyKey } from '../../shared/core/definition/columns.ts';
import { conditionSql, literalSql, propertySql } from '../../shared/core/definition/condition-sql.ts';
import type { ConversionRule } from '../../shared/core/definition/types.ts';
import { dayOfDate } from '../../shared/core/unit.ts';
import { type Connection, literal, row } from '../../shared/duckdb/engine.ts';
import { digestSql, milliseconds } from '../../shared/lake/digest.ts';
import { fillSql, sqlText } from '../../shared/sql-text.ts';
import { localDaysOf, type UnitInput } from './context.ts';
import { eventsSql } from './emit-events.ts';

const MATCHED = sqlText(import.meta.url, 'hits-matched.sql');
const INSIDE = sqlText(import.meta.url, 'hits-inside.sql');

/** Values beyond are no values: their sums would lose the cents of others. */
const LARGEST_VALUE = '1e12';

const DIGEST = digestSql([
  'dt',
  'conversion_name',
  'event_id',
  milliseconds('event_time'),
  'visitor_id',
  'user_id',
  'session_id',
  'round(value * 1000000)::HUGEINT',
  'window_ms',
  'is_bot',
  'is_internal',
]);

/** Makes the table `hits` of a unit that is prepared for its tables. */
export async function findHits(
  connection: Connection,
  input: UnitInput,
): Promise<{ rows: number; conversions: number; digest: string; carried: string }> {
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE hits (dt VARCHAR, conversion_name VARCHAR, event_id VARCHAR, event_time TIMESTAMP,
       visitor_id VARCHAR, user_id VARCHAR, session_id VARCHAR, value DOUBLE, window_ms BIGINT, is_bot BOOLEAN,
       is_internal BOOLEAN, carried BOOLEAN)`,
  );
  for (const { dt, where } of localDaysOf(input)) {
    const { conversions, filters } = input.context.definitions.on(dayOfDate(dt));
    if (conversions.length > 0) {
      await connection.run(
        fillSql(MATCHED, { events: eventsSql(input, dt, where), ...matching(conversions) }),
      );
      for (const [i, { name, window_ms }] of conversions.entries()) {
        await connection.run(
          `INSERT INTO hits SELECT ${literal(dt)}, ${literal(name)}, event_id, event_time, visitor_id, user_id, session_id,
             value_${i}, ${window_ms}, is_bot, is_internal, carried FROM matched WHERE holds_${i}`,
        );
      }
    }
    if (filters.internal.length > 0) {
      const events = eventsSql(input, dt, where, 'with excluded');
      await connection.run(fillSql(INSIDE, { events, dt: literal(dt) }));
    }
  }
  return row(
    connection,
    `SELECT count(*) AS rows, count(conversion_name) AS conversions,
       CASE WHEN count(*) > 0 THEN ${DIGEST} ELSE 'none' END AS digest,
       (SELECT CASE WHEN count(*) > 0 THEN ${DIGEST} ELSE 'none' END FROM hits WHERE carried) AS carried FROM hits`,
  );
}

/** For each rule, whether it holds for an event and what it is worth then. */
function matching(rules: readonly ConversionRule[]): { columns: string; any: string } {
  const column = (field: string): string => `"${field}"`;
  const columns = rules.flatMap(({ when, value }, i) => [
    `${conditionSql(when, column)} AS holds_${i}`,
    `${valueSql(value)} AS value_${i}`,
  ]);
  return { columns: columns.join(', '), any: rules.map((_, i) => `holds_${i}`).join(' OR ') };
}

function valueSql(value: ConversionRule['value']): string {
  if (typeof value === 'number') return literalSql(value);
  const key = value === null ? null : propertyKey(value);
  const given =
    key === null
      ? `"${value ?? 'value'}"::DOUBLE`
      : `TRY_CAST(${propertySql('"properties"', key)} AS DOUBLE)`;
  return `CASE WHEN isfinite(${given}) AND abs(${given}) < ${LARGEST_VALUE} THEN ${given} END`;
}
