import { duckPath, jsonPath } from '../analyze/json.ts';
import { quote, type Value, value } from '../analyze/value.ts';
import { BIGINT, JSON_TYPE, type Type, VARCHAR } from '../types.ts';
import { args, literal, misfit } from './arguments.ts';
import type { Special } from './special.ts';

interface Place {
  /** The JSON as a text. */
  text: string;
  steps: string[];
  /** The steps as JSON, for the engine's own functions. */
  path: string;
}

/** JSON by path. A text that is no JSON gives NULL. */
const extract =
  (make: (place: Place) => [string, Type]): Special =>
  (call, env) => {
    const [v, p] = args(call, env, 2);
    if (!isJson(v!)) throw misfit(call, [v!.type]);
    const steps = jsonPath(literal(p!, call, 'a path'), call.at);
    const [sql, type] = make({
      text: `CAST(${v!.sql} AS VARCHAR)`,
      steps,
      path: quote(JSON.stringify(steps)),
    });
    return value(sql, type, [v!]);
  };

const isJson = ({ type }: Value): boolean => ['varchar', 'json', 'unknown'].includes(type.kind);

export const JSON_FUNCTIONS: Record<string, Special> = {
  json_extract_scalar: extract(({ text, steps, path }) => {
    const exact = `js_json_scalar(${text}, ${path})`;
    // A number names an element of an array or a member of an object: DuckDB must be told which.
    if (steps.some((s) => /^\d+$/.test(s))) return [exact, VARCHAR];
    // DuckDB's own reader gives the same for texts and whole numbers of JSON that is whole.
    return [`t_json_scalar(${text}, ${quote(duckPath(steps))}, ${exact})`, VARCHAR];
  }),
  json_extract: extract(({ text, path }) => [`CAST(js_json_get(${text}, ${path}) AS JSON)`, JSON_TYPE]),
  json_size: extract(({ text, path }) => [
    `t_json_size(CAST(js_json_get(${text}, ${path}) AS JSON))`,
    BIGINT,
  ]),
};
