import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { markdownTables } from '../docs/markdown.ts';
import { evaluate } from './formula.ts';
import { openStagedLake, type Requests, type Stage } from './staged-lake.ts';

const page = readFileSync(new URL('../../docs/requests.md', import.meta.url), 'utf8');
const { rows } = markdownTables(page).find(({ section }) => section === 'Counts')!;

/** What the page promises of a function, with numbers for its letters. */
function promised(stage: Stage, letters: Record<string, number>): Requests {
  const own = rows.filter(([name]) => name === stage);
  const counts = own.map(([, request, formula]) => [
    request!.replaceAll('`', ''),
    evaluate(formula!, letters),
  ]);
  return Object.fromEntries(counts.filter(([, n]) => n !== 0).sort());
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.parse('2026-03-01T00:00:00Z');

interface Flow {
  beacons: number;
  units: number;
  /** Everybody is on the site over every midnight; else at noon only. */
  overMidnight: boolean;
}

const event = (id: string, visitor: string, time: number) => ({
  id,
  visitor,
  time,
  url: `https://shop.example/${id}`,
});

/** A beacon holds, for one visitor, an event of each day, or two on both sides of each midnight. */
function beacon({ units, overMidnight }: Flow, b: number): object[] {
  const events: object[] = [];
  for (let unit = 0; unit < units; unit++) {
    const at = START + unit * DAY + b * 1000;
    if (!overMidnight) events.push(event(`${b}.${unit}`, `v${b}`, at + 12 * HOUR));
    else {
      events.push(event(`${b}.${unit}.early`, `v${b}`, at + 60_000));
      events.push(event(`${b}.${unit}.late`, `v${b}`, at + DAY - 600_000));
    }
  }
  return events;
}

/** Pairs of a unit and an earlier one at most two days before, as units are compacted in order. */
const nearPairs = (units: number): number =>
  Array.from({ length: units }, (_, unit) => Math.min(unit, 2)).reduce((sum, n) => sum + n, 0);

it.each<Flow>([
  { beacons: 3, units: 1, overMidnight: false },
  { beacons: 3, units: 4, overMidnight: false },
  { beacons: 30, units: 4, overMidnight: false },
  { beacons: 3, units: 3, overMidnight: true },
  { beacons: 12, units: 5, overMidnight: true },
])('$beacons beacons, $units units, over midnight: $overMidnight', async (flow) => {
  const { units, beacons, overMidnight } = flow;
  const lake = await openStagedLake();
  await lake.warm();
  for (let b = 0; b < beacons; b++)
    expect(await lake.collect(beacon(flow, b))).toEqual(promised('collect', {}));
  expect(await lake.run('land')).toEqual(promised('land', {}));
  const first = { o: 1, u: units, r: units, k: 0, n: nearPairs(units) };
  const crossed = { e: units - 1, j: units - 2, g: units, x: 2 * (units - 1) };
  const alone = { e: 0, j: 0, g: 0, x: 0 };
  expect(await lake.run('compact')).toEqual(promised('compact', first));
  expect(await lake.run('sessionize')).toEqual(
    promised('sessionize', { u: units, ...(overMidnight ? crossed : alone) }),
  );

  // One late event, at noon of the first day: the work of one unit, however many there are.
  await lake.collect([event('late', 'somebody', START + 12 * HOUR)]);
  expect(await lake.run('land')).toEqual(promised('land', {}));
  const near = Math.min(units - 1, 2);
  expect(await lake.run('compact')).toEqual(promised('compact', { o: 1, u: 1, r: 1, k: 1, n: near }));
  // Nothing at its edges moved: no stitch is made again, but its tables read what runs out of it.
  const still = overMidnight ? { e: 0, j: 0, g: 1, x: 1 } : alone;
  expect(await lake.run('sessionize')).toEqual(promised('sessionize', { u: 1, ...still }));

  // All three objects that there are, announced again: a look at their indexes and at the log of their units.
  await lake.announceAgain();
  expect(await lake.run('compact')).toEqual({ 's3.GetObject': 3, 's3.ListObjectsV2': units + 1 });
  expect(await lake.run('sessionize')).toBeNull();
  await lake.close();
});
