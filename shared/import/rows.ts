import { badInput, RetconError } from '../core/errors.ts';
import { importedEvent } from '../core/event/imported.ts';
import type { Site } from '../core/site.ts';
import { CombinedReader } from './combined.ts';
import { csvRowsOf } from './csv.ts';
import { checkColumns, checkNeeded, type FieldMap, sameNames } from './field-map.ts';
import { emptyInput, type Input } from './input.ts';
import { linesOf } from './lines.ts';
import { EventMapper } from './mapped-event.ts';
import { NdjsonReader } from './ndjson.ts';
import { Ordinals } from './ordinals.ts';
import { type ImportedRow, rejectedRow, UNKNOWN_SENDER } from './row.ts';
import { textOf } from './text.ts';
import type { TimeUnit } from './time.ts';

export const IMPORT_FORMATS = ['combined', 'csv', 'ndjson'] as const;

export type ImportFormat = (typeof IMPORT_FORMATS)[number];

/** How a file is to be read (docs/semantics.md "Import"). */
export interface ImportOptions {
  site: Pick<Site, 'site' | 'hosts' | 'privacy'>;
  format: ImportFormat;
  /** Columns of csv and ndjson; without one, columns named like the fields. */
  map?: FieldMap | null;
  /** How times are written; without one, ISO 8601 (in ndjson, numbers are ms). */
  timeUnit?: TimeUnit | null;
  /** Which lines of an access log become events; `pages` unless told. */
  hits?: 'pages' | 'all';
}

/**
 * Reads one file into the events that land, in the order of its rows, in batches of some hundred: every row
 * is accepted, skipped or rejected with its reason, and none is dropped. Memory doesn't grow with the file,
 * but for 54 bytes at most a distinct row without an id (see `Ordinals`).
 *
 * @throws RetconError, exit 2, when the file as a whole can't be read: `empty_input`, `unknown_column`,
 *   `bad_map`, `bad_header`, `bad_encoding`, ..; and `corrupt_input` when its packing breaks off. Rows that
 *   were complete before that are handed out first, and the message says how many: ids come from content,
 *   so importing the repaired file adds only what is missing.
 */
export async function* importBatches(input: Input, options: ImportOptions): AsyncIterable<ImportedRow[]> {
  const ordinals = new Ordinals();
  const ordinal = (hash: string): number => ordinals.next(hash);
  let read = 0;
  try {
    for await (const batch of batchesOf(input, options, ordinal)) {
      read += batch.length;
      if (batch.length > 0) yield batch;
    }
  } catch (cause) {
    if (!(cause instanceof RetconError) || cause.code !== 'corrupt_input') throw cause;
    throw badInput(cause.code, `${cause.message}; ${read} rows were read before that`, {
      field: 'FILE',
      fix: 'copy the file again and import it again: rows that are already in are not added twice',
      cause,
    });
  }
}

/** `importBatches`, row by row. */
export async function* importRows(input: Input, options: ImportOptions): AsyncIterable<ImportedRow> {
  for await (const batch of importBatches(input, options)) yield* batch;
}

type Ordinal = (contentHash: string) => number;

function batchesOf(input: Input, options: ImportOptions, ordinal: Ordinal): AsyncIterable<ImportedRow[]> {
  switch (options.format) {
    case 'combined':
      return combinedBatches(input, options, ordinal);
    case 'csv':
      return csvBatches(input, options, ordinal);
    case 'ndjson':
      return new NdjsonReader(input.name, options, ordinal).batches(linesOf(textOf(input)));
  }
}

async function* combinedBatches(
  input: Input,
  options: ImportOptions,
  ordinal: Ordinal,
): AsyncIterable<ImportedRow[]> {
  if (options.map) {
    throw badInput('bad_map', '--map: an access log has no columns to map', {
      field: '--map',
      fix: 'leave --map out',
    });
  }
  if (options.site.hosts.length === 0) {
    throw badInput('no_host', `site ${options.site.site} has no hosts, so the lines can't get their urls`, {
      field: 'hosts',
      fix: `add hosts: [www.example.com] to sites/${options.site.site}.yaml`,
    });
  }
  const reader = new CombinedReader(options.site, options.hits ?? 'pages', ordinal);
  for await (const lines of linesOf(textOf(input))) yield lines.map((line) => reader.row(line));
}

async function* csvBatches(
  input: Input,
  options: ImportOptions,
  ordinal: Ordinal,
): AsyncIterable<ImportedRow[]> {
  let columns: string[] | null = null;
  let mapper: EventMapper | null = null;
  for await (const rows of csvRowsOf(textOf(input))) {
    const batch: ImportedRow[] = [];
    for (const row of rows) {
      if (columns === null || mapper === null) {
        columns = headerOf(row, input.name);
        mapper = mapperFor(columns, options, input.name);
        continue;
      }
      if ('fault' in row) {
        batch.push(rejectedRow('malformed_row', `Line ${row.line}: ${row.fault}.`, row.body, row.line));
        continue;
      }
      if (row.cells.length !== columns.length) {
        const detail = `Line ${row.line} has ${row.cells.length} columns where the header has ${columns.length}.`;
        batch.push(rejectedRow('wrong_columns', detail, row.body, row.line));
        continue;
      }
      const named: Record<string, string> = Object.create(null);
      for (let i = 0; i < columns.length; i++) if (columns[i] !== '') named[columns[i]!] = row.cells[i]!;
      const mapped = mapper.event(named);
      const result =
        'fault' in mapped
          ? { rejected: mapped.fault }
          : importedEvent(mapped.event, { ...UNKNOWN_SENDER, site: options.site, ordinal });
      if ('ok' in result) batch.push(result);
      else batch.push(rejectedRow(result.rejected.reason, result.rejected.detail, row.body, row.line));
    }
    yield batch;
  }
  if (columns === null) throw emptyInput(input.name);
}

function headerOf(row: { cells: string[] } | { fault: string }, name: string): string[] {
  if ('fault' in row) {
    throw badInput('bad_header', `${name}: the first line is no CSV header: ${row.fault}`, {
      field: 'FILE',
      fix: 'the first line names the columns, apart by commas',
    });
  }
  const columns = row.cells.map((cell) => cell.trim());
  const twice = columns.find((column, i) => column !== '' && columns.indexOf(column) !== i);
  if (twice !== undefined) {
    throw badInput('bad_header', `${name}: the header names the column "${twice}" twice`, {
      field: 'FILE',
      fix: 'rename one of them',
    });
  }
  return columns;
}

function mapperFor(columns: string[], options: ImportOptions, name: string): EventMapper {
  const map = options.map ?? sameNames(columns);
  checkColumns(map, columns, name);
  checkNeeded(map, name);
  return new EventMapper(map, options.timeUnit ?? 'iso');
}
