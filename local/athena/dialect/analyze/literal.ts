import { SqlError, unsupported } from '../errors.ts';
import { BIGINT, DATE, DOUBLE, INTEGER, JSON_TYPE, simple, type Type } from '../types.ts';
import { quote, scalar, type Value, value } from './value.ts';
import { momentOf, zoneName } from './zones.ts';

/** 5 is an integer, 5000000000 a bigint, 0.5 a decimal(1,1), 5e0 a double. */
export function numberLiteral(text: string, at: number): Value {
  if (/[eE]/.test(text)) return scalar(`CAST('${text}' AS DOUBLE)`, DOUBLE, Number(text));
  if (text.includes('.')) return decimalLiteral(text, at);
  const n = BigInt(text);
  if (n > 9223372036854775807n) throw new SqlError('INVALID_LITERAL', `Invalid numeric literal: ${text}`, at);
  return n <= 2147483647n ? scalar(text, INTEGER, n) : scalar(`CAST(${text} AS BIGINT)`, BIGINT, n);
}

/** The precision counts the digits without leading zeros, and at least those after the point. */
export function decimalLiteral(text: string, at: number): Value {
  const m = /^([+-]?)0*(\d*)\.?(\d*)$/.exec(text.trim());
  if (m === null || (m[2] === '' && m[3] === '' && !/0/.test(text)))
    throw new SqlError('INVALID_LITERAL', `'${text}' is not a valid DECIMAL literal`, at);
  const scale = m[3]!.length;
  const precision = Math.max(m[2]!.length + scale, 1);
  if (precision > 38) throw new SqlError('INVALID_LITERAL', `'${text}' has more than 38 digits`, at);
  const type: Type = { kind: 'decimal', precision, scale };
  return value(`CAST('${m[1]}${m[2] || '0'}.${m[3] || '0'}' AS DECIMAL(${precision},${scale}))`, type);
}

/** DATE '2026-01-01', TIMESTAMP '2026-01-01 10:00:00', DECIMAL '1.5', JSON '{}' and the like. */
export function typedLiteral(type: string, text: string, at: number): Value {
  const bad = (): SqlError =>
    new SqlError('INVALID_LITERAL', `'${text}' is not a valid ${type.toUpperCase()} literal`, at);
  switch (type) {
    case 'date': {
      const day = calendarDay(text.trim());
      if (day === null) throw bad();
      return scalar(`DATE '${day}'`, DATE, day);
    }
    case 'timestamp': {
      const m =
        /^(\d{4}-\d{1,2}-\d{1,2})(?:[ ](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,12}))?)?)?(?: ?(.+))?$/.exec(
          text.trim(),
        );
      const day = m && calendarDay(m[1]!);
      if (!m || !day) throw bad();
      const [h, min, s] = [m[2] ?? '0', m[3] ?? '0', m[4] ?? '0'];
      if (Number(h) > 23 || Number(min) > 59 || Number(s) > 59) throw bad();
      const precision = m[5]?.length ?? 0;
      const fraction = m[5] ?? '';
      if (precision > 3) throw unsupported('a timestamp finer than a millisecond', at);
      const clock = `TIMESTAMP '${day} ${h.padStart(2, '0')}:${min.padStart(2, '0')}:${s.padStart(2, '0')}.${fraction.padEnd(3, '0')}'`;
      if (m[6] !== undefined) {
        const name = zoneName(m[6]);
        if (name === null) throw bad();
        const zone = quote(name);
        return value(momentOf(zone, clock), { kind: 'timestamptz', zone, precision });
      }
      return value(clock, { kind: 'timestamp', precision });
    }
    case 'decimal':
      return decimalLiteral(text, at);
    case 'json':
      return value(`t_json_parse(${quote(text)})`, JSON_TYPE);
    case 'double':
      if (Number.isNaN(Number(text))) throw bad();
      return scalar(`CAST('${Number(text)}' AS DOUBLE)`, DOUBLE, Number(text));
    default: {
      if (!/^[+-]?\d+$/.test(text)) throw bad();
      return scalar(`CAST(${BigInt(text)} AS BIGINT)`, BIGINT, BigInt(text));
    }
  }
}

function calendarDay(text: string): string | null {
  const m = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text);
  if (m === null) return null;
  const day = `${m[1]}-${m[2]!.padStart(2, '0')}-${m[3]!.padStart(2, '0')}`;
  const time = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== day ? null : day;
}

/** INTERVAL '2' DAY: days and below are exact lengths, months and years calendar steps. */
export function intervalLiteral(negative: boolean, text: string, unit: string, at: number): Value {
  const m = /^([+-]?)(\d+)(?:\.(\d{1,3}))?$/.exec(text);
  if (m === null || (m[3] !== undefined && unit !== 'second'))
    throw new SqlError('INVALID_LITERAL', `'${text}' is not a valid INTERVAL literal`, at);
  const sign = negative !== (m[1] === '-') ? -1 : 1;
  const amount = sign * Number(m[2]);
  if (unit === 'month' || unit === 'year')
    return value(
      `to_months(CAST(${amount * (unit === 'year' ? 12 : 1)} AS INTEGER))`,
      simple('interval_month'),
    );
  const seconds = { second: 1, minute: 60, hour: 3600, day: 86_400 }[unit]!;
  const ms = amount * seconds * 1000 + sign * Number((m[3] ?? '').padEnd(3, '0') || 0);
  return value(`to_microseconds(CAST(${ms * 1000} AS BIGINT))`, simple('interval_day'));
}
