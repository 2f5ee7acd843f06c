import { cidrText, parseCidr } from '../cidr.ts';
import { readChoice, readDuration, readText } from '../config/values.ts';
import { type Field, unknownFix } from '../config/yaml-file.ts';
import { EVENT_TYPES } from '../event/types.ts';
import {
  CHANNEL_COLUMNS,
  CONVERSION_COLUMNS,
  type ConditionColumns,
  INTERNAL_COLUMNS,
  PAGE_GROUP_COLUMNS,
  propertyKey,
} from './columns.ts';
import { readCondition } from './condition-file.ts';
import { DEFAULT_WINDOW_MS } from './defaults.ts';
import { readSessionRules } from './session-rules-file.ts';
import type { ConversionRule, Definition, DefinitionOverrides, InternalFilter, NamedRule } from './types.ts';

/** The keys that stand in a definition and in each of its scopes. */
export const SECTIONS = [
  'sessions',
  'activity',
  'channels',
  'page_groups',
  'conversions',
  'filters',
] as const;
export type Section = (typeof SECTIONS)[number];

/** Reads one section into `into`. Problems are recorded with the file. */
export function readSection(section: Section, field: Field, into: DefinitionOverrides): void {
  switch (section) {
    case 'sessions':
      into.sessions = readSessionRules(field);
      break;
    case 'activity':
      into.activity = readActivity(field);
      break;
    case 'channels':
      into.channels = field.scalar() === 'ga4_default' ? 'ga4_default' : readChannels(field);
      break;
    case 'page_groups':
      into.page_groups = readRules(field, 'page groups', PAGE_GROUP_COLUMNS);
      break;
    case 'conversions':
      into.conversions = readConversions(field);
      break;
    case 'filters':
      into.filters = readFilters(field);
  }
}

function readActivity(field: Field): string[] {
  const kinds: string[] = [];
  const items = field.list('a list of kinds of event') ?? [];
  for (const item of items) {
    const kind = item.scalar();
    if (kind === 'engagement') {
      item.report('engagement joins sessions but never starts one, so it is no activity', 'remove it');
    } else if (!(EVENT_TYPES as readonly unknown[]).includes(kind)) {
      const known = EVENT_TYPES.filter((type) => type !== 'engagement');
      item.report(`${item.describe()} is not a kind of event`, unknownFix(String(kind), known));
    } else if (kinds.includes(kind as string)) {
      item.report(`"${kind}" is listed twice`, 'keep one of them');
    } else {
      kinds.push(kind as string);
    }
  }
  if (field.isList() && items.length === 0) {
    field.report('the list is empty, so there would be no sessions', 'write at least page_view');
  }
  return kinds.sort();
}

function readChannels(field: Field): NamedRule[] {
  if (field.isList()) return readRules(field, 'channels', CHANNEL_COLUMNS);
  field.report(
    `${field.describe()} is neither ga4_default nor a list of rules`,
    'write ga4_default, or [{name: .., when: ..}]',
  );
  return [];
}

function readRules(field: Field, what: string, columns: ConditionColumns): NamedRule[] {
  const rules: NamedRule[] = [];
  for (const item of field.list(`a list of ${what}, each {name, when}`) ?? []) {
    const fields = item.mapping(['name', 'when'] as const, 'a rule {name, when}');
    const rule = fields && readNamed(item, fields, columns);
    if (rule) rules.push(rule);
  }
  return rules;
}

function readNamed(
  item: Field,
  fields: Map<string, Field>,
  columns: ConditionColumns,
): { name: string; when: NamedRule['when'] } | null {
  const nameField = fields.get('name');
  const whenField = fields.get('when');
  const name = nameField
    ? readText(nameField, 'a name', 100)
    : item.report('name is missing', 'add name: ..');
  const when = whenField
    ? readCondition(whenField, columns)
    : item.report('when is missing', 'add when: {field: .., is: ..}');
  return name === null || when === null ? null : { name, when };
}

function readConversions(field: Field): ConversionRule[] {
  const rules: ConversionRule[] = [];
  const names = new Set<string>();
  for (const item of field.list('a list of conversions, each {name, when}') ?? []) {
    const keys = ['name', 'when', 'value', 'window'] as const;
    const fields = item.mapping(keys, 'a conversion {name, when, value?, window?}');
    if (fields === null) continue;
    const named = readNamed(item, fields, CONVERSION_COLUMNS);
    const value = readValue(fields.get('value'));
    const windowField = fields.get('window');
    const window = windowField
      ? readDuration(windowField, [1000, '1s'], [366 * 86_400_000, '366d'])
      : DEFAULT_WINDOW_MS;
    if (named === null || window === null) continue;
    if (names.has(named.name)) {
      item.report(
        `there is already a conversion "${named.name}"`,
        'join the two with any: [..], or rename one',
      );
    }
    names.add(named.name);
    rules.push({ ...named, value, window_ms: window });
  }
  return rules;
}

/** A constant, the name of a numeric column, `properties.x`, or null for the event's own value. */
function readValue(field: Field | undefined): number | string | null {
  if (field === undefined || field.isNull()) return null;
  const value = field.scalar();
  if (typeof value === 'number') return value;
  const numeric = [...CONVERSION_COLUMNS.kinds].filter(([, kind]) => kind === 'number').map(([name]) => name);
  if (typeof value === 'string') {
    if (numeric.includes(value)) return value === 'value' ? null : value;
    if ((propertyKey(value) ?? '') !== '') return value;
  }
  return field.report(
    `${field.describe()} is neither a number nor a numeric field`,
    `${unknownFix(String(value), numeric)}, a number, or properties.name`,
  );
}

function readFilters(field: Field): Partial<Definition['filters']> {
  const filters: Partial<Definition['filters']> = {};
  if (field.isNull()) return filters;
  const modes = ['flag', 'exclude'] as const;
  const keys = ['bots', 'internal', 'internal_mode'] as const;
  const fields = field.mapping(keys, 'a mapping such as {bots: flag, internal: []}');
  for (const [key, value] of fields ?? []) {
    if (key === 'internal') filters.internal = readInternal(value);
    else filters[key] = readChoice(value, modes) ?? undefined;
  }
  return filters;
}

function readInternal(field: Field): InternalFilter[] {
  const filters: InternalFilter[] = [];
  for (const item of field.list('a list of addresses, ranges (CIDR) and conditions') ?? []) {
    const filter = item.isMapping() ? readInternalCondition(item) : readRange(item);
    if (filter !== null) filters.push(filter);
  }
  return filters;
}

/** `{when: condition}`, or the condition itself. */
function readInternalCondition(item: Field): InternalFilter | null {
  const wrapped = item.child('when');
  const when = wrapped
    ? readCondition(item.mapping(['when'] as const)?.get('when') ?? wrapped, INTERNAL_COLUMNS)
    : readCondition(item, INTERNAL_COLUMNS);
  return when === null ? null : { when };
}

function readRange(item: Field): InternalFilter | null {
  const text = readText(item, 'a range such as 203.0.113.0/24', 60);
  if (text === null) return null;
  const cidr = parseCidr(text);
  if ('what' in cidr) return item.report(cidr.what, cidr.fix);
  return { cidr: cidrText(cidr) };
}
