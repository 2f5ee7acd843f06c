import type { DuckDBConnection } from '@duckdb/node-api';
import { ident } from '../dialect/analyze/value.ts';
import type { Type } from '../dialect/types.ts';
import { hasRow } from './source.ts';

/** Kinds of compression that a table's Parquet files can have, by Athena's name for them. */
export const COMPRESSIONS: Record<string, string> = {
  ZSTD: 'zstd',
  SNAPPY: 'snappy',
  GZIP: 'gzip',
  NONE: 'uncompressed',
  UNCOMPRESSED: 'uncompressed',
};

/** A stored column under its own name; the fields of rows get theirs back. */
export function storedColumn(column: { name: string; type: Type }, i: number): string {
  return `${renamed(`c${i}`, column.type)} AS ${ident(column.name)}`;
}

function renamed(sql: string, type: Type): string {
  if (type.kind === 'unknown') return `CAST(${sql} AS VARCHAR)`;
  if (type.kind === 'array' && hasRow(type))
    return `list_transform(${sql}, lambda x: ${renamed('x', type.of)})`;
  if (type.kind !== 'row') return sql;
  const fields = type.fields.map(
    (f, i) => `${ident(f.name ?? `field${i}`)} := ${renamed(`(${sql}).f${i}`, f.type)}`,
  );
  return `CASE WHEN (${sql}) IS NOT NULL THEN struct_pack(${fields.join(', ')}) END`;
}

/** Writes the rows of a SELECT to a Parquet file (data pages V1, which every reader takes); gives how many. */
export async function writeParquet(
  connection: DuckDBConnection,
  select: string,
  path: string,
  compression: string,
): Promise<number> {
  const target = `'${path.replaceAll("'", "''")}'`;
  const result = await connection.runAndReadAll(
    `COPY (${select}) TO ${target} (FORMAT parquet, COMPRESSION ${compression}, PARQUET_VERSION V1, ROW_GROUP_SIZE 122880)`,
  );
  return Number(result.getRows()[0]?.[0] ?? 0);
}
