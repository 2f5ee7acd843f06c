import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createReconcileHandler } from '../../../functions/reconcile/handler.ts';
import { openLocalLake } from '../../../local/lake.ts';
import { SHIPPED_MARTS } from '../../../marts/shipped.ts';
import { DEFAULT_DEFINITION } from '../../../shared/core/definition/defaults.ts';
import { type Beacon, beaconEvent } from './traffic.ts';

/** The same lake on a laptop. @param salt the secret behind the ids of visitors without a cookie */
export async function openEmbedded(home: string, salt: string) {
  writeFileSync(join(home, 'salt-secret'), salt);
  const lake = await openLocalLake({ home });
  const reconcile = createReconcileHandler({
    lake: lake.lake,
    bus: lake.bus,
    log: lake.log,
    landAgain: async () => 0,
    compactAgain: lake.compactAgain,
    first: { definition: DEFAULT_DEFINITION, marts: { ...SHIPPED_MARTS } },
  });
  return {
    lake,
    async put(key: string, text: string): Promise<void> {
      await lake.objects.put(key, text);
      if (key.startsWith('config/sites/')) await reconcile({} as never, {} as never);
      await lake.runtime.drain();
    },
    async announce(type: string, detail: Record<string, unknown>): Promise<void> {
      await lake.bus.announce([{ type, detail }]);
      await lake.runtime.drain();
    },
    /** Sends beacons to the collector; gives the statuses. */
    async send(beacons: readonly Beacon[]): Promise<number[]> {
      const statuses: number[] = [];
      for (const beacon of beacons) {
        const reply = await lake.collector(beaconEvent(beacon) as never, {} as never);
        statuses.push((reply as { statusCode: number }).statusCode);
      }
      await lake.runtime.drain();
      return statuses;
    },
    close: () => lake.close(),
  };
}
