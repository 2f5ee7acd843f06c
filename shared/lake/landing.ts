import { constants } from 'node:buffer';
import { crc32, gunzipSync, gzipSync, inflateRawSync } from 'node:zlib';
import { RetconError } from '../core/errors.ts';
import type { LandingRecord } from '../core/event/types.ts';

/** One (site, unit) of a landing object: its lines and its byte range after the index. */
export interface LandingUnit {
  site: string;
  unit: string;
  /** Lines, one event each. */
  count: number;
  /** First byte of the member, counted from the end of the index member. */
  offset: number;
  /** Bytes of the member. */
  length: number;
  /** CRC-32 of the member's bytes, packed as they are; objects of the first versions have none. */
  crc?: number;
}

/** The index of a landing object, read back. */
export interface LandingIndex {
  units: LandingUnit[];
  /** Bytes of the index member: `start + unit.offset` is a unit's place in the object. */
  start: number;
}

/**
 * A landing object (docs/lake-format.md): a gzip file of several members. The first holds one line of JSON,
 * the index; each later one the events of one (site, unit) as NDJSON, in the order given. So `zcat` reads
 * it all, and one ranged GET after the index reads one unit. Members are ordered by site, then unit.
 *
 * @param unitOf name of the unit, `YYYY-MM-DD`, that a record belongs to
 */
export function encodeLanding(
  records: readonly LandingRecord[],
  unitOf: (record: LandingRecord) => string,
): { body: Buffer; units: LandingUnit[] } {
  const groups = new Map<string, { site: string; unit: string; lines: string[] }>();
  for (const record of records) {
    const unit = unitOf(record);
    const key = `${record.site}/${unit}`;
    let group = groups.get(key);
    if (group === undefined) {
      group = { site: record.site, unit, lines: [] };
      groups.set(key, group);
    }
    group.lines.push(JSON.stringify(record));
  }
  const units: LandingUnit[] = [];
  const members: Buffer[] = [];
  let offset = 0;
  for (const key of [...groups.keys()].sort()) {
    const { site, unit, lines } = groups.get(key)!;
    const member = gzipSync(`${lines.join('\n')}\n`);
    units.push({ site, unit, count: lines.length, offset, length: member.length, crc: crc32(member) });
    members.push(member);
    offset += member.length;
  }
  return { body: Buffer.concat([indexMember(units), ...members]), units };
}

const indexMember = (units: LandingUnit[]): Buffer =>
  gzipSync(`${JSON.stringify({ retcon_landing: 1, units })}\n`);

/** What stands in a member for a line that was erased: the lines after it keep their numbers. */
export const ERASED_LINE = '{"erased":1}';

/**
 * A landing object with some of its lines erased. Lines keep their numbers and their count; members of other units
 * their bytes.
 *
 * @param erase whether a line goes
 * @returns null when none does. Throws `corrupt_landing` when a member that is looked at is damaged
 */
export function eraseLines(
  body: Buffer,
  site: string,
  erase: (line: string, unit: LandingUnit) => boolean,
): { body: Buffer; erased: { unit: string; lines: number }[] } | null {
  const index = readLandingIndex(body);
  if (index === null) throw corrupt('it is cut off');
  const erased: { unit: string; lines: number }[] = [];
  const units: LandingUnit[] = [];
  const members: Buffer[] = [];
  let offset = 0;
  for (const unit of index.units) {
    let member = body.subarray(index.start + unit.offset, index.start + unit.offset + unit.length);
    if (unit.site === site) {
      const lines = linesOf(member, unit);
      const left = lines.map((line) => (line !== ERASED_LINE && erase(line, unit) ? ERASED_LINE : line));
      const gone = left.filter((line, at) => line !== lines[at]).length;
      if (gone > 0) {
        erased.push({ unit: unit.unit, lines: gone });
        member = gzipSync(`${left.join('\n')}\n`);
      }
    }
    units.push({ ...unit, offset, length: member.length, crc: crc32(member) });
    members.push(member);
    offset += member.length;
  }
  if (erased.length === 0) return null;
  return { body: Buffer.concat([indexMember(units), ...members]), erased };
}

/**
 * Reads the index from the beginning of a landing object. Null when `prefix` ends before the index does:
 * ask for more bytes, or, if these were all, the object is cut off. Throws `corrupt_landing` for anything
 * else that isn't an index.
 */
export function readLandingIndex(prefix: Buffer): LandingIndex | null {
  const first = firstMember(prefix);
  if (first === null) return null;
  const index = parsed(first.text, 'its index is not JSON') as { retcon_landing?: unknown; units?: unknown };
  if (index?.retcon_landing !== 1 || !Array.isArray(index.units)) {
    throw corrupt('its first line is not an index of format 1');
  }
  if (!index.units.every(isUnit)) throw corrupt('its index has a malformed entry');
  return { units: index.units, start: first.length };
}

/**
 * Reads the events of one unit from exactly its member's bytes; lines that were erased are left out. Throws
 * `corrupt_landing` when they are cut off, damaged, not JSON, or not `unit.count` lines of that site.
 */
export function readLandingUnit(member: Buffer, unit: LandingUnit): LandingRecord[] {
  const lines = linesOf(member, unit).filter((line) => line !== ERASED_LINE);
  return lines.map((line) => {
    const record = parsed(
      line,
      `unit ${unit.site} ${unit.unit} has a line that is not JSON`,
    ) as LandingRecord;
    if (record?.site !== unit.site) {
      throw corrupt(`unit ${unit.site} ${unit.unit} has a line of another site`);
    }
    return record;
  });
}

/**
 * The text of a gzip member of a landing object. What a text can't hold was never written: unpacking stops there, for a
 * member of a few MB could name more bytes than there is memory. Throws when it is damaged or unpacks to more.
 */
export function unpackedLines(member: Buffer): string {
  return gunzipSync(member, { maxOutputLength: constants.MAX_STRING_LENGTH }).toString('utf8');
}

function linesOf(member: Buffer, unit: LandingUnit): string[] {
  if (member.length !== unit.length) {
    throw corrupt(
      `unit ${unit.site} ${unit.unit} has ${member.length} bytes where its index says ${unit.length}`,
    );
  }
  let text: string;
  try {
    text = unpackedLines(member);
  } catch (cause) {
    throw corrupt(`unit ${unit.site} ${unit.unit} is damaged`, cause);
  }
  const lines = text.split('\n');
  if (lines.pop() !== '' || lines.length !== unit.count) {
    throw corrupt(
      `unit ${unit.site} ${unit.unit} has ${lines.length} lines where its index says ${unit.count}`,
    );
  }
  return lines;
}

/** Bytes of a gzip header without optional fields, the only form written here. */
const HEADER_BYTES = 10;
const TRAILER_BYTES = 8;

/** Text and bytes of the first gzip member; null when the buffer ends inside it. */
function firstMember(prefix: Buffer): { text: string; length: number } | null {
  const magic = [0x1f, 0x8b, 8, 0];
  if (magic.some((byte, i) => i < prefix.length && prefix[i] !== byte)) throw corrupt('it is not gzip');
  if (prefix.length < HEADER_BYTES) return null;
  let inflated: { buffer: Buffer; engine: { bytesWritten: number } };
  try {
    inflated = inflateRawSync(prefix.subarray(HEADER_BYTES), { info: true }) as unknown as typeof inflated;
  } catch (cause) {
    if ((cause as { code?: string }).code === 'Z_BUF_ERROR') return null;
    throw corrupt('its index is damaged', cause);
  }
  const trailer = HEADER_BYTES + inflated.engine.bytesWritten;
  if (prefix.length < trailer + TRAILER_BYTES) return null;
  const sound =
    prefix.readUInt32LE(trailer) === crc32(inflated.buffer) &&
    prefix.readUInt32LE(trailer + 4) === inflated.buffer.length;
  if (!sound) throw corrupt('the checksum of its index is wrong');
  return { text: inflated.buffer.toString(), length: trailer + TRAILER_BYTES };
}

function isUnit(value: unknown): value is LandingUnit {
  if (typeof value !== 'object' || value === null) return false;
  const { site, unit, count, offset, length, crc = 0 } = value as Record<string, unknown>;
  const numbers = [count, offset, length, crc].every((n) => Number.isSafeInteger(n) && (n as number) >= 0);
  const names = typeof site === 'string' && /^[a-z0-9-]{1,40}$/.test(site) && typeof unit === 'string';
  return numbers && names && /^\d{4}-\d{2}-\d{2}$/.test(unit);
}

function parsed(text: string, problem: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw corrupt(problem, cause);
  }
}

/** Whether an error says that a landing object is damaged. */
export function isCorruptLanding(cause: unknown): cause is RetconError {
  return cause instanceof RetconError && cause.code === 'corrupt_landing';
}

function corrupt(problem: string, cause?: unknown): RetconError {
  return new RetconError('corrupt_landing', `The landing object can't be read: ${problem}.`, {
    cause,
    fix: 'set the object aside; what it held must be sent or imported again',
  });
}
