import type { BeaconMessage } from '../../shared/core/beacon-message.ts';
import { canonicalEvent } from '../../shared/core/event/canonical.ts';
import { evidenceText } from '../../shared/core/event/refusal.ts';
import { rejectedRecord } from '../../shared/core/event/rejected.ts';
import type { LandingRecord, RejectedRecord } from '../../shared/core/event/types.ts';
import { admit } from './access.ts';
import type { Beacon } from './beacon.ts';
import { clientAddress } from './client-address.ts';
import { type CollectRequest, Refused } from './http.ts';
import { visitorOf } from './visitor.ts';
import type { CollectWorld, OpenSite } from './world.ts';

/** What became of a beacon that the queue took. */
export interface Accepted {
  accepted: number;
  rejected: { index: number; reason: string }[];
  /** `Set-Cookie`, when a visitor was minted and used. */
  cookies: string[];
}

/** Bytes of JSON in one message; SQS takes 1 MiB. */
const MAX_MESSAGE_BYTES = 1_000_000;
/** Bytes of a member of JSON beside the text of a string: its name, quotes and commas, a number. */
const ALLOWANCE = 64;

/**
 * Checks a beacon's events and hands the good ones, beside the refused ones with their reasons, to the
 * queue. Resolves once the queue has them. Throws `Refused`: 403, 429, 503.
 */
export async function acceptBeacon(
  request: CollectRequest,
  beacon: Beacon,
  sites: ReadonlyMap<string, OpenSite>,
  world: CollectWorld,
): Promise<Accepted> {
  const origin = request.headers.origin ?? null;
  const access = admit(sites, beacon.site, beacon.key, origin);
  const { site } = access;
  if (!world.limiter.admit(site.site, site.limits.requests_per_second)) {
    throw new Refused(429, 'too_many_requests', 'The site is over its request limit: wait and send again.', {
      headers: { 'retry-after': '1' },
    });
  }
  const receivedAt = world.clock.now();
  const address = clientAddress(request, world.addressSource);
  const visitor = visitorOf(request, site, address, receivedAt, world);
  const context = {
    site,
    receivedAt,
    sentAt: beacon.sentAt,
    visitor: visitor.id,
    bodyVisitorAllowed: access.bodyVisitorAllowed,
    userAgent: request.headers['user-agent'] ?? null,
    address,
    country: request.headers['cloudfront-viewer-country'] ?? null,
    mintId: () => world.randomBytes(16).toString('hex'),
  };
  const records: LandingRecord[] = [];
  const refused: RejectedRecord[] = [];
  const reply: Accepted = { accepted: 0, rejected: [], cookies: [] };
  for (const [index, raw] of beacon.events.entries()) {
    const result = canonicalEvent(raw, context);
    if ('ok' in result) {
      records.push(result.ok);
      continue;
    }
    const { reason, detail } = result.rejected;
    reply.rejected.push({ index, reason });
    const body = evidenceText(raw);
    const where = { received_at: receivedAt, site: site.site, source: 'collector' };
    refused.push(rejectedRecord({ ...where, reason, detail, body }));
  }
  reply.accepted = records.length;
  const used = records.some((record) => record.visitor_id === visitor.id);
  if (visitor.cookie !== null && used) reply.cookies.push(visitor.cookie);
  const sent = {
    request_id: request.id,
    received_at: receivedAt,
    day_offset_minutes: site.day_offset_minutes,
  };
  await enqueue(messagesOf(records, refused, sent), world);
  return reply;
}

/** One message, or as many as it takes to keep each below the queue's limit. */
function messagesOf(
  records: readonly LandingRecord[],
  rejected: readonly RejectedRecord[],
  sent: Pick<BeaconMessage, 'request_id' | 'received_at' | 'day_offset_minutes'>,
): BeaconMessage[] {
  const empty = (): BeaconMessage => ({
    v: 1,
    ...sent,
    records: [],
    rejected: [],
  });
  if (mostBytes(records) + mostBytes(rejected) <= MAX_MESSAGE_BYTES) {
    return [{ ...empty(), records: [...records], rejected: [...rejected] }];
  }
  const messages = [empty()];
  let bytes = 0;
  const place = (item: LandingRecord | RejectedRecord): BeaconMessage => {
    const size = Buffer.byteLength(JSON.stringify(item)) + 1;
    if (bytes > 0 && bytes + size > MAX_MESSAGE_BYTES) {
      messages.push(empty());
      bytes = 0;
    }
    bytes += size;
    return messages.at(-1)!;
  };
  for (const record of records) place(record).records.push(record);
  for (const record of rejected) place(record).rejected.push(record);
  return messages;
}

/** No item has more bytes as JSON: a unit of UTF-16 takes six at most, and what is no string fits its allowance. */
function mostBytes(items: readonly (LandingRecord | RejectedRecord)[]): number {
  let bytes = 0;
  for (const item of items) {
    for (const value of Object.values(item)) {
      bytes += ALLOWANCE + (typeof value === 'string' ? 6 * value.length : 0);
    }
  }
  return bytes;
}

async function enqueue(messages: readonly BeaconMessage[], world: CollectWorld): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the queue took too long')), world.queueTimeoutMs);
  });
  try {
    await Promise.race([world.queue.send(messages), late]);
  } catch (cause) {
    world.log.error('a beacon could not be queued', { error: String(cause) });
    throw unavailable(cause);
  } finally {
    clearTimeout(timer);
  }
}

/** The one answer when what arrives can't be made durable. */
export function unavailable(cause: unknown): Refused {
  return new Refused(503, 'unavailable', 'The events could not be stored: send them again later.', {
    headers: { 'retry-after': '5' },
    cause,
  });
}
