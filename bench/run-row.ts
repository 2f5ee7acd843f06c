import { generateDay } from './day.ts';
import { ROWS } from './rows.ts';

/** One row in this process: `run-row.ts NAME EVENTS`; prints its cost as JSON. */
const [name, events] = process.argv.slice(2) as [string, string];
const row = ROWS.find((one) => one.name === name);
if (row === undefined) throw new Error(`no row is called ${name}`);
const day = await generateDay(Number(events));
const prepared = await row.prepare?.(day);
const before = process.cpuUsage();
const made = await row.run(day, prepared);
const { user, system } = process.cpuUsage(before);
const cost = { cpu: (user + system) / 1e6, peak: process.resourceUsage().maxRSS / 1024, made };
process.stdout.write(JSON.stringify(cost), () => process.exit(0));
