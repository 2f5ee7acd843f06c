import { SqlError, unsupported } from '../errors.ts';
import { display, duckType, isInteger, type Type } from '../types.ts';
import { lambdaName, timestampText } from './convert.ts';
import { quote } from './value.ts';

/** `CAST(value AS JSON)`: objects sort their keys, times are texts as Athena prints them. */
export function castToJson(sql: string, from: Type, at: number): string {
  switch (from.kind) {
    case 'boolean':
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
    case 'varchar':
      return `to_json(${sql})`;
    case 'decimal':
      return `CAST(t_decimal_text(${sql}) AS JSON)`;
    case 'double':
      return `CAST(js_double_json(${sql}) AS JSON)`;
    case 'real':
      return `CAST(js_float_json(${sql}) AS JSON)`;
    case 'json':
      return sql;
    case 'date':
      return `to_json(CAST(${sql} AS VARCHAR))`;
    case 'timestamp':
      return `to_json(${timestampText(sql, from.precision)})`;
    case 'array': {
      const x = lambdaName();
      return `CASE WHEN (${sql}) IS NOT NULL THEN to_json(list_transform(${sql}, lambda ${x}: ${castToJson(x, from.of, at)})) END`;
    }
    case 'map': {
      if (from.key.kind !== 'varchar' && !isInteger(from.key) && from.key.kind !== 'boolean')
        throw unsupported(`CAST of ${display(from)} to JSON`, at);
      const x = lambdaName();
      const k = lambdaName();
      // to_json of a DuckDB MAP is an object; its entries are sorted first, by key, as Trino does.
      const pairs = `list_sort(list_transform(map_entries(${sql}), lambda ${x}: struct_pack(key := CAST((${x}).key AS VARCHAR), value := ${castToJson(`(${x}).value`, from.value, at)})))`;
      return `CASE WHEN (${sql}) IS NOT NULL THEN to_json(MAP(list_transform(${pairs}, lambda ${k}: (${k}).key), list_transform(${pairs}, lambda ${k}: (${k}).value))) END`;
    }
    case 'row': {
      const fields = from.fields.map((f, i) => {
        if (f.name === null) throw unsupported('CAST of a row without field names to JSON', at);
        return `${JSON.stringify(f.name).replaceAll('\\"', '""')} := ${castToJson(`(${sql}).f${i}`, f.type, at)}`;
      });
      return `CASE WHEN (${sql}) IS NOT NULL THEN to_json(struct_pack(${fields.join(', ')})) END`;
    }
    default:
      throw new SqlError('TYPE_MISMATCH', `Cannot cast ${display(from)} to json`, at);
  }
}

/** `CAST(json AS type)`; JSON null is NULL. */
export function castJson(sql: string, to: Type, at: number): string {
  if (isInteger(to)) return `t_json_integer(${sql}, NULL::${duckType(to)})`;
  switch (to.kind) {
    case 'varchar':
      return `t_json_varchar(${sql})`;
    case 'double':
      return `t_json_double(${sql})`;
    case 'boolean':
      return `t_json_boolean(${sql})`;
    case 'json':
      return sql;
    case 'array': {
      const x = lambdaName();
      return `list_transform(t_json_list(${sql}), lambda ${x}: ${castJson(x, to.of, at)})`;
    }
    case 'map': {
      if (to.key.kind !== 'varchar' && !isInteger(to.key))
        throw unsupported(`CAST of JSON to ${display(to)}`, at);
      const x = lambdaName();
      const k = lambdaName();
      const keys = `map_keys(t_json_map(${sql}))`;
      const typed =
        to.key.kind === 'varchar'
          ? keys
          : `list_transform(${keys}, lambda ${k}: t_cast_integer(${k}, ${quote(to.key.kind)}, NULL::${duckType(to.key)}))`;
      return `CASE WHEN t_json_map(${sql}) IS NOT NULL THEN MAP(${typed}, list_transform(map_values(t_json_map(${sql})), lambda ${x}: ${castJson(x, to.value, at)})) END`;
    }
    case 'row': {
      // An object gives its members by name, an array its elements by place.
      const fields = to.fields.map((f, i) => {
        if (f.name === null) throw unsupported('CAST of JSON to a row without field names', at);
        return `f${i} := ${castJson(`t_json_field(${sql}, ${quote(f.name.toLowerCase())}, ${i}, ${to.fields.length})`, f.type, at)}`;
      });
      return `CASE WHEN json_type(${sql}) <> 'NULL' THEN struct_pack(${fields.join(', ')}) END`;
    }
    case 'decimal':
    case 'real':
      throw unsupported(`CAST of JSON to ${display(to)}`, at);
    default:
      throw new SqlError('TYPE_MISMATCH', `Cannot cast json to ${display(to)}`, at);
  }
}

const NAME = String.raw`[\p{L}\p{Nd}_:]+`;
const STEP = new RegExp(String.raw`^(?:\.(${NAME})|\[([\p{L}\p{Nd}_]+)\]|\["((?:[^"\\]|\\["\\])*)"\])`, 'u');

/** The steps of `$.a["b"][0]`: names and places alike as texts. Wildcards, filters and the like are errors. */
export function jsonPath(path: string, at: number): string[] {
  const steps: string[] = [];
  let rest = path.startsWith('$') ? path.slice(1) : path;
  for (let m = STEP.exec(rest); m !== null && rest !== path; m = STEP.exec(rest)) {
    steps.push(m[1] ?? m[2] ?? m[3]!.replace(/\\(.)/g, '$1'));
    rest = rest.slice(m[0].length);
  }
  if (rest !== '') throw new SqlError('INVALID_FUNCTION_ARGUMENT', `Invalid JSON path: '${path}'`, at);
  return steps;
}

/** A path of names as DuckDB writes it. */
export const duckPath = (steps: string[]): string =>
  `$${steps.map((s) => `."${s.replace(/["\\]/g, '\\$&')}"`).join('')}`;
