import { listedSource, type SourceCategory } from './source-categories.ts';

/** What a session's first event says about where the visitor came from; absent is null. */
export interface Arrival {
  utm_source: string | null;
  utm_medium: string | null;
  utm_campaign: string | null;
  /** `<name>=<value>`, such as `gclid=abc`. */
  click_id: string | null;
  /** Host of the referrer if that is external, else null. */
  referrer_host: string | null;
}

/** Source and medium as columns show them (in the case in which they were given). */
export interface TrafficSource {
  source: string;
  medium: string;
  campaign: string | null;
  /** Category of the source in the list of known sources; null when it isn't there. */
  source_category: SourceCategory | null;
}

const NOT_SET = '(not set)';

/** Who pays for a click that carries this id. */
const CLICK_SOURCES: Record<string, string> = {
  gclid: 'google',
  gbraid: 'google',
  wbraid: 'google',
  dclid: 'google',
  msclkid: 'bing',
  fbclid: 'facebook',
  ttclid: 'tiktok',
  twclid: 'twitter',
};

/**
 * Source and medium of a session (docs/semantics.md "Source, medium"): the utm parameters if any of
 * source, medium, campaign is set; else the click id; else the external referrer, where a search engine is
 * `<entry of the list>/organic` and every other host `<host>/referral`; else `(direct)`/`(none)`.
 */
export function trafficSource(arrival: Arrival): TrafficSource {
  const { utm_source, utm_medium, utm_campaign, click_id, referrer_host } = arrival;
  if (utm_source || utm_medium || utm_campaign) {
    return labelled(utm_source || NOT_SET, utm_medium || NOT_SET, utm_campaign || null);
  }
  const clicked = click_id ? CLICK_SOURCES[click_id.split('=', 1)[0]!] : undefined;
  if (clicked !== undefined) return labelled(clicked, 'cpc', null);
  if (referrer_host) {
    const listed = listedSource(referrer_host);
    if (listed?.category === 'search') return labelled(listed.entry, 'organic', null);
    return labelled(referrer_host, 'referral', null);
  }
  return { source: '(direct)', medium: '(none)', campaign: null, source_category: null };
}

function labelled(source: string, medium: string, campaign: string | null): TrafficSource {
  return { source, medium, campaign, source_category: listedSource(source)?.category ?? null };
}
