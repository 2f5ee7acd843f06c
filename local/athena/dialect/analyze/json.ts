import { SqlError, unsupported } from '../errors.ts';
import { display, duckType, isInteger, type Type } from '../types.ts';
import { lambdaName } from './convert.ts';

/** `CAST(value AS JSON)`: objects sort their keys, times are texts as Athena prints them. */
export function castToJson(sql: string, from: Type, at: number): string {
  switch (from.kind) {
    case 'boolean':
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
    case 'decimal':
    case 'varchar':
      return `to_json(${sql})`;
    case 'double':
      return `CAST(js_double_json(${sql}) AS JSON)`;
    case 'json':
      return sql;
    case 'date':
      return `to_json(CAST(${sql} AS VARCHAR))`;
    case 'timestamp':
      return `to_json(strftime(${sql}, '%Y-%m-%d %H:%M:%S${from.precision === 0 ? '' : '.%g'}'))`;
    case 'timestamptz':
      return `to_json(strftime(timezone(${from.zone}, ${sql}), '%Y-%m-%d %H:%M:%S.%g') || ' ' || ${from.zone})`;
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
      if (to.key.kind !== 'varchar') throw unsupported(`CAST of JSON to ${display(to)}`, at);
      const x = lambdaName();
      return `CASE WHEN t_json_map(${sql}) IS NOT NULL THEN MAP(map_keys(t_json_map(${sql})), list_transform(map_values(t_json_map(${sql})), lambda ${x}: ${castJson(x, to.value, at)})) END`;
    }
    default:
      throw unsupported(`CAST of JSON to ${display(to)}`, at);
  }
}

/** The steps of `$.a["b"][0]`, or an error: wildcards, filters and the like are refused by name. */
export function jsonPath(path: string, at: number): (string | number)[] {
  const steps: (string | number)[] = [];
  let rest = path.startsWith('$') ? path.slice(1) : null;
  while (rest !== null && rest !== '') {
    const step = /^(?:\.([A-Za-z_][\w-]*)|\[(\d+)\]|\[(?:"([^"\\]*)"|'([^'\\]*)')\]|\."([^"\\]*)")/.exec(
      rest,
    );
    if (step === null) break;
    const index = step[2];
    steps.push(index === undefined ? (step[1] ?? step[3] ?? step[4] ?? step[5])! : Number(index));
    rest = rest.slice(step[0].length);
  }
  if (rest !== '') throw unsupported(`the JSON path ${path}`, at);
  return steps;
}

/** The same path as DuckDB writes it. */
export const duckPath = (steps: (string | number)[]): string =>
  `$${steps.map((s) => (typeof s === 'number' ? `[${s}]` : `."${s}"`)).join('')}`;
