import type { DayOrigin } from '../explain/provenance.ts';
import type { NamedRows } from '../explain/row.ts';
import type { SessionStory } from '../explain/session.ts';
import type { Verb, VerbContext } from '../verb.ts';

export const verb: Verb = {
  name: 'explain',
  summary: 'where a number comes from: release, rules, results, facts, what arrived',
  details:
    'Follows a row of a table or mart back: which release shows it, what it was built of and when, which days and files hold the facts, and in which objects those arrived. Of a session it also says which rule separates it from the one before.',
  arguments: [
    { name: 'TABLE', required: true, help: 'events, sessions, or a mart' },
    { name: 'KEY=VALUE', many: true, help: 'columns that name the row' },
  ],
  examples: [
    'retcon explain mart_channels site=shop dt=2026-03-01 channel=Email',
    'retcon explain sessions session_id=0f3c..',
  ],
  run,
};

async function run({ output, home, positionals }: VerbContext): Promise<undefined> {
  const { openHome } = await import('../home.ts');
  const { namedRows } = await import('../explain/row.ts');
  const { originOf } = await import('../explain/provenance.ts');
  const { storyOf } = await import('../explain/session.ts');
  const { liveRelease } = await import('../../shared/lake/releases.ts');
  const { loadDefinition, siteSettings } = await import('../../shared/lake/definitions.ts');
  const { loadMart } = await import('../../shared/lake/marts.ts');
  const { readState } = await import('../../shared/lake/mart-state.ts');
  const { badInput } = await import('../../shared/core/errors.ts');
  const lake = await openHome(home);
  try {
    const release = await liveRelease(lake.objects);
    if (release === null) {
      throw badInput('no_release', 'the lake shows nothing yet', {
        fix: 'import something, then retcon run',
      });
    }
    const [table, ...pairs] = positionals as [string, ...string[]];
    const named = await namedRows(lake, Object.keys(release.marts), table, pairs);
    const definition = await loadDefinition(lake.objects, release.definition);
    const hash = release.marts[table];
    const mart = hash === undefined ? null : await loadMart(lake.objects, table, hash);
    const state = mart && (await readState(lake.lake, table))[release.slices[table]!];
    const inputs = mart ? Object.keys(mart.inputs) : [table];
    const days: DayOrigin[] = [];
    const wanted = new Map(named.rows.map((row) => [`${row['site']} ${row['dt']}`, row]));
    for (const input of (['sessions', 'events'] as const).filter((one) => inputs.includes(one))) {
      for (const row of wanted.values()) {
        days.push(...(await originOf(lake.lake, row['site']!, row['dt']!, release.slices, input)));
      }
    }
    const stories: SessionStory[] = [];
    if (table === 'sessions') {
      for (const row of named.rows) {
        const { opened } = await lake.lake.log(row['site']!).read();
        const { hosts } = siteSettings(release, row['site']!, opened!);
        stories.push(await storyOf(lake, definition, hosts, row));
      }
    }
    const built =
      mart && state
        ? { description: mart.description, inputs, at: state.at, slice: release.slices[table]! }
        : null;
    const { release: number, at, who, why, changes } = release;
    const result = {
      ...named,
      release: { release: number, at, who, why, changes, definition: release.definition },
      mart: built,
      sessions: stories,
      days,
    };
    output.result(result, textOf(result));
    return undefined;
  } finally {
    await lake.close();
  }
}

interface Explained extends NamedRows {
  release: { release: number; at: string; who: string; why: string; changes: string[]; definition: string };
  mart: { description: string; inputs: string[]; at: string; slice: string } | null;
  sessions: SessionStory[];
  days: DayOrigin[];
}

function textOf({ table, rows, more, release, mart, sessions, days }: Explained): string {
  const lines: string[] = [];
  for (const row of rows) {
    const shown = Object.entries(row).filter(([, value]) => value !== null && value !== '');
    lines.push(`${table}: ${shown.map(([name, value]) => `${name}=${value}`).join('  ')}`);
  }
  if (more) lines.push('and more rows: name them by more keys');
  lines.push(
    '',
    `Release ${release.release} shows it (${release.at}, ${release.who}: ${release.changes.join('; ')}).`,
    `Its definition is config/definitions/${release.definition}.json.`,
  );
  if (mart) lines.push(`${mart.description} Built ${mart.at} from ${mart.inputs.join(' and ')}, and tested.`);
  for (const { session_id, why, events } of sessions) {
    lines.push('', `Session ${session_id} begins where it does: ${why}.`);
    for (const { event_time, what, number } of events) {
      lines.push(`  ${event_time}  ${number === null ? '' : `${number}. `}${what}`);
    }
  }
  for (const { site, dt, unit, results, facts, landing } of days) {
    lines.push('', `${site}, ${dt}: from the events of unit ${unit}`);
    for (const { dataset, key, made_at, rows: n } of results) {
      lines.push(`  ${dataset.padEnd(10)} key ${key}  computed ${made_at}  ${n} rows`);
    }
    lines.push(`  facts      ${facts.rows} events, last changed ${facts.changed_at}`);
    for (const file of facts.files) lines.push(`             ${file}`);
    for (const { object, accepted } of landing) lines.push(`  arrived    ${object}  ${accepted} new`);
  }
  return lines.join('\n');
}
