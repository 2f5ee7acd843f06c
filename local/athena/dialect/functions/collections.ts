import { cast } from '../analyze/convert.ts';
import type { Constant, Value } from '../analyze/value.ts';
import { value } from '../analyze/value.ts';
import { SqlError } from '../errors.ts';
import {
  arrayOf,
  BIGINT,
  coerces,
  commonType,
  DATE,
  isInteger,
  mapOf,
  TIMESTAMP,
  type Type,
  UNKNOWN,
  VARCHAR,
} from '../types.ts';
import { args, as, misfit } from './arguments.ts';
import type { Special } from './special.ts';

const DAY_US = 86_400_000_000;

/** Arrays and maps whose element types decide what is done. */
export const COLLECTIONS: Record<string, Special> = {
  map(call, env) {
    if (call.args.length === 0)
      return { ...value('MAP([], [])', mapOf(UNKNOWN, UNKNOWN)), constant: { kind: 'map', entries: [] } };
    const [keys, values] = args(call, env, 2);
    if (keys!.type.kind !== 'array' || values!.type.kind !== 'array')
      throw misfit(call, [keys!.type, values!.type]);
    const v = value(`t_map(${keys!.sql}, ${values!.sql})`, mapOf(keys!.type.of, values!.type.of), [
      keys!,
      values!,
    ]);
    const entries = pairs(keys!, values!);
    return entries === null ? v : { ...v, constant: { kind: 'map', entries } };
  },
  map_from_entries(call, env) {
    const [v] = args(call, env, 1);
    if (v!.type.kind !== 'array' || v!.type.of.kind !== 'row' || v!.type.of.fields.length !== 2)
      throw misfit(call, [v!.type]);
    const [k, x] = v!.type.of.fields;
    const part = (i: number): string => `list_transform(${v!.sql}, lambda e: (e).f${i})`;
    return value(`t_map(${part(0)}, ${part(1)})`, mapOf(k!.type, x!.type), [v!]);
  },
  map_entries(call, env) {
    const [v] = args(call, env, 1);
    if (v!.type.kind !== 'map') throw misfit(call, [v!.type]);
    const row: Type = {
      kind: 'row',
      fields: [
        { name: null, type: v!.type.key },
        { name: null, type: v!.type.value },
      ],
    };
    return value(
      `list_transform(map_entries(${v!.sql}), lambda e: struct_pack(f0 := (e).key, f1 := (e).value))`,
      arrayOf(row),
      [v!],
    );
  },
  map_concat(call, env) {
    const maps = args(call, env, 2, 20);
    const type = maps.map((m) => m.type).reduce((a, b) => commonType(a, b) ?? UNKNOWN);
    if (type.kind !== 'map')
      throw misfit(
        call,
        maps.map((m) => m.type),
      );
    return value(`map_concat(${maps.map((m) => as(m, type, call).sql).join(', ')})`, type, maps);
  },
  element_at(call, env) {
    const [v, k] = args(call, env, 2);
    if (v!.type.kind === 'array' && isInteger(k!.type))
      return value(`t_element(${v!.sql}, ${k!.sql})`, v!.type.of, [v!, k!]);
    if (v!.type.kind !== 'map') throw misfit(call, [v!.type, k!.type]);
    const found = value(`t_map_get(${v!.sql}, ${as(k!, v!.type.key, call).sql})`, v!.type.value, [v!, k!]);
    const constant = known(v!.constant, k!.constant);
    return constant === null ? found : { ...found, constant };
  },
  array_join(call, env) {
    const [v, d, n] = args(call, env, 2, 3);
    if (v!.type.kind !== 'array') throw misfit(call, [v!.type]);
    const texts = cast(v!, arrayOf(VARCHAR), call.at);
    const shown =
      n === undefined
        ? texts
        : `list_transform(${texts}, lambda x: coalesce(x, ${as(n, VARCHAR, call).sql}))`;
    return value(`array_to_string(${shown}, ${as(d!, VARCHAR, call).sql})`, VARCHAR, [v!, d!]);
  },
  arrays_overlap(call, env) {
    const [a, b] = args(call, env, 2);
    const type = commonType(a!.type, b!.type);
    if (type?.kind !== 'array') throw misfit(call, [a!.type, b!.type]);
    const [x, y] = [as(a!, type, call).sql, as(b!, type, call).sql];
    return value(
      `CASE WHEN list_has_any(${x}, ${y}) THEN TRUE WHEN list_count(${x}) < len(${x}) OR list_count(${y}) < len(${y}) THEN NULL ELSE list_has_any(${x}, ${y}) END`,
      { kind: 'boolean' },
      [a!, b!],
    );
  },
  zip(call, env) {
    const lists = args(call, env, 2, 5);
    for (const l of lists)
      if (l.type.kind !== 'array')
        throw misfit(
          call,
          lists.map((x) => x.type),
        );
    const longest = `greatest(${lists.map((l) => `len(${l.sql})`).join(', ')})`;
    const fields = lists.map((l, i) => `f${i} := (${l.sql})[i]`).join(', ');
    const type: Type = {
      kind: 'row',
      fields: lists.map((l) => ({ name: null, type: (l.type as { of: Type }).of })),
    };
    const present = lists.map((l) => `(${l.sql}) IS NOT NULL`).join(' AND ');
    return value(
      `CASE WHEN ${present} THEN list_transform(range(1, ${longest} + 1), lambda i: struct_pack(${fields})) END`,
      arrayOf(type),
      lists,
    );
  },
  sequence(call, env) {
    const [a, b, s] = args(call, env, 2, 3);
    const all = [a!, b!, ...(s ? [s] : [])];
    if (isInteger(a!.type) && isInteger(b!.type)) {
      const [x, y] = [as(a!, BIGINT, call).sql, as(b!, BIGINT, call).sql];
      const step =
        s === undefined
          ? `CASE WHEN ${x} <= ${y} THEN CAST(1 AS BIGINT) ELSE CAST(-1 AS BIGINT) END`
          : as(s, BIGINT, call).sql;
      return value(`t_series(${x}, ${y}, ${step})`, arrayOf(BIGINT), all);
    }
    const dates = a!.type.kind === 'date' && b!.type.kind === 'date';
    if (!dates && !(coerces(a!.type, TIMESTAMP) && coerces(b!.type, TIMESTAMP)))
      throw misfit(
        call,
        all.map((v) => v.type),
      );
    const us = (v: Value): string => `epoch_us(CAST(${v.sql} AS TIMESTAMP))`;
    const shown = (x: string): string =>
      dates ? `CAST(make_timestamp(${x}) AS DATE)` : `make_timestamp(${x})`;
    const type = arrayOf(dates ? DATE : commonType(a!.type, b!.type)!);
    if (s?.type.kind === 'interval_month') return monthly(a!, b!, s, dates, type);
    if (s === undefined && !dates)
      throw misfit(
        call,
        all.map((v) => v.type),
      );
    if (s !== undefined && s.type.kind !== 'interval_day')
      throw misfit(
        call,
        all.map((v) => v.type),
      );
    const step =
      s === undefined
        ? `CASE WHEN ${us(a!)} <= ${us(b!)} THEN ${DAY_US} ELSE -${DAY_US} END`
        : `t_interval_ms(${s.sql}) * 1000`;
    return value(
      `list_transform(t_series(${us(a!)}, ${us(b!)}, ${step}), lambda x: ${shown('x')})`,
      type,
      all,
    );
  },
};

/** Every step is taken from the start, as in Athena: 31 January, 28 February, 31 March. */
function monthly(a: Value, b: Value, s: Value, dates: boolean, type: Type): Value {
  const clock = (v: Value): string => `CAST(${v.sql} AS TIMESTAMP)`;
  const months = `CAST(datepart('month', ${s.sql}) + 12 * datepart('year', ${s.sql}) AS BIGINT)`;
  const at = (n: string): string => `${clock(a)} + to_months(CAST(${n} AS INTEGER))`;
  const count = `t_months(${clock(a)}, ${clock(b)})`;
  const within = `list_filter(t_series(0, ${count} + sign(${months}) * 1, ${months}), lambda n: CASE WHEN ${months} > 0 THEN ${at('n')} <= ${clock(b)} ELSE ${at('n')} >= ${clock(b)} END)`;
  return value(`list_transform(${within}, lambda n: ${dates ? `CAST(${at('n')} AS DATE)` : at('n')})`, type, [
    a,
    b,
    s,
  ]);
}

function pairs(keys: Value, values: Value): [Constant, Constant][] | null {
  if (keys.constant?.kind !== 'list' || values.constant?.kind !== 'list') return null;
  const [k, v] = [keys.constant.items, values.constant.items];
  const texts = k.map((x) => (x.kind === 'scalar' ? String(x.value) : ''));
  if (new Set(texts).size !== k.length && k.length === v.length)
    throw new SqlError(
      'INVALID_FUNCTION_ARGUMENT',
      `Duplicate map keys (${texts.find((t, i) => texts.indexOf(t) !== i)}) are not allowed`,
    );
  return k.length === v.length ? k.map((x, i) => [x, v[i]!]) : null;
}

function known(map: Constant | undefined, key: Constant | undefined): Constant | null {
  if (map?.kind !== 'map' || key?.kind !== 'scalar') return null;
  const hit = map.entries.find(([k]) => k.kind === 'scalar' && k.value === key.value);
  return hit ? hit[1] : { kind: 'scalar', value: null };
}
