import { canonicalJson } from '../canonical-json.ts';
import type { NamedRule } from './types.ts';
import { conditionWords } from './words.ts';

/** Longer conditions are named, not told. */
const TOLD = 120;

/** What two lists differ in, in words: what is gone, what came, or that only the order changed. */
export function listDifference(before: readonly string[], after: readonly string[]): string[] {
  const gone = before.filter((item) => !after.includes(item));
  const come = after.filter((item) => !before.includes(item));
  const words = [
    ...(gone.length > 0 ? [`without ${gone.join(', ')}`] : []),
    ...(come.length > 0 ? [`also ${come.join(', ')}`] : []),
  ];
  if (words.length > 0 || before.join() === after.join()) return words;
  return [`the order changed to ${after.join(', ')}`];
}

/**
 * What two ordered lists of named rules differ in, in words. Rules of the same name are told apart by their place
 * among them.
 *
 * @param kind what one of them is called: `rule`, `group`
 * @param more what else of two rules of the same name differs, besides their conditions
 */
export function namedDifference<T extends NamedRule>(
  kind: string,
  before: readonly T[],
  after: readonly T[],
  more: (had: T, has: T) => string[] = () => [],
): string[] {
  const [had, has] = [byName(before), byName(after)];
  const words: string[] = [];
  for (const [name, rule] of had) if (!has.has(name)) words.push(`${kind} "${rule.name}" gone`);
  for (const [name, rule] of has) {
    const old = had.get(name);
    if (old === undefined) words.push(`${kind} "${rule.name}" added${told(rule)}`);
    else if (canonicalJson(old) !== canonicalJson(rule)) {
      words.push(
        `${kind} "${rule.name}" changed: ${[...whenDifference(old, rule), ...more(old, rule)].join(', ')}`,
      );
    }
  }
  const kept = (rules: ReadonlyMap<string, T>, others: ReadonlyMap<string, T>): string[] =>
    [...rules.keys()].filter((name) => others.has(name));
  if (kept(had, has).join('\n') !== kept(has, had).join('\n')) {
    const names = after.map(({ name }) => name).join(', ');
    words.push(`the order changed to ${names} (the first that fits wins)`);
  }
  return words;
}

function byName<T extends NamedRule>(rules: readonly T[]): Map<string, T> {
  const found = new Map<string, T>();
  for (const rule of rules) {
    let name = rule.name;
    while (found.has(name)) name += '\u0000';
    found.set(name, rule);
  }
  return found;
}

function told(rule: NamedRule): string {
  const words = conditionWords(rule.when);
  return words.length > TOLD ? '' : `: ${words}`;
}

function whenDifference(had: NamedRule, has: NamedRule): string[] {
  const [before, after] = [conditionWords(had.when), conditionWords(has.when)];
  if (canonicalJson(had.when) === canonicalJson(has.when)) return [];
  return [before.length + after.length > TOLD ? 'its condition' : `${before} -> ${after}`];
}
