import { planCandidate } from '../functions/sessionize/planning/read.ts';
import { parseDefinition } from '../shared/core/definition/parse.ts';
import { parseMart } from '../shared/core/mart-file.ts';
import { candidateOf } from '../shared/lake/candidate.ts';
import type { Read } from '../shared/lake/changes.ts';
import { readCheckpoint } from '../shared/lake/checkpoint.ts';
import { Lake } from '../shared/lake/lake.ts';
import { readMarts } from '../shared/lake/marts.ts';
import { MANY_MARTS, SlowObjects, seedManySites } from './many-sites.ts';

const SITES = 40;
const LATENCY_MS = 20;
/** Entries of each site's log after its checkpoint. */
const TAIL = 3;

/** What is planned: an edit that moves session starts, one that moves labels alone, one of a single site. */
const EDITS: Record<string, string> = {
  'another timeout': 'sessions: { inactivity: 15m }',
  'another channel': 'channels: [{ name: Paid, when: { field: utm_medium, is: cpc } }]',
  'a scope of one site': 'scopes: [{ sites: [site-1], sessions: { inactivity: 15m } }]',
};

export const PLANS_TITLE = 'Plans';

interface Took {
  seconds: number;
  cpu: number;
}

/** Medians of `repeats` runs. */
async function took(repeats: number, work: () => Promise<unknown>): Promise<Took> {
  const all: Took[] = [];
  for (let i = 0; i < repeats; i++) {
    globalThis.gc?.();
    const [from, before] = [performance.now(), process.cpuUsage()];
    await work();
    const { user, system } = process.cpuUsage(before);
    all.push({ seconds: (performance.now() - from) / 1000, cpu: (user + system) / 1e6 });
  }
  const median = (of: (one: Took) => number): number => all.map(of).sort((a, b) => a - b)[repeats >> 1]!;
  return { seconds: median(({ seconds }) => seconds), cpu: median(({ cpu }) => cpu) };
}

/** The section of docs/performance.md about plans, of so many days of forty sites. */
export async function benchPlans(days: number, repeats: number): Promise<string> {
  const objects = new SlowObjects(LATENCY_MS);
  const release = seedManySites(objects, SITES, days, TAIL);
  const lake = (): Lake => new Lake(objects, { now: () => Date.parse('2026-01-02T00:00:00Z') });
  const marts = Object.entries(MANY_MARTS).map(
    ([name, sql]) => [name, parseMart(`${name}.sql`, sql)] as const,
  );
  const wanted = (text: string): Read => {
    const definition = parseDefinition(text, 'default.yaml');
    const candidate = candidateOf(definition, readMarts(MANY_MARTS), {});
    return { definition, candidate, marts: Object.fromEntries(marts) };
  };
  const checkpoints = await objects.list('state/checkpoints/');
  const floor = await took(repeats, () =>
    Promise.all(checkpoints.map(async ({ key }) => readCheckpoint((await objects.get(key))!.body).n)),
  );
  const bytes = checkpoints.reduce((sum, { size }) => sum + size, 0);
  const lines = [];
  for (const [name, text] of Object.entries(EDITS)) {
    const before = total(objects.asked);
    const cost = await took(repeats, () => planCandidate(lake(), wanted(text), release, 2));
    const requests = (total(objects.asked) - before) / repeats;
    const ratio = (cost.cpu / floor.cpu).toFixed(2);
    lines.push(`| ${name} | ${cost.seconds.toFixed(2)} | ${cost.cpu.toFixed(2)} | ${ratio}x | ${requests} |`);
  }
  return `Written by \`npm run bench -- --plans --write docs/performance.md\`. ${SITES} sites of ${days.toLocaleString('en')} days with seven
marts beside the tables, ${(bytes / 1e6).toFixed(0)} MB of checkpoints in memory; every request is answered after ${LATENCY_MS} ms. Medians of ${repeats}
runs in one process. The aim is two seconds.

| what is planned | seconds | CPU s | of the floor's CPU | requests |
|---|---|---|---|---|
| floor: every index fetched and parsed | ${floor.seconds.toFixed(2)} | ${floor.cpu.toFixed(2)} | 1.00x | ${checkpoints.length} |
${lines.join('\n')}`;
}

const total = (asked: Record<string, number>): number => Object.values(asked).reduce((sum, n) => sum + n, 0);
