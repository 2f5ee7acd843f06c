import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LocalLake } from '../../local/lake.ts';
import { badInput } from '../../shared/core/errors.ts';
import { READING_OPTIONS, readingOf } from '../import-arguments.ts';
import type { Output } from '../output.ts';
import type { Verb, VerbContext } from '../verb.ts';

const PACKAGE = fileURLToPath(new URL('../../', import.meta.url));
const START = '2026-01-01';

export const verb: Verb = {
  name: 'demo',
  summary: 'three weeks of traffic through the whole lake, told as a story',
  options: {
    seed: {
      type: 'string',
      value: 'N',
      default: '1',
      help: 'which traffic; the same seed goes on where it stopped',
    },
    days: { type: 'string', value: 'N', default: '21', help: 'how much of it' },
    'first-act': { type: 'boolean', help: 'the traffic alone: no definition changes' },
    input: { type: 'string', value: 'FILE', help: 'your own log instead of made-up traffic' },
    ...READING_OPTIONS,
  },
  details: 'The demo keeps a lake of its own in .retcon-demo (or --home).',
  examples: [
    'retcon demo',
    'retcon demo --seed 7 --home .retcon-demo-7',
    'retcon demo --input access.log --format combined',
  ],
  embedded: true,
  run,
};

async function run(context: VerbContext): Promise<undefined> {
  const { io, output, options, signal } = context;
  const home = context.homeGiven ? context.home : resolve(io.cwd, '.retcon-demo');
  const shown = relative(io.cwd, home);
  const again = `--home ${shown.startsWith('..') || shown === '' ? home : shown} `;
  const { openLocalLake } = await import('../../local/lake.ts');
  const { outcomeOf, tellFurther, tellOutcome } = await import('../demo/story.ts');
  const { loggerFor } = await import('../work.ts');
  const clock = { time: Date.now(), now: () => clock.time };
  const own = options.text('input');
  const seed = number(options.text('seed')!, 'seed');
  const days = number(options.text('days')!, 'days');
  if (own === null) {
    const { readSent } = await import('../demo/send-traffic.ts');
    if (existsSync(home)) readSent(home, seed, days);
  }
  const lake = await openLocalLake({ home, log: loggerFor(output), clock });
  try {
    const told: Record<string, unknown> =
      own === null
        ? await sendAll(context, lake, home, clock, seed, days)
        : await importOwn(context, lake, resolve(io.cwd, own));
    if (signal.aborted) return undefined;
    clock.time = Math.max(clock.time, Date.now());
    await computeAll(lake, output);
    const outcome = await outcomeOf(lake);
    if (!output.json) await tellOutcome(lake, output, outcome);
    const { secondAct } = await import('../demo/second-act.ts');
    const redefined = options.flag('first-act') ? null : await secondAct(context, lake);
    if (!output.json) tellFurther(output, again);
    output.result({ home, ...told, ...outcome, redefined }, '');
    return undefined;
  } finally {
    await lake.close();
  }
}

async function sendAll(
  { output }: VerbContext,
  lake: LocalLake,
  home: string,
  clock: { time: number },
  seed: number,
  days: number,
): Promise<Record<string, unknown>> {
  const { generateTraffic } = await import('../demo/traffic.ts');
  const { readSent, sendTraffic } = await import('../demo/send-traffic.ts');
  const { openWorkspace } = await import('../workspace.ts');
  await openWorkspace(lake, PACKAGE);
  const traffic = generateTraffic({ seed, days, start: START });
  const total = traffic.beacons.length;
  const from = readSent(home, seed, days);
  const before = from.beacons;
  const started = performance.now();
  const sent = await sendTraffic(lake, home, clock, traffic, from, (done) =>
    output.progress.show({ label: 'sending', done, total, unit: 'beacons' }),
  );
  output.progress.clear();
  const seconds = (performance.now() - started) / 1000;
  const count = (n: number): string => n.toLocaleString('en-US');
  const { style } = output;
  const line = (stage: string, text: string): void => output.say(`${style.bold(stage.padEnd(13))}${text}`);
  if (before > 0) line('went on', `after ${count(before)} beacons that were sent before`);
  line(
    'sent',
    `${count(total - before)} beacons of ${days} days and two sites over HTTP, in ${seconds.toFixed(1)} s`,
  );
  const meaning: Record<number, string> = {
    200: 'mail pixels',
    202: 'taken',
    400: 'malformed',
    403: 'not allowed',
    413: 'too large',
  };
  const answers = Object.entries(sent.answers).map(
    ([status, n]) => `${count(n)} ${meaning[Number(status)] ?? ''} (${status})`,
  );
  line('answered', answers.join(', '));
  const copies = traffic.truth.accepted - Object.values(traffic.truth.facts).reduce((sum, n) => sum + n, 0);
  line(
    'landed',
    `${count(traffic.truth.accepted)} events, ${count(copies)} of them copies sent again by clients`,
  );
  return { seed, days, beacons: sent.beacons, answers: sent.answers, truth: traffic.truth };
}

async function importOwn(
  context: VerbContext,
  lake: LocalLake,
  path: string,
): Promise<Record<string, unknown>> {
  const { format, ...reading } = readingOf(context.options);
  if (format === null) {
    throw badInput('no_format', '--input needs to know the format', {
      field: 'format',
      fix: 'add --format combined, csv or ndjson',
    });
  }
  const { importFile } = await import('../import-files.ts');
  const { openWorkspace } = await import('../workspace.ts');
  const { parseSite } = await import('../../shared/core/site-file.ts');
  const { storeSite } = await import('../../shared/lake/sites.ts');
  await openWorkspace(lake, PACKAGE);
  const site = parseSite('site: demo\nhosts: [example.com]\n', 'sites/demo.yaml');
  await storeSite(lake.lake, site);
  const counts = await importFile(lake.lake, site, path, context.io.stdin as never, { format, ...reading });
  const { read, landed, skipped, rejected } = counts;
  const { style } = context.output;
  const text = `${read} rows: ${landed} events, ${skipped} skipped, ${rejected} refused`;
  context.output.say(`${style.bold('read'.padEnd(13))}${text}`);
  return { read, landed, skipped, rejected };
}

async function computeAll(lake: LocalLake, output: Output): Promise<void> {
  output.progress.show({ label: 'computing', done: 0, total: null, unit: 'batches' });
  await lake.runtime.drain();
  output.progress.clear();
}

function number(text: string, field: string): number {
  if (/^\d{1,9}$/.test(text) && Number(text) > 0) return Number(text);
  throw badInput('bad_number', `--${field}: "${text}" is not a whole number above 0`, {
    field,
    fix: 'give one, such as 1',
  });
}
