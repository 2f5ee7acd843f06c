import { randomUUID } from 'node:crypto';
import type { WorkingLake } from '../local/working-lake.ts';
import { GlueCatalog } from '../shared/clients/glue-catalog.ts';
import { RetconError } from '../shared/core/errors.ts';

/** Runs a query into one Parquet file, by way of a table that is gone afterwards. @returns its rows */
export async function exportParquet(
  lake: WorkingLake,
  sql: string,
  database: string,
  path: string,
): Promise<number> {
  const name = `export_${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  const folder = `results/${name}/`;
  try {
    await lake.queries.execute(
      `CREATE TABLE retcon.${name} WITH (format = 'PARQUET', write_compression = 'ZSTD', external_location = '${lake.bucketUri}/${folder}') AS ${sql}`,
      { database },
    );
    const counted = await lake.queries.query(`SELECT count(*) FROM retcon.${name}`);
    const files = await lake.objects.list(folder);
    if (files.length !== 1) {
      throw new RetconError('many_files', `the result lies in ${files.length} files, not one`, {
        fix: 'ask for fewer rows, or use --format ndjson',
      });
    }
    await lake.objects.download(files[0]!.key, path);
    return Number(counted.rows[0]![0]);
  } finally {
    await new GlueCatalog(lake.clients.glue).drop(name);
    for (const { key } of await lake.objects.list(folder)) await lake.objects.remove(key);
  }
}
