import {
  DOUBLE,
  type DuckDBConnection,
  type DuckDBDataChunk,
  DuckDBScalarFunction,
  type DuckDBType,
  type DuckDBVector,
  FLOAT,
  INTEGER,
  VARCHAR,
} from '@duckdb/node-api';
import { isoMoment } from './iso.ts';
import { escapeJson, getJson, jsonText, parseJson, scalarJson } from './json.ts';
import {
  decimalDivide,
  decimalModulo,
  doubleJson,
  doubleText,
  fixed,
  javaDouble,
  javaFloat,
} from './number.ts';
import {
  regexCount,
  regexExtract,
  regexExtractAll,
  regexPosition,
  regexReplace,
  regexSplit,
  regexTest,
} from './regex.ts';
import { urlDecode, urlEncode, urlParameter, urlPart } from './url.ts';

type Argument = string | number;
type Body = (...args: never[]) => string | null;

/** Steps of a JSON path come as JSON text; the same few texts come again and again. */
const paths = new Map<string, string[]>();
function steps(text: string): string[] {
  let known = paths.get(text);
  if (known === undefined) {
    if (paths.size > 10_000) paths.clear();
    known = JSON.parse(text) as string[];
    paths.set(text, known);
  }
  return known;
}

const FUNCTIONS: [string, DuckDBType[], Body][] = [
  ['js_reverse', [VARCHAR], (s: string) => [...s].reverse().join('')],
  ['js_url', [VARCHAR, VARCHAR], urlPart],
  ['js_url_parameter', [VARCHAR, VARCHAR], urlParameter],
  ['js_url_decode', [VARCHAR], urlDecode],
  ['js_url_encode', [VARCHAR], urlEncode],
  ['js_double_text', [DOUBLE], doubleText],
  ['js_double_json', [DOUBLE], doubleJson],
  ['js_cbrt', [DOUBLE], (x: number) => String(Math.cbrt(x))],
  ['js_float_json', [FLOAT], (x: number) => javaFloat(x)],
  ['js_fixed', [DOUBLE, INTEGER, INTEGER], fixed],
  ['js_double_java', [DOUBLE], javaDouble],
  ['js_decimal_divide', [VARCHAR, VARCHAR, INTEGER], decimalDivide],
  ['js_decimal_modulo', [VARCHAR, VARCHAR, INTEGER], decimalModulo],
  ['js_json_parse', [VARCHAR], parseJson],
  ['js_json_get', [VARCHAR, VARCHAR], (s: string, p: string) => getJson(s, steps(p))],
  ['js_json_scalar', [VARCHAR, VARCHAR], (s: string, p: string) => scalarJson(s, steps(p))],
  ['js_json_text', [VARCHAR], jsonText],
  ['js_json_escape', [VARCHAR], escapeJson],
  ['js_iso', [VARCHAR], isoMoment],
  ['js_regex_test', [VARCHAR, VARCHAR], regexTest],
  ['js_regex_extract', [VARCHAR, VARCHAR, INTEGER], regexExtract],
  ['js_regex_all', [VARCHAR, VARCHAR, INTEGER], regexExtractAll],
  ['js_regex_replace', [VARCHAR, VARCHAR, VARCHAR], regexReplace],
  ['js_regex_split', [VARCHAR, VARCHAR], regexSplit],
  ['js_regex_count', [VARCHAR, VARCHAR], regexCount],
  ['js_regex_position', [VARCHAR, VARCHAR, INTEGER, INTEGER], regexPosition],
];

/** Makes the functions that DuckDB has no equal of known to a connection. NULL in gives NULL. */
export function registerFunctions(connection: DuckDBConnection): void {
  for (const [name, parameterTypes, body] of FUNCTIONS) {
    const mainFunction = (_info: unknown, input: DuckDBDataChunk, output: DuckDBVector): void => {
      const columns = parameterTypes.map((_, i) => input.getColumnVector(i));
      for (let row = 0; row < input.rowCount; row++) {
        const args = columns.map((c) => c.getItem(row) as Argument | null);
        const result = args.includes(null)
          ? null
          : (body as (...a: Argument[]) => string | null)(...(args as Argument[]));
        output.setItem(row, result);
      }
      output.flush();
    };
    connection.registerScalarFunction(
      DuckDBScalarFunction.create({ name, parameterTypes, returnType: VARCHAR, mainFunction }),
    );
  }
}
