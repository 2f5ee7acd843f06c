import { SqlError, unsupported } from '../errors.ts';
import { arrayOf, type Field, mapOf, type Simple, simple, TIMESTAMP, type Type, UTC } from '../types.ts';
import type { Cursor } from './cursor.ts';

const SIMPLE: Record<string, Simple> = {
  BOOLEAN: 'boolean',
  TINYINT: 'tinyint',
  SMALLINT: 'smallint',
  INTEGER: 'integer',
  INT: 'integer',
  BIGINT: 'bigint',
  REAL: 'real',
  DOUBLE: 'double',
  VARBINARY: 'varbinary',
  DATE: 'date',
  JSON: 'json',
};

/** A type as written in CAST. `length` is that of `varchar(n)`, at the top level only. */
export function parseType(c: Cursor): { type: Type; length: number | null } {
  const word = c.peek();
  if (word.kind !== 'word') throw c.mismatch('expected a type');
  c.next();
  const known = SIMPLE[word.upper];
  if (known !== undefined) {
    if (known === 'double') c.accept('PRECISION');
    return { type: simple(known), length: null };
  }
  switch (word.upper) {
    case 'VARCHAR':
    case 'STRING': {
      if (word.upper === 'STRING')
        throw new SqlError('TYPE_MISMATCH', 'Unknown type: string; write varchar', word.at);
      return { type: simple('varchar'), length: c.at('(') ? c.parenthesized(() => integer(c)) : null };
    }
    case 'DECIMAL':
    case 'NUMERIC': {
      const [precision = 38, scale = 0] = c.at('(') ? c.parenthesized(() => c.list(() => integer(c))) : [];
      if (precision < 1 || precision > 38 || scale > precision)
        throw new SqlError(
          'TYPE_MISMATCH',
          `decimal(${precision},${scale}) has no meaning: 1 to 38 digits`,
          word.at,
        );
      return { type: { kind: 'decimal', precision, scale }, length: null };
    }
    case 'TIMESTAMP':
      return { type: timestamp(c, word.at), length: null };
    case 'ARRAY':
      return {
        type: c.at('<') ? angled(c, () => arrayOf(inner(c))) : c.parenthesized(() => arrayOf(inner(c))),
        length: null,
      };
    case 'MAP': {
      const pair = (): Type => {
        const key = inner(c);
        c.expect(',');
        return mapOf(key, inner(c));
      };
      return { type: c.at('<') ? angled(c, pair) : c.parenthesized(pair), length: null };
    }
    case 'ROW':
      return { type: { kind: 'row', fields: c.parenthesized(() => c.list(() => field(c))) }, length: null };
    case 'CHAR':
    case 'TIME':
    case 'UUID':
    case 'IPADDRESS':
    case 'INTERVAL':
      throw unsupported(`the type ${word.text.toLowerCase()}`, word.at);
    default:
      throw new SqlError('TYPE_MISMATCH', `Unknown type: ${word.text.toLowerCase()}`, word.at);
  }
}

function inner(c: Cursor): Type {
  const at = c.peek().at;
  const { type, length } = parseType(c);
  if (length !== null) throw unsupported('varchar(n) inside another type', at);
  return type;
}

function angled(c: Cursor, item: () => Type): Type {
  c.expect('<');
  const type = item();
  c.expect('>');
  return type;
}

function field(c: Cursor): Field {
  const mark = c.mark();
  if (c.atName()) {
    const name = c.name();
    if (!c.at(',') && !c.at(')') && !c.at('(')) return { name: name.text, type: inner(c) };
    c.reset(mark);
  }
  return { name: null, type: inner(c) };
}

function timestamp(c: Cursor, at: number): Type {
  const precision = c.at('(') ? c.parenthesized(() => integer(c)) : 3;
  if (precision > 3) throw unsupported('a timestamp finer than a millisecond', at);
  if (c.accept('WITH')) {
    c.expect('TIME', 'ZONE');
    return { kind: 'timestamptz', zone: UTC, precision };
  }
  if (c.accept('WITHOUT')) c.expect('TIME', 'ZONE');
  return precision === 3 ? TIMESTAMP : { kind: 'timestamp', precision };
}

export function integer(c: Cursor): number {
  const t = c.peek();
  if (t.kind !== 'number' || !/^\d+$/.test(t.text)) throw c.mismatch('expected a whole number');
  c.next();
  return Number(t.text);
}
