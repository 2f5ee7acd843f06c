import { expect, test } from 'vitest';
import { duration, Progress, progressLine } from '../../cli/progress.ts';
import { Paper } from './running.ts';

test('bar, share, rate and time left', () => {
  const step = { label: 'reading', done: 250, total: 1000, unit: 'rows' };
  expect(progressLine(step, 5000)).toBe(
    `reading  ${'█'.repeat(6)}${'░'.repeat(18)}   25%  50 rows/s  15s left`,
  );
  expect(progressLine({ ...step, done: 1000 }, 5000)).toBe(`reading  ${'█'.repeat(24)}  100%  200 rows/s`);
  expect(progressLine({ ...step, total: null }, 5000)).toBe('reading  250 rows  50 rows/s');
  expect(progressLine({ ...step, done: 12_345_678, total: null, unit: 'bytes' }, 10)).toBe(
    'reading  12.3 MB',
  );
  expect(progressLine({ ...step, done: 2000 }, 0)).toContain('100%');
});

test.each([
  [0, '0s'],
  [59.2, '1m00s'],
  [125, '2m05s'],
  [3725, '1h02m'],
])('%d seconds are %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test('on a terminal the line is written over, not too often, and taken away', () => {
  const paper = new Paper();
  paper.isTTY = true;
  let now = 0;
  const progress = new Progress(paper, {}, () => now);
  const step = { label: 'x', done: 1, total: 2, unit: 'rows' };
  progress.show(step);
  now = 50;
  progress.show(step);
  expect(paper.text.match(/\r/g)).toHaveLength(1);
  now = 100;
  progress.show({ ...step, done: 2 });
  expect(paper.text.split('\r').map((line) => / (\d+)%/.exec(line)?.[1])).toEqual([undefined, '50', '100']);
  progress.clear();
  progress.clear();
  expect(paper.text.endsWith('100%\x1b[K\r\x1b[K')).toBe(true);
});

test.each([
  [false, {}],
  [true, { NO_COLOR: '1' }],
  [true, { TERM: 'dumb' }],
])('nothing is printed when terminal is %s and the environment %j', (terminal, env) => {
  const paper = new Paper();
  paper.isTTY = terminal;
  new Progress(paper, env).show({ label: 'x', done: 1, total: 2, unit: 'rows' });
  expect(paper.text).toBe('');
});
