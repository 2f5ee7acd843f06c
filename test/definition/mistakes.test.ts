import { describe, expect, it } from 'vitest';
import { parseDefinition } from '../../shared/core/definition/parse.ts';
import { RetconError } from '../../shared/core/errors.ts';

const FILE = 'definitions/default.yaml';

function refusal(text: string): RetconError {
  try {
    parseDefinition(text, FILE);
  } catch (error) {
    if (error instanceof RetconError) return error;
    throw error;
  }
  throw new Error(`accepted: ${text}`);
}

/** Text, path of the first mistake, what its message must say (line and column included). */
const MISTAKES: [string, string, string][] = [
  [
    'sessions:\n  inactivty: 30m',
    'sessions.inactivty',
    ':2:3: sessions.inactivty: unknown key; did you mean "inactivity"?',
  ],
  ['activty: [page_view]', 'activty', ':1:1: activty: unknown key; did you mean "activity"?'],
  [
    'zzzzzz: 1',
    'zzzzzz',
    'use one of sessions, activity, channels, page_groups, conversions, filters, scopes',
  ],
  [
    'sessions: {inactivity: 30}',
    'sessions.inactivity',
    ':1:24: sessions.inactivity: 30 has no unit; write 30s, 30m',
  ],
  ['sessions: {inactivity: 500ms}', 'sessions.inactivity', '"500ms" is not a duration'],
  ['sessions: {inactivity: 1.5h}', 'sessions.inactivity', '"1.5h" is not a duration'],
  ['sessions: {inactivity: 30M}', 'sessions.inactivity', 'is not a duration'],
  ['sessions: {inactivity: 0s}', 'sessions.inactivity', 'too short; write at least 1s'],
  ['sessions: {inactivity: 28801s}', 'sessions.inactivity', 'too long; write at most 8h'],
  ['sessions: {inactivity: null}', 'sessions.inactivity', 'nothing is not a duration'],
  [
    'sessions:\n  inactivity:\n',
    'sessions.inactivity',
    ':2:3: sessions.inactivity: nothing is not a duration',
  ],
  [
    'sessions: {at_midnight: yes}',
    'sessions.at_midnight',
    '"yes" is neither true nor false; write true or false',
  ],
  ['sessions: {on_campaign: true}', 'sessions.on_campaign', 'write utm or utm_or_click_id'],
  ['sessions: {on_campaign: "false"}', 'sessions.on_campaign', '"false" is not one of its values'],
  ['sessions: {on_campaign: utm_or_clickid}', 'sessions.on_campaign', 'did you mean "utm_or_click_id"?'],
  ['sessions: {max_events: 0}', 'sessions.max_events', '0 is not a whole number of at least 1'],
  ['sessions: {max_events: 1.5}', 'sessions.max_events', '1.5 is not a whole number'],
  ['sessions: {max_duration: 0m}', 'sessions.max_duration', 'too short'],
  ['sessions: {on_event: launch}', 'sessions.on_event', '"launch" is not a list of event names or types'],
  ['sessions: {on_event: [a, a]}', 'sessions.on_event[1]', '"a" is listed twice'],
  [
    'sessions: {ignore_referrers: [https://Pay.example/x]}',
    'sessions.ignore_referrers[0]',
    'write just the host: pay.example',
  ],
  ['sessions: {ignore_referrers: ["*.example"]}', 'sessions.ignore_referrers[0]', 'is not a plain host'],
  [
    'sessions: {ignore_referrers: [a.example, www.A.example]}',
    'sessions.ignore_referrers[1]',
    '"a.example" is listed twice',
  ],
  ['sessions: []', 'sessions', 'a list is not a mapping'],
  ['activity: []', 'activity', 'the list is empty'],
  ['activity: [page_view, engagement]', 'activity[1]', 'engagement joins sessions but never starts one'],
  ['activity: [pageview]', 'activity[0]', 'did you mean "page_view"?'],
  ['activity: [event, event]', 'activity[1]', '"event" is listed twice'],
  ['channels: ga4', 'channels', '"ga4" is neither ga4_default nor a list of rules'],
  ['channels: [{when: {field: source, is: x}}]', 'channels[0]', 'name is missing'],
  ['channels: [{name: A}]', 'channels[0]', 'when is missing'],
  ['channels: [{name: "", when: {field: source, is: x}}]', 'channels[0].name', 'it is empty'],
  [
    'channels: [{name: A, when: {field: sorce, is: x}}]',
    'channels[0].when.field',
    'there is no column "sorce"; did you mean "source"?',
  ],
  [
    'channels: [{name: A, when: {field: is_bounce, is: true}}]',
    'channels[0].when.field',
    'only known when the session ends',
  ],
  [
    'channels: [{name: A, when: {field: properties.x, is: a}}]',
    'channels[0].when.field',
    'sessions have no properties',
  ],
  [
    'page_groups: [{name: A, when: {field: source_category, is: a}}]',
    'page_groups[0].when.field',
    'or properties.source_category for a property',
  ],
  [
    'page_groups: [{name: A, when: {field: session_id, is: a}}]',
    'page_groups[0].when.field',
    'belongs to the session',
  ],
  ['page_groups: [{name: A, when: {field: event_time, is: a}}]', 'page_groups[0].when.field', 'is a time'],
  [
    'page_groups: [{name: A, when: {field: properties, is: a}}]',
    'page_groups[0].when.field',
    'properties.name',
  ],
  [
    'page_groups: [{name: A, when: {field: properties., is: a}}]',
    'page_groups[0].when.field',
    'names no property',
  ],
  ['page_groups: [{name: A, when: {}}]', 'page_groups[0].when', 'the condition says nothing'],
  ['page_groups: [{name: A, when: {field: url}}]', 'page_groups[0].when', 'the condition says nothing'],
  ['page_groups: [{name: A, when: {is: url}}]', 'page_groups[0].when', 'is has no field'],
  [
    'page_groups: [{name: A, when: {field: url, is: a, in: [b]}}]',
    'page_groups[0].when',
    'the condition says field, is, in at once',
  ],
  [
    'page_groups: [{name: A, when: {field: url, not: {field: url, is: a}}}]',
    'page_groups[0].when',
    'at once',
  ],
  ['page_groups: [{name: A, when: {all: []}}]', 'page_groups[0].when.all', 'the list is empty'],
  [
    'page_groups: [{name: A, when: {any: [{field: url, is: a}, {feild: url, is: b}]}}]',
    'page_groups[0].when.any[1]',
    'did you mean "field"?',
  ],
  [
    'page_groups: [{name: A, when: {field: url, startswith: a}}]',
    'page_groups[0].when',
    'did you mean "starts_with"?',
  ],
  ['page_groups: [{name: A, when: {field: url, in: []}}]', 'page_groups[0].when.in', 'the list is empty'],
  [
    'page_groups: [{name: A, when: {field: utm_campaign, is: 2026}}]',
    'page_groups[0].when.is',
    'write the value in quotes: "2026"',
  ],
  [
    'page_groups: [{name: A, when: {field: value, is: "3"}}]',
    'page_groups[0].when.is',
    'value is a number and "3" is not',
  ],
  [
    'page_groups: [{name: A, when: {field: is_bot, is: yes}}]',
    'page_groups[0].when.is',
    'is_bot is a boolean',
  ],
  [
    'page_groups: [{name: A, when: {field: value, starts_with: "3"}}]',
    'page_groups[0].when.starts_with',
    'needs text',
  ],
  ['page_groups: [{name: A, when: {field: url, is: ""}}]', 'page_groups[0].when.is', 'write exists: false'],
  [
    'page_groups: [{name: A, when: {field: url, exists: 1}}]',
    'page_groups[0].when.exists',
    'write true or false',
  ],
  [
    'page_groups: [{name: A, when: {field: url, matches: "(?<!a)b"}}]',
    'page_groups[0].when.matches',
    'look-around is not in RE2',
  ],
  [
    'page_groups: [{name: A, when: {field: url, matches: "(a"}}]',
    'page_groups[0].when.matches',
    'a ( is not closed',
  ],
  [
    'conversions: [{name: a, when: {field: url, is: a}, value: valu}]',
    'conversions[0].value',
    'did you mean "value"?',
  ],
  ['conversions: [{name: a, when: {field: url, is: a}, window: 30}]', 'conversions[0].window', 'has no unit'],
  [
    'conversions: [{name: a, when: {field: url, is: a}}, {name: a, when: {field: url, is: b}}]',
    'conversions[1]',
    'already a conversion "a"',
  ],
  ['filters: {bots: drop}', 'filters.bots', '"drop" is not one of its values; use one of flag, exclude'],
  ['filters: {internal: 10.0.0.0/8}', 'filters.internal', 'is not a list of addresses'],
  [
    'filters: {internal: [10.0.0.1/8]}',
    'filters.internal[0]',
    'has bits beyond its length; write 10.0.0.0/8',
  ],
  ['filters: {internal: [10.0.0.0/33]}', 'filters.internal[0]', 'not 0 to 32'],
  ['filters: {internal: [office]}', 'filters.internal[0]', '"office" is not an address or a range'],
  [
    'filters: {internal: [{when: {field: page_group, is: a}}]}',
    'filters.internal[0].when.field',
    'labelled after',
  ],
  [
    'filters: {internal: [{when: {field: is_internal, is: true}}]}',
    'filters.internal[0].when.field',
    'this very filter',
  ],
  ['scopes: [{sites: [shop]}]', 'scopes[0]', 'the scope changes nothing'],
  ['scopes: [{sites: [], sessions: {at_midnight: true}}]', 'scopes[0].sites', 'the scope is for no site'],
  [
    'scopes: [{sites: [Shop], sessions: {at_midnight: true}}]',
    'scopes[0].sites[0]',
    '"Shop" is not a site id',
  ],
  [
    'scopes: [{from: 2026-02-30, sessions: {at_midnight: true}}]',
    'scopes[0].from',
    'not a day of the calendar',
  ],
  ['scopes: [{from: 2026-1-1, sessions: {at_midnight: true}}]', 'scopes[0].from', 'write it as YYYY-MM-DD'],
  ['scopes: [{to: 9999-12-31, sessions: {at_midnight: true}}]', 'scopes[0].to', 'leave it out for no limit'],
  [
    'scopes: [{from: 2026-02-01, to: 2026-01-31, sessions: {at_midnight: true}}]',
    'scopes[0].from',
    '2026-02-01 lies after to: 2026-01-31',
  ],
  ['scopes: [{session: {at_midnight: true}}]', 'scopes[0]', 'did you mean "sessions"?'],
  ['scopes: [{sessions: {inactivity: 9h}}]', 'scopes[0].sessions.inactivity', 'write at most 8h'],
  [
    'sessions: {inactivity: 1m, inactivity: 2m}',
    'sessions.inactivity',
    ':1:28: sessions.inactivity: the key stands there twice',
  ],
  ['activity: &a [event]\nchannels: *a', 'channels', 'the alias *a is not supported'],
  ['activity: !mine [event]', '', 'Unresolved tag'],
  ['activity: [event', '', 'not valid YAML'],
  ['a: 1\n---\nb: 2', '', 'put each document into a file of its own'],
  ['[1]', '', 'a list is not a mapping'],
  ['[event]: 1', '', 'a key is not a string'],
  ['['.repeat(20_000), '', 'nested too deeply'],
  [`a: ${'['.repeat(70)}${']'.repeat(70)}`, '', 'nested too deeply'],
];

describe('a mistake', () => {
  it.each(MISTAKES)('in %j is at %j: %s', (text, field, message) => {
    const error = refusal(text);
    expect(error).toMatchObject({ code: 'bad_definition', exit: 2 });
    expect(error.message).toContain(FILE);
    expect(error.message).toContain(message);
    // What is missing or unknown inside a list item or mapping is reported for it or for the key in it.
    expect(error.field === field || error.field?.startsWith(`${field}.`)).toBe(true);
  });

  it('does not hide the others: all come at once, in the order of the file', () => {
    const { message, field } = refusal('sessions:\n  inactivity: 30\n  max_events: no\nactivity: [x]\n');
    expect(field).toBe('sessions.inactivity');
    expect(message.split('\n').map((line) => line.trim().split(': ')[0])).toEqual([
      `${FILE} has 3 mistakes:`,
      `${FILE}:2:15`,
      `${FILE}:3:15`,
      `${FILE}:4:12`,
    ]);
  });

  it('made a hundred times fills no screen', () => {
    const lines = Array.from({ length: 100 }, (_, i) => `k${i}: 1`).join('\n');
    expect(refusal(lines).message.split('\n')).toHaveLength(22);
    expect(refusal(lines).message).toContain('and 80 more');
  });
});
