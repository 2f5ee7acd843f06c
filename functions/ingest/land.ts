import { createHash } from 'node:crypto';
import { parseBeaconMessage } from '../../shared/core/beacon-message.ts';
import type { Clock } from '../../shared/core/clock.ts';
import type { LandingRecord, RejectedRecord } from '../../shared/core/event/types.ts';
import { unitOf } from '../../shared/core/unit.ts';
import { type LandedBatch, writeBatch } from '../../shared/lake/landing-batch.ts';
import type { Bus } from '../../shared/ports/bus.ts';
import type { Log } from '../../shared/ports/log.ts';
import type { ObjectStore } from '../../shared/ports/objects.ts';

export interface LandWorld {
  clock: Clock;
  objects: ObjectStore;
  bus: Bus;
  log: Log;
}

/** One message of the ingest queue. */
export interface QueuedMessage {
  id: string;
  body: string;
}

/** A batch in the lake, and the requests that brought it, by the ids that the collector's callers saw. */
export type Landed = LandedBatch & { requests: string[] };

/**
 * Lands one batch of beacons: one object of events for all sites, one of refused events, then word on the
 * bus (docs/lake-format.md). Safe to repeat: events land again under their own ids and are dropped as
 * duplicates later. A message that is no beacon lands whole among the refused, since nobody else has it.
 * Throws when the store can't take the batch; then all of it must come again. A bus that fails is only
 * logged: the object's own event is the trigger.
 */
export async function land(messages: readonly QueuedMessage[], world: LandWorld): Promise<Landed> {
  const now = world.clock.now();
  const rejected: RejectedRecord[] = [];
  const units = new Map<LandingRecord, string>();
  const records: LandingRecord[] = [];
  const requests = new Set<string>();
  for (const { body } of inOrder(messages)) {
    const message = parseBeaconMessage(body);
    if (message === null) {
      rejected.push(poison(body, now));
      continue;
    }
    if (message.request_id !== undefined) requests.add(message.request_id);
    for (const record of message.records) {
      records.push(record);
      units.set(record, unitOf(record.event_time, message.day_offset_minutes));
    }
    rejected.push(...message.rejected);
  }
  const landed = await writeBatch(world.objects, {
    now,
    digest: digestOf(messages),
    records,
    rejected,
    unitOf: (record) => units.get(record)!,
  });
  if (landed.landing !== null) await announce(landed.landing, world);
  return { ...landed, requests: [...requests] };
}

async function announce(landing: NonNullable<LandedBatch['landing']>, world: LandWorld): Promise<void> {
  try {
    await world.bus.announce([{ type: 'Landing Object Created', detail: { ...landing } }]);
  } catch (cause) {
    world.log.warn('a landing object could not be announced', { key: landing.key, error: String(cause) });
  }
}

/** By id, so that a batch that comes again in another order is the same batch. */
function inOrder(messages: readonly QueuedMessage[]): QueuedMessage[] {
  return [...messages].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

function digestOf(messages: readonly QueuedMessage[]): string {
  const sum = createHash('sha256');
  for (const { id, body } of inOrder(messages)) sum.update(`${JSON.stringify([id, body])}\n`);
  return sum.digest('hex');
}

function poison(body: string, now: number): RejectedRecord {
  return {
    received_at: now,
    site: '',
    reason: 'bad_message',
    detail: 'A message of the ingest queue is no beacon: only the collector may send to this queue.',
    source: 'collector',
    body: body.replaceAll('\0', '\ufffd'),
  };
}
