import {
  DuckDBArrayValue,
  type DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  type DuckDBIntervalValue,
  DuckDBListValue,
  type DuckDBMapValue,
  type DuckDBStructValue,
  type DuckDBTimestampTZValue,
  type DuckDBTimestampValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import { unsupported } from '../dialect/errors.ts';
import { display, isNumeric, type Type, UTC } from '../dialect/types.ts';
import { escapeJson } from './functions/json.ts';
import { javaDouble, javaFloat } from './functions/number.ts';

/** A value as Athena prints it in a result; null for NULL. Arrays are [a, b], maps {k=v}, rows {name=v}. */
export function print(value: DuckDBValue, type: Type, inside = false): string | null {
  if (value === null) return inside ? 'null' : null;
  switch (type.kind) {
    case 'double':
      return javaDouble(Number(value));
    case 'real':
      return javaFloat(Number(value));
    case 'decimal':
      return (value instanceof DuckDBDecimalValue ? value.toString() : String(value)).replace(
        /^(-?)\./,
        '$10.',
      );
    case 'date':
      return value instanceof DuckDBDateValue
        ? new Date(value.days * 86_400_000).toISOString().slice(0, 10)
        : String(value);
    case 'timestamp':
      return clock((value as DuckDBTimestampValue).micros, type.precision);
    case 'timestamptz':
      if (inside && type.zone !== UTC)
        throw unsupported('showing a timestamp of another zone inside an array, map or row');
      return `${clock((value as DuckDBTimestampTZValue).micros, type.precision)} ${type.zone.slice(1, -1)}`;
    case 'interval_day':
      return interval(
        (value as DuckDBIntervalValue).micros + BigInt((value as DuckDBIntervalValue).days) * 86_400_000_000n,
      );
    case 'interval_month': {
      const { months } = value as DuckDBIntervalValue;
      return `${months < 0 ? '-' : ''}${Math.trunc(Math.abs(months) / 12)}-${Math.abs(months) % 12}`;
    }
    case 'varbinary':
      return [...(value as DuckDBBlobValue).bytes].map((b) => b.toString(16).padStart(2, '0')).join(' ');
    case 'array':
      return `[${items(value)
        .map((v) => print(v, type.of, true))
        .join(', ')}]`;
    case 'map':
      return `{${inKeyOrder(value as DuckDBMapValue, type.key)
        .map((e) => `${print(e.key, type.key, true)}=${print(e.value, type.value, true)}`)
        .join(', ')}}`;
    case 'row':
      return `{${type.fields
        .map((f, i) => {
          const text = print((value as DuckDBStructValue).entries[`f${i}`] ?? null, f.type, true);
          return f.name === null ? text : `${f.name}=${text}`;
        })
        .join(', ')}}`;
    case 'json':
      return escapeJson(String(value));
    case 'variable':
      throw unsupported(`showing a value of type ${display(type)}`);
    default:
      return String(value);
  }
}

const items = (value: DuckDBValue): readonly DuckDBValue[] =>
  value instanceof DuckDBListValue || value instanceof DuckDBArrayValue ? value.items : [];

/** A map has no order of its own: Athena shows numbers by size and other keys by their text. */
function inKeyOrder(map: DuckDBMapValue, key: Type): DuckDBMapValue['entries'] {
  const text = (k: DuckDBValue): string => print(k, key, true) ?? '';
  const order = isNumeric(key)
    ? (a: DuckDBValue, b: DuckDBValue): number => Number(text(a)) - Number(text(b))
    : (a: DuckDBValue, b: DuckDBValue): number => Buffer.compare(Buffer.from(text(a)), Buffer.from(text(b)));
  return [...map.entries].sort((a, b) => order(a.key, b.key));
}

/** `2026-01-01 10:00:00.000`: microseconds since 1970, with as many digits of the second as the type has. */
function clock(micros: bigint, precision: number): string {
  const ms = micros >= 0n ? micros / 1000n : (micros - 999n) / 1000n;
  const text = new Date(Number(ms)).toISOString().replace('T', ' ').replace('Z', '');
  return precision === 0 ? text.slice(0, 19) : text.slice(0, 20 + precision);
}

function interval(micros: bigint): string {
  const ms = (micros < 0n ? -micros : micros) / 1000n;
  const two = (n: bigint): string => String(n).padStart(2, '0');
  const time = `${two((ms / 3_600_000n) % 24n)}:${two((ms / 60_000n) % 60n)}:${two((ms / 1000n) % 60n)}.${String(ms % 1000n).padStart(3, '0')}`;
  return `${micros < 0n ? '-' : ''}${ms / 86_400_000n} ${time}`;
}
