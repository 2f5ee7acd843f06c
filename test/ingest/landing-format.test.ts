import { execFileSync } from 'node:child_process';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { LandingRecord } from '../../shared/core/event/types.ts';
import { encodeLanding, readLandingIndex, readLandingUnit } from '../../shared/lake/landing.ts';
import { landedRecords, openLanding } from '../../shared/lake/landing-reader.ts';
import { MemoryObjects } from './fake-world.ts';

function record(site: string, id: string, unit: string): LandingRecord {
  return { site, event_id: id, title: unit } as LandingRecord;
}

const records = [
  record('shop', 's1', '2026-01-02'),
  record('blog', 'b1', '2026-01-01'),
  record('shop', 's2', '2026-01-01'),
  record('shop', 's3', '2026-01-02'),
];
const { body, units } = encodeLanding(records, (entry) => entry.title!);
const index = readLandingIndex(body)!;
const corrupt = expect.objectContaining({ code: 'corrupt_landing' });

test('units are ordered by site and day and lie one behind the other', () => {
  expect(units.map(({ site, unit, count }) => [site, unit, count])).toEqual([
    ['blog', '2026-01-01', 1],
    ['shop', '2026-01-01', 1],
    ['shop', '2026-01-02', 2],
  ]);
  expect(units[0]!.offset).toBe(0);
  expect(units[1]!.offset).toBe(units[0]!.length);
  expect(index.units).toEqual(units);
  expect(index.start + units[2]!.offset + units[2]!.length).toBe(body.length);
});

test('zcat reads everything: the index, then every event in order', () => {
  const lines = execFileSync('gzip', ['-dc'], { input: body }).toString().trimEnd().split('\n');
  expect(JSON.parse(lines[0]!)).toEqual({ retcon_landing: 1, units });
  expect(lines.slice(1).map((line) => JSON.parse(line).event_id)).toEqual(['b1', 's2', 's1', 's3']);
});

test('each member alone is the NDJSON of its unit', () => {
  const { offset, length } = units[2]!;
  const member = body.subarray(index.start + offset, index.start + offset + length);
  expect(gunzipSync(member).toString()).toBe(
    `${JSON.stringify(records[0])}\n${JSON.stringify(records[3])}\n`,
  );
  expect(readLandingUnit(member, units[2]!)).toEqual([records[0], records[3]]);
});

describe('corrupt input', () => {
  const member = body.subarray(index.start, index.start + units[0]!.length);
  const of = (text: string) => Buffer.concat([gzipSync(text), member]);

  test('an object cut off anywhere in its index gives none, and never a wrong one', () => {
    for (let bytes = 0; bytes < index.start; bytes++)
      expect(readLandingIndex(body.subarray(0, bytes))).toBeNull();
    expect(readLandingIndex(body.subarray(0, index.start))).toEqual(index);
  });

  test.each([
    ['not gzip', Buffer.from('{"retcon_landing":1,"units":[]}')],
    ['not JSON', of('{"retcon_landing":1,')],
    ['another format', of('{"retcon_landing":2,"units":[]}')],
    ['null', of('null')],
    ['no units', of('{"retcon_landing":1}')],
    [
      'a unit without a place',
      of('{"retcon_landing":1,"units":[{"site":"a","unit":"2026-01-01","count":1}]}'),
    ],
    [
      'a site that is a path',
      of(
        '{"retcon_landing":1,"units":[{"site":"../a","unit":"2026-01-01","count":1,"offset":0,"length":1}]}',
      ),
    ],
  ])('%s', (_, bytes) => {
    expect(() => readLandingIndex(bytes)).toThrowError(corrupt);
  });

  test('a flipped bit in the index is noticed', () => {
    for (let at = 10; at < index.start; at++) {
      const flipped = Buffer.from(body);
      flipped[at]! ^= 1;
      let read: unknown = null;
      try {
        read = readLandingIndex(flipped.subarray(0, index.start));
      } catch (error) {
        expect(error).toEqual(corrupt);
      }
      expect(read).toBeNull();
    }
  });

  test('a member that is cut, damaged, short of lines or of another site', () => {
    const unit = units[0]!;
    const flipped = Buffer.from(member);
    flipped[member.length - 6]! ^= 1;
    expect(() => readLandingUnit(member.subarray(1), unit)).toThrowError(corrupt);
    expect(() => readLandingUnit(flipped, unit)).toThrowError(corrupt);
    expect(() => readLandingUnit(member, { ...unit, count: 2 })).toThrowError(corrupt);
    expect(() => readLandingUnit(member, { ...unit, site: 'shop' })).toThrowError(corrupt);
    const broken = gzipSync('{"site":\n');
    expect(() => readLandingUnit(broken, { ...unit, length: broken.length })).toThrowError(corrupt);
  });
});

describe('from the store', () => {
  test('an index longer than the first read is read whole', async () => {
    // Random-looking site names do not compress: the index member exceeds 64 KB.
    const many = Array.from({ length: 6_000 }, (_, i) => {
      const name = Buffer.from(String(Math.imul(i + 1, 2654435761) >>> 0)).toString('hex');
      return record(`${name}`.slice(0, 40), `e${i}`, `2026-01-${String((i % 28) + 1).padStart(2, '0')}`);
    });
    const objects = new MemoryObjects();
    const large = encodeLanding(many, (entry) => entry.title!);
    await objects.put('k', large.body);
    const opened = (await openLanding(objects, 'k'))!;
    expect(opened.start).toBeGreaterThan(64 * 1024);
    expect(opened.units).toHaveLength(6_000);
    const last = opened.units.at(-1)!;
    expect((await landedRecords(objects, 'k', opened, last))[0]!.site).toBe(last.site);
  });

  test('no object is null, a cut object is an error', async () => {
    const objects = new MemoryObjects();
    expect(await openLanding(objects, 'none')).toBeNull();
    await objects.put('cut', body.subarray(0, index.start - 1));
    await expect(openLanding(objects, 'cut')).rejects.toThrowError(corrupt);
    await objects.put('short', body.subarray(0, body.length - 1));
    const opened = (await openLanding(objects, 'short'))!;
    await expect(landedRecords(objects, 'short', opened, units[2]!)).rejects.toThrowError(corrupt);
  });
});
