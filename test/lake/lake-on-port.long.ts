import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { servedLake } from '../cli/port.ts';
import { filesHolding } from './byte-search.ts';

it('every verb of a lake on AWS, through the port: redefined, gone back, explained, erased', async () => {
  const served = await servedLake();
  const { retcon, dir, test } = served;
  const ok = async (...words: string[]): Promise<never> => {
    const { code, stdout, stderr } = await retcon(...words, '--json');
    expect([words[0], code, code === 0 ? '' : stdout + stderr]).toEqual([words[0], 0, '']);
    return JSON.parse(stdout) as never;
  };
  const url = (path: string): string => `https://shop.example${path}`;
  writeFileSync(
    join(dir, 'in.csv'),
    `visitor,time,url\nsomebody-1,2026-03-01T10:00:00Z,${url('/a')}\nsomebody-1,2026-03-01T10:20:00Z,${url('/b')}\nsomebody-2,2026-03-02T10:00:00Z,${url('/c')}\n`,
  );
  await ok('import', 'in.csv', '--site', 'shop', '--format', 'csv');
  mkdirSync(join(dir, 'definitions'));
  writeFileSync(join(dir, 'definitions/default.yaml'), 'sessions: { inactivity: 15m }\n');

  expect(await ok('plan')).toMatchObject({
    changes: expect.arrayContaining([expect.objectContaining({ dataset: 'boundaries' })]),
  });
  const totals = async (...words: string[]) =>
    Object.values(((await ok(...words)) as { totals: { sessions: object } }).totals.sessions);
  expect(await totals('preview')).toEqual([2, 3]);
  expect(await ok('apply', '--yes')).toMatchObject({ release: 2 });
  const sessions = () => ok('query', 'SELECT count(*) AS n FROM sessions');
  expect(await sessions()).toEqual([{ n: 3 }]);
  expect(await totals('diff', '1', '2')).toEqual([2, 3]);
  expect(await ok('explain', 'mart_daily_traffic', 'site=shop', 'dt=2026-03-01')).toBeTruthy();
  expect(await ok('rollback', '--yes')).toMatchObject({ release: 3 });
  expect(await sessions()).toEqual([{ n: 2 }]);
  expect((await ok('releases')) as unknown[]).toHaveLength(3);
  await ok('gc', '--dry-run');
  const out = join(dir, 'rows.parquet');
  expect(await ok('query', 'SELECT * FROM sessions', '--format', 'parquet', '--out', out)).toMatchObject({
    rows: 2,
  });
  expect(await ok('erase', '--site', 'shop', '--visitor', 'somebody-2', '--yes')).toMatchObject({
    removed: { facts: 1, landed_lines: 1 },
  });
  expect(await sessions()).toEqual([{ n: 1 }]);
  expect((await filesHolding(join(test.home, 's3/lake/keys'), 'somebody-2')).length).toBe(0);
  await ok('run');
  await served.close();
});
