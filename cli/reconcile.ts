import { reconcile as reconcileLake } from '../functions/reconcile/reconcile.ts';
import type { WorkingLake } from '../local/working-lake.ts';
import { redrive } from './redrive.ts';

/**
 * Finds what a lost event missed, as the scheduled reconciler does on AWS, over all that was ever landed.
 *
 * @returns landing objects that were announced again
 */
export async function reconcile(lake: WorkingLake): Promise<number> {
  const { missing } = await reconcileLake(
    {
      lake: lake.lake,
      bus: lake.bus,
      landAgain: async () => (await redrive(lake, 'ingest'))['ingest'] ?? 0,
      compactAgain: lake.compactAgain,
    },
    'all',
  );
  return missing;
}
