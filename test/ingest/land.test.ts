import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { collect } from '../../functions/ingest/collect.ts';
import { land } from '../../functions/ingest/land.ts';
import { landedRecords, openLanding } from '../../shared/lake/landing-reader.ts';
import { collectWorld, Lines, MemoryBus, MemoryObjects, NOW, post, site } from './fake-world.ts';

function landWorld() {
  const clock = { at: NOW + 3_600_000, now: () => clock.at };
  return { clock, objects: new MemoryObjects(), bus: new MemoryBus(), log: new Lines() };
}

/** Messages as the collector makes them. */
async function messagesOf(...beacons: object[]) {
  const sites = [site(), site({ site: 'blog', write_keys: [], day_offset_minutes: 60 })];
  const { world, sent } = collectWorld({}, sites);
  for (const beacon of beacons) expect((await collect(post(beacon), world)).status).toBe(202);
  return sent.map((message, i) => ({ id: `m${i}`, body: JSON.stringify(message) }));
}

const lines = (body: Buffer) =>
  gunzipSync(body)
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

/** The first ms of 2026-01-31 in Tokyo. */
const midnightInTokyo = Date.UTC(2026, 0, 30, 15);

test('one batch is one object of all sites, cut at each site’s own midnight', async () => {
  const world = landWorld();
  const times = [midnightInTokyo - 1, midnightInTokyo];
  const messages = await messagesOf(
    { site: 'shop', key: 'k1', events: times.map((time, i) => ({ id: `s${i}`, time })) },
    { site: 'blog', events: times.map((time, i) => ({ id: `b${i}`, time })) },
  );
  const landed = await land(messages, world);
  const key = [...world.objects.objects.keys()][0]!;
  expect(world.objects.objects.size).toBe(1);
  expect(key).toMatch(/^landing\/dt=2026-01-31\/hh=13\/1769864400000-[0-9a-f]{16}\.ndjson\.gz$/);
  expect(landed.landing).toEqual({
    key,
    bytes: world.objects.objects.get(key)!.length,
    units: [
      { site: 'blog', unit: '2026-01-30', count: 2 },
      { site: 'shop', unit: '2026-01-30', count: 1 },
      { site: 'shop', unit: '2026-01-31', count: 1 },
    ],
  });
  const index = (await openLanding(world.objects, key))!;
  const ids = await Promise.all(
    index.units.map(async (unit) =>
      (await landedRecords(world.objects, key, index, unit)).map((record) => record.event_id),
    ),
  );
  expect(ids).toEqual([['b0', 'b1'], ['s0'], ['s1']]);
  expect(world.bus.announced).toEqual([{ type: 'Landing Object Created', detail: landed.landing }]);
});

test('refused events land beside it, with their reasons', async () => {
  const world = landWorld();
  const messages = await messagesOf({ site: 'shop', key: 'k1', events: [{ id: 'a' }, { type: 'x' }] });
  const landed = await land(messages, world);
  expect(landed.rejected!.count).toBe(1);
  expect(landed.rejected!.key).toMatch(/^rejected\/dt=2026-01-31\/\d{13}-[0-9a-f]{16}\.ndjson\.gz$/);
  expect(lines(world.objects.objects.get(landed.rejected!.key)!)).toMatchObject([
    { site: 'shop', reason: 'bad_type', source: 'collector', received_at: NOW },
  ]);
});

describe('messages that are no beacons', () => {
  const record = { site: 'shop', event_id: 'a', event_time: 1, fingerprint: 'f', visitor_id: 'v' };
  const message = { v: 1, received_at: 1, day_offset_minutes: 0, records: [record], rejected: [] };
  test.each([
    '',
    'null',
    '{',
    '[]',
    JSON.stringify({ ...message, v: 2 }),
    JSON.stringify({ ...message, records: {} }),
    JSON.stringify({ ...message, rejected: [null] }),
    JSON.stringify({ ...message, day_offset_minutes: 100_000 }),
    JSON.stringify({ ...message, records: [{ ...record, site: '../etc' }] }),
    JSON.stringify({ ...message, records: [{ ...record, event_time: 'x' }] }),
    JSON.stringify({ ...message, records: [{ ...record, event_time: 9e15 }] }),
    JSON.stringify({ ...message, records: [null] }),
  ])('%s', async (body) => {
    const world = landWorld();
    const landed = await land(
      [
        { id: 'bad', body },
        { id: 'good', body: JSON.stringify(message) },
      ],
      world,
    );
    expect(landed.landing!.units).toEqual([{ site: 'shop', unit: '1970-01-01', count: 1 }]);
    expect(lines(world.objects.objects.get(landed.rejected!.key)!)).toEqual([
      expect.objectContaining({ reason: 'bad_message', body, site: '', source: 'collector' }),
    ]);
  });

  test('keep their whole body', async () => {
    const world = landWorld();
    const body = 'x'.repeat(500_000);
    const landed = await land([{ id: 'bad', body }], world);
    expect(landed.landing).toBeNull();
    expect(lines(world.objects.objects.get(landed.rejected!.key)!)[0].body).toBe(body);
    expect(world.bus.announced).toEqual([]);
  });
});

test('the same batch again, in any order, leaves what is there', async () => {
  const world = landWorld();
  const messages = await messagesOf(
    { site: 'shop', key: 'k1', name: 'a' },
    { site: 'shop', key: 'k1', type: 'x' },
  );
  const first = await land(messages, world);
  const kept = new Map(world.objects.objects);
  expect(await land([...messages].reverse(), world)).toEqual(first);
  expect(world.objects.objects).toEqual(kept);
});

test('later it lands once more under another name: nothing is lost, copies carry the same identity', async () => {
  const world = landWorld();
  const messages = await messagesOf({ site: 'shop', key: 'k1', id: 'a', name: 'x' });
  const keys = [(await land(messages, world)).landing!.key];
  world.clock.at += 30_000;
  keys.push((await land(messages, world)).landing!.key);
  const identities = await Promise.all(
    keys.map(async (key) => {
      const index = (await openLanding(world.objects, key))!;
      const [only] = await landedRecords(world.objects, key, index, index.units[0]!);
      return [only!.site, only!.event_id, only!.fingerprint];
    }),
  );
  expect(keys[0]).not.toBe(keys[1]);
  expect(identities[0]).toEqual(identities[1]);
});

test('a store that fails throws, so that the whole batch comes again', async () => {
  const world = landWorld();
  world.objects.broken = true;
  await expect(land(await messagesOf({ site: 'shop', key: 'k1', name: 'a' }), world)).rejects.toThrow('down');
  expect(world.bus.announced).toEqual([]);
});

test('a bus that fails is only logged', async () => {
  const world = landWorld();
  world.bus.broken = true;
  const landed = await land(await messagesOf({ site: 'shop', key: 'k1', name: 'a' }), world);
  expect(world.objects.objects.has(landed.landing!.key)).toBe(true);
  expect(world.log.lines).toEqual(['warn a landing object could not be announced']);
});
