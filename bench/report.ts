import type { Day } from './day.ts';
import type { Cost } from './measure.ts';
import { ROWS } from './rows.ts';

/** The figures as a page (docs/performance.md): what was measured, and against which floor. */
export function page(day: Day, costs: ReadonlyMap<string, Cost>, repeats: number): string {
  const lines = ROWS.flatMap((row) => {
    const cost = costs.get(row.name);
    if (cost === undefined) return [];
    const floor = row.against ? costs.get(row.against.floor) : undefined;
    const ratio = floor ? `${(cost.cpu / floor.cpu).toFixed(2)}x ${row.against!.floor}` : '';
    const aim = row.against ? `${row.against.most.toFixed(2)}x` : '';
    const each = ((cost.cpu / (row.events ?? day.rows)) * 1e6).toFixed(2);
    const name = row.floor ? `*${row.name}*` : row.name;
    return [
      `| ${name} | ${row.about} | ${cost.cpu.toFixed(2)} | ${each} | ${cost.peak.toFixed(0)} | ${ratio} | ${aim} |`,
    ];
  });
  return `# Performance

Written by \`npm run bench -- --events N --write docs/performance.md\`. One generated day of one site:
${day.rows.toLocaleString('en')} events, ${(day.bytes / day.rows).toFixed(0)} bytes each as facts. Every row runs in a
process of its own with one engine thread, ${repeats} time${repeats === 1 ? '' : 's'}; the median of CPU seconds counts. Machines differ and are
noisy: trust the ratios, each against a floor (*in italics*) measured in the same run.

| row | what it does | CPU s | us an event | peak MB | ratio | aim |
|---|---|---|---|---|---|---|
${lines.join('\n')}

Peaks hold the process itself, some 100 MB. Sessions and events each include the walk and the labels that they
share in one call of the product. Aims are goals, not promises; where a row misses its aim, that is the state of
things.
${shares(costs)}`;
}

/** What a row's cost is made of: each part is a row by itself, or what one row costs beyond another. */
const PARTS: Record<string, [part: string, row: string, beyond?: string][]> = {
  compaction: [
    ['unpacking and parsing', 'parse of landed lines'],
    ['writing Parquet', 'bare copy of landed lines', 'parse of landed lines'],
    ['sorting', 'sorted copy of landed lines', 'bare copy of landed lines'],
    ['copies, ids, digest', 'compaction', 'sorted copy of landed lines'],
  ],
  events: [
    ['reading and writing every column', 'copy of the facts'],
    ['finding sessions', 'starts, inactivity'],
    ['digest', 'digest of events'],
  ],
  collector: [['parsing and printing JSON', 'JSON of beacons']],
};

/** The profile: shares of the rows whose parts were measured in the same run. */
function shares(costs: ReadonlyMap<string, Cost>): string {
  const lines = Object.entries(PARTS).flatMap(([name, parts]) => {
    const whole = costs.get(name)?.cpu;
    const known = parts.map(([part, row, beyond]) => {
      const [cost, less] = [costs.get(row)?.cpu, beyond === undefined ? 0 : costs.get(beyond)?.cpu];
      return { part, cpu: cost === undefined || less === undefined ? null : cost - less };
    });
    if (whole === undefined || known.some(({ cpu }) => cpu === null)) return [];
    const percent = (cpu: number): string => `${Math.round((cpu / whole) * 100)}%`;
    const rest = whole - known.reduce((sum, { cpu }) => sum + cpu!, 0);
    const told = known.map(({ part, cpu }) => `${part} ${percent(cpu!)}`);
    if (rest / whole >= 0.01) told.push(`the rest ${percent(rest)}`);
    return [`- ${name}: ${told.join(', ')}`];
  });
  return lines.length === 0 ? '' : `\nWhere it goes, by the rows above:\n\n${lines.join('\n')}\n`;
}
