import { unsupported } from '../errors.ts';
import type { HiveColumn, PartitionSpec, Statement } from './ast.ts';
import type { Cursor } from './cursor.ts';

/** Statements that Athena hands to Hive's parser: names may stand in backticks, texts in double quotes. */
export function parseHive(c: Cursor, at: number): Statement {
  c.hive = true;
  if (c.accept('MSCK')) {
    c.expect('REPAIR', 'TABLE');
    return { kind: 'repair', at, name: c.qualified() };
  }
  if (c.accept('EXTERNAL', 'TABLE')) return createExternal(c, at);
  c.expect('ALTER', 'TABLE');
  const name = c.qualified();
  if (c.at('ADD', 'IF') || c.at('ADD', 'PARTITION')) {
    c.next();
    const ifNotExists = c.accept('IF', 'NOT', 'EXISTS');
    const partitions = [partition(c)];
    while (c.at('PARTITION')) partitions.push(partition(c));
    return { kind: 'addPartitions', at, name, ifNotExists, partitions };
  }
  if (c.accept('DROP')) {
    const ifExists = c.accept('IF', 'EXISTS');
    const partitions = c.list(() => partition(c));
    return { kind: 'dropPartitions', at, name, ifExists, partitions };
  }
  throw unsupported(`ALTER TABLE .. ${c.peek().upper}`, at);
}

function partition(c: Cursor): PartitionSpec {
  const { at } = c.peek();
  c.expect('PARTITION');
  const values = c.parenthesized(() =>
    c.list(() => {
      const name = c.name();
      c.expect('=');
      return { name, value: c.peek().kind === 'number' ? c.next().text : text(c) };
    }),
  );
  return { at, values, location: c.accept('LOCATION') ? text(c) : null };
}

function createExternal(c: Cursor, at: number): Statement {
  const ifNotExists = c.accept('IF', 'NOT', 'EXISTS');
  const name = c.qualified();
  const columns = columnList(c);
  comment(c);
  const keys = c.accept('PARTITIONED', 'BY') ? columnList(c) : [];
  if (c.at('CLUSTERED')) throw unsupported('CLUSTERED BY', c.peek().at);
  let serde: string | null = null;
  let serdeProperties = {};
  if (c.accept('ROW', 'FORMAT')) {
    if (!c.accept('SERDE')) throw unsupported('ROW FORMAT DELIMITED', c.peek().at);
    serde = text(c);
    if (c.accept('WITH', 'SERDEPROPERTIES')) serdeProperties = properties(c);
  }
  let format: string | null = null;
  if (c.accept('STORED', 'AS')) {
    if (c.at('INPUTFORMAT')) {
      c.next();
      text(c);
      c.expect('OUTPUTFORMAT');
      text(c);
    } else format = c.name().text.toUpperCase();
  }
  c.expect('LOCATION');
  const location = text(c);
  return {
    kind: 'createExternal',
    at,
    name,
    ifNotExists,
    columns,
    keys,
    serde,
    format,
    location,
    serdeProperties,
    properties: c.accept('TBLPROPERTIES') ? properties(c) : {},
  };
}

const columnList = (c: Cursor): HiveColumn[] => c.parenthesized(() => c.list(() => column(c)));

/** A type reaches to the comma, parenthesis or COMMENT that isn't inside of it: `array<struct<a:int>>`. */
function column(c: Cursor): HiveColumn {
  const name = c.name();
  const start = c.peek().at;
  let end = start;
  for (let depth = 0; ; ) {
    const t = c.peek();
    if (t.kind === 'end') throw c.mismatch('expected )');
    if (depth === 0 && (c.at(',') || c.at(')') || c.at('COMMENT'))) break;
    if (c.at('<') || c.at('(')) depth++;
    if (c.at('>') || c.at(')')) depth--;
    end = c.next().end;
  }
  const type = c.sql.slice(start, end);
  comment(c);
  return { name, type };
}

function comment(c: Cursor): void {
  if (c.accept('COMMENT')) text(c);
}

const properties = (c: Cursor): Record<string, string> =>
  Object.fromEntries(
    c.parenthesized(() =>
      c.list(() => {
        const key = text(c);
        c.expect('=');
        return [key, text(c)];
      }),
    ),
  );

function text(c: Cursor): string {
  return c.peek().kind === 'quoted' ? c.next().text : c.string();
}
