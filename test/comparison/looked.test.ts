import { expect, it } from 'vitest';
import type { Preview } from '../../functions/publish/comparison/preview.ts';
import { previewOf } from '../../functions/publish/comparison/preview-of.ts';
import { sides } from '../../functions/publish/comparison/sides.ts';
import { parseDefinition } from '../../shared/core/definition/parse.ts';
import { candidateOf } from '../../shared/lake/candidate.ts';
import { storeDefinition } from '../../shared/lake/definitions.ts';
import { previewKey } from '../../shared/lake/keys.ts';
import { propose } from '../../shared/lake/proposals.ts';
import { openTestLake } from '../lake/open.ts';
import { pageView } from '../lake/page-view.ts';

const at = (time: string): number => Date.parse(`2026-03-10T${time}:00Z`);

it('a proposal that was looked at by event is compared by event, once for the same facts', async () => {
  const lake = await openTestLake('site: shop\ntime_zone: UTC\nhosts: [shop.example]\n');
  const { objects, bus } = lake.lake;
  await lake.land([
    pageView('shop', 'a', 'v', at('10:00'), '/a'),
    pageView('shop', 'b', 'v', at('10:20'), '/b'),
  ]);
  await lake.drain();
  const definition = parseDefinition('sessions: { inactivity: 15m }', 'default.yaml');
  await storeDefinition(objects, definition);
  const about = { at: '2026-03-11T00:00:00.000Z', who: 'ada', why: '', changes: ['shorter'], base: 1 };
  const { id } = await propose(objects, candidateOf(definition, {}, {}), about);
  const look = async (): Promise<void> => {
    await bus.announce([{ type: 'Definition Changed', detail: { proposal: id, look: true } }]);
    await lake.drain();
  };
  const kept = async (): Promise<Preview> =>
    JSON.parse((await objects.get(previewKey(id)))!.body.toString()) as Preview;

  await look();
  const first = await kept();
  expect(first.totals.sessions).toEqual(sides(1, 2));
  expect(first.changes).toEqual(['shorter']);

  // Asked again it is the same one; more facts, and it is another.
  const range = { from: null, to: null, sites: ['shop'] };
  await look();
  expect(await previewOf(lake.lake, id, range)).toEqual(first);
  await lake.land([pageView('shop', 'c', 'w', at('11:00'), '/c')]);
  await lake.drain();
  expect(await previewOf(lake.lake, id, range)).toBe('waiting');
  expect(await kept()).toEqual(first);
  await look();
  expect((await kept()).totals.sessions).toEqual(sides(2, 3));
  await lake.close();
});
