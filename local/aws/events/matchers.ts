import { compileCidr } from './cidr.ts';
import { invalidPattern } from './invalid.ts';
import type { Json, JsonObject } from './leaves.ts';
import { compileWildcard } from './wildcard.ts';

/** Whether one value (never a list or an object) matches. */
export type Matcher = (value: Json) => boolean;

type TextTest = (text: string) => boolean;

/** Compiles one element of a field's list: a plain value or `{"<operator>": ..}`. Throws `invalid_event_pattern`. */
export function compileMatcher(pattern: Json): Matcher {
  if (Array.isArray(pattern))
    throw invalidPattern('Match value must be String, number, true, false, or null');
  if (typeof pattern !== 'object' || pattern === null) return (value) => value === pattern;
  const [operator, argument] = onlyEntry(pattern);
  switch (operator) {
    case 'prefix':
    case 'suffix':
      return onText(affix(operator, argument));
    case 'equals-ignore-case':
      return onText(ignoringCase(text(argument, operator)));
    case 'wildcard':
      return onText(wildcard(text(argument, operator)));
    case 'cidr':
      return onText(cidr(text(argument, operator)));
    case 'numeric':
      return numeric(argument);
    case 'exists':
      if (typeof argument !== 'boolean')
        throw invalidPattern('exists match pattern must be either true or false.');
      return () => argument;
    case 'anything-but':
      return anythingBut(argument);
    default:
      throw invalidPattern(`Unrecognized match type ${operator}`);
  }
}

function onlyEntry(pattern: JsonObject): [string, Json] {
  const entries = Object.entries(pattern);
  if (entries.length !== 1) throw invalidPattern('Only one key allowed in match expression');
  return entries[0] as [string, Json];
}

function onText(test: TextTest): Matcher {
  return (value) => typeof value === 'string' && test(value);
}

function text(argument: Json, operator: string): string {
  if (typeof argument !== 'string') throw invalidPattern(`${operator} match pattern must be a string`);
  return argument;
}

/** `prefix` and `suffix`: a string, or `{"equals-ignore-case": string}`. */
function affix(operator: 'prefix' | 'suffix', argument: Json): TextTest {
  const at = (whole: string, part: string): boolean =>
    operator === 'prefix' ? whole.startsWith(part) : whole.endsWith(part);
  if (typeof argument === 'object' && argument !== null && !Array.isArray(argument)) {
    const [name, inner] = onlyEntry(argument);
    if (name !== 'equals-ignore-case') throw invalidPattern(`Unsupported anything-but pattern: ${name}`);
    const wanted = fold(text(inner, name));
    return (value) => at(fold(value), wanted);
  }
  const wanted = text(argument, operator);
  return (value) => at(value, wanted);
}

function ignoringCase(wanted: string): TextTest {
  const folded = fold(wanted);
  return (value) => fold(value) === folded;
}

function fold(value: string): string {
  return value.toLowerCase();
}

function wildcard(pattern: string): TextTest {
  const test = compileWildcard(pattern);
  if (test === null) throw invalidPattern('Consecutive wildcard characters or an invalid escape in wildcard');
  return test;
}

function cidr(pattern: string): TextTest {
  const test = compileCidr(pattern);
  if (test === null)
    throw invalidPattern("Malformed CIDR, one '/' required, and fewer bits than an address has");
  return test;
}

const LIMIT = 5e9;

/** `["=", n]`, `[">", n]`, `[">=", n, "<", m]`, ...; between -5e9 and 5e9. */
function numeric(argument: Json): Matcher {
  if (!Array.isArray(argument) || argument.length === 0) {
    throw invalidPattern('Value of numeric must be an array.');
  }
  const [first, low, second, high] = argument;
  if (!['=', '<', '<=', '>', '>='].includes(String(first)) || typeof first !== 'string') {
    throw invalidPattern(`Unrecognized numeric range operator: ${JSON.stringify(first)}`);
  }
  const bound = (value: Json | undefined): number => {
    if (typeof value !== 'number') throw invalidPattern('Value of a numeric operator must be a number');
    if (value < -LIMIT || value > LIMIT) throw invalidPattern('Value must be between -5.0E9 and 5.0E9');
    return value;
  };
  const from = bound(low);
  const isRange = first.startsWith('>') && argument.length === 4;
  if (argument.length !== 2 && !isRange) throw invalidPattern('Too many elements in numeric expression');
  const compare = comparison(first, from);
  if (!isRange) return (value) => typeof value === 'number' && compare(value);
  if (second !== '<' && second !== '<=')
    throw invalidPattern(`Bad numeric range operator: ${JSON.stringify(second)}`);
  const to = bound(high);
  if (from >= to) throw invalidPattern('Bottom must be less than top');
  const below = comparison(second, to);
  return (value) => typeof value === 'number' && compare(value) && below(value);
}

function comparison(operator: string, bound: number): (value: number) => boolean {
  switch (operator) {
    case '<':
      return (value) => value < bound;
    case '<=':
      return (value) => value <= bound;
    case '>':
      return (value) => value > bound;
    case '>=':
      return (value) => value >= bound;
    default:
      return (value) => value === bound;
  }
}

/** Everything but a value, a list of values (all strings or all numbers), or what an operator matches. */
function anythingBut(argument: Json): Matcher {
  if (typeof argument === 'object' && argument !== null && !Array.isArray(argument)) {
    const [operator, inner] = onlyEntry(argument);
    const tests = list(inner, `anything-but ${operator}`).map((one): TextTest => {
      switch (operator) {
        case 'prefix':
        case 'suffix':
          if (text(one, operator) === '') throw invalidPattern('Null prefix/suffix not allowed');
          return affix(operator, one);
        case 'equals-ignore-case':
          return ignoringCase(text(one, operator));
        case 'wildcard':
          return wildcard(text(one, operator));
        default:
          throw invalidPattern(`Unsupported anything-but pattern: ${operator}`);
      }
    });
    return (value) => typeof value !== 'string' || !tests.some((test) => test(value));
  }
  const values = list(argument, 'anything-but');
  const kinds = new Set(values.map((value) => typeof value));
  if (kinds.size !== 1 || !(kinds.has('string') || kinds.has('number'))) {
    throw invalidPattern(
      'Inside anything but list, either all values are number or string, mixed type is not supported',
    );
  }
  return (value) => !values.includes(value);
}

function list(argument: Json, what: string): Json[] {
  const values = Array.isArray(argument) ? argument : [argument];
  if (values.length === 0) throw invalidPattern(`Empty arrays are not allowed in ${what}`);
  return values;
}
