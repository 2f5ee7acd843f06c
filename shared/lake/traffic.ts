import type { ObjectStore } from '../ports/objects.ts';
import { landingPrefix } from './keys.ts';

const HOUR_MS = 3_600_000;
const DAYS = 7;
/** An hour that usually brings less tells nothing: about a thousand events, packed. */
const LEAST_BYTES = 50_000;
/** An hour that brings nothing at all is so many halvings away from any other. */
const MOST = 10;

/** When a landing object was written, ms UTC: its name says it. */
export function arrivedAt(key: string): number {
  return Number(/\/(\d{13})-[0-9a-f]+\.ndjson\.gz$/.exec(key)?.[1] ?? 0);
}

/**
 * How far the last full hour is from what that hour of the day brought on the seven days before: doublings between
 * its landed bytes and their median, 0 when they are equal. Null while that hour usually brings next to nothing.
 */
export async function trafficDeviation(objects: ObjectStore, now: number): Promise<number | null> {
  const hour = Math.floor(now / HOUR_MS) * HOUR_MS - HOUR_MS;
  const [last, ...before] = await Promise.all(
    Array.from({ length: DAYS + 1 }, (_, day) => bytesOfHour(objects, hour - day * 24 * HOUR_MS)),
  );
  const usual = before.sort((a, b) => a - b)[(DAYS - 1) / 2]!;
  if (usual < LEAST_BYTES) return null;
  return last === 0 ? MOST : Math.min(MOST, Math.abs(Math.log2(last! / usual)));
}

async function bytesOfHour(objects: ObjectStore, hour: number): Promise<number> {
  const at = new Date(hour).toISOString();
  const found = await objects.list(`${landingPrefix}dt=${at.slice(0, 10)}/hh=${at.slice(11, 13)}/`);
  return found.reduce((sum, { size }) => sum + size, 0);
}
