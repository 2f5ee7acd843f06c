import { crc32 } from 'node:zlib';
import { RetconError } from '../core/errors.ts';
import type { LandingRecord } from '../core/event/types.ts';
import type { ObjectStore } from '../ports/objects.ts';
import { type LandingIndex, type LandingUnit, readLandingIndex, readLandingUnit } from './landing.ts';

/** Bytes asked for first: the index of a landing object of some hundred units. */
const FIRST_READ = 64 * 1024;

/**
 * Reads the index of the landing object at `key`, asking for more bytes until it is whole. Null when there
 * is no such object. Throws `corrupt_landing`.
 */
export async function openLanding(objects: ObjectStore, key: string): Promise<LandingIndex | null> {
  for (let wanted = FIRST_READ; ; wanted *= 8) {
    const prefix = await objects.getRange(key, 0, wanted - 1);
    if (prefix === null) return null;
    const index = readLandingIndex(prefix);
    if (index !== null) return index;
    if (prefix.length < wanted) throw cutOff(key);
  }
}

/**
 * The gzip member of one unit, as stored: NDJSON once unzipped. Throws `corrupt_landing` when it is gone or its
 * bytes are others than those that were put.
 */
export async function landingMember(
  objects: ObjectStore,
  key: string,
  index: LandingIndex,
  unit: LandingUnit,
): Promise<Buffer> {
  const from = index.start + unit.offset;
  const member = await objects.getRange(key, from, from + unit.length - 1);
  if (member?.length !== unit.length) throw cutOff(key);
  if (unit.crc !== undefined && crc32(member) !== unit.crc) throw damaged(key, unit);
  return member;
}

/** The events of one unit. Throws `corrupt_landing`. */
export async function landedRecords(
  objects: ObjectStore,
  key: string,
  index: LandingIndex,
  unit: LandingUnit,
): Promise<LandingRecord[]> {
  return readLandingUnit(await landingMember(objects, key, index, unit), unit);
}

function damaged(key: string, { site, unit }: LandingUnit): RetconError {
  return new RetconError('corrupt_landing', `The rows of ${site} ${unit} in ${key} are damaged.`, {
    fix: 'set the object aside; what it held must be sent or imported again',
  });
}

function cutOff(key: string): RetconError {
  return new RetconError('corrupt_landing', `The landing object ${key} is cut off.`, {
    fix: 'set the object aside; what it held must be sent or imported again',
  });
}
