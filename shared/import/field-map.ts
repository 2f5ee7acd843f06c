import { badInput } from '../core/errors.ts';
import { nearest } from '../core/nearest.ts';

/** Fields of an event that a column can be mapped to (docs/semantics.md "Import"). */
export const MAP_FIELDS = [
  'visitor',
  'time',
  'url',
  'id',
  'name',
  'type',
  'referrer',
  'user',
  'title',
  'value',
  'seq',
] as const;

export type MapField = (typeof MAP_FIELDS)[number];

/** Which column holds which field. */
export type FieldMap = Partial<Record<MapField, string>>;

/**
 * Reads `--map visitor=uuid,time=timestamp,..`. Column names may hold anything but a comma.
 * @throws `bad_map` (exit 2) naming what is wrong and the nearest field.
 */
export function parseFieldMap(text: string): FieldMap {
  const map: FieldMap = {};
  for (const part of text.split(',')) {
    const equals = part.indexOf('=');
    const field = part.slice(0, Math.max(0, equals)).trim();
    const column = part.slice(equals + 1).trim();
    if (equals < 0 || field === '' || column === '') {
      throw badMap(
        `"${part.trim()}" is not FIELD=COLUMN`,
        'write it like visitor=uuid,time=timestamp,url=url',
      );
    }
    if (!isMapField(field)) {
      const near = nearest(field, MAP_FIELDS);
      const fix = near === null ? `the fields are ${MAP_FIELDS.join(', ')}` : `did you mean ${near}?`;
      throw badMap(`an event has no field "${field}"`, fix);
    }
    if (map[field] !== undefined) throw badMap(`${field} is mapped twice`, 'name one column for it');
    map[field] = column;
  }
  return map;
}

/** The map of a file whose columns are named like the fields. */
export function sameNames(columns: Iterable<string>): FieldMap {
  const map: FieldMap = {};
  for (const column of columns) if (isMapField(column)) map[column] = column;
  return map;
}

/** @throws `unknown_column` (exit 2) when the map names a column that the file doesn't have. */
export function checkColumns(map: FieldMap, columns: readonly string[], name: string): void {
  for (const [field, column] of Object.entries(map)) {
    if (columns.includes(column)) continue;
    const near = nearest(column, columns);
    const shown = columns.length > 30 ? [...columns.slice(0, 30), '..'] : columns;
    throw badInput('unknown_column', `--map ${field}=${column}: ${name} has no column "${column}"`, {
      field: '--map',
      fix: `${near === null ? '' : `did you mean ${near}? `}its columns are ${shown.join(', ')}`,
    });
  }
}

/** @throws `bad_map` (exit 2) when nothing says who did it or when, without which no row can be an event. */
export function checkNeeded(map: FieldMap, name: string): void {
  for (const field of ['visitor', 'time'] as const) {
    if (map[field] !== undefined) continue;
    throw badMap(`nothing says which column of ${name} holds the ${field}`, `add ${field}=COLUMN to --map`);
  }
}

function isMapField(name: string): name is MapField {
  return (MAP_FIELDS as readonly string[]).includes(name);
}

function badMap(message: string, fix: string): Error {
  return badInput('bad_map', `--map: ${message}`, { field: '--map', fix });
}
