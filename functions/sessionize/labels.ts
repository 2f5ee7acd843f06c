import { conditionFields } from '../../shared/core/definition/condition-fields.ts';
import { conditionSql } from '../../shared/core/definition/condition-sql.ts';
import type { Definition, Scalar } from '../../shared/core/definition/types.ts';
import { channelOf } from '../../shared/core/labels/channel.ts';
import { trafficSource } from '../../shared/core/labels/traffic-source.ts';
import { userAgentLabels } from '../../shared/core/labels/user-agent.ts';
import { dayOfDate } from '../../shared/core/unit.ts';
import { type Connection, createTable, literal, rows, tableFromRows } from '../../shared/duckdb/engine.ts';
import { externalReferrer } from './codes.ts';
import { dtSql, factsSql, type SiteContext, type UnitInput } from './context.ts';
import { eventColumn, internalSql } from './internal.ts';
import { type SessionStart, START_NAMES, startColumns } from './session-start.ts';
import { byDefinition, definitionsOf } from './unit-definitions.ts';
import { FLAG } from './walk.ts';

/** Columns of facts that a session's source, medium and channel hang on: name in `SessionStart` to SQL. */
function originColumns(input: UnitInput): Map<keyof SessionStart, string> {
  const { hosts, site } = input.context;
  const dt = dtSql(input, 'event_time');
  const columns = new Map<keyof SessionStart, string>([
    ['dt', dt],
    ['utm_source', 'utm_source'],
    ['utm_medium', 'utm_medium'],
    ['utm_campaign', 'utm_campaign'],
    // Whose click it was decides; the click itself is another one each time.
    ['click_id', `split_part(click_id, '=', 1)`],
    ['referrer_host', byDefinition(input, 'event_time', (then) => externalReferrer(then, hosts))],
  ]);
  const rules = definitionsOf(input).flatMap(({ channels }) => (channels === 'ga4_default' ? [] : channels));
  const asked = conditionFields(rules.map(({ when }) => when));
  if (AGENT_FIELDS.some((field) => asked.has(field))) asked.add('user_agent');
  const starts = startColumns(site, dt);
  for (const name of START_NAMES) if (asked.has(name)) columns.set(name, starts[name]);
  return columns;
}

/** Fields of channel rules that the user agent says. */
const AGENT_FIELDS = ['device_class', 'browser', 'os'];

const keyOf = (columns: Iterable<string>): string =>
  [...columns].map((column) => `coalesce(${column}, chr(30))`).join(` || chr(31) || `);

/**
 * SQL, over facts, for the key under which a session's labels stand in the table `origins`. Sessions whose
 * first events agree in every column that the channel rules look at share an answer.
 */
export function originKey(input: UnitInput): string {
  return keyOf([...originColumns(input).values()].map((sql) => `(${sql})`));
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

/** Rules may ask for what differs from session to session: not all of it is held at once. */
const ORIGINS_AT_ONCE = 20_000;

/** Makes the table `origins`: source, medium and channel of each distinct origin of the sessions that start. */
export async function labelOrigins(connection: Connection, input: UnitInput): Promise<void> {
  const columns = originColumns(input);
  const names = [...columns.keys()];
  const list = [...columns].map(([name, sql]) => `${sql} AS ${name}`).join(', ');
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE found_origins AS
     SELECT DISTINCT ${list} FROM ${factsSql(input)} POSITIONAL JOIN walk WHERE flags & ${FLAG.landing} <> 0`,
  );
  const fill = await createTable(connection, 'origins', {
    origin: 'VARCHAR',
    source: 'VARCHAR',
    medium: 'VARCHAR',
    channel: 'VARCHAR',
  });
  for (let from = 0; ; from += ORIGINS_AT_ONCE) {
    const found = await rows<SessionStart & { origin: string }>(
      connection,
      `SELECT ${keyOf(names)} AS origin, ${names.join(', ')} FROM found_origins
       WHERE rowid >= ${from} AND rowid < ${from + ORIGINS_AT_ONCE}`,
    );
    for (const start of found) fill.row({ origin: start.origin, ...channelLabels(input.context, start) });
    if (found.length < ORIGINS_AT_ONCE) break;
  }
  fill.close();
}

/**
 * Makes the table `agents`: device, browser, system and bot flag of each distinct user agent.
 *
 * @returns those of bots
 */
export async function labelUserAgents(connection: Connection, input: UnitInput): Promise<string[]> {
  const found = await rows<{ user_agent: string }>(
    connection,
    `SELECT DISTINCT user_agent FROM ${factsSql(input)} WHERE user_agent IS NOT NULL`,
  );
  const labelled = found.map(({ user_agent }) => ({ user_agent, ...userAgentLabels(user_agent) }));
  await tableFromRows(
    connection,
    'agents',
    { user_agent: 'VARCHAR', device_class: 'VARCHAR', browser: 'VARCHAR', os: 'VARCHAR', is_bot: 'BOOLEAN' },
    labelled,
  );
  return labelled.filter(({ is_bot }) => is_bot).map(({ user_agent }) => user_agent);
}

/** SQL for the page group of an event (aliases as in `events.sql`): the first rule that holds. */
export function pageGroupSql(context: SiteContext, dt: string): string {
  const own = eventColumn(context, dt);
  const column = (field: string): string => (field === 'is_internal' ? internalSql(context, dt) : own(field));
  const cases = context.definitions
    .on(dayOfDate(dt))
    .page_groups.map(({ name, when }) => `WHEN ${conditionSql(when, column)} THEN ${literal(name)}`);
  return cases.length === 0 ? 'NULL::VARCHAR' : `CASE ${cases.join(' ')} END`;
}
