import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createReconcileHandler } from '../../../functions/reconcile/handler.ts';
import { openLocalLake } from '../../../local/lake.ts';
import { SHIPPED_MARTS } from '../../../marts/shipped.ts';
import { DEFAULT_DEFINITION } from '../../../shared/core/definition/defaults.ts';
import { functionUrlEvent } from '../../../shared/envelopes/function-url.ts';
import { type Beacon, FROM_THE_CDN, VIEWER } from './traffic.ts';

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
      for (const { headers, body } of beacons) {
        const request = {
          method: 'POST',
          path: '/v1/events',
          query: '',
          headers: { ...headers, ...FROM_THE_CDN, host: 'localhost' },
          body: Buffer.from(body),
          sourceAddress: VIEWER,
        };
        const event = functionUrlEvent(request, Date.now());
        const reply = (await lake.collector(event as never, {} as never)) as { statusCode: number };
        statuses.push(reply.statusCode);
      }
      await lake.runtime.drain();
      return statuses;
    },
    close: () => lake.close(),
  };
}
