import { isTime } from './event/fields.ts';
import type { LandingRecord, RejectedRecord } from './event/types.ts';

/** One beacon on its way from the collector to the lake, as a message of the ingest queue. */
export interface BeaconMessage {
  v: 1;
  /** Whole ms UTC. */
  received_at: number;
  /** What the request is known by outside, to follow it from there. */
  request_id?: string;
  /** Where the units of the beacon's site begin, minutes east of UTC, so that landing needs no settings. */
  day_offset_minutes: number;
  /** All of one site. */
  records: LandingRecord[];
  rejected: RejectedRecord[];
}

/** Parses a message's body; null when it isn't a beacon message of version 1. */
export function parseBeaconMessage(body: string): BeaconMessage | null {
  let message: Partial<BeaconMessage> | null;
  try {
    message = JSON.parse(body);
  } catch {
    return null;
  }
  if (message?.v !== 1 || !Number.isSafeInteger(message.received_at)) return null;
  const offset = message.day_offset_minutes;
  if (!Number.isSafeInteger(offset) || Math.abs(offset!) > 14 * 60) return null;
  if (message.request_id !== undefined && typeof message.request_id !== 'string') return null;
  if (!Array.isArray(message.records) || !message.records.every(isLandable)) return null;
  if (!Array.isArray(message.rejected) || !message.rejected.every(isRejection)) return null;
  return message as BeaconMessage;
}

/** Checks what the way to the lake hangs on; the rest was checked when the event was accepted. */
function isLandable(record: unknown): boolean {
  const { site, event_id, event_time, fingerprint, visitor_id } = (record ?? {}) as Partial<LandingRecord>;
  const named = typeof site === 'string' && /^[a-z0-9-]{1,40}$/.test(site);
  const identified = [event_id, fingerprint, visitor_id].every((text) => typeof text === 'string');
  return named && identified && Number.isSafeInteger(event_time) && isTime(event_time);
}

function isRejection(record: unknown): boolean {
  const { site, reason, received_at } = (record ?? {}) as Partial<RejectedRecord>;
  return typeof site === 'string' && typeof reason === 'string' && Number.isSafeInteger(received_at);
}
