import { canonicalJson } from '../canonical-json.ts';
import { listDifference, namedDifference } from './list-difference.ts';
import { SECTIONS, type Section } from './sections-file.ts';
import type { Definition, DefinitionOverrides, DefinitionScope, SessionRules } from './types.ts';
import { durationWords, internalWords, valueWords } from './words.ts';

/** One thing that a definition says otherwise than another, in words. */
export interface Difference {
  /** The parts of the definition that it is about: what reads them is concerned. */
  sections: Section[];
  /** `sessions.inactivity: 30m -> 15m` */
  what: string;
}

/**
 * What two definitions differ in, in words, in the order of a definition file. Empty exactly when they mean the
 * same: comments, the order of keys and defaults that are written out are gone before it comes here.
 */
export function differences(before: Definition, after: Definition): Difference[] {
  return [
    ...SECTIONS.flatMap((section) => {
      if (canonicalJson(before[section]) === canonicalJson(after[section])) return [];
      const words = sectionDifference(section, before, after);
      return (words.length > 0 ? words : [`${section} changed`]).map((what) => ({
        sections: [section],
        what,
      }));
    }),
    ...scopeDifferences(before.scopes, after.scopes),
  ];
}

function sectionDifference(section: Section, before: Definition, after: Definition): string[] {
  const said = (words: string[]): string[] => words.map((word) => `${section}: ${word}`);
  switch (section) {
    case 'sessions':
      return ruleDifference(before.sessions, after.sessions).map((word) => `sessions.${word}`);
    case 'activity':
      return said(listDifference(before.activity, after.activity));
    case 'channels':
      return said(channelDifference(before.channels, after.channels));
    case 'page_groups':
      return said(namedDifference('group', before.page_groups, after.page_groups));
    case 'conversions':
      return said(conversionDifference(before.conversions, after.conversions));
    case 'filters':
      return filterDifference(before.filters, after.filters).map((word) => `filters.${word}`);
  }
}

const RULE_NAMES: Partial<Record<keyof SessionRules, string>> = {
  inactivity_ms: 'inactivity',
  max_duration_ms: 'max_duration',
};

function ruleWords(rule: keyof SessionRules, value: unknown): string {
  return rule.endsWith('_ms') && typeof value === 'number' ? durationWords(value) : valueWords(value);
}

function ruleDifference(before: SessionRules, after: SessionRules): string[] {
  return (Object.keys(after) as (keyof SessionRules)[]).flatMap((rule) => {
    const [had, has] = [before[rule], after[rule]];
    if (canonicalJson(had ?? null) === canonicalJson(has ?? null)) return [];
    const name = RULE_NAMES[rule] ?? rule;
    if (Array.isArray(has))
      return listDifference((had as string[]) ?? [], has).map((word) => `${name}: ${word}`);
    return [`${name}: ${ruleWords(rule, had)} -> ${ruleWords(rule, has)}`];
  });
}

function channelDifference(before: Definition['channels'], after: Definition['channels']): string[] {
  if (typeof before === 'string' || typeof after === 'string') {
    const said = (channels: Definition['channels']): string =>
      typeof channels === 'string'
        ? channels
        : `${channels.length} rules (${channels.map(({ name }) => name).join(', ')})`;
    return [`${said(before)} -> ${said(after)}`];
  }
  return namedDifference('rule', before, after);
}

function conversionDifference(before: Definition['conversions'], after: Definition['conversions']): string[] {
  return namedDifference('conversion', before, after, (had, has) => {
    const words: string[] = [];
    const worth = (value: number | string | null): string =>
      value === null ? "the event's value" : String(value);
    if (had.value !== has.value) words.push(`value ${worth(had.value)} -> ${worth(has.value)}`);
    if (had.window_ms !== has.window_ms) {
      words.push(`window ${durationWords(had.window_ms)} -> ${durationWords(has.window_ms)}`);
    }
    return words;
  });
}

function filterDifference(before: Definition['filters'], after: Definition['filters']): string[] {
  const words: string[] = [];
  for (const mode of ['bots', 'internal_mode'] as const) {
    if (before[mode] !== after[mode]) words.push(`${mode}: ${before[mode]} -> ${after[mode]}`);
  }
  const internal = listDifference(before.internal.map(internalWords), after.internal.map(internalWords));
  return [...words, ...internal.map((word) => `internal: ${word}`)];
}

function scopeDifferences(
  before: readonly DefinitionScope[],
  after: readonly DefinitionScope[],
): Difference[] {
  const text = (scope: DefinitionScope): string => canonicalJson(scope);
  const [had, has] = [new Set(before.map(text)), new Set(after.map(text))];
  const gone = before.filter((scope) => !has.has(text(scope)));
  const come = after.filter((scope) => !had.has(text(scope)));
  const one = (scope: DefinitionScope, how: string): Difference => ({
    sections: sectionsOf(scope.overrides),
    what: `scopes: ${how}: ${scopeWords(scope)}`,
  });
  const found = [...gone.map((scope) => one(scope, 'gone')), ...come.map((scope) => one(scope, 'added'))];
  if (found.length > 0 || before.map(text).join() === after.map(text).join()) return found;
  const sections = SECTIONS.filter((section) => after.some(({ overrides }) => section in overrides));
  return [{ sections, what: 'scopes: their order changed (where two say the same thing, the later wins)' }];
}

const sectionsOf = (overrides: DefinitionOverrides): Section[] =>
  SECTIONS.filter((section) => overrides[section] !== undefined);

/** `shop, from 2026-01-01 to 2026-06-30: sessions.inactivity 15m` */
function scopeWords({ sites, from, to, overrides }: DefinitionScope): string {
  const time = [from === null ? '' : ` from ${from}`, to === null ? '' : ` to ${to}`].join('');
  const said = sectionsOf(overrides).flatMap((section) => overrideWords(section, overrides));
  return `${sites === null ? 'all sites' : sites.join(', ')}${time}: ${said.join('; ')}`;
}

function overrideWords(section: Section, overrides: DefinitionOverrides): string[] {
  const value = overrides[section]!;
  if (section === 'sessions') {
    const rules = Object.entries(value as Partial<SessionRules>) as [keyof SessionRules, unknown][];
    return rules.map(([rule, own]) => `sessions.${RULE_NAMES[rule] ?? rule} ${ruleWords(rule, own)}`);
  }
  if (section === 'filters') {
    return Object.entries(value).map(([key, own]) =>
      key === 'internal'
        ? `filters.internal ${valueWords((own as Definition['filters']['internal']).map(internalWords))}`
        : `filters.${key} ${valueWords(own)}`,
    );
  }
  if (!Array.isArray(value)) return [`${section} ${String(value)}`];
  const names = value.map((item) => (typeof item === 'string' ? item : `"${item.name}"`));
  return [`${section} ${valueWords(names)}`];
}
