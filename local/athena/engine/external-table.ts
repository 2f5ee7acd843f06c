import type { Column } from '@aws-sdk/client-glue';
import { qualifiedTable } from '../dialect/analyze/relation.ts';
import { SqlError, unsupported } from '../dialect/errors.ts';
import type { HiveColumn, Statement } from '../dialect/parse/ast.ts';
import { parseLocation } from './files.ts';
import { readHiveType } from './hive.ts';
import type { Engine, Question } from './run.ts';
import { formatOf } from './source.ts';

type CreateExternal = Extract<Statement, { kind: 'createExternal' }>;

const PARQUET = 'org.apache.hadoop.hive.ql.io.parquet';
const TEXT = 'org.apache.hadoop';

/** CREATE EXTERNAL TABLE: an entry of the catalog over objects that may exist already. */
export async function createExternal(
  engine: Engine,
  statement: CreateExternal,
  question: Question,
): Promise<void> {
  const { database, name } = qualifiedTable(statement.name, question.database);
  const { at } = statement.name[0]!;
  refuseProjection(statement.properties);
  if ((await engine.catalog.tables(database)) === null)
    throw new SqlError('SCHEMA_NOT_FOUND', `Schema ${database} not found`, at);
  if ((await engine.catalog.table(database, name)) !== null) {
    if (statement.ifNotExists) return;
    throw new SqlError('TABLE_ALREADY_EXISTS', `Table '${database}.${name}' already exists`, at);
  }
  parseLocation(statement.location);
  const columns = statement.columns.map(column);
  const keys = statement.keys.map(column);
  const names = [...columns, ...keys].map((c) => c.Name);
  const twice = names.find((n, i) => names.indexOf(n) < i);
  if (twice !== undefined)
    throw new SqlError('DUPLICATE_COLUMN_NAME', `Column name '${twice}' specified more than once`, at);
  const library = serdeOf(statement);
  const table = {
    Name: name,
    TableType: 'EXTERNAL_TABLE',
    Parameters: { EXTERNAL: 'TRUE', ...statement.properties },
    PartitionKeys: keys,
    StorageDescriptor: {
      Columns: columns,
      Location: statement.location.replace(/\/?$/, '/'),
      ...(library.startsWith(PARQUET)
        ? {
            InputFormat: `${PARQUET}.MapredParquetInputFormat`,
            OutputFormat: `${PARQUET}.MapredParquetOutputFormat`,
          }
        : {
            InputFormat: `${TEXT}.mapred.TextInputFormat`,
            OutputFormat: `${TEXT}.hive.ql.io.HiveIgnoreKeyTextOutputFormat`,
          }),
      SerdeInfo: { SerializationLibrary: library, Parameters: statement.serdeProperties },
    },
  };
  formatOf({ ...table, DatabaseName: database });
  await engine.catalog.create(database, table);
}

/** Partition projection makes partitions up from a pattern: the engine reads those of the catalog. */
export function refuseProjection(properties: Record<string, string> | undefined): void {
  if (properties?.['projection.enabled']?.toLowerCase() === 'true') throw unsupported('partition projection');
}

function column({ name, type }: HiveColumn): Column {
  readHiveType(type);
  return { Name: name.text.toLowerCase(), Type: type.toLowerCase().replace(/\s+/g, '') };
}

function serdeOf({ serde, format, at }: CreateExternal): string {
  if (serde !== null) return serde;
  if (format === 'PARQUET') return `${PARQUET}.serde.ParquetHiveSerDe`;
  throw unsupported(`an external table stored as ${format ?? 'text'}`, at);
}
