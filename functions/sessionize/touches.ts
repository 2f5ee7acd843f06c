import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { withConnection } from '../../shared/duckdb/engine.ts';
import { attemptId, internalFolder } from '../../shared/lake/keys.ts';
import { recordResult } from '../../shared/lake/manifests.ts';
import type { ResultRef } from '../../shared/lake/site-index.ts';
import { hashOf } from '../../shared/lake/slices.ts';
import { withScratch } from '../../shared/scratch.ts';
import { implementation } from './implementations.ts';
import type { Target } from './target.ts';

/** Key of the narrow copy of a unit's sessions: their digest covers every column in it. */
export function touchesKey(target: Target, unit: string, sessions: ResultRef): string {
  const { algorithms, context } = target;
  return hashOf(['touches', algorithms.touches, algorithms.sessions, context.site, unit, sessions.digest]);
}

/** Writes the narrow copy of a unit's sessions that conversions look back at. */
export function computeTouches(
  target: Target,
  unit: string,
  key: string,
  sessions: ResultRef,
): Promise<ResultRef> {
  return withScratch(async (folder) => {
    const files: string[] = [];
    for (const part of sessions.parts ?? []) {
      files.push(join(folder, `sessions-${part.dt}.parquet`));
      await target.objects.download(`${part.folder}sessions.parquet`, files.at(-1)!);
    }
    if (files.length === 0) return recordResult(target, { key, digest: 'none', rows: 0, bytes: 0 });
    return withConnection(async (connection) => {
      const file = join(folder, 'touches.parquet');
      const found = await implementation('touches', target.algorithms)(connection, files, file);
      const { site } = target.context;
      const object = `${internalFolder('touches', target.slices['sessions']!, site, unit, attemptId())}touches.parquet`;
      await target.objects.upload(file, object);
      return recordResult(target, { key, ...found, bytes: (await stat(file)).size, object });
    });
  });
}
