import { SqlError, unsupported } from '../errors.ts';
import type { Expr, Name, Property, Statement } from './ast.ts';
import { Cursor } from './cursor.ts';
import { parseExpr, startsQuery } from './expression.ts';
import { parseHive } from './hive.ts';
import { parseQuery } from './query.ts';

/** One statement of Athena SQL, and how many `?` it holds. What isn't supported is refused by name. */
export function parseStatement(sql: string): { statement: Statement; parameters: number } {
  const c = new Cursor(sql);
  if (c.peek().kind === 'end') throw new SqlError('SYNTAX_ERROR', 'the statement is empty');
  const statement = one(c);
  c.accept(';');
  if (c.peek().kind !== 'end') throw c.mismatch('expected the end of the statement');
  return { statement, parameters: c.parameters };
}

/** A value given for a `?`: an expression of literals as it stands; a name, or what is no SQL, is a text. */
export function parseParameter(text: string): Expr {
  try {
    const c = new Cursor(text);
    const expr = parseExpr(c);
    if (c.peek().kind === 'end' && c.parameters === 0 && !refers(expr)) return expr;
  } catch (error) {
    if (!(error instanceof SqlError) || error.errorName !== 'SYNTAX_ERROR') throw error;
  }
  return { kind: 'string', at: 0, text };
}

function refers(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(refers);
  if (typeof node !== 'object' || node === null) return false;
  if ('kind' in node && (node.kind === 'name' || node.kind === 'subquery')) return true;
  return Object.values(node).some(refers);
}

function one(c: Cursor): Statement {
  const { at, upper } = c.peek();
  if (c.at('SELECT') || c.at('WITH') || c.at('VALUES') || c.at('('))
    return { kind: 'query', at, query: parseQuery(c) };
  if (c.accept('CREATE')) return create(c, at);
  if (c.accept('DROP')) return drop(c, at);
  if (c.accept('SHOW')) return show(c, at);
  if (c.at('INSERT')) return insert(c, at);
  if (c.at('UNLOAD', '(')) return unload(c, at);
  if (c.at('ALTER', 'TABLE') || c.at('MSCK')) return parseHive(c, at);
  if (c.accept('DESCRIBE') || c.accept('DESC')) {
    if (c.at('FORMATTED') || c.at('EXTENDED')) throw unsupported(`DESCRIBE ${c.peek().upper}`, at);
    return { kind: 'describe', at, name: c.qualified() };
  }
  const refused = [
    'ALTER',
    'EXPLAIN',
    'ANALYZE',
    'VACUUM',
    'OPTIMIZE',
    'PREPARE',
    'EXECUTE',
    'DEALLOCATE',
    'TABLE',
    'TRUNCATE',
    'GRANT',
    'REVOKE',
  ];
  const iceberg = ['MERGE', 'UPDATE', 'DELETE'];
  if (iceberg.includes(upper)) throw unsupported(`${upper}, which Athena has for Iceberg tables only,`, at);
  if (refused.includes(upper)) throw unsupported(upper, at);
  throw c.mismatch('expected a statement of Athena SQL, such as SELECT');
}

function create(c: Cursor, at: number): Statement {
  if (c.accept('OR')) {
    c.expect('REPLACE');
    if (!c.at('VIEW')) throw unsupported(`CREATE OR REPLACE ${c.peek().upper}`, at);
    c.next();
    return view(c, at, true);
  }
  if (c.accept('VIEW')) return view(c, at, false);
  if (c.at('EXTERNAL', 'TABLE')) return parseHive(c, at);
  if (!c.accept('TABLE')) throw unsupported(`CREATE ${c.peek().upper}`, at);
  const ifNotExists = c.accept('IF', 'NOT', 'EXISTS');
  const name = c.qualified();
  if (c.at('(')) throw unsupported('CREATE TABLE with a list of columns', at);
  const properties = withProperties(c);
  c.expect('AS');
  const query = parseQuery(c);
  let withData = true;
  if (c.accept('WITH', 'NO', 'DATA')) withData = false;
  else c.accept('WITH', 'DATA');
  return { kind: 'createTableAs', at, name, ifNotExists, properties, query, withData };
}

function withProperties(c: Cursor): Property[] {
  if (!c.accept('WITH')) return [];
  return c.parenthesized(() =>
    c.list(() => {
      const name = c.name();
      c.expect('=');
      return { name, value: parseExpr(c) };
    }),
  );
}

function insert(c: Cursor, at: number): Statement {
  c.expect('INSERT', 'INTO');
  const name = c.qualified();
  const named = c.at('(') && !startsQuery(c);
  const columns = named ? c.parenthesized(() => c.list(() => c.name())) : null;
  return { kind: 'insert', at, name, columns, query: parseQuery(c) };
}

function unload(c: Cursor, at: number): Statement {
  c.expect('UNLOAD');
  const query = c.parenthesized(() => parseQuery(c));
  c.expect('TO');
  const location = c.string();
  return { kind: 'unload', at, query, location, properties: withProperties(c) };
}

function view(c: Cursor, at: number, replace: boolean): Statement {
  const name = c.qualified();
  if (c.at('(') || c.at('COMMENT') || c.at('SECURITY'))
    throw unsupported(`CREATE VIEW with ${c.at('(') ? 'a list of columns' : c.peek().upper}`, at);
  c.expect('AS');
  const start = c.peek().at;
  const query = parseQuery(c);
  return { kind: 'createView', at, name, replace, query, sql: c.sql.slice(start, c.peek().at).trim() };
}

function drop(c: Cursor, at: number): Statement {
  const kind = c.accept('TABLE') ? 'dropTable' : c.accept('VIEW') ? 'dropView' : null;
  if (kind === null) throw unsupported(`DROP ${c.peek().upper}`, at);
  const ifExists = c.accept('IF', 'EXISTS');
  return { kind, at, name: c.qualified(), ifExists };
}

function show(c: Cursor, at: number): Statement {
  if (c.accept('DATABASES') || c.accept('SCHEMAS')) return { kind: 'showDatabases', at, like: like(c) };
  if (c.accept('TABLES')) return { kind: 'showTables', at, schema: schema(c), like: like(c) };
  if (c.accept('VIEWS')) return { kind: 'showViews', at, schema: schema(c), like: like(c) };
  if (c.accept('COLUMNS')) {
    if (!c.accept('IN')) c.expect('FROM');
    return { kind: 'showColumns', at, name: within(c) };
  }
  if (c.accept('PARTITIONS')) return { kind: 'showPartitions', at, name: c.qualified() };
  if (c.accept('CREATE', 'VIEW')) return { kind: 'showCreateView', at, name: c.qualified() };
  throw unsupported(`SHOW ${c.peek().upper}`, at);
}

const schema = (c: Cursor): Name | null => (c.accept('IN') || c.accept('FROM') ? c.name() : null);

/** Hive writes patterns as 'a*' or 'a|b', without LIKE or with it. */
const like = (c: Cursor): string | null => {
  c.accept('LIKE');
  return c.peek().kind === 'string' ? c.string() : null;
};

function within(c: Cursor): Name[] {
  const name = c.qualified();
  if (name.length === 1 && (c.accept('IN') || c.accept('FROM'))) return [c.name(), ...name];
  return name;
}
