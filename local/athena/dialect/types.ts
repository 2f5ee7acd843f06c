/** The types of Athena SQL (Trino's), and how each is written for Athena, for Hive's catalog and for DuckDB. */
export type Type =
  | { kind: Simple }
  | { kind: 'decimal'; precision: number; scale: number }
  | { kind: 'timestamp'; precision: number }
  /** `zone` is DuckDB SQL that gives the zone's name: every value of a column shares it. */
  | { kind: 'timestamptz'; zone: string; precision: number }
  | { kind: 'array'; of: Type }
  | { kind: 'map'; key: Type; value: Type }
  | { kind: 'row'; fields: Field[] }
  /** Only in signatures of functions. */
  | { kind: 'variable'; name: string };

export type Simple =
  | 'boolean'
  | 'tinyint'
  | 'smallint'
  | 'integer'
  | 'bigint'
  | 'real'
  | 'double'
  | 'varchar'
  | 'varbinary'
  | 'date'
  | 'json'
  | 'interval_day'
  | 'interval_month'
  | 'unknown';

export interface Field {
  name: string | null;
  type: Type;
}

export const simple = (kind: Simple): Type => ({ kind });
export const BOOLEAN = simple('boolean');
export const INTEGER = simple('integer');
export const BIGINT = simple('bigint');
export const DOUBLE = simple('double');
export const VARCHAR = simple('varchar');
export const VARBINARY = simple('varbinary');
export const DATE = simple('date');
export const JSON_TYPE = simple('json');
export const UNKNOWN = simple('unknown');
export const TIMESTAMP: Type = { kind: 'timestamp', precision: 3 };
export const UTC = "'UTC'";
export const TIMESTAMP_TZ: Type = { kind: 'timestamptz', zone: UTC, precision: 3 };
export const arrayOf = (of: Type): Type => ({ kind: 'array', of });
export const mapOf = (key: Type, value: Type): Type => ({ kind: 'map', key, value });

const INTEGERS: Record<string, number> = { tinyint: 3, smallint: 5, integer: 10, bigint: 19 };
export const isInteger = (t: Type): boolean => t.kind in INTEGERS;
export const isNumeric = (t: Type): boolean =>
  isInteger(t) || t.kind === 'decimal' || t.kind === 'real' || t.kind === 'double';

/** An integer type as the decimal that Trino coerces it to: bigint is decimal(19,0). */
export function asDecimal(t: Type): { precision: number; scale: number } | null {
  if (t.kind === 'decimal') return t;
  const precision = INTEGERS[t.kind];
  return precision === undefined ? null : { precision, scale: 0 };
}

/** The type as Athena writes it in messages and in a view's columns: `array(varchar)`. */
export function display(t: Type): string {
  switch (t.kind) {
    case 'decimal':
      return `decimal(${t.precision},${t.scale})`;
    case 'timestamp':
      return `timestamp(${t.precision})`;
    case 'timestamptz':
      return `timestamp(${t.precision}) with time zone`;
    case 'array':
      return `array(${display(t.of)})`;
    case 'map':
      return `map(${display(t.key)}, ${display(t.value)})`;
    case 'row':
      return `row(${t.fields.map((f) => `${f.name === null ? '' : `"${f.name.replaceAll('"', '""')}" `}${display(f.type)}`).join(', ')})`;
    case 'interval_day':
      return 'interval day to second';
    case 'interval_month':
      return 'interval year to month';
    case 'variable':
      return t.name;
    default:
      return t.kind;
  }
}

/** The column type that DuckDB holds a value of this type in. */
export function duckType(t: Type): string {
  switch (t.kind) {
    case 'decimal':
      return `DECIMAL(${t.precision},${t.scale})`;
    case 'real':
      return 'FLOAT';
    case 'varbinary':
      return 'BLOB';
    case 'timestamp':
      return 'TIMESTAMP';
    case 'timestamptz':
      return 'TIMESTAMPTZ';
    case 'interval_day':
    case 'interval_month':
      return 'INTERVAL';
    case 'unknown':
      return 'INTEGER';
    case 'array':
      return `${duckType(t.of)}[]`;
    case 'map':
      return `MAP(${duckType(t.key)}, ${duckType(t.value)})`;
    case 'row':
      return `STRUCT(${t.fields.map((f, i) => `${fieldName(f, i)} ${duckType(f.type)}`).join(', ')})`;
    default:
      return t.kind.toUpperCase();
  }
}

/** How DuckDB names a field of a row: its place, since Trino allows fields without or with equal names. */
export const fieldName = (_field: Field, index: number): string => `f${index}`;

export function sameType(a: Type, b: Type): boolean {
  return a.kind === b.kind && display(a) === display(b) && zoneOf(a) === zoneOf(b);
}
export const zoneOf = (t: Type): string | null => (t.kind === 'timestamptz' ? t.zone : null);

/** The type that both coerce to without a CAST, or null: Trino has none between varchar and anything else. */
export function commonType(a: Type, b: Type): Type | null {
  if (a.kind === 'unknown') return b;
  if (b.kind === 'unknown') return a;
  if (isNumeric(a) && isNumeric(b)) return commonNumber(a, b);
  if (a.kind === 'timestamp' && b.kind === 'timestamp') return a.precision >= b.precision ? a : b;
  if (isInstant(a) && isInstant(b)) {
    const [first, second] = instantRank(a) >= instantRank(b) ? [a, b] : [b, a];
    if (first.kind !== 'timestamptz') return first;
    const precision = Math.max(first.precision, digits(second));
    const mixed = second.kind === 'timestamptz' && first.zone !== second.zone;
    return { kind: 'timestamptz', zone: mixed ? MIXED_ZONES : first.zone, precision };
  }
  if (a.kind === 'array' && b.kind === 'array') {
    const of = commonType(a.of, b.of);
    return of && arrayOf(of);
  }
  if (a.kind === 'map' && b.kind === 'map') {
    const key = commonType(a.key, b.key);
    const value = commonType(a.value, b.value);
    return key && value && mapOf(key, value);
  }
  if (a.kind === 'row' && b.kind === 'row' && a.fields.length === b.fields.length) {
    const fields: Field[] = [];
    for (const [i, f] of a.fields.entries()) {
      const other = b.fields[i]!;
      const type = commonType(f.type, other.type);
      if (!type) return null;
      fields.push({ name: f.name === other.name ? f.name : null, type });
    }
    return { kind: 'row', fields };
  }
  return a.kind === b.kind ? a : null;
}

/** Zone of a value that may stand in more than one zone: it can be compared, not printed or truncated. */
export const MIXED_ZONES = 'NULL/*zones*/';

const isInstant = (t: Type): boolean =>
  t.kind === 'date' || t.kind === 'timestamp' || t.kind === 'timestamptz';
const digits = (t: Type): number => (t.kind === 'timestamp' || t.kind === 'timestamptz' ? t.precision : 0);
const instantRank = (t: Type): number => ['date', 'timestamp', 'timestamptz'].indexOf(t.kind);

function commonNumber(a: Type, b: Type): Type {
  if (a.kind === 'double' || b.kind === 'double') return DOUBLE;
  if (a.kind === 'real' || b.kind === 'real') return simple('real');
  if (a.kind !== 'decimal' && b.kind !== 'decimal') return INTEGERS[a.kind]! >= INTEGERS[b.kind]! ? a : b;
  const x = asDecimal(a)!;
  const y = asDecimal(b)!;
  const scale = Math.max(x.scale, y.scale);
  const whole = Math.max(x.precision - x.scale, y.precision - y.scale);
  return { kind: 'decimal', precision: Math.min(38, whole + scale), scale };
}

/** Whether a value of `from` is taken where `to` is wanted. */
export function coerces(from: Type, to: Type): boolean {
  const common = commonType(from, to);
  if (common === null) return false;
  if (to.kind === 'timestamp' && common.kind === 'timestamp') return true;
  if (to.kind === 'timestamptz' && common.kind === 'timestamptz') return true;
  return display(common) === display(to);
}

export const orderable = (t: Type): boolean =>
  t.kind === 'array'
    ? orderable(t.of)
    : t.kind === 'row'
      ? t.fields.every((f) => orderable(f.type))
      : t.kind !== 'map' && t.kind !== 'json' && t.kind !== 'unknown';
