import { quote, value } from '../analyze/value.ts';
import { localClock } from '../analyze/zones.ts';
import { SqlError, unsupported } from '../errors.ts';
import type { Call } from '../parse/ast.ts';
import { TIMESTAMP, TIMESTAMP_TZ, VARCHAR } from '../types.ts';
import { args, as, literal, misfit } from './arguments.ts';
import type { Special } from './special.ts';

/** MySQL's specifiers, as date_format and date_parse take them, in strftime's. */
const MYSQL: Record<string, string> = {
  a: '%a',
  b: '%b',
  c: '%-m',
  d: '%d',
  e: '%-d',
  f: '%f',
  H: '%H',
  h: '%I',
  I: '%I',
  i: '%M',
  j: '%j',
  k: '%-H',
  l: '%-I',
  M: '%B',
  m: '%m',
  p: '%p',
  r: '%I:%M:%S %p',
  S: '%S',
  s: '%S',
  T: '%H:%M:%S',
  v: '%V',
  W: '%A',
  x: '%G',
  Y: '%Y',
  y: '%y',
  '%': '%%',
};

function mysql(format: string, call: Call): string {
  return format.replace(/%([\s\S]?)/g, (whole, c: string) => {
    const to = MYSQL[c];
    if (to === undefined) throw unsupported(`${whole} in ${call.name}`, call.at);
    return to;
  });
}

/** Joda's letters, as format_datetime and parse_datetime take them; how many there are matters. */
function joda(format: string, call: Call): string {
  let out = '';
  for (const m of format.matchAll(/'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+|'/g)) {
    const [whole, quoted, letter] = m;
    if (quoted !== undefined)
      out += (quoted === '' ? "'" : quoted.replaceAll("''", "'")).replaceAll('%', '%%');
    else if (letter === undefined) out += whole.replaceAll('%', '%%');
    else {
      const to = jodaLetter(letter, whole.length);
      if (to === null) throw unsupported(`${whole} in ${call.name}`, call.at);
      out += to;
    }
  }
  return out;
}

function jodaLetter(letter: string, n: number): string | null {
  const two = (padded: string, bare: string): string | null => (n === 1 ? bare : n === 2 ? padded : null);
  switch (letter) {
    case 'y':
    case 'Y':
      return n === 4 ? '%Y' : n === 2 ? '%y' : null;
    case 'M':
      return n === 3 ? '%b' : n === 4 ? '%B' : two('%m', '%-m');
    case 'd':
      return two('%d', '%-d');
    case 'H':
      return two('%H', '%-H');
    case 'h':
      return two('%I', '%-I');
    case 'm':
      return two('%M', '%-M');
    case 's':
      return two('%S', '%-S');
    case 'S':
      return n === 3 ? '%g' : null;
    case 'a':
      return '%p';
    case 'E':
      return n <= 3 ? '%a' : '%A';
    case 'e':
      return n === 1 ? '%u' : null;
    case 'D':
      return n === 3 ? '%j' : null;
    case 'w':
      return n === 2 ? '%V' : null;
    case 'x':
      return n === 4 ? '%G' : null;
    default:
      return null;
  }
}

const format =
  (translate: (format: string, call: Call) => string): Special =>
  (call, env) => {
    const [v, f] = args(call, env, 2);
    if (!['date', 'timestamp', 'timestamptz'].includes(v!.type.kind)) throw misfit(call, [v!.type]);
    const spec = translate(literal(f!, call, 'a format'), call);
    return value(`strftime(${localClock(v!, call.at)}, ${quote(spec)})`, VARCHAR, [v!]);
  };

/** The text read strictly with a strptime format; fields that are missing are those of 1970-01-01 00:00. */
function parsed(text: string, spec: string, call: Call): string {
  if (/%[ajuVGA]|%-?[bB](?=.*%-?[bB])/.test(spec)) throw unsupported(`this format in ${call.name}`, call.at);
  const dated = /%-?[Yy]/.test(spec);
  if (!dated && /%-?[mdbB]/.test(spec)) throw unsupported('a date without a year', call.at);
  // Without a date Athena means 1970-01-01, strptime 1900-01-01.
  const read = dated
    ? `strptime(${text}, ${quote(spec)})`
    : `strptime('1970 ' || ${text}, ${quote(`%Y ${spec}`)})`;
  const tried = read.replace('strptime(', 'try_strptime(');
  const message = quote(`INVALID_FUNCTION_ARGUMENT: Invalid format for ${call.name}: `);
  return `CASE WHEN t_ok(${tried} IS NOT NULL OR (${text}) IS NULL, ${message} || ${text}) THEN ${read} END`;
}

const parse =
  (translate: (format: string, call: Call) => string, zoned: boolean): Special =>
  (call, env) => {
    const [v, f] = args(call, env, 2);
    const spec = translate(literal(f!, call, 'a format'), call);
    if (spec === '') throw new SqlError('INVALID_FUNCTION_ARGUMENT', 'the format is empty', call.at);
    const clock = parsed(as(v!, VARCHAR, call).sql, spec.replaceAll('%-', '%'), call);
    return value(zoned ? `timezone('UTC', ${clock})` : clock, zoned ? TIMESTAMP_TZ : TIMESTAMP, [v!]);
  };

/** Times as texts and back. Formats must be literals: they are translated before anything runs. */
export const FORMATS: Record<string, Special> = {
  date_format: format(mysql),
  date_parse: parse(mysql, false),
  format_datetime: format(joda),
  parse_datetime: parse(joda, true),
};
