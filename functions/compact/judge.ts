import { readFile, writeFile } from 'node:fs/promises';
import type { ErasedVisitors } from '../../shared/core/erased-visitors.ts';
import { isTime } from '../../shared/core/event/fields.ts';
import { EVENT_TYPES } from '../../shared/core/event/types.ts';
import { unitOf } from '../../shared/core/unit.ts';
import { LANDING_TYPES } from '../../shared/lake/facts.ts';
import { ERASED_LINE, unpackedLines } from '../../shared/lake/landing.ts';
import type { LandedFile, Unreadable } from './landed-files.ts';

/** The unit whose facts the lines should be. */
export interface Wanted {
  site: string;
  unit: string;
  dayOffsetMinutes: number;
  /** Visitors whose rows are passed over. */
  erased: ErasedVisitors;
}

/**
 * The slow path, for when the engine found something that is no fact: judges every line by itself. Files with
 * such lines are written anew without them; what can't be unpacked is left out.
 *
 * @returns the files to read instead, the lines (from 1) that were taken out, and whether anything was amiss
 */
export async function judgeLines(
  files: readonly LandedFile[],
  wanted: Wanted,
): Promise<{ files: LandedFile[]; unreadable: Unreadable[]; amiss: boolean }> {
  const kept: LandedFile[] = [];
  const unreadable: Unreadable[] = [];
  let amiss = false;
  for (const landed of files) {
    const { object } = landed;
    let lines: string[];
    try {
      lines = unpackedLines(await readFile(landed.file)).split('\n');
    } catch {
      amiss = true;
      const reason = `the rows of ${wanted.site} cannot be unpacked`;
      unreadable.push({ object, line: 0, reason, body: '' });
      continue;
    }
    if (lines.at(-1) === '') lines.pop();
    const good = lines.map((line, index) => {
      const reason = line === '' || line === ERASED_LINE ? null : whyNot(line, wanted);
      if (reason !== null) unreadable.push({ object, line: index + 1, reason, body: line });
      return line === '' || reason !== null ? '{}' : line;
    });
    if (good.length === landed.rows && good.every((line, index) => line === lines[index])) {
      kept.push(landed);
      continue;
    }
    amiss = true;
    const file = landed.file.replace(/\.gz$/, '');
    await writeFile(file, good.map((line) => `${line}\n`).join(''));
    kept.push({ object, file, rows: good.length, judged: true });
  }
  return { files: kept, unreadable, amiss };
}

function whyNot(line: string, wanted: Wanted): string | null {
  let record: Record<string, unknown>;
  try {
    record = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return 'the line is not JSON';
  }
  if (record === null || typeof record !== 'object' || Array.isArray(record))
    return 'the line is not an object';
  for (const [name, type] of Object.entries(LANDING_TYPES)) {
    const value = record[name];
    if (value === null || value === undefined) continue;
    if (type === 'VARCHAR' ? typeof value !== 'string' : typeof value !== 'number') {
      return `${name} is a ${typeof value}, not a ${type === 'VARCHAR' ? 'string' : 'number'}`;
    }
    if (type === 'BIGINT' && !Number.isSafeInteger(value)) return `${name} is not a whole number`;
  }
  for (const name of ['event_id', 'visitor_id', 'fingerprint', 'properties', 'event_type']) {
    if (typeof record[name] !== 'string' || record[name] === '') return `${name} is missing`;
  }
  for (const name of ['event_time', 'received_at']) {
    if (typeof record[name] !== 'number') return `${name} is missing`;
    if (!isTime(record[name])) return `${name} is no time between 1970 and 9999`;
  }
  if (!(EVENT_TYPES as readonly string[]).includes(record['event_type'] as string)) {
    return `event_type "${String(record['event_type'])}" is unknown`;
  }
  if (record['site'] !== wanted.site) return `the line belongs to site "${String(record['site'])}"`;
  const unit = unitOf(record['event_time'] as number, wanted.dayOffsetMinutes);
  return unit === wanted.unit ? null : `the line belongs to unit ${unit}`;
}
