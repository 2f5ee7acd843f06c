import type { TrafficSource } from './traffic-source.ts';

/** Names of Google Analytics' default channels, in the order of their rules; the last one takes the rest. */
export const GA4_CHANNELS = [
  'Direct',
  'Cross-network',
  'Paid Shopping',
  'Paid Search',
  'Paid Social',
  'Paid Video',
  'Display',
  'Paid Other',
  'Organic Shopping',
  'Organic Social',
  'Organic Video',
  'Organic Search',
  'Referral',
  'Email',
  'Affiliates',
  'Audio',
  'SMS',
  'Mobile Push Notifications',
  'Unassigned',
] as const;

export type Ga4Channel = (typeof GA4_CHANNELS)[number];

const PAID = /^(.*cp.*|ppc|retargeting|paid.*)$/;
const SHOPPING = /^(.*(([^a-df-z]|^)shop|shopping).*)$/;
const VIDEO = /^(.*video.*)$/;

const DISPLAY_MEDIA = new Set(['display', 'banner', 'expandable', 'interstitial', 'cpm']);
const SOCIAL_MEDIA = new Set([
  'social',
  'social-network',
  'social-media',
  'sm',
  'social network',
  'social media',
]);
const REFERRAL_MEDIA = new Set(['referral', 'app', 'link']);
const EMAIL = new Set(['email', 'e-mail', 'e_mail', 'e mail']);

/**
 * The channel of a session under Google Analytics' default rules (help page 9756891, "manual traffic"): the
 * first rule that matches wins, and everything is compared in lower case. A `cpm` from a search engine is
 * Paid Search, for paid rules by source come before Display; any other `cpm` is Display.
 */
export function ga4Channel(traffic: TrafficSource): Ga4Channel {
  const source = traffic.source.toLowerCase();
  const medium = traffic.medium.toLowerCase();
  const campaign = traffic.campaign?.toLowerCase() ?? '';
  const category = traffic.source_category;
  const paid = PAID.test(medium);
  const shopping = category === 'shopping' || SHOPPING.test(campaign);

  if (source === '(direct)' && (medium === '(none)' || medium === '(not set)')) return 'Direct';
  if (campaign.includes('cross-network')) return 'Cross-network';
  if (paid && shopping) return 'Paid Shopping';
  if (paid && category === 'search') return 'Paid Search';
  if (paid && category === 'social') return 'Paid Social';
  if (paid && category === 'video') return 'Paid Video';
  if (DISPLAY_MEDIA.has(medium)) return 'Display';
  if (paid) return 'Paid Other';
  if (shopping) return 'Organic Shopping';
  if (category === 'social' || SOCIAL_MEDIA.has(medium)) return 'Organic Social';
  if (category === 'video' || VIDEO.test(medium)) return 'Organic Video';
  if (category === 'search' || medium === 'organic') return 'Organic Search';
  if (REFERRAL_MEDIA.has(medium)) return 'Referral';
  if (EMAIL.has(source) || EMAIL.has(medium)) return 'Email';
  if (medium === 'affiliate' || medium === 'affiliates') return 'Affiliates';
  if (medium === 'audio') return 'Audio';
  if (source === 'sms' || medium === 'sms') return 'SMS';
  const push = medium.endsWith('push') || medium.includes('mobile') || medium.includes('notification');
  if (push || source === 'firebase') return 'Mobile Push Notifications';
  return 'Unassigned';
}
