import { SqlError, unsupported } from '../dialect/errors.ts';
import type { Statement } from '../dialect/parse/ast.ts';
import { mustBeEmpty, type Written } from './ctas.ts';
import { parseLocation } from './files.ts';
import { readProperties } from './properties.ts';
import { type Engine, type Question, withPlan } from './run.ts';
import { checkPartitions, fileName, partitionFolder, storeRows } from './stored-rows.ts';

type Unload = Extract<Statement, { kind: 'unload' }>;

/** UNLOAD (query) TO 's3://..': the rows of a query as Parquet files below an empty location, without a table. */
export async function unload(
  engine: Engine,
  statement: Unload,
  question: Question & { id: string },
): Promise<Written> {
  for (const p of statement.properties)
    if (!['format', 'compression', 'partitioned_by'].includes(p.name.text.toLowerCase()))
      throw unsupported(`the property ${p.name.text} of UNLOAD`, p.name.at);
  const properties = readProperties(
    statement.properties.map((p) =>
      p.name.text.toLowerCase() === 'compression'
        ? { ...p, name: { ...p.name, text: 'write_compression' } }
        : p,
    ),
  );
  if (!statement.properties.some((p) => p.name.text.toLowerCase() === 'format'))
    throw new SqlError('INVALID_TABLE_PROPERTY', "UNLOAD needs a format: WITH (format = 'PARQUET')");
  const { bucket, prefix } = parseLocation(statement.location);
  const location = `s3://${bucket}/${prefix}`;
  await mustBeEmpty(engine, location, 'The destination of UNLOAD is not empty');
  return withPlan(engine, statement.query, question, async (plan, connection) => {
    const columns = plan.columns.map((c) => ({ ...c, name: c.name.toLowerCase() }));
    const twice = columns.find((c, i) => columns.findIndex((o) => o.name === c.name) < i);
    if (twice)
      throw new SqlError('DUPLICATE_COLUMN_NAME', `Column name '${twice.name}' specified more than once`);
    checkPartitions(columns, properties.partitionedBy);
    const stored = await storeRows(engine, plan.sql, connection, {
      columns,
      partitionedBy: properties.partitionedBy,
      compression: properties.compression,
      place: (values) => `${location}${partitionFolder(properties.partitionedBy, values)}`,
      file: fileName(question.id, properties.compression),
    });
    return { scannedBytes: plan.scannedBytes, rows: stored.rows };
  });
}
