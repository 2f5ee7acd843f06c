import type { Definition } from '../../shared/core/definition/types.ts';
import { literal } from '../../shared/duckdb/engine.ts';
import { fillSql, sqlText } from '../../shared/sql-text.ts';
import type { UnitPlace } from './context.ts';
import { byDefinition } from './unit-definitions.ts';
import { codeTerms } from './unit-rules.ts';

const COLUMNS = sqlText(import.meta.url, 'walk-columns.sql');
const KIND = sqlText(import.meta.url, 'walk-kind.sql');

const list = (values: readonly string[]): string =>
  values.length > 0 ? values.map(literal).join(', ') : 'NULL';

/** 53 bits of a text's MD5, never 0: equal strings, equal codes, in every unit and on every machine. */
const code = (text: string): string => `((md5_number_lower(${text}) >> 11)::DOUBLE + 1)`;

/** A referrer host that is neither the site's own nor ignored, or NULL. */
export function externalReferrer({ sessions }: Definition, hosts: readonly string[]): string {
  const own = [...hosts, ...sessions.ignore_referrers];
  if (own.length === 0) return 'referrer_host';
  return `CASE WHEN referrer_host NOT IN (${list(own)}) THEN referrer_host END`;
}

/**
 * SQL columns over facts for what the session rules compare: `bits` (ROW and KIND of walk.ts but for
 * `firstOfVisitor`), `time` in ms, the codes `campaign` and `referrer`, `value` of an engagement in ms; and
 * `with_click_code` where campaigns are compared both without and with click ids (unit-rules.ts).
 */
export function walkColumnsSql(input: UnitPlace): string {
  const { hosts } = input.context;
  const terms = codeTerms(input);
  const [first, second] = terms.campaigns;
  const columns = fillSql(COLUMNS, {
    kind: byDefinition(input, 'event_time', kindSql),
    listed: byDefinition(input, 'event_time', listedSql),
    campaign: first === undefined ? '0::DOUBLE' : campaignSql(first),
    referrer: terms.referrers
      ? byDefinition(input, 'event_time', (definition) =>
          referrerSql(externalReferrer(definition, hosts), terms.mixedReferrers),
        )
      : '0::DOUBLE',
  });
  return second === undefined ? columns : `${columns},\n${campaignSql(second)} AS with_click_code`;
}

function kindSql({ activity }: Definition): string {
  const pageViews = activity.filter((kind) => kind === 'page_view' || kind === 'screen_view');
  return fillSql(KIND, { page_views: list(pageViews), activity: list(activity) });
}

function listedSql({ sessions }: Definition): string {
  if (sessions.on_event.length === 0) return 'false';
  return `(event_name IN (${list(sessions.on_event)}) OR event_type IN (${list(sessions.on_event)}))`;
}

function campaignSql(kind: 'utm' | 'utm_or_click_id'): string {
  const parts = ['utm_source', 'utm_medium', 'utm_campaign'];
  if (kind === 'utm_or_click_id') parts.push('click_id');
  const text = parts.map((part) => `coalesce(${part}, '')`).join(` || chr(31) || `);
  return `CASE WHEN coalesce(${parts.join(', ')}) IS NOT NULL THEN ${code(text)} ELSE 0::DOUBLE END`;
}

function referrerSql(external: string, mixed: boolean): string {
  const hosts = code('referrer_host');
  const others = mixed ? `WHEN referrer_host IS NOT NULL THEN -${hosts} ` : '';
  return `CASE WHEN (${external}) IS NOT NULL THEN ${hosts} ${others}ELSE 0::DOUBLE END`;
}
