import { AwsError } from '../errors.ts';
import { inputReader } from '../input.ts';
import type { Input } from '../json.ts';

/** Glue's wording for parameters. */
export const read = inputReader('InvalidInputException');

/** A name as the catalog keeps it: lower case. Throws InvalidInputException when it is missing or too long. */
export function nameOf(input: Input, field: string): string {
  const name = read.text(input, field);
  if (name === '' || name.length > 255) {
    throw new AwsError('InvalidInputException', `${field} must have from 1 to 255 characters.`);
  }
  return name.toLowerCase();
}

/** A list of at most `most` items. Throws ValidationException, as Glue does for its array limits. */
export function limited(input: Input, field: string, most: number): Input[] {
  const list = read.list(input, field) as Input[];
  if (list.length > most) {
    const member = field[0]?.toLowerCase() + field.slice(1);
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must have length less than or equal to ${most}`,
    );
  }
  return list;
}

/** Partition values. Throws InvalidInputException unless they are strings. */
export function valuesOf(input: Input, field: string): string[] {
  const values = read.list(input, field);
  if (!values.every((value) => typeof value === 'string')) {
    throw new AwsError('InvalidInputException', `${field} must be a list of strings.`);
  }
  return values as string[];
}
