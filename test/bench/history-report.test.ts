import { expect, it } from 'vitest';
import type { HistoryRun } from '../../bench/history.ts';
import { costsOf, dollarsOf, historySection } from '../../bench/history-report.ts';
import { withHead, withSection } from '../../bench/page-sections.ts';

const made = { units: 1000, events: 19_000_000, sessions: 3_000_000, digest: 'd' };
const worker = (cpu: number, puts: number, gets: number) => ({
  cpu,
  peak: 300,
  starts: { sessionize: 1, work: 9 },
  requests: { 's3.PutObject': puts, 's3.ListObjectsV2': 10, 's3.GetObject': gets, 'sqs.SendMessage': 5 },
});
const run = (batch: number, ...workers: HistoryRun['workers']): HistoryRun => ({
  processes: workers.length,
  batch,
  seconds: 100,
  workers,
  made,
});
const parallel = run(64, worker(200, 4_990, 7_000), worker(100, 4_990, 3_000));

it('costs add up over processes, and become dollars', () => {
  const costs = costsOf(parallel);
  expect(costs).toEqual({ cpu: 300, starts: 20, writes: 10_000, reads: 10_000 });
  // 20,000 requests of 30 ms; (300 + 600) s x 3008/1024 GB x $0.0000133334 + 20 x $0.0000002 = $0.035254;
  // 10 thousand writes at $0.005 and 10 thousand reads at $0.0004.
  const dollars = dollarsOf(costs);
  expect(dollars.waiting).toBeCloseTo(600, 9);
  expect(dollars.lambda).toBeCloseTo(0.035254, 6);
  expect(dollars.s3).toBeCloseTo(0.054, 9);
  expect(dollars.all).toBeCloseTo(0.089254, 6);
});

it('what grows with events is multiplied, what grows with units is not', () => {
  const lines = historySection({ serial: run(0, worker(250, 9_000, 9_000)), parallel, acts: [] }).split('\n');
  const cells = (name: string): string[] =>
    lines
      .find((line) => line.startsWith(`| ${name} |`))!
      .split('|')
      .slice(2, 5)
      .map((cell) => cell.trim());
  // 9.5 G / 19 M = 500.
  expect(cells('events')).toEqual(['19,000,000', 'x 500.0', '9,500,000,000']);
  expect(cells('CPU s')).toEqual(['300', 'x 500.0', '150,000']);
  expect(cells('GET')).toEqual(['10,000', 'the same', '10,000']);
  expect(cells('starts')[2]).toBe('2,003');
  // (150,000 + 600) s x 2.9375 GB x $0.0000133334 + 2,003 x $0.0000002 + $0.054
  expect(cells('**all, $**')[2]).toBe('**5.95**');
});

it('a change of the timeout is told act by act, with what it computed and its dollars', () => {
  const worked = { ...worker(100, 4_990, 10_000), starts: { sessionize: 20 } };
  const act = { seconds: 60, worked, scanned: 0, computed: {}, reused: {} };
  const section = historySection({
    serial: run(0, worker(250, 9_000, 9_000)),
    parallel,
    acts: [
      { ...act, what: 'first publication' },
      {
        ...act,
        what: 'preview',
        scanned: 2e12,
        computed: { boundaries: 1068, sessions: 1068, events: 0 },
        sessions: [10, 12],
      },
      {
        ...act,
        what: 'back',
        reused: { events: 1068 },
        worked: { ...worked, requests: { 'glue.GetTable': 7 } },
      },
    ],
  });
  expect(section).toContain('(10 sessions become 12)');
  const cells = (name: string): string[] =>
    section
      .split('\n')
      .find((line) => line.startsWith(`| ${name} |`))!
      .split('|')
      .slice(2, -1)
      .map((cell) => cell.trim());
  // 15,000 requests of 30 ms: (100 + 450) s x 2.9375 GB x $0.0000133334 + 20 x $0.0000002 = $0.021546; 5 thousand
  // writes $0.025, 10 thousand reads $0.004; 2 TB scanned $10. Without requests to S3: 100 s x 2.9375 GB x $0.0000133334 + $0.000004.
  expect(cells('first publication').slice(-2)).toEqual(['0.051', '']);
  expect(cells('preview').slice(-2)).toEqual(['10.051', '1,068 boundaries, 1,068 sessions / nothing']);
  expect(cells('back').slice(-3)).toEqual(['7', '0.004', 'nothing / 1,068 events']);
});

it('each writer of the page replaces its own section', () => {
  const page = '# Page\n\nold head\n\n## One\n\n1\n\n## Two\n\n2\n';
  expect(withHead(page, '# Page\n\nnew head\n')).toBe('# Page\n\nnew head\n\n## One\n\n1\n\n## Two\n\n2\n');
  expect(withSection(page, 'One', 'eins')).toBe('# Page\n\nold head\n\n## One\n\neins\n\n## Two\n\n2\n');
  expect(withSection(page, 'Two', 'zwei')).toBe('# Page\n\nold head\n\n## One\n\n1\n\n## Two\n\nzwei\n');
  expect(withSection('# Page\n', 'New', 'body')).toBe('# Page\n\n## New\n\nbody\n');
});
