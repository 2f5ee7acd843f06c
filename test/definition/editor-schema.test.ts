import { readdirSync, readFileSync } from 'node:fs';
import { Check } from 'typebox/schema';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { definitionSchema } from '../../shared/core/definition/editor-schema.ts';
import { parseDefinition } from '../../shared/core/definition/parse.ts';
import type { Vector } from '../session/vector.ts';

const ROOT = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');
const schema = JSON.parse(read('definitions/definition.schema.json'));

it('the file that editors read is what the reader of definitions knows', () => {
  // To write it again: print JSON.stringify(definitionSchema(), null, 2) into it, then npm run format.
  expect(schema).toEqual(JSON.parse(JSON.stringify(definitionSchema())));
});

it('the definition that comes along names it, by a path beside it', () => {
  expect(read('definitions/default.yaml').split('\n')[0]).toBe(
    '# yaml-language-server: $schema=./definition.schema.json',
  );
});

const vectors = readdirSync(new URL('test/vectors/', ROOT)).flatMap(
  (file) => JSON.parse(read(`test/vectors/${file}`)) as Vector[],
);
const GOOD = [
  read('definitions/default.yaml'),
  ...new Set(vectors.map(({ definition }) => JSON.stringify(definition ?? {}))),
  'sessions:\n',
  'sessions: { max_duration: 36h, max_events: 1, on_campaign: utm }',
  'channels: [{ name: A, when: { field: source_category, in: [search, social] } }]',
  'page_groups: [{ name: A, when: { not: { any: [{ field: is_internal, is: true }, { field: value, in: [1, 2.5] }] } } }]',
  'conversions: [{ name: a, when: { field: properties.size, is: 3 }, value: properties.price, window: 90d }]',
  'conversions: [{ name: a, when: { field: is_exit, is: true }, value: seconds_to_next }, { name: b, when: { field: url, matches: x }, value: 2 }]',
  'filters: { internal: [203.0.113.0/24, "2001:db8::/48", { field: is_bot, is: true }, { when: { field: user_id, exists: true } }], internal_mode: exclude }',
  'scopes: [{ sites: [shop], from: 2026-01-01, to: null, filters: { bots: exclude } }]',
];

const BAD = [
  'session: { inactivity: 30m }',
  'sessions: { inactivty: 30m }',
  'sessions: { inactivity: 30 }',
  'sessions: { inactivity: 1.5h }',
  'sessions: { at_midnight: "yes" }',
  'sessions: { on_campaign: true }',
  'sessions: { max_events: 0 }',
  'sessions: { on_event: launch }',
  'activity: [engagement]',
  'activity: []',
  'channels: ga4',
  'channels: [{ name: A }]',
  'channels: [{ name: A, when: { field: event_name, is: x } }]',
  'channels: [{ name: A, when: { field: properties.x, is: x } }]',
  'page_groups: [{ name: A, when: { field: session_id, is: x } }]',
  'page_groups: [{ name: A, when: { field: page_group, is: x } }]',
  'page_groups: [{ name: A, when: { field: url_path, is: x, in: [x] } }]',
  'page_groups: [{ name: A, when: { field: url_path } }]',
  'page_groups: [{ name: A, when: { is: x } }]',
  'page_groups: [{ name: A, when: { all: [] } }]',
  'page_groups: [{ name: A, when: { field: value, starts_with: "1" } }]',
  'page_groups: [{ name: A, when: { field: is_bot, is: "true" } }]',
  'page_groups: [{ name: A, when: { field: url, in: [] } }]',
  'page_groups: [{ name: A, when: { field: url, is: "" } }]',
  'conversions: [{ name: a, when: { field: event_time, is: x } }]',
  'conversions: [{ name: a, when: { field: url, is: x }, value: url }]',
  'conversions: [{ name: a, when: { field: url, is: x }, window: 30 }]',
  'conversions: [{ name: a, when: { field: url, is: x }, worth: 30 }]',
  'filters: { bots: drop }',
  'filters: { internal: 10.0.0.0/8 }',
  'filters: { internal: [{ field: page_group, is: x }] }',
  'filters: { internals: [] }',
  'scopes: [{ sites: [shop] }]',
  'scopes: [{ sites: [], activity: [event] }]',
  'scopes: [{ from: 01/02/2026, activity: [event] }]',
  'scopes: [{ site: shop, activity: [event] }]',
  'scopes: { activity: [event] }',
];

describe('the schema and the reader agree', () => {
  it.each(GOOD.map((text) => [text]))('on what is right: %s', (text) => {
    expect(() => parseDefinition(text, 'default.yaml')).not.toThrow();
    expect(Check(schema, parse(text) ?? {})).toBe(true);
  });

  it.each(BAD.map((text) => [text]))('on what is wrong: %s', (text) => {
    expect(() => parseDefinition(text, 'default.yaml')).toThrow();
    expect(Check(schema, parse(text))).toBe(false);
  });
});
