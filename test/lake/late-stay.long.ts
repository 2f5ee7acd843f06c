import { expect, it } from 'vitest';
import { DAY, MINUTE, START, sessions, unitsOf, view, watched } from './watched.ts';

it('a late event that bridges the only pause of three weeks makes the stay fall apart at its midnights', async () => {
  const { lake, recomputed } = await watched();
  // Every half hour but for one pause a day at noon, of 31 minutes: each midnight is then crossed.
  const stay = Array.from({ length: 21 }, (_, day) =>
    Array.from({ length: 48 }, (_, i) => {
      const minutes = i < 24 ? i * 30 : i * 30 + 1;
      return view(`s${day}.${i}`, 'v', START + day * DAY + minutes * MINUTE);
    }),
  );
  await lake.land(stay.flat());
  await lake.drain();
  // A session runs from after one noon's pause to the next noon.
  expect((await sessions(lake)).length).toBe(22);
  recomputed();
  await lake.land([view('late', 'v', START + 10 * DAY + (11 * 60 + 45) * MINUTE)]);
  await lake.drain();
  const units = recomputed();
  expect(unitsOf(units, 'boundaries')).toEqual(['2026-03-11']);
  expect(unitsOf(units, 'sessions').length).toBeLessThanOrEqual(4);
  const around = (await sessions(lake)).filter(([dt]) => dt! >= '2026-03-10' && dt! <= '2026-03-12');
  // The morning of the 11th belongs to the session of the 10th, goes on past noon, and midnight cuts it.
  expect(around.map(([dt, landing]) => `${dt} ${landing}`)).toEqual([
    '2026-03-10 /s9.24',
    '2026-03-12 /s11.0',
    '2026-03-12 /s11.24',
  ]);
  await lake.close();
});
