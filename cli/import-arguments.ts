import { type FieldMap, parseFieldMap } from '../shared/import/field-map.ts';
import { IMPORT_FORMATS, type ImportFormat } from '../shared/import/rows.ts';
import { parseTimeUnit, type TimeUnit } from '../shared/import/time.ts';
import type { Options, VerbOption } from './verb.ts';

/** The options by which a verb is told how to read files. */
export const READING_OPTIONS = {
  format: { type: 'string', choices: IMPORT_FORMATS, help: 'format of the files' },
  map: {
    type: 'string',
    value: 'FIELD=COLUMN,..',
    help: 'columns of csv and ndjson that are fields of an event; the others become properties',
  },
  'time-unit': {
    type: 'string',
    choices: ['iso', 's', 'ms', 'us'],
    help: 'how times are written (default iso; in ndjson numbers are ms)',
  },
  hits: {
    type: 'string',
    choices: ['pages', 'all'],
    default: 'pages',
    help: 'lines of an access log that become events',
  },
} as const satisfies Record<string, VerbOption>;

export interface Reading {
  format: ImportFormat | null;
  map: FieldMap | null;
  timeUnit: TimeUnit | null;
  hits: 'pages' | 'all';
}

/** Reads `READING_OPTIONS`, as `importBatches` takes them; `format` is null when it wasn't given. */
export function readingOf(options: Options): Reading {
  const map = options.text('map');
  const unit = options.text('time-unit');
  return {
    format: options.text('format') as ImportFormat | null,
    map: map === null ? null : parseFieldMap(map),
    timeUnit: unit === null ? null : parseTimeUnit(unit),
    hits: options.text('hits') === 'all' ? 'all' : 'pages',
  };
}
