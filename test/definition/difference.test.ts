import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differences } from '../../shared/core/definition/difference.ts';
import { parseDefinition } from '../../shared/core/definition/parse.ts';
import { canonicalDefinition } from '../../shared/core/definition/slice.ts';
import { durationWords } from '../../shared/core/definition/words.ts';

const words = (before: string, after: string): string[] =>
  differences(parseDefinition(before, 'd.yaml'), parseDefinition(after, 'd.yaml')).map(({ what }) => what);

describe('what two definitions differ in', () => {
  const paid = '{ name: Paid, when: { field: utm_medium, in: [cpc, ppc] } }';
  const mail =
    '{ name: Mail, when: { all: [{ field: utm_medium, is: email }, { not: { field: click_id, exists: true } }] } }';
  it.each([
    ['', 'sessions: { inactivity: 15m }', ['sessions.inactivity: 30m -> 15m']],
    ['sessions: { inactivity: 90s }', 'sessions: { inactivity: 2h }', ['sessions.inactivity: 90s -> 2h']],
    [
      '',
      'sessions: { at_midnight: true, on_campaign: utm, max_duration: 12h, max_events: 500, on_event: [launch] }',
      [
        'sessions.at_midnight: off -> on',
        'sessions.on_event: also launch',
        'sessions.on_campaign: off -> utm',
        'sessions.max_duration: off -> 12h',
        'sessions.max_events: off -> 500',
      ],
    ],
    [
      'sessions: { ignore_referrers: [a.example, b.example] }',
      'sessions: { ignore_referrers: [b.example, pay.example] }',
      ['sessions.ignore_referrers: without a.example', 'sessions.ignore_referrers: also pay.example'],
    ],
    ['', 'activity: [page_view]', ['activity: without event, identify, impression, screen_view']],
    ['', `channels: [${paid}]`, ['channels: ga4_default -> 1 rules (Paid)']],
    [
      `channels: [${paid}]`,
      `channels: [${mail}, ${paid}]`,
      ['channels: rule "Mail" added: utm_medium is "email" and not (there is a click_id)'],
    ],
    [
      `channels: [${mail}, ${paid}]`,
      `channels: [${paid}, ${mail}]`,
      ['channels: the order changed to Paid, Mail (the first that fits wins)'],
    ],
    [
      `page_groups: [${'{ name: home, when: { field: url_path, is: / } }'}]`,
      '',
      ['page_groups: group "home" gone'],
    ],
    [
      'page_groups: [{ name: home, when: { field: url_path, is: / } }]',
      'page_groups: [{ name: home, when: { field: url_path, in: [/, /index.html] } }]',
      ['page_groups: group "home" changed: url_path is "/" -> url_path is one of "/", "/index.html"'],
    ],
    [
      'conversions: [{ name: buy, when: { field: event_name, is: purchase } }]',
      'conversions: [{ name: buy, when: { field: event_name, is: purchase }, value: 5, window: 7d }]',
      ['conversions: conversion "buy" changed: value the event\'s value -> 5, window 30d -> 7d'],
    ],
    [
      '',
      'filters: { bots: exclude, internal: [203.0.113.0/24] }',
      ['filters.bots: flag -> exclude', 'filters.internal: also 203.0.113.0/24'],
    ],
    [
      '',
      'scopes: [{ sites: [shop], from: 2026-01-01, sessions: { inactivity: 15m } }]',
      ['scopes: added: shop from 2026-01-01: sessions.inactivity 15m'],
    ],
  ])('%s -> %s', (before, after, said) => {
    expect(words(before, after)).toEqual(said);
  });

  it('nothing: comments, order of keys, defaults written out', () => {
    const written =
      '# ours\nfilters: { internal: [], bots: flag }\nsessions: { max_events: null, inactivity: 1800s }\n';
    expect(words('', written)).toEqual([]);
  });
});

it('says something exactly when two definitions differ', () => {
  const condition = fc.constantFrom('{ field: url_path, is: / }', '{ field: title, exists: true }');
  const rule = fc
    .tuple(fc.constantFrom('a', 'b'), condition)
    .map(([name, when]) => `{ name: ${name}, when: ${when} }`);
  const rules = fc.array(rule, { maxLength: 3 }).map((all) => `[${all.join(', ')}]`);
  const text = fc
    .record({
      inactivity: fc.constantFrom('30m', '15m', '1800s'),
      groups: rules,
      bots: fc.constantFrom('flag', 'exclude'),
      internal: fc.subarray(['10.0.0.0/8', '{ field: url_path, is: / }'], {}),
      scopes: fc.subarray(
        ['{ sites: [a], sessions: { inactivity: 5m } }', '{ to: 2026-01-01, activity: [event] }'],
        {},
      ),
      swapped: fc.boolean(),
    })
    .map(({ inactivity, groups, bots, internal, scopes, swapped }) => {
      const said = swapped ? [...scopes].reverse() : scopes;
      return `sessions: { inactivity: ${inactivity} }\npage_groups: ${groups}\nfilters: { bots: ${bots}, internal: [${internal.join(', ')}] }\nscopes: [${said.join(', ')}]\n`;
    });
  fc.assert(
    fc.property(text, text, (a, b) => {
      const [before, after] = [parseDefinition(a, 'd.yaml'), parseDefinition(b, 'd.yaml')];
      const same = canonicalDefinition(before) === canonicalDefinition(after);
      expect(differences(before, after).length === 0).toBe(same);
    }),
  );
});

it.each([
  [1000, '1s'],
  [90_000, '90s'],
  [1_800_000, '30m'],
  [5_400_000, '90m'],
  [28_800_000, '8h'],
  [86_400_000, '1d'],
  [2_592_000_000, '30d'],
])('%d ms are %s', (ms, said) => {
  expect(durationWords(ms)).toBe(said);
});
