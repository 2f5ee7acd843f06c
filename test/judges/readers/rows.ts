import { createHash } from 'node:crypto';
import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from '@duckdb/node-api';

/** A row as one line that says every value to the bit, and its type (judge.py writes the same). */
export const line = (row: readonly DuckDBValue[]): string => row.map(written).join('\x1f');

/** One digest of rows, whatever their order. */
export function digestOf(lines: readonly string[]): string {
  const sum = createHash('sha256');
  const each = lines.map((text) => createHash('sha256').update(text).digest('hex'));
  for (const digest of each.sort()) sum.update(digest);
  return sum.digest('hex');
}

function written(value: DuckDBValue): string {
  if (value === null) return 'N';
  if (typeof value === 'string') return `S${value}`;
  if (typeof value === 'boolean') return value ? 'B1' : 'B0';
  if (typeof value === 'bigint') return `I${value}`;
  if (typeof value === 'number') return `D${bits(value)}`;
  if (value instanceof DuckDBTimestampValue) return `T${value.micros}`;
  if (value instanceof DuckDBDateValue) return `E${value.days}`;
  if (value instanceof DuckDBDecimalValue) return `M${value.value}/${value.scale}`;
  if (value instanceof DuckDBBlobValue) return `X${Buffer.from(value.bytes).toString('hex')}`;
  if (value instanceof DuckDBListValue) return `[${value.items.map(written).join('\x1e')}]`;
  if (value instanceof DuckDBMapValue) {
    const entries = value.entries.map(({ key, value: of }) => `${written(key)}\x1d${written(of)}`);
    return `{${entries.sort().join('\x1e')}}`;
  }
  if (value instanceof DuckDBStructValue)
    return `(${Object.entries(value.entries)
      .map(([name, of]) => `${name}\x1d${written(of)}`)
      .join('\x1e')})`;
  throw new Error(`no line for ${value}`);
}

/** A double's bits; whole numbers of less than 64 bits come as numbers too, and are the same in both. */
function bits(value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes.toString('hex');
}
