import { SqlError, unsupported } from '../dialect/errors.ts';
import { arrayOf, type Field, mapOf, type Simple, simple, TIMESTAMP, type Type } from '../dialect/types.ts';

const SIMPLE: Record<string, Simple> = {
  boolean: 'boolean',
  tinyint: 'tinyint',
  smallint: 'smallint',
  int: 'integer',
  integer: 'integer',
  bigint: 'bigint',
  float: 'real',
  double: 'double',
  string: 'varchar',
  varchar: 'varchar',
  binary: 'varbinary',
  date: 'date',
};

/** A column type of the catalog (Hive's: `array<struct<a:int>>`) as Athena's. */
export function readHiveType(text: string): Type {
  const at = { i: 0 };
  const type = read(text.toLowerCase().replace(/\s+/g, ''), at);
  if (at.i !== text.replace(/\s+/g, '').length) throw unsupported(`the column type ${text}`);
  return type;
}

function read(text: string, at: { i: number }): Type {
  const word = /^[a-z]+/.exec(text.slice(at.i))?.[0] ?? '';
  at.i += word.length;
  const take = (c: string): void => {
    if (text[at.i] !== c) throw unsupported(`the column type ${text}`);
    at.i++;
  };
  if (word in SIMPLE) {
    const length = word === 'varchar' ? /^\(\d+\)/.exec(text.slice(at.i))?.[0] : undefined;
    at.i += length?.length ?? 0;
    return simple(SIMPLE[word]!);
  }
  switch (word) {
    case 'timestamp':
      return TIMESTAMP;
    case 'decimal': {
      const m = /^\((\d+)(?:,(\d+))?\)/.exec(text.slice(at.i));
      at.i += m?.[0].length ?? 0;
      return { kind: 'decimal', precision: Number(m?.[1] ?? 10), scale: Number(m?.[2] ?? 0) };
    }
    case 'array': {
      take('<');
      const of = read(text, at);
      take('>');
      return arrayOf(of);
    }
    case 'map': {
      take('<');
      const key = read(text, at);
      take(',');
      const value = read(text, at);
      take('>');
      return mapOf(key, value);
    }
    case 'struct': {
      const fields: Field[] = [];
      take('<');
      do {
        const name = /^[^:<>,]+/.exec(text.slice(at.i))?.[0] ?? '';
        at.i += name.length;
        take(':');
        fields.push({ name, type: read(text, at) });
      } while (text[at.i] === ',' && ++at.i);
      take('>');
      return { kind: 'row', fields };
    }
    default:
      throw unsupported(`the column type ${text}`);
  }
}

/** Athena's type as the catalog stores it; what a Hive table can't hold is refused as Athena refuses it. */
export function writeHiveType(type: Type): string {
  switch (type.kind) {
    case 'integer':
      return 'int';
    case 'real':
      return 'float';
    case 'varchar':
      return 'string';
    case 'varbinary':
      return 'binary';
    case 'timestamp':
      return 'timestamp';
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`;
    case 'array':
      return `array<${writeHiveType(type.of)}>`;
    case 'map':
      return `map<${writeHiveType(type.key)},${writeHiveType(type.value)}>`;
    case 'row':
      return `struct<${type.fields.map((f) => `${fieldOf(f)}:${writeHiveType(f.type)}`).join(',')}>`;
    case 'boolean':
    case 'tinyint':
    case 'smallint':
    case 'bigint':
    case 'double':
    case 'date':
      return type.kind;
    case 'timestamptz':
      throw new SqlError(
        'NOT_SUPPORTED',
        'Unsupported Hive type: timestamp(3) with time zone; cast it to timestamp',
      );
    default:
      throw new SqlError('NOT_SUPPORTED', `Unsupported Hive type: ${type.kind}; cast it to varchar`);
  }
}

function fieldOf(field: Field): string {
  if (field.name === null)
    throw new SqlError('NOT_SUPPORTED', 'a row that is stored needs a name for each field');
  return field.name.toLowerCase();
}
