import { attemptId, derivedFolder } from '../../shared/lake/keys.ts';
import { recordResult } from '../../shared/lake/manifests.ts';
import type { ResultRef } from '../../shared/lake/site-index.ts';
import type { PublicTable } from '../../shared/lake/tables.ts';
import type { Emitted } from './emitted.ts';
import type { Target } from './target.ts';

/** Uploads the files of a unit's public table and records them under its key. */
export async function storeTable(
  target: Target,
  dataset: PublicTable,
  unit: string,
  key: string,
  emitted: Emitted,
): Promise<ResultRef> {
  const attempt = attemptId();
  const parts: NonNullable<ResultRef['parts']> = [];
  for (const { dt, file, rows, bytes } of emitted.parts) {
    const folder = derivedFolder(dataset, target.slices[dataset]!, target.context.site, dt, unit, attempt);
    await target.objects.upload(file, `${folder}${dataset}.parquet`);
    parts.push({ dt, folder, rows, bytes });
  }
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  return recordResult(target, { key, digest: emitted.digest, rows: emitted.rows, bytes, parts });
}
