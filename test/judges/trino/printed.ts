import { Cursor } from '../../../local/athena/dialect/parse/cursor.ts';
import { parseType } from '../../../local/athena/dialect/parse/type.ts';
import { isNumeric, type Type } from '../../../local/athena/dialect/types.ts';
import { Digits } from './client.ts';

/** Trino's words for a type, such as `map(varchar, bigint)`, as the embedded Athena knows types. */
export const typeOf = (words: string): Type => parseType(new Cursor(words)).type;

/** A value of Trino's JSON as Athena shows it; null for NULL. Arrays are [a, b], maps {k=v}, rows {name=v}. */
export function printed(value: unknown, type: Type, inside = false): string | null {
  if (value === null || value === undefined) return inside ? 'null' : null;
  switch (type.kind) {
    case 'array':
      return `[${(value as unknown[]).map((item) => printed(item, type.of, true)).join(', ')}]`;
    case 'map': {
      // Keys are texts in JSON whatever they are; a map has no order, so both sides show one.
      const numbers = isNumeric(type.key);
      const entries = Object.entries(value as object).sort(([a], [b]) =>
        numbers ? Number(a) - Number(b) : Buffer.compare(Buffer.from(a), Buffer.from(b)),
      );
      return `{${entries.map(([key, item]) => `${key}=${printed(item, type.value, true)}`).join(', ')}}`;
    }
    case 'row': {
      const items = type.fields.map((field, i) => {
        const text = printed((value as unknown[])[i], field.type, true);
        return field.name === null ? text : `${field.name}=${text}`;
      });
      return `{${items.join(', ')}}`;
    }
    case 'varbinary':
      return [...Buffer.from(String(value), 'base64')]
        .map((byte) => byte.toString(16).padStart(2, '0'))
        .join(' ');
    default:
      return value instanceof Digits ? value.text : String(value);
  }
}
