import { EVENT_TYPES } from '../event/types.ts';
import {
  CHANNEL_COLUMNS,
  CONVERSION_COLUMNS,
  type ConditionColumns,
  INTERNAL_COLUMNS,
  PAGE_GROUP_COLUMNS,
} from './columns.ts';
import { OPERATORS } from './condition-file.ts';
import { SECTIONS, type Section } from './sections-file.ts';
import { SESSION_KEYS } from './session-rules-file.ts';

type Schema = Record<string, unknown>;

const text = { type: 'string', minLength: 1, pattern: '\\S' };
const duration = { type: 'string', pattern: '^[0-9]{1,9}[smhd]$' };
const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });
const list = (items: Schema): Schema => ({ type: 'array', items });
const mapping = (properties: Schema, required: readonly string[] = []): Schema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

/**
 * A JSON Schema (draft 7, which editors understand) of definition files, made of the words that their reader
 * knows. It completes and underlines while somebody types; the reader says more, and better.
 */
export function definitionSchema(): Schema {
  const sections = Object.fromEntries(SECTIONS.map((section) => [section, sectionSchema(section)]));
  const scope = {
    ...mapping({
      sites: orNull({ ...list({ type: 'string', pattern: '^[a-z0-9-]{1,40}$' }), minItems: 1 }),
      from: orNull(date),
      to: orNull(date),
      ...sections,
    }),
    anyOf: SECTIONS.map((section) => ({ required: [section] })),
    description: 'What is different for some sites or days (both included); a later scope wins.',
  };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A definition of Retcon',
    description: 'What a session, a channel and a conversion are.',
    ...mapping({ ...sections, scopes: list(scope) }),
    definitions: {
      channel: conditionSchema('channel', CHANNEL_COLUMNS),
      page: conditionSchema('page', PAGE_GROUP_COLUMNS),
      conversion: conditionSchema('conversion', CONVERSION_COLUMNS),
      internal: conditionSchema('internal', INTERNAL_COLUMNS),
    },
  };
}

const date = { type: 'string', pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' };

function sectionSchema(section: Section): Schema {
  switch (section) {
    case 'sessions':
      return orNull(
        mapping(Object.fromEntries(SESSION_KEYS.map((key) => [key, SESSION_RULES[key]]))) as Schema,
      );
    case 'activity': {
      const kinds = EVENT_TYPES.filter((type) => type !== 'engagement');
      return { ...list({ enum: kinds }), minItems: 1, uniqueItems: true };
    }
    case 'channels':
      return { anyOf: [{ const: 'ga4_default' }, list(rule('channel'))] };
    case 'page_groups':
      return list(rule('page'));
    case 'conversions':
      return list(conversion());
    case 'filters':
      return orNull(
        mapping({
          bots: { enum: ['flag', 'exclude'] },
          internal: list({
            anyOf: [text, condition('internal'), mapping({ when: condition('internal') }, ['when'])],
          }),
          internal_mode: { enum: ['flag', 'exclude'] },
        }),
      );
  }
}

const SESSION_RULES: Record<(typeof SESSION_KEYS)[number], Schema> = {
  inactivity: { ...duration, description: 'A longer pause ends a session: 1s to 8h.' },
  at_midnight: { type: 'boolean', description: "A session also ends at the site's midnight." },
  on_campaign: { enum: [false, 'utm', 'utm_or_click_id'], description: 'Another campaign starts a session.' },
  on_referrer: { type: 'boolean', description: 'Coming back from another site starts a session.' },
  max_duration: orNull(duration),
  max_events: orNull({ type: 'integer', minimum: 1 }),
  on_event: {
    ...list(text),
    uniqueItems: true,
    description: 'Names or kinds of events that start a session.',
  },
  ignore_referrers: { ...list(text), uniqueItems: true, description: "Hosts that don't count as referrers." },
};

const condition = (of: string): Schema => ({ $ref: `#/definitions/${of}` });
const rule = (of: string): Schema => mapping({ name: text, when: condition(of) }, ['name', 'when']);

function conversion(): Schema {
  const numeric = [...CONVERSION_COLUMNS.kinds].filter(([, kind]) => kind === 'number').map(([name]) => name);
  const value = {
    anyOf: [
      { type: 'number' },
      { enum: numeric },
      { type: 'string', pattern: '^properties\\..' },
      { type: 'null' },
    ],
    description: "A number, or the column that holds it; by default the event's value.",
  };
  const window = { ...duration, description: 'How long before it a session may lead to it: 30d by default.' };
  return mapping({ name: text, when: condition('conversion'), value, window }, ['name', 'when']);
}

/** A `when`: `all`, `any`, `not`, or a field with one operator that suits what the column holds. */
function conditionSchema(name: string, { kinds, properties }: ConditionColumns): Schema {
  const inner = condition(name);
  const of = (kind: string): string[] =>
    [...kinds].filter(([, own]) => own === kind).map(([column]) => column);
  const parts = { ...list(inner), minItems: 1 };
  const property = { type: 'string', pattern: '^properties\\..' };
  const branches: Schema[] = [
    mapping({ all: parts }, ['all']),
    mapping({ any: parts }, ['any']),
    mapping({ not: inner }, ['not']),
    ...comparisons({ enum: of('text') }, text, OPERATORS),
    ...comparisons({ enum: of('number') }, { type: 'number' }, ['is', 'in', 'exists']),
    ...comparisons({ enum: of('boolean') }, { type: 'boolean' }, ['is', 'in', 'exists']),
    ...(properties
      ? comparisons(property, { anyOf: [text, { type: 'number' }, { type: 'boolean' }] }, OPERATORS)
      : []),
  ];
  return { anyOf: branches.filter(possible) };
}

function comparisons(
  field: Schema,
  value: Schema,
  operators: readonly (typeof OPERATORS)[number][],
): Schema[] {
  const operands: Record<(typeof OPERATORS)[number], Schema> = {
    is: value,
    in: { ...list(value), minItems: 1 },
    starts_with: text,
    matches: text,
    exists: { type: 'boolean' },
  };
  return operators.map((operator) => mapping({ field, [operator]: operands[operator] }, ['field', operator]));
}

/** Whether any column is of the kind that a comparison is for. */
function possible(branch: Schema): boolean {
  const { field } = branch['properties'] as { field?: { enum?: string[] } };
  return field?.enum === undefined || field.enum.length > 0;
}
