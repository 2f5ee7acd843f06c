import { readBoolean } from '../config/values.ts';
import { type Field, YamlFile } from '../config/yaml-file.ts';
import { DEFAULT_DEFINITION } from './defaults.ts';
import { DEFINITION_KEYS, readDefinition } from './parse.ts';
import type { Definition } from './types.ts';

/** A definition that somebody proposes by writing a file into the lake. */
export interface ProposedDefinition {
  definition: Definition;
  /** Whether it is to be applied, and not only looked at. */
  apply: boolean;
  /** Dollars that applying may cost at most; never null with `apply`. */
  max_cost: number | null;
}

/**
 * Reads a proposed definition: a definition file (`parseDefinition`) with `apply` and `max_cost` beside its keys.
 * Throws one `bad_definition` (exit 2) that lists every mistake.
 *
 * @param fileName for messages
 */
export function parseProposalFile(yamlText: string, fileName: string): ProposedDefinition {
  const file = new YamlFile(yamlText, fileName, 'bad_definition');
  if (file.root === null) {
    return { definition: structuredClone(DEFAULT_DEFINITION), apply: false, max_cost: null };
  }
  const fields = file.root.mapping([...DEFINITION_KEYS, 'apply', 'max_cost'] as const) ?? new Map();
  const definition = readDefinition(fields);
  const apply = fields.has('apply') ? readBoolean(fields.get('apply')!) === true : false;
  const maxCost = readDollars(fields.get('max_cost'));
  if (apply && !fields.has('max_cost')) {
    fields.get('apply')!.report('apply needs a max_cost beside it', 'add max_cost: 1.00, in dollars');
  }
  file.finish();
  return { definition, apply, max_cost: maxCost };
}

function readDollars(field: Field | undefined): number | null {
  if (field === undefined) return null;
  const value = field.scalar();
  if (typeof value === 'number' && value >= 0) return value;
  return field.report(`${field.describe()} is not an amount of dollars`, 'write a number such as 1.50');
}
