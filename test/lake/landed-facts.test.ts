import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { compactLanding } from '../../functions/compact/compact.ts';
import { unitOf } from '../../shared/core/unit.ts';
import { writeBatch } from '../../shared/lake/landing-batch.ts';
import { openTestLake } from './open.ts';
import { pageView } from './page-view.ts';

const NOON = Date.parse('2026-03-01T12:00:00Z');
const UNIT = '2026-03-01';

it('counts a fact as new once, also when an object of an earlier name brings a copy that takes its place', async () => {
  const lake = await openTestLake('site: shop\n');
  const [x, y] = [pageView('shop', 'x', 'v', NOON, '/x'), pageView('shop', 'y', 'v', NOON + 1000, '/y')];
  const land = async (now: number, records: (typeof x)[]): Promise<string> => {
    const unit = (record: typeof x): string => unitOf(record.event_time, 0);
    const batch = { now, digest: '0123456789abcdef', records, rejected: [], unitOf: unit };
    const { landing } = await writeBatch(lake.lake.objects, batch);
    await lake.drain();
    return landing!.key;
  };
  const later = await land(NOON + 2000, [x]);
  const earlier = await land(NOON + 1000, [x, y]);
  const { units } = await lake.lake.lake.log('shop').read();
  expect(units[UNIT]!.facts!.rows).toBe(2);
  expect(units[UNIT]!.accepted).toEqual({ [later]: 1, [earlier]: 1 });
  await lake.close();
});

const fact = pageView('shop', 'x', 'v', NOON, '/x');

it.each([
  ['of another site', { ...fact, site: 'blog' }, 'the line belongs to site "blog"'],
  // Beyond what a Date can hold: asking for its unit would throw.
  ['of no time', { ...fact, event_time: 9e15 }, 'event_time is no time between 1970 and 9999'],
])('puts a line %s aside, though the index says otherwise', async (_, line, why) => {
  const lake = await openTestLake('site: shop\n');
  const member = gzipSync(`${JSON.stringify(line)}\n`);
  const units = [{ site: 'shop', unit: UNIT, count: 1, offset: 0, length: member.length }];
  const index = gzipSync(`${JSON.stringify({ retcon_landing: 1, units })}\n`);
  const key = `landing/dt=${UNIT}/hh=12/${NOON}-0123456789abcdef.ndjson.gz`;
  await lake.lake.objects.put(key, Buffer.concat([index, member]));
  await lake.drain();
  expect(await lake.rows('SELECT count(*) FROM events')).toEqual([['0']]);
  expect(await lake.rows('SELECT site, reason, detail FROM rejected')).toEqual([
    ['shop', 'corrupt_landing', `${key}, line 1: ${why}`],
  ]);
  await lake.close();
});

it.each([
  ['held in memory', 100_000],
  ['sorted as they are read', 0],
])('lines that are no facts and a damaged member cost only themselves, %s', async (_, rowsInMemory) => {
  const lake = await openTestLake('site: shop\n');
  const { lake: known, bus, log, objects } = lake.lake;
  const put = async (name: string, lines: string[], crc?: number): Promise<string> => {
    const member = gzipSync(`${lines.join('\n')}\n`);
    const unit = { site: 'shop', unit: UNIT, count: lines.length, offset: 0, length: member.length };
    const units = [crc === undefined ? unit : { ...unit, crc }];
    const index = gzipSync(`${JSON.stringify({ retcon_landing: 1, units })}\n`);
    const key = `landing/dt=${UNIT}/hh=12/${NOON}-${name}.ndjson.gz`;
    await objects.put(key, Buffer.concat([index, member]));
    return key;
  };
  const line = (id: string): string => JSON.stringify(pageView('shop', id, `v-${id}`, NOON, `/${id}`));
  const keys = [
    await put('000000000000000a', [line('a'), line('b')]),
    await put('000000000000000b', [
      line('c'),
      '{"site":"shop",',
      line('d'),
      line('e').replace('page_view', 'visit'),
    ]),
    // Not the checksum of what is stored.
    await put('000000000000000c', [line('f')], 1),
    await put('000000000000000d', [line('g')]),
  ];
  const limits = { rowsInMemory };
  expect([...(await compactLanding({ lake: known, bus, log, limits }, keys))]).toEqual([]);
  await lake.drain();
  expect(await lake.rows('SELECT event_id FROM events ORDER BY event_id')).toEqual([
    ['a'],
    ['b'],
    ['c'],
    ['d'],
    ['g'],
  ]);
  expect(await lake.rows('SELECT detail FROM rejected ORDER BY detail')).toEqual([
    [`${keys[1]}, line 2: the line is not JSON`],
    [`${keys[1]}, line 4: event_type "visit" is unknown`],
    [`${keys[2]}: The rows of shop ${UNIT} in ${keys[2]} are damaged.`],
  ]);
  const { units } = await known.log('shop').read();
  expect(units[UNIT]!.accepted).toEqual({ [keys[0]!]: 2, [keys[1]!]: 2, [keys[3]!]: 1 });
  expect(Object.keys(units[UNIT]!.consumed).sort()).toEqual(keys);
  await lake.close();
});
