import { expect, it } from 'vitest';
import { page } from '../../bench/report.ts';

const day = { rows: 2_000_000, bytes: 128_000_000, facts: '', landed: [] };

it('a row stands beside its floor of the same run, per event of its own count', () => {
  const costs = new Map([
    ['copy of the facts', { cpu: 4, peak: 300, made: '' }],
    ['labelled events without digest', { cpu: 5, peak: 400.4, made: '' }],
    ['collector', { cpu: 1.5, peak: 90, made: '' }],
  ]);
  const lines = page(day, costs, 3).split('\n');
  const cells = (name: string): string[] => lines.find((line) => line.includes(`| ${name} |`))!.split('|');
  // 5 / 4; 5 s over 2 million events; the collector's row is over 200,000.
  expect(
    cells('labelled events without digest')
      .slice(3, 8)
      .map((cell) => cell.trim()),
  ).toEqual(['5.00', '2.50', '400', '1.25x copy of the facts', '1.25x']);
  expect(cells('collector')[4]!.trim()).toBe('7.50');
  expect(lines.some((line) => line.startsWith('2,000,000 events, 64 bytes each'))).toBe(true);
  expect(lines.filter((line) => line.startsWith('| *'))).toHaveLength(1);
});

it('says where the cost of a row goes, when its parts were measured', () => {
  const cost = (cpu: number) => ({ cpu, peak: 1, made: '' });
  const costs = new Map([
    ['parse of landed lines', cost(2)],
    ['bare copy of landed lines', cost(5)],
    ['sorted copy of landed lines', cost(6)],
    ['compaction', cost(8)],
    ['JSON of beacons', cost(1)],
    ['collector', cost(4)],
    ['events', cost(9)],
  ]);
  expect(
    page(day, costs, 1)
      .split('\n')
      .filter((line) => line.startsWith('- ')),
  ).toEqual([
    '- compaction: unpacking and parsing 25%, writing Parquet 38%, sorting 13%, copies, ids, digest 25%',
    '- collector: parsing and printing JSON 25%, the rest 75%',
  ]);
});
