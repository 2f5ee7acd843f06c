import type { Definition } from './types.ts';

/** What an empty definition file says (docs/semantics.md "Definitions"). */
export const DEFAULT_DEFINITION: Definition = {
  sessions: {
    inactivity_ms: 30 * 60_000,
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
};

/** The window of a conversion that names none: 30 days. */
export const DEFAULT_WINDOW_MS = 30 * 86_400_000;
