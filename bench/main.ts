import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { generateDay } from './day.ts';
import { type Cost, measure } from './measure.ts';
import { page } from './report.ts';
import { ROWS } from './rows.ts';

/**
 * `npm run bench -- [--events N] [--repeats N] [--only NAME] [--write FILE]`: the cost of each piece of work on one generated
 * day, and how it compares with its floor in the same run.
 */
const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    repeats: { type: 'string', default: '3' },
    only: { type: 'string' },
    write: { type: 'string' },
  },
});
const events = Number(values.events);
const day = await generateDay(events);
const perEvent = (cpu: number, count: number): string => `${((cpu / count) * 1e6).toFixed(2)} us`;
console.log(`${day.rows} events, ${(day.bytes / day.rows).toFixed(0)} bytes each as Parquet`);
const costs = new Map<string, Cost>();
for (const row of ROWS) {
  if (values.only !== undefined && !row.name.includes(values.only)) continue;
  const cost = measure(row.name, events, Number(values.repeats));
  costs.set(row.name, cost);
  const floor = row.against ? costs.get(row.against.floor) : undefined;
  const ratio = floor ? `  ${(cost.cpu / floor.cpu).toFixed(2)}x (aim ${row.against!.most.toFixed(2)}x)` : '';
  console.log(
    `${row.name.padEnd(28)} ${cost.cpu.toFixed(2).padStart(7)} s  ${perEvent(cost.cpu, row.events ?? day.rows).padStart(9)}  ${cost.peak.toFixed(0).padStart(5)} MB${ratio}  ${cost.made}`,
  );
}
if (values.write !== undefined) writeFileSync(values.write, page(day, costs, Number(values.repeats)));
