import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Prng } from '../../../cli/demo/prng.ts';
import type { Json, JsonObject } from '../../../local/aws/events/leaves.ts';
import { compilePattern } from '../../../local/aws/events/pattern.ts';
import { KINDS, type Kind, madeEvent, madePattern, STRANGE } from './generate.ts';
import { KNOWN } from './known.ts';

const EVENTS_EACH = 12;

interface Question {
  pattern: Json;
  events: JsonObject[];
}

const [, , jars, patterns, seed] = process.argv as [string, string, string, string, string];
const random = new Prng(Number(seed), 'event-ruler');
const decided = new Map<Kind, { y: number; n: number }>(KINDS.map((kind) => [kind, { y: 0, n: 0 }]));
const made = Array.from({ length: Number(patterns) }, (_, i) =>
  madePattern(random, KINDS[i % KINDS.length]!),
);
const questions: Question[] = [
  ...made.map(({ pattern }) => ({
    pattern,
    events: Array.from({ length: EVENTS_EACH }, () => madeEvent(random)),
  })),
  ...STRANGE.map((pattern) => ({
    pattern,
    events: Array.from({ length: EVENTS_EACH }, () => madeEvent(random)),
  })),
];
let passed = 0;
let failed = 0;
const fail = (text: string): void => {
  failed++;
  if (failed <= 10) console.log(`FAILED  ${text}`);
};

const known: Question[] = KNOWN.map(({ pattern, event }) => ({ pattern, events: [event] }));
const answers = ruled([...questions, ...known]);
const theirs = answers.slice(0, questions.length);
let judgements = 0;
let refused = 0;
for (const [i, question] of questions.entries()) {
  const [our, their] = [verdictOf(question), theirs[i]!];
  if (their.startsWith('refused')) refused++;
  else judgements += EVENTS_EACH;
  const kinds = made[i]?.kinds ?? [];
  for (const kind of kinds)
    for (const one of their) if (one === 'y' || one === 'n') decided.get(kind)![one]++;
  if (our === their || (our.startsWith('refused') && their.startsWith('refused'))) passed++;
  else fail(`${JSON.stringify(question.pattern)}\n        ${difference(question, our, their)}`);
}
for (const [kind, { y, n }] of decided) {
  if (y > 0 && n > 0) passed++;
  else fail(`${kind} decided nothing: ${y} matches, ${n} others`);
}
for (const [i, { why, ours, theirs: said }] of KNOWN.entries()) {
  const [our, their] = [verdictOf(known[i]!), answers[questions.length + i]!].map((one) =>
    one.replace(/:.*/s, ''),
  );
  if (our === ours && their === said) passed++;
  else fail(`the known difference is another: ${why}\n        ours ${our}, theirs ${their}`);
}
if (refused > 0 && refused < questions.length) passed++;
else fail(`${refused} of ${questions.length} patterns refused`);
// A matcher that forgets something must be noticed.
const forgetful = questions.filter((question, i) => verdictOf(withoutLists(question)) !== theirs[i]).length;
if (forgetful > 0) passed++;
else fail('lists taken out of every event were not noticed');
console.log(
  `${questions.length} patterns, ${refused} of them refused by both; ${judgements} judgements, ${[...decided.values()].length} kinds of matchers; ${KNOWN.length} known differences`,
);
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exitCode = failed > 0 ? 1 : 0;

/** What event-ruler says: a line for each question. */
function ruled(asked: readonly Question[]): string[] {
  const program = fileURLToPath(new URL('Ruler.java', import.meta.url));
  const run = spawnSync('java', ['-cp', `${jars}/*`, program], {
    input: asked.map((question) => `${JSON.stringify(question)}\n`).join(''),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const lines = run.stdout.trimEnd().split('\n');
  if (run.status !== 0 || lines.length !== asked.length)
    throw new Error(`event-ruler answered ${lines.length} of ${asked.length}:\n${run.stderr}`);
  return lines;
}

function verdictOf({ pattern, events }: Question): string {
  try {
    const matches = compilePattern(JSON.stringify(pattern));
    return events.map((event) => (matches(event) ? 'y' : 'n')).join('');
  } catch (error) {
    return `refused: ${(error as Error).message}`;
  }
}

function difference({ events }: Question, our: string, their: string): string {
  const at = [...our].findIndex((one, i) => one !== their[i]);
  if (our.startsWith('refused') || their.startsWith('refused')) return `ours ${our}, theirs ${their}`;
  return `${JSON.stringify(events[at])}: ours ${our[at]}, theirs ${their[at]}`;
}

function withoutLists({ pattern, events }: Question): Question {
  const plain = (value: Json): Json => {
    if (Array.isArray(value)) return plain(value[0] ?? null);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
  };
  return { pattern, events: events.map((event) => plain(event) as JsonObject) };
}
