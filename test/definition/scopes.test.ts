import { describe, expect, it } from 'vitest';
import { parseDefinition } from '../../shared/core/definition/parse.ts';
import { definitionOn, definitionPeriods } from '../../shared/core/definition/scopes.ts';
import { type DefinedDataset, sliceOf } from '../../shared/core/definition/slice.ts';

const parse = (text: string) => parseDefinition(text, 'definitions/default.yaml');

describe('scopes', () => {
  const definition = parse(`
sessions: { inactivity: 30m, at_midnight: true }
filters: { bots: exclude }
scopes:
  - { sites: [shop], from: 2026-01-10, to: 2026-01-20, sessions: { inactivity: 10m }, filters: { internal: [10.0.0.0/8] } }
  - { from: 2026-01-15, sessions: { inactivity: 5m }, activity: [event] }
`);
  const at = (site: string, date: string) => {
    const { sessions, activity, filters } = definitionOn(definition, site, date);
    return [
      sessions.inactivity_ms / 60_000,
      sessions.at_midnight,
      activity.length,
      filters.bots,
      filters.internal.length,
    ];
  };

  it('merge key by key over inclusive dates, the later scope winning', () => {
    expect(at('shop', '2026-01-09')).toEqual([30, true, 5, 'exclude', 0]);
    expect(at('shop', '2026-01-10')).toEqual([10, true, 5, 'exclude', 1]);
    expect(at('shop', '2026-01-14')).toEqual([10, true, 5, 'exclude', 1]);
    expect(at('shop', '2026-01-15')).toEqual([5, true, 1, 'exclude', 1]);
    expect(at('shop', '2026-01-20')).toEqual([5, true, 1, 'exclude', 1]);
    expect(at('shop', '2026-01-21')).toEqual([5, true, 1, 'exclude', 0]);
    expect(at('blog', '2026-01-14')).toEqual([30, true, 5, 'exclude', 0]);
    expect(at('blog', '2026-01-15')).toEqual([5, true, 1, 'exclude', 0]);
  });

  it('cut the calendar of a site into periods without gaps', () => {
    const summary = (site: string) =>
      definitionPeriods(definition, site).map((p) => [
        p.from,
        p.to,
        p.definition.sessions.inactivity_ms / 60_000,
      ]);
    expect(summary('shop')).toEqual([
      [null, '2026-01-09', 30],
      ['2026-01-10', '2026-01-14', 10],
      ['2026-01-15', '2026-01-20', 5],
      ['2026-01-21', null, 5],
    ]);
    expect(summary('blog')).toEqual([
      [null, '2026-01-14', 30],
      ['2026-01-15', null, 5],
    ]);
    const [only] = definitionPeriods(parse(''), 'shop');
    expect(only).toMatchObject({ from: null, to: null });
  });

  it('agree by date and by period', () => {
    for (const site of ['shop', 'blog']) {
      for (const period of definitionPeriods(definition, site)) {
        for (const date of [period.from, period.to]) {
          if (date !== null) expect(definitionOn(definition, site, date)).toEqual(period.definition);
        }
      }
    }
  });
});

describe("a dataset's own slice", () => {
  const DATASETS: DefinedDataset[] = ['boundaries', 'sessions', 'events', 'conversions'];
  const touched = (edit: string, base = ''): DefinedDataset[] =>
    DATASETS.filter((d) => sliceOf(parse(base), d) !== sliceOf(parse(base + edit), d));
  const group = 'page_groups: [{name: A, when: {field: url_path, is: /a}}]\n';
  const conversion = 'conversions: [{name: c, when: {field: page_group, is: A}}]\n';

  it.each<[string, DefinedDataset[]]>([
    ['sessions: {inactivity: 29m}', ['boundaries']],
    ['activity: [page_view]', ['boundaries']],
    ['channels: []', ['sessions', 'events']],
    ['filters: {bots: exclude}', ['sessions', 'events']],
    ['filters: {internal: [10.0.0.0/8]}', ['sessions', 'events']],
    [group, ['events']],
    ['conversions: [{name: c, when: {field: url_path, is: /a}}]', ['sessions', 'conversions']],
    ['scopes: [{sessions: {at_midnight: true}}]', ['boundaries']],
    ['scopes: [{sites: [a], channels: []}]', ['sessions', 'events']],
    ['# a comment', []],
    ['sessions: {inactivity: 30m}', []],
  ])('%s changes %j', (edit, datasets) => expect(touched(edit)).toEqual(datasets));

  it('of sessions has the page groups when a conversion asks for them', () => {
    expect(touched(group, conversion)).toEqual(['sessions', 'events']);
  });
});
