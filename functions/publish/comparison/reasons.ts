/**
 * What becomes of a session. Each has exactly one reason: the first that holds, in this order within its
 * group. `both`: it stands on both sides and is counted in both; `then`: only under the proposal; `now`:
 * only under what is live. So the sessions of now are those of `both` and `now` together, and the sessions
 * of then those of `both` and `then`.
 */
export const REASONS = {
  moved: { side: 'both', words: 'now on another local day' },
  longer: { side: 'both', words: 'longer: more of the visit belongs to it' },
  shorter: { side: 'both', words: 'shorter: less of the visit belongs to it' },
  conversions: { side: 'both', words: 'other conversions' },
  relabelled: { side: 'both', words: 'another channel, source, medium or flag' },
  unchanged: { side: 'both', words: 'unchanged' },
  split_inactivity: { side: 'then', words: 'split off: a pause longer than the timeout' },
  split_at_midnight: { side: 'then', words: 'split off: midnight' },
  split_on_event: { side: 'then', words: 'split off: an event that starts a session' },
  split_on_campaign: { side: 'then', words: 'split off: another campaign' },
  split_on_referrer: { side: 'then', words: 'split off: another referrer' },
  split_max_duration: { side: 'then', words: 'split off: the longest duration was reached' },
  split_max_events: { side: 'then', words: 'split off: the most events were reached' },
  split_endless: { side: 'then', words: 'split off: a visitor who never pauses' },
  split_activity: { side: 'then', words: 'starts later: what came before no longer counts' },
  appeared: { side: 'then', words: 'new: was excluded, or no activity, before' },
  moved_in: { side: 'then', words: 'moved in from a day outside of the range' },
  merged: { side: 'now', words: 'merged into the session before it' },
  disappeared: { side: 'now', words: 'gone: excluded, or no activity any more' },
  moved_out: { side: 'now', words: 'moved to a day outside of the range' },
} as const satisfies Record<string, { side: 'both' | 'now' | 'then'; words: string }>;

export type Reason = keyof typeof REASONS;
