import { SqlError, unsupported } from '../dialect/errors.ts';
import type { Expr, Property } from '../dialect/parse/ast.ts';
import { parseLocation } from './files.ts';
import { COMPRESSIONS } from './store.ts';

export interface TableProperties {
  location: string | null;
  /** DuckDB's name. */
  compression: string;
  compressionName: string;
  partitionedBy: string[];
}

const text = (p: Property): string => {
  if (p.value.kind !== 'string')
    throw new SqlError(
      'INVALID_TABLE_PROPERTY',
      `the table property ${p.name.text} must be a text in single quotes`,
      p.value.at,
    );
  return p.value.text;
};

function names(p: Property): string[] {
  const items: Expr[] | null = p.value.kind === 'array' ? p.value.items : null;
  if (items === null || items.some((i) => i.kind !== 'string'))
    throw new SqlError(
      'INVALID_TABLE_PROPERTY',
      `the table property ${p.name.text} must be an array of texts`,
      p.value.at,
    );
  return items.map((i) => (i as { text: string }).text.toLowerCase());
}

/** What WITH (..) of a CREATE TABLE AS says. A property that isn't known, or can't be honoured, is refused. */
export function readProperties(given: Property[]): TableProperties {
  const read: TableProperties = {
    location: null,
    compression: 'gzip',
    compressionName: 'GZIP',
    partitionedBy: [],
  };
  const seen = new Set<string>();
  let format: string | null = null;
  for (const p of given) {
    const name = p.name.text.toLowerCase();
    if (seen.has(name))
      throw new SqlError('INVALID_TABLE_PROPERTY', `the table property ${name} is given twice`, p.name.at);
    seen.add(name);
    switch (name) {
      case 'format':
        format = text(p).toUpperCase();
        if (format !== 'PARQUET') throw unsupported(`a table in the format ${format}`, p.value.at);
        break;
      case 'external_location': {
        const { bucket, prefix } = parseLocation(text(p));
        read.location = `s3://${bucket}/${prefix}`;
        break;
      }
      case 'write_compression':
      case 'parquet_compression': {
        const wanted = text(p).toUpperCase();
        if (COMPRESSIONS[wanted] === undefined) throw unsupported(`the compression ${wanted}`, p.value.at);
        read.compression = COMPRESSIONS[wanted];
        read.compressionName = wanted;
        break;
      }
      case 'partitioned_by':
        read.partitionedBy = names(p);
        break;
      case 'table_type':
        if (text(p).toUpperCase() !== 'HIVE') throw unsupported(`a table of type ${text(p)}`, p.value.at);
        break;
      case 'is_external':
        break;
      case 'bucketed_by':
      case 'bucket_count':
      case 'partitioning':
      case 'location':
      case 'field_delimiter':
      case 'orc_compression':
      case 'vacuum_min_snapshots_to_keep':
      case 'vacuum_max_snapshot_age_seconds':
      case 'compression_level':
        throw unsupported(`the table property ${name}`, p.name.at);
      default:
        throw new SqlError(
          'INVALID_TABLE_PROPERTY',
          `Catalog 'awsdatacatalog' table property '${name}' does not exist`,
          p.name.at,
        );
    }
  }
  return read;
}
