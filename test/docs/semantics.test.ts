import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseDefinition } from '../../shared/core/definition/parse.ts';
import type { EventType } from '../../shared/core/event/types.ts';
import { parseMart } from '../../shared/core/mart-file.ts';
import { type HistoryEvent, sessionsOfHistory } from '../../shared/core/session/history.ts';
import { localDays } from '../../shared/core/time/local-date.ts';
import {
  CONVERSION_COLUMNS,
  EVENT_COLUMNS,
  REJECTED_COLUMNS,
  SESSION_COLUMNS,
} from '../../shared/lake/tables.ts';
import { markdownTables } from './markdown.ts';

const page = readFileSync(new URL('../../docs/semantics.md', import.meta.url), 'utf8');
const tables = markdownTables(page);

const examples = tables
  .filter(({ head }) => head.join() === 'rules,events,sessions')
  .flatMap(({ section, rows }) =>
    rows.map(([rules, events, sessions]) => ({
      section,
      rules: rules!.replaceAll('`', ''),
      events: events!,
      sessions: sessions!,
    })),
  );

/** `b +1 00:10 ?utm_source=x`: an event of visitor v on a site in UTC. */
function event(text: string): HistoryEvent {
  const match = /^(\w) (?:\+(\d+) )?(\d\d:\d\d(?::\d\d(?:\.\d{3})?)?)((?: \S+)*)$/.exec(text);
  if (match === null) throw new Error(`not an event: ${text}`);
  const [, id, days, time, more] = match;
  const said = (prefix: string): string | null =>
    more!
      .split(' ')
      .find((word) => word.startsWith(prefix))
      ?.slice(prefix.length) ?? null;
  const query = said('?');
  const from = said('from:');
  return {
    event_id: id!,
    event_time: Date.parse(`2026-03-01T${time}Z`) + Number(days ?? 0) * 86_400_000,
    seq: null,
    visitor_id: 'v',
    event_type: (said('type:') as EventType | null) ?? 'page_view',
    event_name: said('name:'),
    url: `https://shop.example/${query === null ? '' : `?${query}`}`,
    referrer: from === null ? null : `https://${from}/`,
  };
}

it.each(examples)('$section: $rules: $events', ({ rules, events, sessions }) => {
  const definition = parseDefinition(`sessions: { ${rules} }`, 'example.yaml');
  const days = localDays('UTC');
  const found = sessionsOfHistory(events.split(', ').map(event), () => definition, {
    hosts: ['shop.example'],
    dayOf: (ms) => days.dayOf(ms),
  });
  const joined = found.sessions.map((session) => [...session.events, ...session.engagement].sort().join(' '));
  const alone = found.unassigned.length > 0 ? ` none: ${found.unassigned.join(' ')}` : '';
  expect(joined.join(' / ') + alone).toBe(sessions);
});

it('every rule has examples', () => {
  const rules = ['inactivity', 'at_midnight', 'endless', 'on_event', 'on_campaign', 'on_referrer'];
  const sections = new Set(examples.map(({ section }) => section));
  expect([...sections]).toEqual(['Order', ...rules, 'max_duration', 'max_events', 'Engagement']);
});

const mart = (name: string): string[] => {
  const sql = readFileSync(new URL(`../../marts/${name}.sql`, import.meta.url), 'utf8');
  return Object.keys(parseMart(`${name}.sql`, sql).columns);
};

it.each([
  ['events', EVENT_COLUMNS.map(([name]) => name)],
  ['sessions', [...SESSION_COLUMNS.map(([name]) => name), 'is_open']],
  ['conversions', CONVERSION_COLUMNS.map(([name]) => name)],
  ['rejected', REJECTED_COLUMNS.map(([name]) => name)],
  ['mart_daily_traffic', mart('mart_daily_traffic')],
  ['mart_channels', mart('mart_channels')],
  ['mart_landing_pages', mart('mart_landing_pages')],
  ['mart_conversions', mart('mart_conversions')],
])('the dictionary of %s has its columns in their order', (name, columns) => {
  const found = tables.find(({ section, head }) => section === name && head[0] === 'column');
  expect(found?.rows.map(([column]) => column!.replaceAll('`', ''))).toEqual(columns);
});
