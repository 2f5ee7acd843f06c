import { duckPath, jsonPath } from '../analyze/json.ts';
import { quote, value } from '../analyze/value.ts';
import { BIGINT, JSON_TYPE, VARCHAR } from '../types.ts';
import { args, literal, misfit } from './arguments.ts';
import type { Special } from './special.ts';

/** JSON by path. A text that is no JSON gives NULL; numbers keep the digits they were written with. */
const extract =
  (make: (json: string, path: string, steps: string) => [string, typeof VARCHAR]): Special =>
  (call, env) => {
    const [v, p] = args(call, env, 2);
    if (v!.type.kind !== 'varchar' && v!.type.kind !== 'json' && v!.type.kind !== 'unknown')
      throw misfit(call, [v!.type]);
    const steps = jsonPath(literal(p!, call, 'a path'), call.at);
    const json = v!.type.kind === 'json' ? v!.sql : `t_json_or_null(CAST(${v!.sql} AS VARCHAR))`;
    const [sql, type] = make(json, quote(duckPath(steps)), quote(JSON.stringify(steps)));
    return value(sql, type, [v!]);
  };

export const JSON_FUNCTIONS: Record<string, Special> = {
  json_extract_scalar: extract((json, path, steps) => [
    `CASE WHEN json_type(${json}, ${path}) = 'DOUBLE' THEN js_json_number(CAST(${json} AS VARCHAR), ${steps}) ELSE t_json_scalar(${json}, ${path}) END`,
    VARCHAR,
  ]),
  json_extract: extract((json, _path, steps) => [
    `CAST(js_json_get(CAST(${json} AS VARCHAR), ${steps}) AS JSON)`,
    JSON_TYPE,
  ]),
  json_size: extract((json, path) => [
    `CASE json_type(${json}, ${path}) WHEN 'ARRAY' THEN CAST(json_array_length(${json}, ${path}) AS BIGINT) WHEN 'OBJECT' THEN CAST(len(json_keys(${json}, ${path})) AS BIGINT) WHEN NULL THEN NULL ELSE CASE WHEN json_type(${json}, ${path}) IS NOT NULL THEN CAST(0 AS BIGINT) END END`,
    BIGINT,
  ]),
};
