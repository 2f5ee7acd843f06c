import { readTexts } from '../config/values.ts';
import { type Field, YamlFile } from '../config/yaml-file.ts';
import { SITE_ID } from '../site-id.ts';
import { DEFAULT_DEFINITION } from './defaults.ts';
import { merged } from './scopes.ts';
import { readSection, SECTIONS, type Section } from './sections-file.ts';
import type { Definition, DefinitionOverrides, DefinitionScope } from './types.ts';

/**
 * Reads the text of a definition file, such as `definitions/default.yaml` (docs/semantics.md
 * "Definitions"). What isn't written has its default; durations become milliseconds, lists without an order
 * are sorted, hosts and ranges get their one form.
 *
 * Throws one `bad_definition` (exit 2) that lists every mistake with file, line, column, path, what is wrong,
 * the nearest known word and the fix; its `field` is the path of the first.
 *
 * @param fileName for messages
 */
export function parseDefinition(yamlText: string, fileName: string): Definition {
  const file = new YamlFile(yamlText, fileName, 'bad_definition');
  if (file.root === null) return structuredClone(DEFAULT_DEFINITION);
  const definition = readDefinition(file.root.mapping(DEFINITION_KEYS) ?? new Map());
  file.finish();
  return definition;
}

/** The keys at the top of a definition file. */
export const DEFINITION_KEYS = [...SECTIONS, 'scopes'] as const;

/** Reads a definition from the fields at the top of a file. Problems are recorded with the file. */
export function readDefinition(fields: ReadonlyMap<string, Field>): Definition {
  const given: DefinitionOverrides = {};
  let scopes: DefinitionScope[] = [];
  for (const key of DEFINITION_KEYS) {
    const field = fields.get(key);
    if (field === undefined) continue;
    if (key === 'scopes') scopes = readScopes(field);
    else readSection(key, field, given);
  }
  return { ...merged(DEFAULT_DEFINITION, given), scopes };
}

function readScopes(field: Field): DefinitionScope[] {
  const items = field.list('a list of scopes, each {sites, from, to, ..}') ?? [];
  return items.map(readScope).filter((scope) => scope !== null);
}

function readScope(item: Field): DefinitionScope | null {
  const keys = ['sites', 'from', 'to', ...SECTIONS] as const;
  const fields = item.mapping(keys, 'a scope {sites, from, to, sessions, ..}');
  if (fields === null) return null;
  const overrides: DefinitionOverrides = {};
  for (const [key, field] of fields) {
    if ((SECTIONS as readonly string[]).includes(key)) readSection(key as Section, field, overrides);
  }
  const from = readDate(fields.get('from'));
  const to = readDate(fields.get('to'));
  if (from !== null && to !== null && from > to) {
    fields.get('from')!.report(`${from} lies after to: ${to}`, 'swap the two dates (both days are included)');
  }
  if (Object.keys(overrides).length === 0) {
    item.report('the scope changes nothing', `add one of ${SECTIONS.join(', ')}, or remove the scope`);
  }
  return { sites: readSites(fields.get('sites')), from, to, overrides };
}

function readSites(field: Field | undefined): string[] | null {
  if (field === undefined || field.isNull()) return null;
  let listed = 0;
  const sites = readTexts(field, 'site ids', (item) => {
    listed++;
    const id = item.scalar();
    if (typeof id === 'string' && SITE_ID.test(id)) return id;
    return item.report(`${item.describe()} is not a site id`, 'use 1 to 40 of the characters a-z, 0-9 and -');
  });
  if (listed === 0 && field.isList()) {
    field.report('the list is empty, so the scope is for no site', 'name a site, or remove sites for all');
  }
  return sites?.sort() ?? null;
}

/** A date `YYYY-MM-DD` of the calendar, or null when none is given. */
function readDate(field: Field | undefined): string | null {
  if (field === undefined || field.isNull()) return null;
  const text = field.scalar();
  if (typeof text === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(text)) {
    const time = Date.parse(`${text}T00:00:00Z`);
    if (text < '1970' || text >= '9999') {
      return field.report(
        `${text} is out of range`,
        'write a date from 1970 on, or leave it out for no limit',
      );
    }
    if (!Number.isNaN(time) && new Date(time).toISOString().startsWith(text)) return text;
    return field.report(`${text} is not a day of the calendar`, 'write one such as 2026-02-28');
  }
  return field.report(`${field.describe()} is not a date`, 'write it as YYYY-MM-DD, such as 2026-01-31');
}
