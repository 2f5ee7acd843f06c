import type { Definition } from '../../shared/core/definition/types.ts';
import { literal } from '../../shared/duckdb/engine.ts';
import { fillSql, sqlText } from '../../shared/sql-text.ts';

const COLUMNS = sqlText(import.meta.url, 'walk-columns.sql');

const list = (values: readonly string[]): string =>
  values.length > 0 ? values.map(literal).join(', ') : 'NULL';

/** 53 bits of a text's MD5, never 0: equal strings, equal codes, in every unit and on every machine. */
const code = (text: string): string => `((md5_number_lower(${text}) >> 11)::DOUBLE + 1)`;

/** A referrer host that is neither the site's own nor ignored, or NULL. */
export function externalReferrer(definition: Definition, hosts: readonly string[]): string {
  const own = [...hosts, ...definition.sessions.ignore_referrers];
  if (own.length === 0) return 'referrer_host';
  return `CASE WHEN referrer_host NOT IN (${list(own)}) THEN referrer_host END`;
}

/**
 * SQL columns over facts for what the session rules compare: `bits` (ROW and KIND of walk.ts but for
 * `firstOfVisitor`), `time` in ms, and the codes `campaign` and `referrer`, `value` of an engagement in ms.
 */
export function walkColumnsSql(definition: Definition, hosts: readonly string[]): string {
  return fillSql(COLUMNS, codeSql(definition, hosts));
}

function codeSql(definition: Definition, hosts: readonly string[]): Record<string, string> {
  const { sessions, activity } = definition;
  const parts = ['utm_source', 'utm_medium', 'utm_campaign'];
  if (sessions.on_campaign === 'utm_or_click_id') parts.push('click_id');
  const text = parts.map((part) => `coalesce(${part}, '')`).join(` || chr(31) || `);
  const external = externalReferrer(definition, hosts);
  const pageViews = activity.filter((kind) => kind === 'page_view' || kind === 'screen_view');
  return {
    page_views: list(pageViews),
    activity: list(activity),
    listed:
      sessions.on_event.length > 0
        ? `(event_name IN (${list(sessions.on_event)}) OR event_type IN (${list(sessions.on_event)}))`
        : 'false',
    campaign: sessions.on_campaign
      ? `CASE WHEN coalesce(${parts.join(', ')}) IS NOT NULL THEN ${code(text)} ELSE 0::DOUBLE END`
      : '0::DOUBLE',
    referrer: sessions.on_referrer
      ? `CASE WHEN (${external}) IS NOT NULL THEN ${code('referrer_host')} ELSE 0::DOUBLE END`
      : '0::DOUBLE',
  };
}
