import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { generateDay } from './day.ts';
import { runHistory } from './history.ts';
import { HISTORY_TITLE, historySection } from './history-report.ts';
import { type Cost, measure } from './measure.ts';
import { withHead, withSection } from './page-sections.ts';
import { benchPlans, PLANS_TITLE } from './plans.ts';
import { page } from './report.ts';
import { ROWS } from './rows.ts';

/**
 * `npm run bench -- [--events N] [--repeats N] [--only NAME] [--write FILE]`: the cost of each piece of work on one generated
 * day, and how it compares with its floor in the same run.
 *
 * `npm run bench -- --history [--units N] [--events N] [--write FILE]`: a whole history of N units (1,068) of N
 * events (20,000), in one process and in several, and what that is in dollars.
 *
 * `npm run bench -- --plans [--units N] [--repeats N] [--write FILE]`: plans over forty sites of N days (1,095).
 */
const { values } = parseArgs({
  options: {
    events: { type: 'string' },
    history: { type: 'boolean', default: false },
    plans: { type: 'boolean', default: false },
    units: { type: 'string' },
    repeats: { type: 'string', default: '3' },
    only: { type: 'string' },
    write: { type: 'string' },
  },
});
if (values.history) await benchHistory();
else if (values.plans) await planYears();
else await benchDay();

/** Gives the figures' place in the page that was asked for, if any. */
function write(change: (page: string) => string): void {
  if (values.write !== undefined) writeFileSync(values.write, change(readFileSync(values.write, 'utf8')));
}

async function benchHistory(): Promise<void> {
  const size = { units: Number(values.units ?? 1068), events: Number(values.events ?? 20_000) };
  const section = historySection(await runHistory(size));
  console.log(section);
  write((text) => withSection(text, HISTORY_TITLE, section));
}

async function planYears(): Promise<void> {
  const section = await benchPlans(Number(values.units ?? 1095), Number(values.repeats));
  console.log(section);
  write((text) => withSection(text, PLANS_TITLE, section));
}

async function benchDay(): Promise<void> {
  const events = Number(values.events ?? 1_000_000);
  const day = await generateDay(events);
  const perEvent = (cpu: number, count: number): string => `${((cpu / count) * 1e6).toFixed(2)} us`;
  console.log(`${day.rows} events, ${(day.bytes / day.rows).toFixed(0)} bytes each as Parquet`);
  const costs = new Map<string, Cost>();
  for (const row of ROWS) {
    if (values.only !== undefined && !row.name.includes(values.only)) continue;
    const cost = measure(row.name, events, Number(values.repeats));
    costs.set(row.name, cost);
    const floor = row.against ? costs.get(row.against.floor) : undefined;
    const ratio = floor
      ? `  ${(cost.cpu / floor.cpu).toFixed(2)}x (aim ${row.against!.most.toFixed(2)}x)`
      : '';
    console.log(
      `${row.name.padEnd(28)} ${cost.cpu.toFixed(2).padStart(7)} s  ${perEvent(cost.cpu, row.events ?? day.rows).padStart(9)}  ${cost.peak.toFixed(0).padStart(5)} MB${ratio}  ${cost.made}`,
    );
  }
  write((text) => withHead(text, page(day, costs, Number(values.repeats))));
}
