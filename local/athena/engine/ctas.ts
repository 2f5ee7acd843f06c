import type { Column, TableInput } from '@aws-sdk/client-glue';
import { qualifiedTable } from '../dialect/analyze/relation.ts';
import { SqlError } from '../dialect/errors.ts';
import { storable } from '../dialect/index.ts';
import type { Statement } from '../dialect/parse/ast.ts';
import { writeHiveType } from './hive.ts';
import { readProperties, type TableProperties } from './properties.ts';
import { type Engine, type Question, withPlan } from './run.ts';
import { checkPartitions, fileName, partitionFolder, storeRows } from './stored-rows.ts';

type CreateTableAs = Extract<Statement, { kind: 'createTableAs' }>;

/** What a statement that writes rows reports. */
export interface Written {
  scannedBytes: number;
  rows: number;
}

/**
 * CREATE TABLE AS: runs the query, stores its rows below an empty location and registers the table. When
 * it fails half-way, files may stay behind, as on AWS; the table is registered last.
 */
export async function createTableAs(
  engine: Engine,
  statement: CreateTableAs,
  question: Question & { id: string; output: string | null },
): Promise<Written> {
  const { database, name } = qualifiedTable(statement.name, question.database);
  const properties = readProperties(statement.properties);
  if ((await engine.catalog.tables(database)) === null)
    throw new SqlError('SCHEMA_NOT_FOUND', `Schema ${database} not found`, statement.name[0]!.at);
  if ((await engine.catalog.table(database, name)) !== null) {
    if (statement.ifNotExists) return { scannedBytes: 0, rows: 0 };
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
  await mustBeEmpty(engine, location, `Target directory for table '${database}.${name}' already exists`);
  return withPlan(engine, statement.query, question, async (plan, connection) => {
    const columns = storable(plan.columns);
    const hive = columns.map((c): Column => ({ Name: c.name, Type: writeHiveType(c.type) }));
    checkPartitions(columns, properties.partitionedBy);
    const plain = columns.length - properties.partitionedBy.length;
    const sql = statement.withData ? plan.sql : `SELECT * FROM (${plan.sql}) AS q WHERE FALSE`;
    const stored = await storeRows(engine, sql, connection, {
      columns,
      partitionedBy: properties.partitionedBy,
      compression: properties.compression,
      place: (values) => `${location}${partitionFolder(properties.partitionedBy, values)}`,
      file: fileName(question.id, properties.compression),
    });
    const table = tableInput(name, location, hive.slice(0, plain), hive.slice(plain), properties);
    await engine.catalog.create(database, table);
    await engine.catalog.addPartitions(database, name, table, stored.partitions);
    return { scannedBytes: plan.scannedBytes, rows: stored.rows };
  });
}

/** Athena writes below a location only when nothing is there yet. */
export async function mustBeEmpty(engine: Engine, location: string, problem: string): Promise<void> {
  if (await engine.files.isEmpty(location)) return;
  throw new SqlError(
    'HIVE_PATH_ALREADY_EXISTS',
    `${problem}: ${location}. You may need to manually clean the data at location '${location}' before retrying. Athena will not delete data in your account.`,
  );
}

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
