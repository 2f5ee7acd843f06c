import { canonicalJson } from '../canonical-json.ts';
import { SECTIONS, type Section } from './sections-file.ts';
import type { Condition, Definition, DefinitionOverrides } from './types.ts';

/** Datasets that read a part of the definition themselves. */
export type DefinedDataset = 'boundaries' | 'sessions' | 'events' | 'conversions';

/**
 * The canonical text of a definition: the same for two files that mean the same, whatever their comments,
 * the order of their keys and whether defaults are written out.
 */
export function canonicalDefinition(definition: Definition): string {
  return canonicalJson(definition);
}

/**
 * A dataset's own slice: canonical JSON of just the parts of the definition that the dataset reads itself,
 * with the scopes that touch them (docs/lake-format.md "Slices"). What comes from upstream is not in it:
 *
 * - `boundaries`: session rules and activity kinds;
 * - `sessions`: channels, filters, conversions (their count and value), and page groups when a conversion
 *   asks for `page_group`;
 * - `events`: channels (of the session), filters, page groups;
 * - `conversions`: the conversion rules.
 */
export function sliceOf(definition: Definition, dataset: DefinedDataset): string {
  const sections = sectionsRead(definition, dataset);
  const scopes = definition.scopes
    .map((scope) => ({ ...scope, overrides: pick(scope.overrides, sections) }))
    .filter((scope) => Object.keys(scope.overrides).length > 0);
  return canonicalJson({ ...pick(definition, sections), scopes });
}

/** The parts of a definition that a dataset reads itself. */
export function sectionsRead(definition: Definition, dataset: DefinedDataset): readonly Section[] {
  switch (dataset) {
    case 'boundaries':
      return ['sessions', 'activity'];
    case 'sessions':
      return asksForPageGroup(definition)
        ? ['channels', 'filters', 'conversions', 'page_groups']
        : ['channels', 'filters', 'conversions'];
    case 'events':
      return ['channels', 'filters', 'page_groups'];
    case 'conversions':
      return ['conversions'];
  }
}

function pick(from: DefinitionOverrides, sections: readonly Section[]): DefinitionOverrides {
  const kept = SECTIONS.filter((section) => sections.includes(section) && from[section] !== undefined);
  return Object.fromEntries(kept.map((section) => [section, from[section]]));
}

function asksForPageGroup(definition: Definition): boolean {
  const all = [definition, ...definition.scopes.map((scope) => scope.overrides)];
  return all.some((part) => part.conversions?.some((rule) => names(rule.when, 'page_group')));
}

function names(condition: Condition, field: string): boolean {
  if ('all' in condition) return condition.all.some((part) => names(part, field));
  if ('any' in condition) return condition.any.some((part) => names(part, field));
  if ('not' in condition) return names(condition.not, field);
  return condition.field === field;
}
