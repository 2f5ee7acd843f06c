import { GetPartitionCommand } from '@aws-sdk/client-glue';
import { expect, it } from 'vitest';
import { derivedTables } from '../../functions/publish/catalog-tables.ts';
import { projectSite } from '../../functions/publish/project.ts';
import { type CatalogPartition, GlueCatalog } from '../../shared/clients/glue-catalog.ts';
import { Lake } from '../../shared/lake/lake.ts';
import type { ResultRef } from '../../shared/lake/site-index.ts';
import { openTestLake } from './open.ts';

const slices = { events: 'x', sessions: 'x' };
const DAY = '2026-03-01';

/** A result of the one unit whose only part lies in `folder`. */
function result(folder: string): ResultRef {
  const parts = [{ dt: DAY, folder, rows: 1, bytes: 1 }];
  return { key: folder, made_at: 0, digest: '1:1', rows: 1, bytes: 1, parts };
}

it('a call that is overtaken while it writes leaves the catalog with what the other one showed', async () => {
  const test = await openTestLake('site: shop\n');
  const { objects, clock, clients } = test.lake;
  const catalog = new GlueCatalog(clients.glue);
  await catalog.ensureDatabase();
  for (const table of derivedTables('s3://lake')) await catalog.put(table);
  const derive = (folder: string) =>
    test.lake.lake.log('shop').append({
      type: 'derived',
      results: [{ dataset: 'sessions', slice: 'x', unit: DAY, ref: result(folder) }],
    });
  await derive('old/');

  // The slow call knows the old place; before it writes, another process shows the new one.
  class Overtaken extends GlueCatalog {
    #overtaken = false;
    override async putPartitions(name: string, partitions: readonly CatalogPartition[]): Promise<void> {
      if (!this.#overtaken && partitions.length > 0) {
        this.#overtaken = true;
        await derive('new/');
        await projectSite(new Lake(objects, clock), catalog, 's3://lake', 'shop', slices);
      }
      await super.putPartitions(name, partitions);
    }
  }
  await projectSite(new Lake(objects, clock), new Overtaken(clients.glue), 's3://lake', 'shop', slices);

  const { Partition } = await clients.glue.send(
    new GetPartitionCommand({
      DatabaseName: 'retcon',
      TableName: 'sessions_all',
      PartitionValues: ['x', 'shop', DAY, DAY],
    }),
  );
  expect(Partition?.StorageDescriptor?.Location).toBe('s3://lake/new/');
  await test.close();
});
