import { AwsError } from './errors.ts';
import type { Input } from './json.ts';

/** Reads typed parameters out of a JSON request; what is missing or of another type is one clear error. */
export interface Reader {
  text(input: Input, field: string): string;
  maybeText(input: Input, field: string): string | undefined;
  whole(input: Input, field: string, low: number, high: number): number;
  maybeWhole(input: Input, field: string, low: number, high: number): number | undefined;
  list(input: Input, field: string): unknown[];
  record(input: Input, field: string): Input;
  maybeRecord(input: Input, field: string): Input | undefined;
}

/** A reader whose complaints carry the service's error code for bad parameters. */
export function inputReader(code: string): Reader {
  const wrong = (field: string, must: string): AwsError => new AwsError(code, `${field} must be ${must}.`);
  const reader: Reader = {
    text(input, field) {
      const value = reader.maybeText(input, field);
      if (value === undefined) throw wrong(field, 'given');
      return value;
    },
    maybeText(input, field) {
      const value = input[field] ?? undefined;
      if (value !== undefined && typeof value !== 'string') throw wrong(field, 'a string');
      return value;
    },
    whole(input, field, low, high) {
      const value = reader.maybeWhole(input, field, low, high);
      if (value === undefined) throw wrong(field, 'given');
      return value;
    },
    maybeWhole(input, field, low, high) {
      const value = input[field] ?? undefined;
      if (value === undefined) return undefined;
      if (typeof value !== 'number' || !Number.isInteger(value) || value < low || value > high) {
        throw wrong(field, `a whole number from ${low} to ${high}`);
      }
      return value;
    },
    list(input, field) {
      const value = input[field] ?? [];
      if (!Array.isArray(value)) throw wrong(field, 'a list');
      return value;
    },
    record(input, field) {
      const value = reader.maybeRecord(input, field);
      if (value === undefined) throw wrong(field, 'given');
      return value;
    },
    maybeRecord(input, field) {
      const value = input[field] ?? undefined;
      if (value === undefined) return undefined;
      if (typeof value !== 'object' || Array.isArray(value)) throw wrong(field, 'an object');
      return value as Input;
    },
  };
  return reader;
}
