import { coerce, timestampText } from '../analyze/convert.ts';
import { inZone } from '../analyze/expression.ts';
import { knownText, quote, scalar, type Value, value } from '../analyze/value.ts';
import { clockIn, localClock, momentOf, rounded, zoneName, zoneOf } from '../analyze/zones.ts';
import { SqlError, unsupported } from '../errors.ts';
import type { Call } from '../parse/ast.ts';
import { BIGINT, commonType, DATE, DOUBLE, TIMESTAMP, TIMESTAMP_TZ, type Type, VARCHAR } from '../types.ts';
import { args, as, literal, misfit } from './arguments.ts';
import type { Special } from './special.ts';

/** Units in microseconds; months and above step through the calendar. */
const EXACT: Record<string, number> = {
  millisecond: 1e3,
  second: 1e6,
  minute: 60e6,
  hour: 3600e6,
  day: 86_400e6,
  week: 604_800e6,
};
const CALENDAR: Record<string, number> = { month: 1, quarter: 3, year: 12 };

function unitOf(v: Value, call: Call): string {
  const unit = literal(v, call, 'a unit').toLowerCase();
  if (!(unit in EXACT) && !(unit in CALENDAR))
    throw new SqlError('INVALID_FUNCTION_ARGUMENT', `'${unit}' is not a valid TIMESTAMP field`, call.at);
  return unit;
}

/** A bare NULL stands for a timestamp. */
const instant = (v: Value): Value =>
  v.type.kind === 'unknown' ? { ...v, sql: 'CAST(NULL AS TIMESTAMP)', type: TIMESTAMP } : v;

const clockOf = (v: Value, call: Call): string => {
  if (!['date', 'timestamp', 'timestamptz'].includes(v.type.kind)) throw misfit(call, [v.type]);
  return localClock(v, call.at);
};

/** Fields of a date or time, each a bigint. Names are Athena's, parts DuckDB's. */
const FIELDS: Record<string, string> = {
  year: 'year',
  quarter: 'quarter',
  month: 'month',
  week: 'week',
  week_of_year: 'week',
  day: 'day',
  day_of_month: 'day',
  day_of_week: 'isodow',
  dow: 'isodow',
  day_of_year: 'doy',
  doy: 'doy',
  year_of_week: 'isoyear',
  yow: 'isoyear',
  hour: 'hour',
  minute: 'minute',
  second: 'second',
  millisecond: 'millisecond',
};
const OF_DAY = ['hour', 'minute', 'second', 'millisecond'];

const part =
  (name: string): Special =>
  (call, env) => {
    const v = instant(args(call, env, 1)[0]!);
    if (v!.type.kind === 'interval_day' && ['day', ...OF_DAY].includes(name)) {
      const ms = `t_interval_ms(${v!.sql})`;
      const of: Record<string, string> = {
        day: `${ms} // 86400000`,
        hour: `${ms} // 3600000 % 24`,
        minute: `${ms} // 60000 % 60`,
        second: `${ms} // 1000 % 60`,
        millisecond: `${ms} % 1000`,
      };
      return value(`CAST(${of[name]} AS BIGINT)`, BIGINT, [v!]);
    }
    const clock = clockOf(v!, call);
    const sql =
      name === 'millisecond' ? `epoch_ms(${clock}) % 1000` : `datepart('${FIELDS[name]}', ${clock})`;
    return value(`CAST(${sql} AS BIGINT)`, BIGINT, [v!]);
  };

/** Both as functions and as fields of EXTRACT; `dow`, `doy` and `yow` have long names too. */
const fields = Object.keys(FIELDS).flatMap((name): [string, Special][] => {
  const long = { dow: 'day_of_week', doy: 'day_of_year', yow: 'year_of_week' }[name];
  return [name, `extract_${name}`, ...(long ? [long] : [])].map((n) => [n, part(name)]);
});

const addUnits = (clock: string, unit: string, n: string): string =>
  unit in EXACT
    ? `${clock} + to_microseconds(CAST(${n} AS BIGINT) * ${EXACT[unit]})`
    : `${clock} + to_months(CAST(${n} AS INTEGER) * ${CALENDAR[unit]})`;

/** Only milliseconds can be finer than the type, and round to it. */
const precise = (type: Type, unit: string): number =>
  unit === 'millisecond' && 'precision' in type ? type.precision : 3;

/** `Z`, or how far the clock is ahead of UTC: `+09:00`. */
function isoOffset(zone: string, clock: string, moment: string): string {
  if (zone === quote('UTC')) return "'Z'";
  const minutes = `CAST((epoch_us(${clock}) - epoch_us(timezone('UTC', ${moment}))) // 60000000 AS BIGINT)`;
  return `t_offset(${minutes})`;
}

const now = (date: Date): string => `TIMESTAMP '${date.toISOString().replace('T', ' ').replace('Z', '')}'`;

/** Functions over dates and times. */
export const TIMES: Record<string, Special> = {
  ...Object.fromEntries(fields),
  date(call, env) {
    const [v] = args(call, env, 1);
    if (v!.type.kind === 'varchar') return value(`t_cast_date(${v!.sql})`, DATE, [v!]);
    return value(`CAST(${clockOf(v!, call)} AS DATE)`, DATE, [v!]);
  },
  current_date: (_call, env) =>
    scalar(
      `DATE '${env.statement.now.toISOString().slice(0, 10)}'`,
      DATE,
      env.statement.now.toISOString().slice(0, 10),
    ),
  current_timestamp: (_call, env) => value(`timezone('UTC', ${now(env.statement.now)})`, TIMESTAMP_TZ),
  now: (call, env) => (args(call, env, 0), value(`timezone('UTC', ${now(env.statement.now)})`, TIMESTAMP_TZ)),
  localtimestamp: (_call, env) => value(now(env.statement.now), TIMESTAMP),
  date_trunc(call, env) {
    const [u, v] = args(call, env, 2);
    const unit = unitOf(u!, call);
    if (v!.type.kind === 'date') {
      if (unit in EXACT && unit !== 'day' && unit !== 'week')
        throw new SqlError('INVALID_FUNCTION_ARGUMENT', `'${unit}' is not a valid DATE field`, call.at);
      return value(`CAST(date_trunc('${unit}', ${v!.sql}) AS DATE)`, DATE, [v!]);
    }
    const clock = `date_trunc('${unit}', ${clockOf(v!, call)})`;
    if (v!.type.kind !== 'timestamptz') return value(clock, v!.type, [v!]);
    // Below the day, truncating the moment keeps the two hours apart when a clock goes back.
    if (['second', 'minute', 'millisecond'].includes(unit))
      return value(`date_trunc('${unit}', ${v!.sql})`, v!.type, [v!]);
    return value(momentOf(v!.type.zone, clock), v!.type, [v!]);
  },
  date_add(call, env) {
    const [u, n, v] = args(call, env, 3);
    const unit = unitOf(u!, call);
    const amount = as(n!, BIGINT, call).sql;
    const all = [n!, v!];
    if (v!.type.kind === 'date') {
      if (unit in EXACT && unit !== 'day' && unit !== 'week')
        throw new SqlError('INVALID_FUNCTION_ARGUMENT', `'${unit}' is not a valid DATE field`, call.at);
      return value(`CAST(${addUnits(`CAST(${v!.sql} AS TIMESTAMP)`, unit, amount)} AS DATE)`, DATE, all);
    }
    const { type } = v!;
    if (type.kind === 'timestamptz' && unit in EXACT && unit !== 'day' && unit !== 'week')
      return value(rounded(`(${addUnits(v!.sql, unit, amount)})`, precise(type, unit), type.kind), type, all);
    const clock = addUnits(clockOf(v!, call), unit, amount);
    if (type.kind === 'timestamptz') return value(momentOf(type.zone, clock), type, all);
    return value(rounded(`(${clock})`, precise(type, unit), 'timestamp'), type, all);
  },
  date_diff(call, env) {
    const [u, a, b] = args(call, env, 3).map((v, i) => (i === 0 ? v : instant(v)));
    const unit = unitOf(u!, call);
    const type = commonType(a!.type, b!.type);
    if (type === null || !['date', 'timestamp', 'timestamptz'].includes(type.kind))
      throw misfit(call, [a!.type, b!.type]);
    if (type.kind === 'date' && unit in EXACT && unit !== 'day' && unit !== 'week')
      throw new SqlError('INVALID_FUNCTION_ARGUMENT', `'${unit}' is not a valid DATE field`, call.at);
    const [x, y] = [coerce(a!, type, call.at), coerce(b!, type, call.at)];
    const exact = unit in EXACT && unit !== 'day' && unit !== 'week';
    // Days and above are counted on the clock of the first argument's zone.
    const zone =
      a!.type.kind === 'timestamptz' ? a!.type.zone : b!.type.kind === 'timestamptz' ? b!.type.zone : null;
    const clock = (v: Value): string =>
      zone !== null ? clockIn(zone, v.sql) : `CAST(${v.sql} AS TIMESTAMP)`;
    const sql = exact
      ? `t_units(${x.sql}, ${y.sql}, ${EXACT[unit]})`
      : unit in EXACT
        ? `t_units(${clock(x)}, ${clock(y)}, ${EXACT[unit]})`
        : `t_months(${clock(x)}, ${clock(y)}) // ${CALENDAR[unit]}`;
    return value(`CAST(${sql} AS BIGINT)`, BIGINT, [a!, b!]);
  },
  at_timezone(call, env) {
    const [v, zone] = args(call, env, 2);
    return inZone(v!, zone!, call.at);
  },
  with_timezone(call, env) {
    const [v, zone] = args(call, env, 2);
    if (v!.type.kind !== 'timestamp') throw misfit(call, [v!.type]);
    const name = zoneOf(zone!, call.at);
    const { precision } = v!.type;
    return value(momentOf(name, v!.sql), { kind: 'timestamptz', zone: name, precision }, [v!, zone!]);
  },
  from_unixtime(call, env) {
    const [v, zone, minutes] = args(call, env, 1, 3);
    if (minutes !== undefined) throw unsupported('from_unixtime with an offset', call.at);
    const utc = value(
      `timezone('UTC', make_timestamp(CAST(round(${as(v!, DOUBLE, call).sql} * 1000) AS BIGINT) * 1000))`,
      TIMESTAMP_TZ,
      [v!],
    );
    return zone === undefined ? utc : inZone(utc, zone, call.at);
  },
  from_iso8601_timestamp(call, env) {
    const [v] = args(call, env, 1);
    const text = as(v!, VARCHAR, call).sql;
    const moment = `t_iso_moment(${text})`;
    const given = /T.*([+-]\d\d)(?::?(\d\d))?$/.exec(knownText(v!) ?? '');
    const zone = given && zoneName(`${given[1]}:${given[2] ?? '00'}`);
    if (zone) return value(moment, { kind: 'timestamptz', zone: quote(zone), precision: 3 }, [v!]);
    // A column's offsets may differ by row: what shows the clock fails where one isn't UTC.
    return { ...value(`t_iso_utc(${text})`, TIMESTAMP_TZ, [v!]), moment };
  },
  to_iso8601(call, env) {
    const [v] = args(call, env, 1);
    if (v!.type.kind === 'date') return value(`CAST(${v!.sql} AS VARCHAR)`, VARCHAR, [v!]);
    const clock = clockOf(v!, call);
    const { type } = v!;
    const text = timestampText(clock, 'precision' in type ? type.precision : 3, 'T');
    return value(
      type.kind === 'timestamptz' ? `${text} || ${isoOffset(type.zone, clock, v!.sql)}` : text,
      VARCHAR,
      [v!],
    );
  },
  to_milliseconds(call, env) {
    const [v] = args(call, env, 1);
    if (v!.type.kind !== 'interval_day') throw misfit(call, [v!.type]);
    return value(`t_interval_ms(${v!.sql})`, BIGINT, [v!]);
  },
};
