/** An EventBridge event as it arrives in a queue. */
export interface BusEvent {
  source?: string;
  'detail-type'?: string;
  detail?: Record<string, unknown>;
}

/**
 * Key of the object that an `aws.s3` "Object Created" event speaks of, or null for any other event.
 * EventBridge gives keys as they are, S3's own notifications URL-encoded with `+` for a space; ours
 * hold neither `%` nor `+`, so decoding serves both. This is the one place that does it.
 */
export function createdObjectKey(event: BusEvent): string | null {
  if (event.source !== 'aws.s3' || event['detail-type'] !== 'Object Created') return null;
  const key = (event.detail?.['object'] as { key?: unknown } | undefined)?.key;
  if (typeof key !== 'string') return null;
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return key;
  }
}

/** The site that an event of our own bus speaks of, or null when it names none. */
export function siteOfEvent(event: BusEvent): string | null {
  const site = event.detail?.['site'];
  return event.source === 'retcon' && typeof site === 'string' ? site : null;
}

/** A proposal that somebody wants to look at, and the local days that they ask for; null for all. */
export interface Look {
  proposal: string;
  range: { from: string; to: string } | null;
}

/** What a `Definition Changed` event wants looked at; null when that, or the event, is something else. */
export function lookOfEvent(event: BusEvent): Look | null {
  if (event.source !== 'retcon' || event['detail-type'] !== 'Definition Changed') return null;
  const { proposal, look, from, to } = event.detail ?? {};
  if (typeof proposal !== 'string' || look !== true) return null;
  const bounded = typeof from === 'string' || typeof to === 'string';
  const range = { from: String(from ?? '0000-01-01'), to: String(to ?? '9999-12-31') };
  return { proposal, range: bounded ? range : null };
}

/** Proposals of which a `Partition Sessionized` event says that its site was looked at over all of history. */
export function lookedOfEvent(event: BusEvent): string[] {
  const looked = event.source === 'retcon' ? event.detail?.['looked'] : undefined;
  return Array.isArray(looked) ? looked.map(String) : [];
}

/**
 * What a schedule sends into the queue of publish, past the bus: marts whose inputs moved are to be built, as far as
 * the budget of the day goes. With `{"all":true}` as its detail: whatever they cost.
 */
export const MARTS_DUE = { source: 'retcon', 'detail-type': 'Marts Due', detail: {} } as const;

/** Which marts an event asks for; null when it is none that does. */
export function martsDueOf(event: BusEvent): 'affordable' | 'all' | null {
  if (event.source !== MARTS_DUE.source || event['detail-type'] !== MARTS_DUE['detail-type']) return null;
  return event.detail?.['all'] === true ? 'all' : 'affordable';
}

/** Detail of the event that asks for a look. */
export function lookDetail({ proposal, range }: Look): Record<string, unknown> {
  return { proposal, look: true, ...range };
}

/** The event that sends a landing object to compact again: as S3 announced it. */
export function landedAgain(bucket: string, key: string): BusEvent {
  return {
    source: 'aws.s3',
    'detail-type': 'Object Created',
    detail: { bucket: { name: bucket }, object: { key } },
  };
}
