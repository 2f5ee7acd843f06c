import type { Env } from '../analyze/scope.ts';
import type { Value } from '../analyze/value.ts';
import type { Call } from '../parse/ast.ts';
import { COLLECTIONS } from './collections.ts';
import { CONDITIONALS } from './conditionals.ts';
import { FORMATS } from './formats.ts';
import { JSON_FUNCTIONS } from './json.ts';
import { LAMBDAS } from './lambdas.ts';
import { REGEXPS } from './regexps.ts';
import { ROUNDING } from './rounding.ts';
import { TEXTS } from './texts.ts';
import { TIMES } from './times.ts';

/** A function whose arguments or result need rules of their own. */
export type Special = (call: Call, env: Env) => Value;

/** All of them by name; a name is in one family only. */
export const SPECIAL: Map<string, Special> = new Map(
  [CONDITIONALS, TEXTS, REGEXPS, ROUNDING, TIMES, FORMATS, JSON_FUNCTIONS, COLLECTIONS, LAMBDAS].flatMap(
    (family) => Object.entries(family),
  ),
);
