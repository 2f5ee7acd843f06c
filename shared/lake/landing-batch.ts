import { gzipSync } from 'node:zlib';
import type { LandingRecord, RejectedRecord } from '../core/event/types.ts';
import type { ObjectStore } from '../ports/objects.ts';
import { encodeLanding } from './landing.ts';

/** What a batch left in the lake; the keys are null where there was nothing to write. */
export interface LandedBatch {
  landing: { key: string; bytes: number; units: { site: string; unit: string; count: number }[] } | null;
  rejected: { key: string; count: number } | null;
}

/** Name of a batch: 13 digits of milliseconds, then 16 hex digits of what it is made of. */
export function batchName(now: number, digest: string): string {
  return `${String(now).padStart(13, '0')}-${digest.slice(0, 16)}`;
}

/** Key of the landing object of a batch that is written at `now` (ms UTC). */
export function landingKey(now: number, batch: string): string {
  const [dt, hh] = [new Date(now).toISOString().slice(0, 10), new Date(now).toISOString().slice(11, 13)];
  return `landing/dt=${dt}/hh=${hh}/${batch}.ndjson.gz`;
}

/** Key of the rejected events of a batch that is written at `now` (ms UTC). */
export function rejectedKey(now: number, batch: string): string {
  return `rejected/dt=${new Date(now).toISOString().slice(0, 10)}/${batch}.ndjson.gz`;
}

/**
 * Writes one batch: its events as one landing object, its refused events beside them. Only where nothing
 * is yet: the same batch again finds its objects there and leaves them, with the same result. Throws when
 * the store can't take it; then nothing, or only the refused events, have been written.
 */
export async function writeBatch(
  objects: ObjectStore,
  batch: {
    now: number;
    digest: string;
    records: readonly LandingRecord[];
    rejected: readonly RejectedRecord[];
    unitOf(record: LandingRecord): string;
  },
): Promise<LandedBatch> {
  const name = batchName(batch.now, batch.digest);
  const landed: LandedBatch = { landing: null, rejected: null };
  if (batch.rejected.length > 0) {
    const key = rejectedKey(batch.now, name);
    const lines = batch.rejected.map((record) => `${JSON.stringify(record)}\n`).join('');
    await putOnce(objects, key, gzipSync(lines));
    landed.rejected = { key, count: batch.rejected.length };
  }
  if (batch.records.length > 0) {
    const key = landingKey(batch.now, name);
    const { body, units } = encodeLanding(batch.records, batch.unitOf);
    await putOnce(objects, key, body);
    const counts = units.map(({ site, unit, count }) => ({ site, unit, count }));
    landed.landing = { key, bytes: body.length, units: counts };
  }
  return landed;
}

const ATTEMPTS = 3;

/**
 * Writes an object where none is. That somebody else was there first is believed only when it is really there:
 * what a beacon was answered 202 for hangs on it. Throws when the store says both that it is and that it isn't.
 */
async function putOnce(objects: ObjectStore, key: string, body: Buffer): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const outcome = await objects.put(key, body, { ifAbsent: true, contentType: 'application/gzip' });
    if (outcome === 'written' || (await objects.getRange(key, 0, 0)) !== null) return;
  }
  throw new Error(`${key} could not be put where nothing is`);
}
