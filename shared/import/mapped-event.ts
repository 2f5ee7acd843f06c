import { quoted, type Refusal, refusal } from '../core/event/refusal.ts';
import type { FieldMap } from './field-map.ts';
import { parseTime, type TimeUnit } from './time.ts';

/** An event object as `importedEvent` takes it. */
export type MappedEvent = Record<string, unknown>;

/** Turns rows with named columns into event objects; made once for a file. */
export class EventMapper {
  private readonly map: FieldMap;
  private readonly unit: TimeUnit | null;
  private readonly mapped: ReadonlySet<string>;

  /** @param unit how times are written; null: numbers are ms and texts are ISO 8601. */
  constructor(map: FieldMap, unit: TimeUnit | null) {
    this.map = map;
    this.unit = unit;
    this.mapped = new Set(Object.values(map));
  }

  /**
   * Mapped columns become fields; the others become properties, but for empty cells. A column `properties`
   * that holds an object is merged with them. Numbers in a column that must be text (an id, say) become
   * text when they are whole and exact.
   */
  event(row: Readonly<Record<string, unknown>>): { event: MappedEvent } | { fault: Refusal } {
    const event: MappedEvent = {};
    for (const field in this.map) {
      const name = field as keyof FieldMap;
      const value = row[this.map[name]!];
      if (value === undefined || value === null || value === '') continue;
      if (name === 'time') {
        const time = readTime(value, this.unit);
        if (typeof time !== 'number') return { fault: time };
        event.time = time;
      } else if (name === 'value' || name === 'seq') {
        event[name] = typeof value === 'string' ? readNumber(value) : value;
      } else {
        event[name] = Number.isSafeInteger(value) ? String(value) : value;
      }
    }
    let properties: Record<string, unknown> | null = null;
    for (const column of Object.keys(row)) {
      const value = row[column];
      if (this.mapped.has(column) || value === undefined || value === null || value === '') continue;
      properties ??= Object.create(null) as Record<string, unknown>;
      if (column === 'properties' && isObject(value)) Object.assign(properties, value);
      else properties[column] = value;
    }
    if (properties !== null) event.properties = properties;
    return { event };
  }
}

/** A time as whole ms, or the refusal that says how to write it. */
export function readTime(value: unknown, unit: TimeUnit | null): number | Refusal {
  const given = unit ?? (typeof value === 'number' ? 'ms' : 'iso');
  const time = typeof value === 'number' || typeof value === 'string' ? parseTime(value, given) : null;
  if (time !== null) return time;
  const wanted = given === 'iso' ? 'an ISO 8601 time' : `a number of ${given} since 1970`;
  return refusal(
    'bad_time',
    `\`time\` is ${quoted(value)} and not ${wanted}: correct it, or name another --time-unit.`,
  );
}

/** A number in decimal notation; anything else stays the text that it is, for the event's check to refuse. */
function readNumber(text: string): number | string {
  return /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/.test(text) ? Number(text) : text;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
