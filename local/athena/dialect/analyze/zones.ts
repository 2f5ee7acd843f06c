import { SqlError, unsupported } from '../errors.ts';
import { MIXED_ZONES, type Type } from '../types.ts';
import { knownText, quote, type Value } from './value.ts';

/** Names that mean UTC; Athena shows them all as UTC. */
const UTC_NAMES =
  /^(Z|(Etc\/)?(UTC|GMT|UCT|Zulu|Universal|Greenwich|GMT[+-]?0)|UT|[+-]00:00|(?:UTC|GMT|UT)?[+-]0?0(:00)?)$/;
/** Short names that JavaScript knows and Athena doesn't. */
const NOT_IN_ATHENA = new Set(['EST', 'MST', 'HST', 'ROC']);

/** A zone as Athena shows it: an IANA name or `+09:00`; null when Athena knows no such zone. */
export function zoneName(text: string): string | null {
  if (UTC_NAMES.test(text)) return 'UTC';
  const etc = /^Etc\/GMT([+-])(\d{1,2})$/.exec(text);
  // Etc/GMT-9 lies nine hours *east*: the signs of those names are the other way round.
  if (etc) return offset(etc[1] === '+' ? '-' : '+', etc[2]!, '00');
  const m = /^(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?(\d{2}))?$/.exec(text);
  if (m) return offset(m[1]!, m[2]!, m[3] ?? '00');
  if (!/^[A-Z]/.test(text) || NOT_IN_ATHENA.has(text)) return null;
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return text;
  } catch {
    return null;
  }
}

function offset(sign: string, hours: string, minutes: string): string | null {
  if (Number(hours) * 60 + Number(minutes) > 14 * 60 || Number(minutes) > 59) return null;
  return `${sign}${hours.padStart(2, '0')}:${minutes}`;
}

/** The zone of an expression as DuckDB SQL: a literal is checked and put into Athena's form. */
export function zoneOf(zone: Value, at: number): string {
  if (zone.type.kind !== 'varchar') throw new SqlError('TYPE_MISMATCH', 'a time zone must be a varchar', at);
  const text = knownText(zone);
  if (text === null) return zone.sql;
  const name = zoneName(text);
  if (name === null)
    throw new SqlError('INVALID_FUNCTION_ARGUMENT', `'${text}' is not a valid time zone`, at);
  return quote(name);
}

/** Microseconds that a fixed offset lies east of UTC, or null for a zone with a name. DuckDB has names only. */
function east(zone: string): number | null {
  const m = /^'([+-])(\d\d):(\d\d)'$/.exec(zone);
  if (m === null) return null;
  return (m[1] === '-' ? -1 : 1) * (Number(m[2]) * 60 + Number(m[3])) * 60e6;
}

/** DuckDB SQL: the clock that a moment shows in a zone, as a timestamp. */
export function clockIn(zone: string, moment: string): string {
  const us = east(zone);
  return us === null
    ? `timezone(${zone}, ${moment})`
    : `(timezone('UTC', ${moment}) + to_microseconds(CAST(${us} AS BIGINT)))`;
}

/** DuckDB SQL: the moment at which a zone's clock shows a timestamp. */
export function momentOf(zone: string, clock: string): string {
  const us = east(zone);
  return us === null
    ? `timezone(${zone}, ${clock})`
    : `timezone('UTC', ${clock} - to_microseconds(CAST(${us} AS BIGINT)))`;
}

/** DuckDB SQL: a date, timestamp or moment as the clock of its zone. */
export function localClock(v: { sql: string; type: Type }, at: number): string {
  if (v.type.kind === 'date') return `CAST(${v.sql} AS TIMESTAMP)`;
  if (v.type.kind !== 'timestamptz') return v.sql;
  if (v.type.zone === MIXED_ZONES) throw unsupported('a timestamp whose time zone is not known', at);
  return clockIn(v.type.zone, v.sql);
}

/** DuckDB SQL: a timestamp or moment rounded to a number of digits of the second, halves up. */
export function rounded(sql: string, precision: number, kind: 'timestamp' | 'timestamptz'): string {
  if (precision >= 3) return sql;
  const unit = 10 ** (6 - precision);
  const clock = kind === 'timestamp' ? sql : `timezone('UTC', ${sql})`;
  const cut = `make_timestamp((epoch_us(${clock}) + ${unit / 2}) // ${unit} * ${unit})`;
  return kind === 'timestamp' ? cut : `timezone('UTC', ${cut})`;
}
