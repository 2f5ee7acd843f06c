import { definitionPeriods } from '../../../shared/core/definition/scopes.ts';
import type { Definition, SessionRules } from '../../../shared/core/definition/types.ts';
import { groupBy } from '../../../shared/core/group-by.ts';
import { daysSql } from './range.ts';
import { text, texts } from './sql-literals.ts';

/** What a site says that its sessions depend on. */
export interface SiteSettings {
  time_zone: string;
  hosts: string[];
}

/**
 * SQL for the rule by which a session was split off, over the columns of `placed` in changes.sql. The
 * session before it ended with the event before its first one and holds what the rules compare with: its
 * start, its count, its campaign, its referrer. When several rules hold the first of the list is named;
 * the endless rule, which needs the visitor's whole day, is what is left over.
 */
export function whySplitSql(definition: Definition, sites: Record<string, SiteSettings>): string {
  const pieces = Object.entries(sites).flatMap(([site, settings]) =>
    definitionPeriods(definition, site).map(({ from, to, definition: rules }) => ({
      when: `(site = ${text(site)} AND ${daysSql('dt', from, to)})`,
      sql: rulesSql(rules.sessions, settings),
    })),
  );
  const bySql = [...groupBy(pieces, ({ sql }) => sql)];
  if (bySql.length === 1) return bySql[0]![0];
  const cases = bySql.map(([sql, own]) => `WHEN ${own.map(({ when }) => when).join(' OR ')} THEN ${sql}`);
  return `CASE ${cases.join('\n')} END`;
}

/** Names and types of events that start sessions somewhere. */
export function listedEvents(definition: Definition, sites: readonly string[]): string[] {
  const periods = sites.flatMap((site) => definitionPeriods(definition, site));
  return [...new Set(periods.flatMap(({ definition: rules }) => rules.sessions.on_event))].sort();
}

function rulesSql(rules: SessionRules, site: SiteSettings): string {
  const whens = [
    [`date_diff('millisecond', previous_ended, started_at) > ${rules.inactivity_ms}`, 'split_inactivity'],
  ];
  if (rules.at_midnight) {
    whens.push([`${localDateSql('previous_ended', site.time_zone)} <> dt`, 'split_at_midnight']);
  }
  if (rules.on_event.length > 0) whens.push(['is_listed', 'split_on_event']);
  if (rules.on_campaign !== false) whens.push([campaignSql(rules.on_campaign), 'split_on_campaign']);
  if (rules.on_referrer) {
    const internal = [...site.hosts, ...rules.ignore_referrers];
    whens.push([referrerSql(internal), 'split_on_referrer']);
  }
  if (rules.max_duration_ms !== null) {
    const since = "date_diff('millisecond', previous_started, started_at)";
    whens.push([`${since} > ${rules.max_duration_ms}`, 'split_max_duration']);
  }
  if (rules.max_events !== null) {
    whens.push([`previous_events >= ${rules.max_events}`, 'split_max_events']);
  }
  return `CASE ${whens.map(([when, then]) => `WHEN ${when} THEN '${then}'`).join(' ')} ELSE 'split_endless' END`;
}

function campaignSql(rule: 'utm' | 'utm_or_click_id'): string {
  const parts = [
    ['utm_source', 'previous_source'],
    ['utm_medium', 'previous_medium'],
    ['utm_campaign', 'previous_campaign'],
    ...(rule === 'utm' ? [] : [['click_id', 'previous_click']]),
  ];
  const any = parts.map(([own]) => `${own} <> ''`).join(' OR ');
  const other = parts.map(([own, previous]) => `${own} <> ${previous}`).join(' OR ');
  return `(${any}) AND (${other})`;
}

function referrerSql(internal: readonly string[]): string {
  const external = (host: string): string =>
    internal.length === 0
      ? `${host} IS NOT NULL`
      : `${host} IS NOT NULL AND ${host} NOT IN (${texts(internal)})`;
  const own = external('referrer_host');
  return `${own} AND NOT (${external('previous_referrer')} AND previous_referrer = referrer_host)`;
}

/** SQL for the local date, `YYYY-MM-DD`, of a timestamp in UTC. */
function localDateSql(column: string, zone: string): string {
  return `CAST(CAST(with_timezone(${column}, 'UTC') AT TIME ZONE ${text(zone)} AS date) AS varchar)`;
}
