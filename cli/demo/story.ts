import type { LocalLake } from '../../local/lake.ts';
import { liveRelease } from '../../shared/lake/releases.ts';
import type { Output } from '../output.ts';
import { table } from '../table.ts';
import { jsonValue } from '../values.ts';

const thousands = (n: number): string => n.toLocaleString('en-US');

/** What the lake holds after the demo, as numbers. */
export interface Outcome {
  units: number;
  facts: number;
  sessions: number;
  over_midnight: number;
  robots: number;
  longest_hours: number;
  rejected: { reason: string; events: number }[];
}

/** Asks the lake what became of the traffic. */
export async function outcomeOf(lake: LocalLake): Promise<Outcome> {
  const [facts] = await ask(lake, 'SELECT count(*) AS facts FROM events');
  const [units] = await ask(lake, 'SELECT count(DISTINCT site || dt) AS units FROM events');
  const [sessions] = await ask(
    lake,
    `SELECT count(*) AS sessions, count_if(is_bot) AS robots,
       coalesce(max(CASE WHEN is_bot THEN duration_seconds END), 0.0e0) / 3600 AS longest FROM sessions`,
  );
  const [midnight] = await ask(
    lake,
    'SELECT count(*) AS n FROM (SELECT session_id FROM events WHERE session_id IS NOT NULL GROUP BY session_id HAVING count(DISTINCT dt) > 1) t',
  );
  const rejected = await ask(
    lake,
    'SELECT reason, count(*) AS events FROM rejected GROUP BY reason ORDER BY 2 DESC, reason',
  );
  return {
    units: Number(units!['units']),
    facts: Number(facts!['facts']),
    sessions: Number(sessions!['sessions']),
    over_midnight: Number(midnight!['n']),
    robots: Number(sessions!['robots']),
    longest_hours: Number(sessions!['longest']),
    rejected: rejected as unknown as Outcome['rejected'],
  };
}

/** Prints what was computed, the marts' headline rows, and what was refused. */
export async function tellOutcome(lake: LocalLake, output: Output, outcome: Outcome): Promise<void> {
  const { say, style } = { say: (text?: string) => output.say(text), style: output.style };
  const line = (stage: string, text: string): void => say(`${style.bold(stage.padEnd(13))}${text}`);
  line(
    'compacted',
    `${thousands(outcome.facts)} events into ${thousands(outcome.units)} days of sites, every copy dropped`,
  );
  const longest =
    outcome.robots > 0 ? `; ${thousands(outcome.robots)} are robots', and none outlives two local days` : '';
  line(
    'sessionized',
    `${thousands(outcome.sessions)} sessions, ${thousands(outcome.over_midnight)} of them over midnight${longest}`,
  );
  const marts = Object.keys((await liveRelease(lake.objects))?.marts ?? {}).length;
  line('published', `${marts} marts, built by Athena SQL and tested before they show`);
  say();
  say(style.bold('Traffic (mart_daily_traffic)'));
  await show(
    lake,
    output,
    `SELECT site, count(*) AS days, sum(sessions) AS sessions, sum(page_views) AS page_views,
       sum(new_visitors) AS visitors, round(sum(CAST(bounces AS double)) / sum(sessions), 3) AS bounce_rate
     FROM mart_daily_traffic GROUP BY site ORDER BY site`,
  );
  say(style.bold('Where they came from (mart_channels)'));
  await show(
    lake,
    output,
    `SELECT site, channel, sum(sessions) AS sessions, sum(bounces) AS bounces FROM mart_channels
     GROUP BY site, channel ORDER BY 3 DESC, site, channel LIMIT 8`,
  );
  say(style.bold('Where they landed (mart_landing_pages)'));
  await show(
    lake,
    output,
    `SELECT site, landing_page, sum(sessions) AS sessions FROM mart_landing_pages
     GROUP BY site, landing_page ORDER BY 3 DESC, site, landing_page LIMIT 5`,
  );
  if (outcome.rejected.length > 0) {
    say(style.bold('What was refused, and why (rejected)'));
    say(
      table(
        ['reason', 'events'],
        outcome.rejected.map(({ reason, events }) => [reason, Number(events)]),
      ),
    );
  }
}

/** Prints where to look next, in the demo's lake. */
export function tellFurther(output: Output, again: string): void {
  output.say();
  output.say(output.style.bold('Look further'));
  output.say(`  npx retcon query ${again}"SELECT * FROM mart_daily_traffic ORDER BY site, dt"`);
  output.say(`  npx retcon query ${again}--release 2 "SELECT count(*) FROM sessions"`);
  output.say(`  npx retcon query ${again}"SELECT reason, detail, body FROM rejected LIMIT 5"`);
  output.say(`  npx retcon diff 1 2 ${again}`.trimEnd());
  output.say(`  npx retcon releases ${again}`.trimEnd());
}

async function show(lake: LocalLake, output: Output, sql: string): Promise<void> {
  const { columns, rows } = await lake.queries.query(sql);
  output.say(
    table(
      columns.map(({ name }) => name),
      rows.map((row) => row.map((text, i) => jsonValue(text, columns[i]!.type))),
    ),
  );
}

async function ask(lake: LocalLake, sql: string): Promise<Record<string, unknown>[]> {
  const { columns, rows } = await lake.queries.query(sql);
  return rows.map((row) =>
    Object.fromEntries(columns.map(({ name, type }, i) => [name, jsonValue(row[i]!, type)])),
  );
}
