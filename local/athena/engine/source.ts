import type { Table } from '@aws-sdk/client-glue';
import type { DuckDBConnection } from '@duckdb/node-api';
import { ident, quote, type Scan } from '../dialect/analyze/value.ts';
import { unsupported } from '../dialect/errors.ts';
import type { TableColumn } from '../dialect/tables.ts';
import { duckType, type Type } from '../dialect/types.ts';
import type { Files, StoredFile } from './files.ts';
import type { Place } from './partitions.ts';

export interface Source {
  /** A SELECT of the table's columns by their names, and "$path" when the scan asks for it. */
  sql: string;
  bytes: number;
}

interface Placed {
  file: StoredFile;
  values: Place['values'];
}

/** The rows of a scan: the files of its places, columns as declared, partition values from the catalog. */
export async function sourceOf(
  scan: Scan,
  table: Table,
  columns: TableColumn[],
  places: Place[],
  files: Files,
  connection: DuckDBConnection,
): Promise<Source> {
  const listed = await Promise.all(
    places.map(async (place) =>
      (await files.below(place.location)).map((file): Placed => ({ file, values: place.values })),
    ),
  );
  const placed = listed.flat();
  const bytes = placed.reduce((sum, p) => sum + p.file.bytes, 0);
  if (placed.length === 0) return { sql: empty(columns, scan), bytes };
  const format = formatOf(table);
  if (format === 'parquet') return { sql: await parquet(placed, columns, scan, connection), bytes };
  const zipped = placed.filter((p) => p.file.uri.endsWith('.gz'));
  const plain = placed.filter((p) => !p.file.uri.endsWith('.gz'));
  const parts = [zipped, plain]
    .filter((group) => group.length > 0)
    .map((group) => json(group, columns, scan, table));
  return { sql: parts.join(' UNION ALL '), bytes };
}

/** How the files of a table are read; what can't be read is refused by its SerDe. */
export function formatOf(table: Table): 'parquet' | 'json' {
  const library = table.StorageDescriptor?.SerdeInfo?.SerializationLibrary ?? '';
  if (/ParquetHiveSerDe$/.test(library)) return 'parquet';
  if (/openx\.data\.jsonserde\.JsonSerDe$|hive\.hcatalog\.data\.JsonSerDe$/.test(library)) return 'json';
  throw unsupported(`the table ${table.DatabaseName}.${table.Name} with the SerDe ${library || '(none)'}`);
}

const pathColumn = (scan: Scan, sql: string): string => (scan.path ? `, ${sql} AS "$path"` : '');

function empty(columns: TableColumn[], scan: Scan): string {
  const list = columns.map((c) => `CAST(NULL AS ${duckType(c.type)}) AS ${ident(c.name)}`);
  return `SELECT ${list.join(', ')}${pathColumn(scan, 'CAST(NULL AS VARCHAR)')} WHERE FALSE`;
}

const fileList = (placed: Placed[]): string => `[${placed.map((p) => quote(p.file.path)).join(', ')}]`;

/** A value per file, looked up by the file's place in the list: a constant where all agree. */
function perFile(values: (string | null)[], type: Type): string {
  const literal = (v: string | null): string => (v === null ? 'NULL' : quote(v));
  const target = duckType(type);
  if (values.every((v) => v === values[0])) return `CAST(${literal(values[0]!)} AS ${target})`;
  return `CAST([${values.map(literal).join(', ')}] AS ${target}[])[CAST(file_index AS BIGINT) + 1]`;
}

function catalogColumns(placed: Placed[], columns: TableColumn[]): Map<string, string> {
  return new Map(
    columns
      .filter((c) => c.partition)
      .map((c) => [
        c.name,
        perFile(
          placed.map((p) => p.values[c.name] ?? null),
          c.type,
        ),
      ]),
  );
}

async function parquet(
  placed: Placed[],
  columns: TableColumn[],
  scan: Scan,
  connection: DuckDBConnection,
): Promise<string> {
  const present = await columnsInside(
    placed.map((p) => p.file.path),
    connection,
  );
  const fixed = catalogColumns(placed, columns);
  const list = columns.map((c) => {
    const constant = fixed.get(c.name);
    if (constant !== undefined) return `${constant} AS ${ident(c.name)}`;
    if (!present.names.has(c.name)) return `CAST(NULL AS ${duckType(c.type)}) AS ${ident(c.name)}`;
    return `${stored(`s.${ident(c.name)}`, c.type)} AS ${ident(c.name)}`;
  });
  if (present.names.has('file_index')) throw unsupported('a Parquet file with a column named file_index');
  const path = pathColumn(
    scan,
    perFile(
      placed.map((p) => p.file.uri),
      { kind: 'varchar' },
    ),
  );
  return `SELECT ${list.join(', ')}${path} FROM read_parquet(${fileList(placed)}, union_by_name = ${present.differ}, hive_partitioning = false) AS s`;
}

/** A column as DuckDB's reader gives it, as the type that is declared; rows are matched by the names of their fields. */
function stored(sql: string, type: Type): string {
  if (!hasRow(type))
    return type.kind === 'timestamp' ? `CAST(${sql} AS TIMESTAMP)` : `CAST(${sql} AS ${duckType(type)})`;
  switch (type.kind) {
    case 'array':
      return `list_transform(${sql}, lambda x: ${stored('x', type.of)})`;
    case 'row':
      return `CASE WHEN ${sql} IS NOT NULL THEN struct_pack(${type.fields.map((f, i) => `f${i} := ${stored(`${sql}.${ident(f.name ?? '')}`, f.type)}`).join(', ')}) END`;
    default:
      throw unsupported('a map of rows in a table');
  }
}

export const hasRow = (type: Type): boolean =>
  type.kind === 'row' ||
  (type.kind === 'array' && hasRow(type.of)) ||
  (type.kind === 'map' && (hasRow(type.key) || hasRow(type.value)));

interface Inside {
  names: Set<string>;
  differ: boolean;
}

/** Column lists of files that were looked into before. Files never change, so neither do their lists. */
const known = new Map<string, string>();

async function columnsInside(paths: string[], connection: DuckDBConnection): Promise<Inside> {
  const fresh = paths.filter((p) => !known.has(p));
  if (known.size + fresh.length > 200_000) known.clear();
  if (fresh.length > 0) {
    const list = `[${[...new Set(fresh)].map(quote).join(', ')}]`;
    const rows = await connection.runAndReadAll(
      `SELECT file_name, CAST(to_json(list(DISTINCT lower(name) || ' ' || coalesce(type, '') || coalesce(logical_type, ''))) AS VARCHAR) FROM parquet_schema(${list}) GROUP BY file_name`,
    );
    for (const [path, names] of rows.getRows())
      known.set(String(path), JSON.stringify((JSON.parse(String(names)) as string[]).sort()));
  }
  const lists = new Set(paths.map((p) => known.get(p) ?? '[]'));
  const names = new Set(
    [...lists].flatMap((l) => (JSON.parse(l) as string[]).map((entry) => entry.slice(0, entry.indexOf(' ')))),
  );
  return { names, differ: lists.size > 1 };
}

function json(placed: Placed[], columns: TableColumn[], scan: Scan, table: Table): string {
  const fixed = catalogColumns(placed, columns);
  const inside = columns.filter((c) => !c.partition);
  const shape = inside.map((c) => `${ident(c.name)}: ${quote(jsonShape(c.type))}`).join(', ');
  const list = columns.map(
    (c) => `${fixed.get(c.name) ?? stored(`s.${ident(c.name)}`, c.type)} AS ${ident(c.name)}`,
  );
  const lenient =
    table.StorageDescriptor?.SerdeInfo?.Parameters?.['ignore.malformed.json']?.toLowerCase() === 'true';
  const zipped = placed[0]!.file.uri.endsWith('.gz') ? 'gzip' : 'uncompressed';
  const path = pathColumn(
    scan,
    perFile(
      placed.map((p) => p.file.uri),
      { kind: 'varchar' },
    ),
  );
  return `SELECT ${list.join(', ')}${path} FROM read_json(${fileList(placed)}, format = 'newline_delimited', columns = {${shape}}, ignore_errors = ${lenient}, compression = '${zipped}', maximum_object_size = 33554432, hive_partitioning = false) AS s`;
}

/** DuckDB's type with the real names of a row's fields. */
function jsonShape(type: Type): string {
  switch (type.kind) {
    case 'array':
      return `${jsonShape(type.of)}[]`;
    case 'map':
      return `MAP(${jsonShape(type.key)}, ${jsonShape(type.value)})`;
    case 'row':
      return `STRUCT(${type.fields.map((f) => `${ident(f.name ?? '')} ${jsonShape(f.type)}`).join(', ')})`;
    default:
      return duckType(type);
  }
}
