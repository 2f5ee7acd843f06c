import { describe, expect, it } from 'vitest';
import { parseDefinition } from '../../shared/core/definition/parse.ts';
import { canonicalDefinition } from '../../shared/core/definition/slice.ts';

const parse = (text: string) => parseDefinition(text, 'definitions/default.yaml');

const WRITTEN_OUT = `
# everything as it is without a file
scopes: []
filters: { internal: [], bots: flag }    # flag | exclude
conversions: []
page_groups: []
channels: ga4_default
activity: [page_view, event, impression, screen_view, identify]
sessions: { ignore_referrers: [], on_event: [], max_events: null, max_duration: null, on_referrer: false,
            on_campaign: false, at_midnight: false, inactivity: 30m }
`;

const FULL = `
sessions:
  inactivity: 15m
  at_midnight: true
  on_campaign: utm_or_click_id
  on_referrer: true
  max_duration: 12h
  max_events: 500
  on_event: [screen_view, app_launch]
  ignore_referrers: [www.PayPal.com, accounts.example.com]
activity: [screen_view, page_view]
channels:
  - name: Brand
    when: { all: [ { field: source_category, is: search }, { not: { field: medium, is: organic } } ] }
  - { name: Rest, when: { field: landing_page, exists: true } }
page_groups: [ { name: Shop, when: { field: url_path, matches: "^/shop(/|$)" } } ]
conversions:
  - { name: order, when: { field: event_name, in: [purchase, order, purchase] }, value: properties.total, window: 7d }
  - { name: signup, when: { field: properties.step, is: 3 }, value: 5 }
  - { name: view, when: { field: page_group, is: Shop } }
filters: { bots: exclude, internal: [ 10.0.0.0/8, { when: { field: user_id, starts_with: staff- } } ], internal_mode: exclude }
scopes:
  - { sites: [shop, blog], from: 2026-01-01, to: 2026-06-30, sessions: { inactivity: 1h } }
`;

describe('a definition', () => {
  it('says the defaults when nothing is written', () => {
    expect(parse('')).toEqual({
      sessions: {
        inactivity_ms: 1_800_000,
        at_midnight: false,
        on_event: [],
        on_campaign: false,
        on_referrer: false,
        ignore_referrers: [],
        max_duration_ms: null,
        max_events: null,
      },
      activity: ['event', 'identify', 'impression', 'page_view', 'screen_view'],
      channels: 'ga4_default',
      page_groups: [],
      conversions: [],
      filters: { bots: 'flag', internal: [], internal_mode: 'flag' },
      scopes: [],
    });
  });

  it('has one canonical text, whether defaults are written or not, in whatever order', () => {
    const bare = canonicalDefinition(parse('# nothing but a comment\n'));
    expect(canonicalDefinition(parse(WRITTEN_OUT))).toBe(bare);
    expect(canonicalDefinition(parse('sessions:\n  # inactivity: 30m\n'))).toBe(bare);
    expect(canonicalDefinition(parse('sessions: {inactivity: 1800s}'))).toBe(bare);
    expect(canonicalDefinition(parse('sessions: {inactivity: 31m}'))).not.toBe(bare);
  });

  it('is read completely', () => {
    expect(parse(FULL)).toEqual({
      sessions: {
        inactivity_ms: 900_000,
        at_midnight: true,
        on_event: ['app_launch', 'screen_view'],
        on_campaign: 'utm_or_click_id',
        on_referrer: true,
        ignore_referrers: ['accounts.example.com', 'paypal.com'],
        max_duration_ms: 43_200_000,
        max_events: 500,
      },
      activity: ['page_view', 'screen_view'],
      channels: [
        {
          name: 'Brand',
          when: {
            all: [{ field: 'source_category', is: 'search' }, { not: { field: 'medium', is: 'organic' } }],
          },
        },
        { name: 'Rest', when: { field: 'landing_page', exists: true } },
      ],
      page_groups: [{ name: 'Shop', when: { field: 'url_path', matches: '^/shop(/|$)' } }],
      conversions: [
        {
          name: 'order',
          when: { field: 'event_name', in: ['order', 'purchase'] },
          value: 'properties.total',
          window_ms: 604_800_000,
        },
        { name: 'signup', when: { field: 'properties.step', is: '3' }, value: 5, window_ms: 2_592_000_000 },
        { name: 'view', when: { field: 'page_group', is: 'Shop' }, value: null, window_ms: 2_592_000_000 },
      ],
      filters: {
        bots: 'exclude',
        internal: [{ cidr: '10.0.0.0/8' }, { when: { field: 'user_id', starts_with: 'staff-' } }],
        internal_mode: 'exclude',
      },
      scopes: [
        {
          sites: ['blog', 'shop'],
          from: '2026-01-01',
          to: '2026-06-30',
          overrides: { sessions: { inactivity_ms: 3_600_000 } },
        },
      ],
    });
  });

  it.each([
    ['1s', 1000],
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['8h', 28_800_000],
    ['480m', 28_800_000],
  ])('may end sessions after %s', (text, ms) => {
    expect(parse(`sessions: {inactivity: ${text}}`).sessions.inactivity_ms).toBe(ms);
  });

  it('takes an internal condition without `when` as well, and a single address as a range', () => {
    const { internal } = parse(
      'filters: {internal: [{field: is_bot, is: true}, 203.0.113.7, "2001:DB8::/32"]}',
    ).filters;
    expect(internal).toEqual([
      { when: { field: 'is_bot', is: true } },
      { cidr: '203.0.113.7/32' },
      { cidr: '2001:db8::/32' },
    ]);
  });
});
