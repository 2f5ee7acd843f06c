import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { servedLake } from './port.ts';
import { run } from './running.ts';

let served: Awaited<ReturnType<typeof servedLake>>;
afterEach(() => served.close());

it('lands, waits, asks and looks at a lake that it reaches by the clients alone', async () => {
  served = await servedLake();
  const { retcon, dir } = served;
  writeFileSync(
    join(dir, 'in.csv'),
    'visitor,time,url\nv,2026-03-01T10:00:00Z,https://shop.example/a\nv,2026-03-01T10:10:00Z,https://shop.example/b\n',
  );
  const landed = await retcon('import', 'in.csv', '--site', 'shop', '--format', 'csv', '--json');
  expect(landed.stderr + landed.code).toBe(`${landed.stderr}0`);
  expect(JSON.parse(landed.stdout)).toMatchObject({ read: 2, accepted: 2, duplicate: 0 });

  const beacon = { site: 'shop', key: 'k', events: [{ visitor: 'w', url: 'https://shop.example/c' }] };
  const taken = await fetch(`${served.collector}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(beacon),
  });
  expect(taken.status).toBe(202);
  expect((await retcon('run')).code).toBe(0);
  const asked = await retcon('query', 'SELECT landing_page, event_count FROM sessions ORDER BY 1', '--json');
  expect(JSON.parse(asked.stdout)).toEqual([
    { landing_page: '/a', event_count: 2 },
    { landing_page: '/c', event_count: 1 },
  ]);

  const status = JSON.parse((await retcon('status', '--json')).stdout);
  expect(status).toMatchObject({ release: { release: 1 }, sites: [{ site: 'shop', facts: 3 }], stale: [] });
  expect(status.queues.every((queue: { waiting: number }) => queue.waiting === 0)).toBe(true);
  const doctor = await retcon('doctor');
  expect(doctor.stdout).toContain('nothing is wrong');

  const elsewhere = await run(['status', '--lake', 's3://nowhere', '--json']);
  expect(elsewhere.code).toBe(2);
  expect(JSON.parse(elsewhere.stdout)).toMatchObject({ error: 'no_lake', field: 'lake' });
  process.env['AWS_ENDPOINT_URL'] = 'http://127.0.0.1:1';
  const silent = await run(['status', '--lake', 's3://lake', '--json']);
  expect(silent.code).toBe(1);
  expect(JSON.parse(silent.stdout)).toMatchObject({ error: 'no_lake' });
});
