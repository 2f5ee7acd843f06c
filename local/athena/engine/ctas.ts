import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Column, TableInput } from '@aws-sdk/client-glue';
import { qualifiedTable } from '../dialect/analyze/relation.ts';
import { quote } from '../dialect/analyze/value.ts';
import { SqlError, unsupported } from '../dialect/errors.ts';
import { storable } from '../dialect/index.ts';
import type { Statement } from '../dialect/parse/ast.ts';
import { duckType, type Type } from '../dialect/types.ts';
import { writeHiveType } from './hive.ts';
import { readProperties, type TableProperties } from './properties.ts';
import { type Engine, type Planned, type Question, withPlan } from './run.ts';
import { storedColumn, writeParquet } from './store.ts';

type CreateTableAs = Extract<Statement, { kind: 'createTableAs' }>;
const MOST_PARTITIONS = 100;

/** What a statement that changes something reports. */
export interface Done {
  scannedBytes: number;
}

/**
 * CREATE TABLE AS: runs the query, stores its rows below an empty location and registers the table. When
 * it fails half-way, files may stay behind, as on AWS; the table is registered last.
 */
export async function createTableAs(
  engine: Engine,
  statement: CreateTableAs,
  question: Question & { id: string; output: string | null },
): Promise<Done> {
  const { database, name } = qualifiedTable(statement.name, question.database);
  const properties = readProperties(statement.properties);
  if ((await engine.catalog.tables(database)) === null)
    throw new SqlError('SCHEMA_NOT_FOUND', `Schema ${database} not found`, statement.name[0]!.at);
  if ((await engine.catalog.table(database, name)) !== null) {
    if (statement.ifNotExists) return { scannedBytes: 0 };
    throw new SqlError(
      'TABLE_ALREADY_EXISTS',
      `Destination table '${database}.${name}' already exists`,
      statement.name[0]!.at,
    );
  }
  const location =
    properties.location ??
    (question.output === null ? null : `${question.output.replace(/\/?$/, '/')}tables/${question.id}/`);
  if (location === null)
    throw new SqlError(
      'INVALID_TABLE_PROPERTY',
      "No location for the table: give external_location = 's3://bucket/folder/'",
    );
  if (!(await engine.files.isEmpty(location)))
    throw new SqlError(
      'HIVE_PATH_ALREADY_EXISTS',
      `Target directory for table '${database}.${name}' already exists: ${location}. You may need to manually clean the data at location '${location}' before retrying. Athena will not delete data in your account.`,
    );
  const folder = join(engine.home, 'athena.temporary', question.id);
  await mkdir(folder, { recursive: true });
  try {
    return await withPlan(engine, statement.query, question, async (plan, connection) => {
      const columns = storable(plan.columns);
      const types = columns.map((c) => writeHiveType(c.type));
      const keys = partitionKeys(columns, properties);
      const plain = columns.length - keys.length;
      const as = { columns, plain, location, folder, properties };
      const sql = statement.withData ? plan.sql : `SELECT * FROM (${plan.sql}) AS q WHERE FALSE`;
      const places =
        keys.length === 0
          ? await storeAll(engine, { ...plan, sql }, connection, as)
          : await storePartitions(engine, { ...plan, sql }, connection, as);
      const hive = columns.map((c, i): Column => ({ Name: c.name, Type: types[i]! }));
      const table = tableInput(name, location, hive.slice(0, plain), hive.slice(plain), properties);
      await engine.catalog.create(database, table);
      if (places.length > 0)
        await engine.catalog.addPartitions(
          database,
          name,
          places.map((p) => ({
            Values: p.values,
            StorageDescriptor: { ...table.StorageDescriptor, Location: p.location },
          })),
        );
      return { scannedBytes: plan.scannedBytes };
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Destination {
  columns: { name: string; type: Type }[];
  /** How many of the columns are inside the files. */
  plain: number;
  location: string;
  folder: string;
  properties: TableProperties;
}

interface StoredPartition {
  values: string[];
  location: string;
}

type Connection = Parameters<Parameters<typeof withPlan>[3]>[1];

/** Partition columns come last in the SELECT, in the order in which they are named. */
function partitionKeys(columns: Destination['columns'], { partitionedBy }: TableProperties): string[] {
  if (partitionedBy.length === 0) return [];
  for (const key of partitionedBy)
    if (!columns.some((c) => c.name === key))
      throw new SqlError('INVALID_TABLE_PROPERTY', `Partition column '${key}' is not in the query's columns`);
  if (partitionedBy.length >= columns.length)
    throw new SqlError('INVALID_TABLE_PROPERTY', 'Table contains only partition columns');
  const last = columns.slice(-partitionedBy.length).map((c) => c.name);
  if (last.some((name, i) => name !== partitionedBy[i]))
    throw new SqlError(
      'INVALID_TABLE_PROPERTY',
      `Partition keys must be the last columns in the table and in the same order as the table properties: [${partitionedBy.join(', ')}]`,
    );
  for (const c of columns.slice(-partitionedBy.length))
    if (!['varchar', 'integer', 'bigint', 'smallint', 'tinyint', 'date'].includes(c.type.kind))
      throw unsupported(`a partition column of type ${duckType(c.type)}`);
  return partitionedBy;
}

const fileName = (properties: TableProperties): string =>
  `part-0.${properties.compression === 'uncompressed' ? '' : `${properties.compression}.`}parquet`;

async function storeAll(
  engine: Engine,
  plan: Planned,
  connection: Connection,
  to: Destination,
): Promise<StoredPartition[]> {
  const path = join(to.folder, 'all.parquet');
  const list = to.columns.map(storedColumn).join(', ');
  const rows = await writeParquet(
    connection,
    `SELECT ${list} FROM (${plan.sql}) AS q`,
    path,
    to.properties.compression,
  );
  if (rows > 0) await engine.files.store(path, `${to.location}${fileName(to.properties)}`);
  return [];
}

async function storePartitions(
  engine: Engine,
  plan: Planned,
  connection: Connection,
  to: Destination,
): Promise<StoredPartition[]> {
  const keys = to.columns.slice(to.plain).map((_, i) => `c${to.plain + i}`);
  await connection.run(`CREATE TEMP TABLE stored AS ${plan.sql}`);
  try {
    const groups = await connection.runAndReadAll(
      `SELECT DISTINCT ${keys.map((k) => `CAST(${k} AS VARCHAR)`).join(', ')} FROM stored ORDER BY ALL LIMIT ${MOST_PARTITIONS + 1}`,
    );
    const found = groups.getRows().map((row) => row.map((v) => (v === null ? null : String(v))));
    if (found.length > MOST_PARTITIONS)
      throw new SqlError(
        'HIVE_TOO_MANY_OPEN_PARTITIONS',
        `Exceeded limit of ${MOST_PARTITIONS} open writers for partitions/buckets`,
      );
    const list = to.columns.slice(0, to.plain).map(storedColumn).join(', ');
    const places: StoredPartition[] = [];
    for (const [n, values] of found.entries()) {
      const where = values
        .map((v, i) => `CAST(${keys[i]} AS VARCHAR) IS NOT DISTINCT FROM ${v === null ? 'NULL' : quote(v)}`)
        .join(' AND ');
      const path = join(to.folder, `${n}.parquet`);
      await writeParquet(
        connection,
        `SELECT ${list} FROM stored WHERE ${where}`,
        path,
        to.properties.compression,
      );
      const texts = values.map((v) => v ?? '__HIVE_DEFAULT_PARTITION__');
      const folder = texts.map((v, i) => `${to.columns[to.plain + i]!.name}=${encodePart(v)}/`).join('');
      await engine.files.store(path, `${to.location}${folder}${fileName(to.properties)}`);
      places.push({ values: texts, location: `${to.location}${folder}` });
    }
    return places;
  } finally {
    await connection.run('DROP TABLE stored');
  }
}

/** Hive escapes what a folder's name can't hold. */
const encodePart = (value: string): string =>
  value.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
    /[\u0000-\u001f"#%'*/:=?\\{[\]^\u007f]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );

function tableInput(
  name: string,
  location: string,
  columns: Column[],
  keys: Column[],
  properties: TableProperties,
): TableInput {
  return {
    Name: name,
    TableType: 'EXTERNAL_TABLE',
    Parameters: {
      EXTERNAL: 'TRUE',
      has_encrypted_data: 'false',
      'parquet.compression': properties.compressionName,
    },
    PartitionKeys: keys,
    StorageDescriptor: {
      Columns: columns,
      Location: location,
      InputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
      OutputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
      SerdeInfo: {
        SerializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe',
        Parameters: { 'serialization.format': '1' },
      },
    },
  };
}
