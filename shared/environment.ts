import { RetconError } from './core/errors.ts';

/** The environment of a process, as `process.env` has it. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Where the lake is: what every function that writes to it is told. */
export interface LakeEnvironment {
  bucket: string;
  bus: string;
}

/** Reads `RETCON_BUCKET` and `RETCON_BUS`. Throws `bad_environment`. */
export function lakeEnvironment(variables: Variables): LakeEnvironment {
  return { bucket: required(variables, 'RETCON_BUCKET'), bus: required(variables, 'RETCON_BUS') };
}

/** The value of a variable that must be there; empty counts as missing. Throws `bad_environment`. */
export function required(variables: Variables, name: string): string {
  const value = variables[name];
  if (!value) throw badEnvironment(name, 'is not set: set it in the function configuration');
  return value;
}

/** `bad_environment`: a sentence that begins with the variable's name. */
export function badEnvironment(name: string, problem: string): RetconError {
  return new RetconError('bad_environment', `The environment variable ${name} ${problem}.`, { field: name });
}
