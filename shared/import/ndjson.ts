import { importedEvent } from '../core/event/imported.ts';
import { quoted } from '../core/event/refusal.ts';
import type { Site } from '../core/site.ts';
import { checkColumns, checkNeeded, type FieldMap } from './field-map.ts';
import { type Line, MAX_LINE } from './lines.ts';
import { EventMapper, readTime } from './mapped-event.ts';
import { type ImportedRow, rejectedRow, UNKNOWN_SENDER } from './row.ts';
import type { TimeUnit } from './time.ts';

/** Objects looked at before a mapped column counts as missing: a sparse one need not be in the first. */
const LOOKED_AT = 1000;

interface NdjsonOptions {
  site: Pick<Site, 'site' | 'privacy'>;
  map?: FieldMap | null;
  timeUnit?: TimeUnit | null;
}

type Parsed = { object: Record<string, unknown>; line: Line } | { row: ImportedRow };

/** Turns lines of JSON objects into events: event objects as they are, or other objects through a map. */
export class NdjsonReader {
  private readonly name: string;
  private readonly options: NdjsonOptions;
  private readonly ordinal: (contentHash: string) => number;
  private readonly mapper: EventMapper | null;

  constructor(name: string, options: NdjsonOptions, ordinal: (contentHash: string) => number) {
    this.name = name;
    this.options = options;
    this.ordinal = ordinal;
    if (options.map) checkNeeded(options.map, name);
    this.mapper = options.map ? new EventMapper(options.map, options.timeUnit ?? null) : null;
  }

  async *batches(lines: AsyncIterable<Line[]>): AsyncIterable<ImportedRow[]> {
    const { map } = this.options;
    let waiting: Parsed[] | null = map ? [] : null;
    try {
      for await (const batch of lines) {
        const parsed = batch.map((line) => parseLine(line));
        if (waiting === null) {
          yield parsed.map((row) => this.row(row));
          continue;
        }
        for (const row of parsed) waiting.push(row);
        if (waiting.length < LOOKED_AT && !hasAll(map!, waiting)) continue;
        const first = waiting;
        waiting = null;
        yield this.checked(first);
      }
    } catch (fault) {
      // What was complete before the file broke off still counts.
      if (waiting !== null && waiting.length > 0) yield this.checked(waiting);
      throw fault;
    }
    if (waiting !== null && waiting.length > 0) yield this.checked(waiting);
  }

  /** The first rows, once it is known that they have the columns that the map names. */
  private checked(waiting: Parsed[]): ImportedRow[] {
    const columns = columnsOf(waiting);
    if (columns.size > 0) checkColumns(this.options.map!, [...columns], this.name);
    return waiting.map((row) => this.row(row));
  }

  private row(parsed: Parsed): ImportedRow {
    if ('row' in parsed) return parsed.row;
    const { object, line } = parsed;
    const mapped = this.mapper === null ? this.asIs(object) : this.mapper.event(object);
    const result =
      'fault' in mapped
        ? { rejected: mapped.fault }
        : importedEvent(mapped.event, { ...UNKNOWN_SENDER, site: this.options.site, ordinal: this.ordinal });
    if ('ok' in result) return result;
    return rejectedRow(result.rejected.reason, result.rejected.detail, line.text, line.number);
  }

  /** An event object; only its time may be written in another way. */
  private asIs(object: Record<string, unknown>): ReturnType<EventMapper['event']> {
    const { time } = object;
    const unit = this.options.timeUnit ?? null;
    if (time === undefined || time === null || time === '') return { event: object };
    if (unit === null && typeof time === 'number') return { event: object };
    const read = readTime(time, unit);
    return typeof read === 'number' ? { event: { ...object, time: read } } : { fault: read };
  }
}

function parseLine(line: Line): Parsed {
  if (line.tooLong) {
    const detail = `Line ${line.number} is longer than ${MAX_LINE} characters: look for a missing line end.`;
    return { row: rejectedRow('too_long', detail, line.text, line.number) };
  }
  let value: unknown;
  try {
    value = JSON.parse(line.text);
  } catch {
    const detail = `Line ${line.number} is no JSON: write one whole object on each line.`;
    return { row: rejectedRow('not_json', detail, line.text, line.number) };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const detail = `Line ${line.number} is ${quoted(value)}: write one JSON object on each line.`;
    return { row: rejectedRow('not_an_object', detail, line.text, line.number) };
  }
  return { object: value as Record<string, unknown>, line };
}

function columnsOf(rows: Parsed[]): Set<string> {
  const columns = new Set<string>();
  for (const row of rows) if ('object' in row) for (const key of Object.keys(row.object)) columns.add(key);
  return columns;
}

function hasAll(map: FieldMap, rows: Parsed[]): boolean {
  const columns = columnsOf(rows);
  return Object.values(map).every((column) => columns.has(column));
}
