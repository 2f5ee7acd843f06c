import { cidrContains, parseCidr } from '../../shared/core/cidr.ts';
import { conditionSql } from '../../shared/core/definition/condition-sql.ts';
import type { Definition } from '../../shared/core/definition/types.ts';
import { dayOfDate } from '../../shared/core/unit.ts';
import { type Connection, literal, rows, tableFromRows } from '../../shared/duckdb/engine.ts';
import { factsSql, type SiteContext, type UnitInput } from './context.ts';
import { definitionsOf } from './unit-definitions.ts';

/** SQL for a column that conditions over single events may name (aliases as in `events.sql`). */
export function eventColumn(context: SiteContext, dt: string): (field: string) => string {
  const computed: Record<string, string> = {
    site: literal(context.site),
    dt: literal(dt),
    user_agent: 'e.user_agent',
    is_bot: 'coalesce(a.is_bot, false)',
  };
  return (field) => computed[field] ?? `"${field}"`;
}

/** SQL for whether an event of a local date is the site's own traffic; never NULL. */
export function internalSql(context: SiteContext, dt: string): string {
  const { filters } = context.definitions.on(dayOfDate(dt));
  const ranges = rangesOf(filters);
  const parts = filters.internal.flatMap((filter) =>
    'when' in filter ? [conditionSql(filter.when, eventColumn(context, dt))] : [],
  );
  if (ranges.length > 0) {
    const list = ranges.map(literal).join(', ');
    parts.push(`coalesce(e.address IN (SELECT address FROM own_addresses WHERE range IN (${list})), false)`);
  }
  return parts.length === 0 ? 'false' : `(${parts.join(' OR ')})`;
}

/** Makes the table `own_addresses`: which of the unit's addresses lie in which range of its filters. */
export async function labelAddresses(connection: Connection, input: UnitInput): Promise<void> {
  const texts = [...new Set(definitionsOf(input).flatMap(({ filters }) => rangesOf(filters)))];
  const found: { address: string; range: string }[] = [];
  if (texts.length > 0) {
    const ranges = texts.flatMap((text) => {
      const cidr = parseCidr(text);
      return 'what' in cidr ? [] : [{ text, cidr }];
    });
    const sql = `SELECT DISTINCT address FROM ${factsSql(input)} WHERE address IS NOT NULL`;
    for (const { address } of await rows<{ address: string }>(connection, sql)) {
      for (const { text, cidr } of ranges)
        if (cidrContains(cidr, address)) found.push({ address, range: text });
    }
  }
  await tableFromRows(connection, 'own_addresses', { address: 'VARCHAR', range: 'VARCHAR' }, found);
}

/** SQL for what the filters of a date leave of rows with these flags. */
export function keptSql(filters: Definition['filters'], isBot: string, isInternal: string): string {
  const out = [
    ...(filters.bots === 'exclude' ? [isBot] : []),
    ...(filters.internal_mode === 'exclude' ? [isInternal] : []),
  ];
  return out.length === 0 ? 'true' : `NOT (${out.join(' OR ')})`;
}

function rangesOf({ internal }: Definition['filters']): string[] {
  return internal.flatMap((filter) => ('cidr' in filter ? [filter.cidr] : []));
}
