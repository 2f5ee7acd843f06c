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
