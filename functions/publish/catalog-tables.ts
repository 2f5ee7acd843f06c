import type { Column, TableInput } from '@aws-sdk/client-glue';
import { releaseLinesPrefix, unitLinesPrefix } from '../../shared/lake/keys.ts';
import {
  type Columns,
  type ColumnType,
  DATABASE,
  DERIVED_PARTITIONS,
  PUBLIC_TABLES,
  REJECTED_COLUMNS,
  RELEASE_COLUMNS,
  UNIT_COLUMNS,
} from '../../shared/lake/tables.ts';

const HIVE: Record<ColumnType, string> = {
  varchar: 'string',
  bigint: 'bigint',
  double: 'double',
  boolean: 'boolean',
  timestamp: 'timestamp',
};
const PRESTO: Record<ColumnType, string> = { ...HIVE, varchar: 'varchar', timestamp: 'timestamp(3)' };

const hive = (columns: Columns): Column[] => columns.map(([Name, type]) => ({ Name, Type: HIVE[type] }));

/** Storage of Parquet files, as Athena writes it into the catalog. */
function parquetStorage(columns: Column[], location: string) {
  return {
    Columns: columns,
    Location: location,
    InputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
    OutputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
    SerdeInfo: { SerializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
  };
}

/** An external table partitioned by text columns, a location for each partition. */
export function partitionedTable(
  name: string,
  columns: Column[],
  partitions: readonly string[],
  location: string,
): TableInput {
  return {
    Name: name,
    TableType: 'EXTERNAL_TABLE',
    Parameters: { EXTERNAL: 'TRUE', classification: 'parquet' },
    PartitionKeys: partitions.map((Name) => ({ Name, Type: 'string' })),
    StorageDescriptor: parquetStorage(columns, location),
  };
}

/** `events_all`, `sessions_all`: declared without `site` and `dt`, which come from the catalog. */
export function derivedTables(bucketUri: string): TableInput[] {
  return Object.entries(PUBLIC_TABLES).map(([name, columns]) =>
    partitionedTable(
      `${name}_all`,
      hive(columns.filter(([column]) => column !== 'site' && column !== 'dt')),
      DERIVED_PARTITIONS,
      `${bucketUri}/derived/${name}/`,
    ),
  );
}

/** `rejected_lines`: the files under `rejected/` as they are, one JSON object a line. */
export function rejectedTable(bucketUri: string): TableInput {
  return jsonTable('rejected_lines', REJECTED_COLUMNS, `${bucketUri}/rejected/`);
}

/** `unit_lines`: a line for each unit of every site. */
export function unitsTable(bucketUri: string): TableInput {
  return jsonTable('unit_lines', UNIT_COLUMNS, `${bucketUri}/${unitLinesPrefix}`);
}

/** `release_lines`: a line for each release. */
export function releasesTable(bucketUri: string): TableInput {
  return jsonTable('release_lines', RELEASE_COLUMNS, `${bucketUri}/${releaseLinesPrefix}`);
}

function jsonTable(name: string, columns: Columns, location: string): TableInput {
  return {
    Name: name,
    TableType: 'EXTERNAL_TABLE',
    Parameters: { EXTERNAL: 'TRUE', classification: 'json' },
    PartitionKeys: [],
    StorageDescriptor: {
      Columns: hive(columns),
      Location: location,
      InputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
      OutputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
      SerdeInfo: { SerializationLibrary: 'org.openx.data.jsonserde.JsonSerDe' },
    },
  };
}

/**
 * A view as Athena keeps it in the catalog: types in Presto's words inside, in Hive's outside.
 *
 * @param database where names without one are looked for
 */
export function viewTable(
  name: string,
  sql: string,
  columns: { name: string; presto: string; hive: string }[],
  parameters: Record<string, string> = {},
  database: string = DATABASE,
): TableInput {
  const definition = {
    originalSql: sql,
    catalog: 'awsdatacatalog',
    schema: database,
    columns: columns.map(({ name: column, presto }) => ({ name: column, type: presto })),
  };
  const encoded = Buffer.from(JSON.stringify(definition)).toString('base64');
  return {
    Name: name,
    TableType: 'VIRTUAL_VIEW',
    Parameters: { presto_view: 'true', comment: 'Presto View', ...parameters },
    PartitionKeys: [],
    ViewExpandedText: '/* Presto View */',
    ViewOriginalText: `/* Presto View: ${encoded} */`,
    StorageDescriptor: {
      Columns: columns.map(({ name: column, hive: type }) => ({ Name: column, Type: type })),
      Location: '',
      SerdeInfo: {},
    },
  };
}

export function viewColumns(columns: Columns): { name: string; presto: string; hive: string }[] {
  return columns.map(([name, type]) => ({ name, presto: PRESTO[type], hive: HIVE[type] }));
}
