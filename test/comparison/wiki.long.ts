import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { sides } from '../../functions/publish/comparison/sides.ts';
import { parseFieldMap } from '../../shared/import/field-map.ts';
import { openTestLake } from '../lake/open.ts';
import { madeSince, proposed } from './proposing.ts';

const data =
  process.env['RETCON_SHARED_DATA'] ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));
const wikipedia = join(data, 'wikipedia-reconstructr/events.csv.gz');

it.skipIf(!existsSync(wikipedia))(
  'a wiki: 30 minutes to 15',
  async () => {
    const lake = await openTestLake('site: wiki\ntime_zone: UTC\n');
    await lake.import(wikipedia, {
      format: 'csv',
      map: parseFieldMap('visitor=uuid,time=timestamp,url=url'),
      timeUnit: 's',
    });
    const { preview, apply, candidate } = await proposed(lake, 'sessions: { inactivity: 15m }');
    const { totals, reasons, curve } = await preview();
    expect(totals.sessions).toEqual(sides(22_224, 23_941));
    const [shorter, unchanged, split] = reasons.map(({ count }) => count) as [number, number, number];
    expect(reasons.map(({ reason }) => reason)).toEqual(['shorter', 'unchanged', 'split_inactivity']);
    expect([shorter + unchanged, split]).toEqual([22_224, 23_941 - 22_224]);
    const at = (minutes: number) =>
      curve.find(({ inactivity_ms }) => inactivity_ms === minutes * 60_000)?.sessions;
    expect([at(30), at(15)]).toEqual([22_224, 23_941]);

    const moment = await apply();
    expect(await lake.rows('SELECT count(*) FROM sessions')).toEqual([['23941']]);
    expect((await madeSince(lake, candidate, moment)).sessions).toBe(0);
    await lake.close();
  },
  600_000,
);
