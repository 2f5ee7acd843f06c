import type { Type } from '../dialect/types.ts';
import type { ColumnInfo } from './records.ts';

const SIZES: { [kind: string]: [number, number] } = {
  boolean: [0, 0],
  tinyint: [3, 0],
  smallint: [5, 0],
  integer: [10, 0],
  bigint: [19, 0],
  real: [17, 0],
  double: [17, 0],
  varchar: [2147483647, 0],
  varbinary: [1073741824, 0],
  timestamp: [3, 0],
  timestamptz: [3, 0],
};

const NAMES: { [kind: string]: string } = {
  real: 'float',
  timestamptz: 'timestamp with time zone',
  interval_day: 'interval day to second',
  interval_month: 'interval year to month',
};

/** How GetQueryResults describes a column. */
export function columnInfo({ name, type }: { name: string; type: Type }): ColumnInfo {
  const [precision, scale] =
    type.kind === 'decimal' ? [type.precision, type.scale] : (SIZES[type.kind] ?? [0, 0]);
  return {
    CatalogName: 'hive',
    SchemaName: '',
    TableName: '',
    Name: name,
    Label: name,
    Type: NAMES[type.kind] ?? type.kind,
    Precision: precision,
    Scale: scale,
    Nullable: 'UNKNOWN',
    CaseSensitive: type.kind === 'varchar' || type.kind === 'json',
  };
}
