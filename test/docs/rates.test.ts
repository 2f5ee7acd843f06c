import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  MART_BYTES_A_SECOND,
  MICROSECONDS_AN_EVENT,
  REQUESTS,
  SECONDS_A_MART,
  SECONDS_A_TASK,
} from '../../functions/sessionize/planning/rates.ts';
import { PRICES, S3_SECONDS, WORKER_GB } from '../../shared/core/prices.ts';

const text = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const cells = (page: string, row: string): string[] => {
  const line = page.split('\n').find((one) => one.startsWith(`| ${row} |`));
  if (line === undefined) throw new Error(`no row ${row}`);
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
};
const numbers = (cell: string): number[] => [...cell.matchAll(/\d+(?:\.\d+)?/g)].map(([n]) => Number(n));

it('us an event are those that the bench measured, within a half', () => {
  const page = text('docs/performance.md');
  for (const dataset of Object.keys(MICROSECONDS_AN_EVENT)) {
    const measured = Number(cells(page, dataset)[3]);
    const ratio = MICROSECONDS_AN_EVENT[dataset]! / measured;
    expect([dataset, ratio > 1 / 1.5 && ratio < 1.5]).toEqual([dataset, true]);
  }
});

it('requests of a unit are those of the counted ones', () => {
  const lines = text('docs/requests.md').split('\n');
  const often = (operation: string): string =>
    lines.find((line) => line.startsWith(`| sessionize | \`s3.${operation}\``))!.split('|')[3]!;
  const factor = (formula: string, letter: string): number => {
    const term = formula.split('+').find((part) => new RegExp(`(^|\\s)${letter}\\s*$`).test(part)) ?? '0';
    return numbers(term)[0] ?? 1;
  };
  const [reads, writes] = [often('GetObject'), often('PutObject')];
  const { boundaries, facts, table, edge } = REQUESTS;
  // A unit has boundaries and two tables. The border file is a term of its own, g.
  expect(boundaries.reads + facts.reads + 2 * table.reads).toBe(factor(reads, 'u'));
  expect(boundaries.writes + facts.writes + 2 * table.writes).toBe(factor(writes, 'u') + factor(writes, 'g'));
  // Every edge is crossed and has a crossed edge on either side, and over both sides of the unit something comes.
  expect(edge.reads).toBe(factor(reads, 'e') + factor(reads, 'j') + 2 * factor(reads, 'x'));
  expect(edge.writes).toBe(factor(writes, 'e'));
});

it('prices and figures are those of the page', () => {
  const page = text('docs/redefining.md');
  const value = (row: string): number[] => numbers(cells(page, row)[1]!);
  expect(value('a task')).toEqual([SECONDS_A_TASK]);
  expect(value('a mart')).toEqual([SECONDS_A_MART, MART_BYTES_A_SECOND / 1e6]);
  expect(value('Lambda')).toEqual([PRICES.gigabyteSecond, Number(WORKER_GB.toFixed(2)), PRICES.start * 1e6]);
  expect(numbers(cells(page, 'Lambda')[2]!)).toEqual([S3_SECONDS * 1000]);
  expect(value('S3')).toEqual([PRICES.write * 1000, PRICES.read * 1000]);
  expect(value('Athena')).toEqual([PRICES.scanned * 1e12, PRICES.scannedAtLeast / 1e6]);
  expect(text('infra/functions.yml')).toContain(`memorySize: ${WORKER_GB * 1024}`);
});
