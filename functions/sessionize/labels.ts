import { conditionSql } from '../../shared/core/definition/condition-sql.ts';
import type { Definition, Scalar } from '../../shared/core/definition/types.ts';
import { channelOf } from '../../shared/core/labels/channel.ts';
import { trafficSource } from '../../shared/core/labels/traffic-source.ts';
import { userAgentLabels } from '../../shared/core/labels/user-agent.ts';
import { dayOfDate } from '../../shared/core/unit.ts';
import { type Connection, literal, rows, tableFromRows } from '../../shared/duckdb/engine.ts';
import { externalReferrer } from './codes.ts';
import type { SiteContext, UnitInput, UnitPlace } from './context.ts';
import { type SessionStart, START_COLUMNS } from './session-start.ts';
import { byDate, definitionsOf } from './unit-definitions.ts';

/**
 * SQL for the key under which a session's channel stands in the table `origins`. GA4's rules see only
 * where the visitor came from, so equal origins share an answer; custom rules may ask for any column.
 */
export function originKey(input: UnitPlace): string {
  const { hosts } = input.context;
  const inUnit = definitionsOf(input);
  if (inUnit.some(({ channels }) => channels !== 'ga4_default')) return 'session_id';
  const parts = ['utm_source', 'utm_medium', 'utm_campaign', 'click_id'];
  const external = byDate(input, 'dt', (definition) => externalReferrer(definition, hosts));
  return [...parts, `(${external})`].map((part) => `coalesce(${part}, '')`).join(` || chr(31) || `);
}

const compiled = new WeakMap<Definition, ReturnType<typeof channelOf>>();

/** The channel rules of a definition, compiled once. */
function channelRules(definition: Definition): ReturnType<typeof channelOf> {
  const known = compiled.get(definition) ?? channelOf(definition.channels);
  compiled.set(definition, known);
  return known;
}

/** Source, medium and channel of a session, by the rules of the date on which it starts. */
export function channelLabels(context: SiteContext, start: SessionStart) {
  const { definitions, hosts } = context;
  const definition = definitions.on(dayOfDate(start.dt));
  const own = new Set([...hosts, ...definition.sessions.ignore_referrers]);
  const external = start.referrer_host !== null && !own.has(start.referrer_host);
  const traffic = trafficSource({ ...start, referrer_host: external ? start.referrer_host : null });
  const columns = (field: string): Scalar | null => {
    const all: Record<string, Scalar | null> = {
      ...start,
      ...userAgentLabels(start.user_agent),
      site: context.site,
    };
    return all[field] ?? null;
  };
  return {
    source: traffic.source,
    medium: traffic.medium,
    channel: channelRules(definition)(traffic, columns),
  };
}

/** Makes the table `origins`: source, medium and channel of each distinct origin in `starts`. */
export async function labelOrigins(connection: Connection, input: UnitInput): Promise<void> {
  const key = originKey(input);
  const found = await rows<SessionStart & { origin: string }>(
    connection,
    `SELECT DISTINCT ON (origin) ${key} AS origin, ${START_COLUMNS.join(', ')} FROM starts`,
  );
  await tableFromRows(
    connection,
    'origins',
    { origin: 'VARCHAR', source: 'VARCHAR', medium: 'VARCHAR', channel: 'VARCHAR' },
    found.map((start) => ({ origin: start.origin, ...channelLabels(input.context, start) })),
  );
}

/** Makes the table `agents`: device, browser, system and bot flag of each distinct user agent. */
export async function labelUserAgents(connection: Connection, facts: string): Promise<void> {
  const found = await rows<{ user_agent: string }>(
    connection,
    `SELECT DISTINCT user_agent FROM ${facts} WHERE user_agent IS NOT NULL`,
  );
  await tableFromRows(
    connection,
    'agents',
    { user_agent: 'VARCHAR', device_class: 'VARCHAR', browser: 'VARCHAR', os: 'VARCHAR', is_bot: 'BOOLEAN' },
    found.map(({ user_agent }) => ({ user_agent, ...userAgentLabels(user_agent) })),
  );
}

/** SQL for the page group of an event (aliases as in `events.sql`): the first rule that holds. */
export function pageGroupSql(context: SiteContext, dt: string): string {
  const computed: Record<string, string> = {
    site: literal(context.site),
    dt: literal(dt),
    user_agent: 'e.user_agent',
    is_bot: 'coalesce(a.is_bot, false)',
    is_internal: 'false',
  };
  const column = (field: string): string => computed[field] ?? `"${field}"`;
  const cases = context.definitions
    .on(dayOfDate(dt))
    .page_groups.map(({ name, when }) => `WHEN ${conditionSql(when, column)} THEN ${literal(name)}`);
  return cases.length === 0 ? 'NULL::VARCHAR' : `CASE ${cases.join(' ')} END`;
}
