import { PatternError, type PatternNode, parsePattern, type Range } from './pattern-syntax.ts';

/** Whether a text contains a match of the pattern anywhere. */
export type Matcher = (text: string) => boolean;

/** Most instructions that a pattern may take; repeats are written out. */
const MAX_INSTRUCTIONS = 10_000;

type Instruction =
  | { op: 'characters'; test: (point: number) => boolean }
  | { op: 'split'; first: number; second: number }
  | { op: 'jump'; to: number }
  | { op: 'assert'; what: 'start' | 'end' | 'boundary' | 'no-boundary' }
  | { op: 'match' };

/**
 * Compiles a pattern to a matcher that answers as RE2 does (unanchored, case-sensitive unless it begins with
 * `(?i)`), in time linear in the text whatever the pattern: all alternatives are walked side by side.
 * Throws `PatternError`.
 */
export function compilePattern(pattern: string): Matcher {
  const { tree, fold } = parsePattern(pattern);
  const program: Instruction[] = [];
  emit(tree, program, fold);
  program.push({ op: 'match' });
  return (text) => run(program, text);
}

function emit(node: PatternNode, program: Instruction[], fold: boolean): void {
  if (program.length > MAX_INSTRUCTIONS) {
    throw new PatternError('it is too large once its repeats are written out', 'use smaller repeats');
  }
  switch (node.kind) {
    case 'characters':
      program.push({ op: 'characters', test: characterTest(node.ranges, node.negated, fold) });
      return;
    case 'assert':
      program.push({ op: 'assert', what: node.what });
      return;
    case 'sequence':
      for (const item of node.items) emit(item, program, fold);
      return;
    case 'choice':
      emitChoice(node.options, program, fold);
      return;
    case 'repeat':
      emitRepeat(node, program, fold);
  }
}

function emitChoice(options: PatternNode[], program: Instruction[], fold: boolean): void {
  const jumps: { op: 'jump'; to: number }[] = [];
  for (const [i, option] of options.entries()) {
    if (i === options.length - 1) {
      emit(option, program, fold);
      break;
    }
    const split = { op: 'split' as const, first: program.length + 1, second: 0 };
    program.push(split);
    emit(option, program, fold);
    const jump = { op: 'jump' as const, to: 0 };
    program.push(jump);
    jumps.push(jump);
    split.second = program.length;
  }
  for (const jump of jumps) jump.to = program.length;
}

function emitRepeat(
  node: Extract<PatternNode, { kind: 'repeat' }>,
  program: Instruction[],
  fold: boolean,
): void {
  for (let i = 0; i < node.least; i++) emit(node.item, program, fold);
  if (node.most === null) {
    const split = { op: 'split' as const, first: program.length + 1, second: 0 };
    const start = program.push(split) - 1;
    emit(node.item, program, fold);
    program.push({ op: 'jump', to: start });
    split.second = program.length;
    return;
  }
  const splits: { second: number }[] = [];
  for (let i = node.least; i < node.most; i++) {
    const split = { op: 'split' as const, first: program.length + 1, second: 0 };
    program.push(split);
    splits.push(split);
    emit(node.item, program, fold);
  }
  for (const split of splits) split.second = program.length;
}

function characterTest(ranges: readonly Range[], negated: boolean, fold: boolean): (p: number) => boolean {
  const holds = (point: number): boolean => ranges.some(([from, to]) => point >= from && point <= to);
  if (!fold) return (point) => holds(point) !== negated;
  return (point) => caseVariants(point).some(holds) !== negated;
}

/** A character and what it becomes in the other case, where that is one character. */
function caseVariants(point: number): number[] {
  const char = String.fromCodePoint(point);
  const variants = [point];
  for (const text of [char.toLowerCase(), char.toUpperCase(), char.toUpperCase().toLowerCase()]) {
    const code = text.codePointAt(0)!;
    if (String.fromCodePoint(code) === text && !variants.includes(code)) variants.push(code);
  }
  return variants;
}

function run(program: readonly Instruction[], text: string): boolean {
  const seen = new Int32Array(program.length).fill(-1);
  let threads: number[] = [];
  let before = -1;
  let at = 0;
  for (let step = 0; ; step++) {
    const point = at < text.length ? text.codePointAt(at)! : -1;
    const next: number[] = [];
    threads.push(0);
    if (follow(program, threads, next, seen, step, before, point)) return true;
    if (point < 0) return false;
    threads = [];
    for (const thread of next) {
      const instruction = program[thread]!;
      if (instruction.op === 'characters' && instruction.test(point)) threads.push(thread + 1);
    }
    before = point;
    at += point > 0xffff ? 2 : 1;
  }
}

/** Walks what needs no character, collects what does into `next`; true when the match is reached. */
function follow(
  program: readonly Instruction[],
  threads: number[],
  next: number[],
  seen: Int32Array,
  step: number,
  before: number,
  point: number,
): boolean {
  while (threads.length > 0) {
    const thread = threads.pop()!;
    if (seen[thread] === step) continue;
    seen[thread] = step;
    const instruction = program[thread]!;
    switch (instruction.op) {
      case 'match':
        return true;
      case 'characters':
        next.push(thread);
        break;
      case 'jump':
        threads.push(instruction.to);
        break;
      case 'split':
        threads.push(instruction.first, instruction.second);
        break;
      case 'assert':
        if (asserted(instruction.what, before, point)) threads.push(thread + 1);
    }
  }
  return false;
}

function asserted(
  what: 'start' | 'end' | 'boundary' | 'no-boundary',
  before: number,
  point: number,
): boolean {
  if (what === 'start') return before < 0;
  if (what === 'end') return point < 0;
  return (isWord(before) !== isWord(point)) === (what === 'boundary');
}

function isWord(point: number): boolean {
  return (
    (point >= 48 && point <= 57) ||
    (point >= 65 && point <= 90) ||
    point === 95 ||
    (point >= 97 && point <= 122)
  );
}
