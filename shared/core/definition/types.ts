/** A condition over named columns (docs/semantics.md "Definitions": `when`). Values are strings, numbers or booleans. */
export type Condition =
  | { all: Condition[] }
  | { any: Condition[] }
  | { not: Condition }
  | { field: string; is: Scalar }
  | { field: string; in: Scalar[] }
  | { field: string; starts_with: string }
  | { field: string; matches: string }
  | { field: string; exists: boolean };

export type Scalar = string | number | boolean;

/** Session rules, normalised: durations in milliseconds (docs/semantics.md "Rules"). */
export interface SessionRules {
  inactivity_ms: number;
  at_midnight: boolean;
  on_event: string[];
  on_campaign: false | 'utm' | 'utm_or_click_id';
  on_referrer: boolean;
  /** Lower case, no leading `www.`. */
  ignore_referrers: string[];
  max_duration_ms: number | null;
  max_events: number | null;
}

export interface NamedRule {
  name: string;
  when: Condition;
}

export interface ConversionRule extends NamedRule {
  /** A constant, the name of a numeric column or `properties.x`, or null: the event's own value. */
  value: number | string | null;
  window_ms: number;
}

/** A definition file after parsing and defaults: what may be changed after the fact. */
export interface Definition {
  sessions: SessionRules;
  /** Kinds that make and extend sessions; never `engagement`. Sorted. */
  activity: string[];
  channels: 'ga4_default' | NamedRule[];
  page_groups: NamedRule[];
  conversions: ConversionRule[];
  filters: { bots: 'flag' | 'exclude'; internal: InternalFilter[]; internal_mode: 'flag' | 'exclude' };
  scopes: DefinitionScope[];
}

export type InternalFilter = { cidr: string } | { when: Condition };

/** What one part of a definition may say, after reading: only the keys that are written there. */
export interface DefinitionOverrides {
  sessions?: Partial<SessionRules>;
  activity?: string[];
  channels?: Definition['channels'];
  page_groups?: NamedRule[];
  conversions?: ConversionRule[];
  filters?: Partial<Definition['filters']>;
}

export interface DefinitionScope {
  /** Sorted; null for all sites. */
  sites: string[] | null;
  /** Inclusive local dates, `YYYY-MM-DD`, or null for open. */
  from: string | null;
  to: string | null;
  /** Merged key by key over what stands before: `sessions` and `filters` by their own keys, lists as a whole. */
  overrides: DefinitionOverrides;
}
