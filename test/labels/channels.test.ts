import { describe, expect, it } from 'vitest';
import { channelOf } from '../../shared/core/labels/channel.ts';
import { GA4_CHANNELS, ga4Channel } from '../../shared/core/labels/ga4-channels.ts';
import { listedSource } from '../../shared/core/labels/source-categories.ts';
import { trafficSource } from '../../shared/core/labels/traffic-source.ts';

const NOTHING = {
  utm_source: null,
  utm_medium: null,
  utm_campaign: null,
  click_id: null,
  referrer_host: null,
};

const utm = (source: string | null, medium: string | null, campaign: string | null = null) =>
  trafficSource({ ...NOTHING, utm_source: source, utm_medium: medium, utm_campaign: campaign });

/** Rule by rule of the default channel group: source, medium, campaign, channel. */
const TABLE: [string | null, string | null, string | null, string][] = [
  // 1 Direct: only from a source that says so
  [null, null, null, 'Direct'],
  ['(direct)', '(none)', null, 'Direct'],
  ['(direct)', null, null, 'Direct'],
  ['(DIRECT)', '(NONE)', 'spring-shop', 'Direct'],
  ['(direct)', 'email', null, 'Email'],
  // 2 Cross-network before anything that pays
  ['google', 'cpc', 'Summer-Cross-Network-1', 'Cross-network'],
  // 3 Paid Shopping: by source or by campaign, before paid search
  ['amazon', 'cpc', null, 'Paid Shopping'],
  ['google', 'cpc', 'shopping', 'Paid Shopping'],
  ['google', 'ppc', 'my-shop', 'Paid Shopping'],
  ['google', 'ppc', 'shop', 'Paid Shopping'],
  ['google', 'ppc', 'eshop', 'Paid Shopping'],
  ['google', 'cpc', 'workshop', 'Paid Search'],
  // 4 Paid Search; a cpm is paid when a search engine sends it
  ['google', 'cpc', null, 'Paid Search'],
  ['Bing', 'CPC', null, 'Paid Search'],
  ['google', 'cpm', null, 'Paid Search'],
  ['www.google.co.jp', 'paidsearch', null, 'Paid Search'],
  ['duckduckgo', 'retargeting', null, 'Paid Search'],
  // 5 Paid Social
  ['facebook', 'paid-social', null, 'Paid Social'],
  ['l.facebook.com', 'cpm', null, 'Paid Social'],
  // 6 Paid Video
  ['youtube', 'cpv-cpm', null, 'Paid Video'],
  ['m.youtube.com', 'cpc', null, 'Paid Video'],
  // 7 Display: cpm before Paid Other
  ['partner', 'cpm', null, 'Display'],
  ['partner', 'banner', null, 'Display'],
  ['google', 'display', null, 'Display'],
  ['partner', 'expandable', null, 'Display'],
  ['partner', 'interstitial', null, 'Display'],
  // 8 Paid Other
  ['partner', 'cpc', null, 'Paid Other'],
  ['partner', 'retargeting', null, 'Paid Other'],
  ['partner', 'cpm2', null, 'Paid Other'],
  // 9 Organic Shopping
  ['amazon.com', 'referral', null, 'Organic Shopping'],
  ['newsletter', 'email', 'winter shopping', 'Organic Shopping'],
  // 10 Organic Social
  ['twitter', 'referral', null, 'Organic Social'],
  ['partner', 'social-media', null, 'Organic Social'],
  ['partner', 'Social Network', null, 'Organic Social'],
  ['partner', 'sm', null, 'Organic Social'],
  // 11 Organic Video
  ['vimeo', 'referral', null, 'Organic Video'],
  ['partner', 'in-video-link', null, 'Organic Video'],
  // 12 Organic Search
  ['google', 'referral', null, 'Organic Search'],
  ['ecosia', 'organic', null, 'Organic Search'],
  // 13 Referral
  ['partner', 'referral', null, 'Referral'],
  ['partner', 'app', null, 'Referral'],
  ['partner', 'link', null, 'Referral'],
  // 14 Email: source or medium
  ['newsletter', 'E-Mail', null, 'Email'],
  ['e_mail', null, null, 'Email'],
  ['e mail', 'x', null, 'Email'],
  // 15 Affiliates
  ['partner', 'affiliate', null, 'Affiliates'],
  ['partner', 'affiliates', null, 'Affiliates'],
  // 16 Audio
  ['spot', 'audio', null, 'Audio'],
  // 17 SMS: source or medium
  ['sms', null, null, 'SMS'],
  ['partner', 'sms', null, 'SMS'],
  // 18 Mobile Push Notifications
  ['partner', 'web-push', null, 'Mobile Push Notifications'],
  ['partner', 'pushed', null, 'Unassigned'],
  ['partner', 'mobile-app', null, 'Mobile Push Notifications'],
  ['partner', 'notifications', null, 'Mobile Push Notifications'],
  ['firebase', 'x', null, 'Mobile Push Notifications'],
  // 19 Unassigned
  ['partner', 'print', null, 'Unassigned'],
  ['partner', null, null, 'Unassigned'],
  [null, null, 'spring', 'Unassigned'],
];

describe('the default channels', () => {
  it.each(TABLE)('%s / %s / %s is %s', (source, medium, campaign, channel) => {
    expect(ga4Channel(utm(source, medium, campaign))).toBe(channel);
    expect(channelOf('ga4_default')(utm(source, medium, campaign), () => null)).toBe(channel);
  });

  it('are each reached by the table above', () => {
    expect(new Set(TABLE.map(([, , , channel]) => channel))).toEqual(new Set(GA4_CHANNELS));
  });
});

describe('source and medium', () => {
  it.each([
    [{}, '(direct)', '(none)', null, null],
    [{ utm_source: 'News', utm_medium: 'Email' }, 'News', 'Email', null, null],
    [{ utm_source: 'Google' }, 'Google', '(not set)', null, 'search'],
    [{ utm_medium: 'cpc' }, '(not set)', 'cpc', null, null],
    [{ utm_campaign: 'spring' }, '(not set)', '(not set)', 'spring', null],
    // utm wins over a click id, a click id over the referrer
    [{ utm_medium: 'x', click_id: 'gclid=1' }, '(not set)', 'x', null, null],
    [{ click_id: 'gclid=1', referrer_host: 't.co' }, 'google', 'cpc', null, 'search'],
    [{ click_id: 'gbraid=1' }, 'google', 'cpc', null, 'search'],
    [{ click_id: 'wbraid=1' }, 'google', 'cpc', null, 'search'],
    [{ click_id: 'dclid=1' }, 'google', 'cpc', null, 'search'],
    [{ click_id: 'msclkid=a=b' }, 'bing', 'cpc', null, 'search'],
    [{ click_id: 'fbclid=1' }, 'facebook', 'cpc', null, 'social'],
    [{ click_id: 'ttclid=1' }, 'tiktok', 'cpc', null, 'social'],
    [{ click_id: 'twclid=1' }, 'twitter', 'cpc', null, 'social'],
    // the entry that matched, of search engines only
    [{ referrer_host: 'google.co.jp' }, 'google', 'organic', null, 'search'],
    [{ referrer_host: 'uk.search.yahoo.com' }, 'uk.search.yahoo.com', 'organic', null, 'search'],
    [{ referrer_host: 'x.yahoo.co.jp' }, 'yahoo.co.jp', 'organic', null, 'search'],
    [{ referrer_host: 'm.facebook.com' }, 'm.facebook.com', 'referral', null, 'social'],
    [{ referrer_host: 'blog.example.org' }, 'blog.example.org', 'referral', null, null],
  ])('of %j are %s / %s', (arrival, source, medium, campaign, source_category) => {
    const found = trafficSource({ ...NOTHING, ...arrival });
    expect(found).toEqual({ source, medium, campaign, source_category });
  });

  it('make an ad click a paid channel', () => {
    expect(ga4Channel(trafficSource({ ...NOTHING, click_id: 'fbclid=1' }))).toBe('Paid Social');
    expect(ga4Channel(trafficSource({ ...NOTHING, click_id: 'msclkid=1' }))).toBe('Paid Search');
  });
});

describe('the list of sources', () => {
  it.each([
    ['google', 'google', 'search'],
    ['GOOGLE', 'google', 'search'],
    ['Google Shopping', 'google shopping', 'shopping'],
    ['scholar.google.com', 'google', 'search'],
    // a host of its own wins over the domain it is in
    ['groups.google.com', 'groups.google.com', 'social'],
    ['deep.groups.google.com', 'groups.google.com', 'social'],
    ['news.blogspot.com', 'blogspot.com', 'social'],
    ['amazon.co.uk', 'amazon.co.uk', 'shopping'],
    ['amazon.fr', 'amazon', 'shopping'],
  ])('knows %s as %s, %s', (source, entry, category) => {
    expect(listedSource(source)).toEqual({ entry, category });
  });

  it.each(['example.com', 'mastodon.social', 'co.uk', '10.0.0.1', 'localhost', '[::1]', '', '.', 'google.'])(
    'does not know %j',
    (source) => expect(listedSource(source)).toBeNull(),
  );
});

describe('channel rules', () => {
  const label = channelOf([
    {
      name: 'Brand',
      when: {
        all: [
          { field: 'source_category', is: 'search' },
          { field: 'medium', is: 'cpc' },
        ],
      },
    },
    { name: 'Japan', when: { field: 'country', is: 'JP' } },
    { name: 'Brand', when: { field: 'landing_page', matches: '^/brand' } },
    { name: 'Known', when: { field: 'source', starts_with: 'part' } },
  ]);
  const columns = (values: Record<string, string>) => (field: string) => values[field] ?? null;

  it('take the first that holds', () => {
    expect(label(utm('google', 'cpc'), columns({ country: 'JP' }))).toBe('Brand');
    expect(label(utm('google', 'organic'), columns({ country: 'JP', landing_page: '/brand' }))).toBe('Japan');
    expect(label(utm('x', 'y'), columns({ landing_page: '/brand/1' }))).toBe('Brand');
    expect(label(utm('partner', 'y'), columns({}))).toBe('Known');
  });

  it('leave the rest unassigned', () => {
    expect(label(utm(null, null), columns({}))).toBe('Unassigned');
    expect(channelOf([])(utm('google', 'cpc'), columns({}))).toBe('Unassigned');
  });
});
