import { randomBytes } from 'node:crypto';
import { SqlError, unsupported } from '../errors.ts';
import type { Alias, Expr, Name, Relation } from '../parse/ast.ts';
import { BIGINT, display, VARCHAR } from '../types.ts';
import { alike } from './convert.ts';
import { analyze, condition } from './expression.ts';
import { conditionOnPartitions } from './prune.ts';
import { analyzeQuery, asColumns } from './query.ts';
import { type Column, type Env, newAlias, resolve } from './scope.ts';
import { ident, type Scan, type Value, value } from './value.ts';

export interface From {
  sql: string;
  columns: Column[];
}

/** Marks in the SQL where the rows of a scan go, once its files are known. */
export const scanMark = (scan: Scan): string => `/*scan ${SECRET} ${scan.id}*/`;
/** So that no text in a statement can pass for a mark. */
const SECRET = randomBytes(12).toString('hex');

/** An element of FROM with its joins. */
export function analyzeRelation(relation: Relation, env: Env): From {
  switch (relation.kind) {
    case 'table':
      return table(relation.parts, relation.alias, env);
    case 'query': {
      const q = analyzeQuery(relation.query, env);
      const t = newAlias(env);
      return renamed({ sql: `(${q.sql}) AS ${t}`, columns: asColumns(q.columns, t, null) }, relation.alias);
    }
    case 'unnest':
      return unnest(relation, env);
    case 'join':
      return join(relation, env);
  }
}

function renamed(from: From, alias: Alias | null): From {
  if (alias === null) return from;
  const visible = from.columns.filter((c) => !c.hidden).length;
  if (alias.columns !== null && alias.columns.length !== visible)
    throw new SqlError(
      'MISMATCHED_COLUMN_ALIASES',
      `Column alias list has ${alias.columns.length} entries but '${alias.name.text}' has ${visible} columns available`,
      alias.name.at,
    );
  let n = 0;
  const columns = from.columns.map((c) => ({
    ...c,
    qualifier: [alias.name.text],
    name: alias.columns && !c.hidden ? alias.columns[n++]!.text : c.name,
  }));
  return { sql: from.sql, columns };
}

function table(parts: Name[], alias: Alias | null, env: Env): From {
  const cte = parts.length === 1 ? env.ctes.get(parts[0]!.text.toLowerCase()) : undefined;
  const t = newAlias(env);
  if (cte !== undefined) {
    const q = analyzeQuery(cte.query, { ...cte.env, depth: env.depth + 1 });
    if (cte.columns !== null && cte.columns.length !== q.columns.length)
      throw new SqlError(
        'MISMATCHED_COLUMN_ALIASES',
        `Column alias list has ${cte.columns.length} entries but relation has ${q.columns.length} columns`,
        parts[0]!.at,
      );
    return renamed(
      { sql: `(${q.sql}) AS ${t}`, columns: asColumns(q.columns, t, parts[0]!.text, cte.columns) },
      alias,
    );
  }
  const { database, name } = qualifiedTable(parts, env.database);
  const meaning = env.statement.tables.get(`${database}.${name}`);
  if (meaning?.kind === 'nowhere')
    throw new SqlError('SCHEMA_NOT_FOUND', `Schema '${database}' does not exist`, parts[0]!.at);
  if (meaning === undefined)
    throw new SqlError(
      'TABLE_NOT_FOUND',
      `Table 'awsdatacatalog.${database}.${name}' does not exist`,
      parts[0]!.at,
    );
  const qualifier = ['awsdatacatalog', database, name];
  if (meaning.kind === 'view') {
    const q = analyzeQuery(meaning.query, {
      ...env,
      database: meaning.database,
      ctes: new Map(),
      columns: [],
      parent: null,
      lambda: new Map(),
      depth: env.depth + 1,
    });
    if (q.columns.length !== meaning.columns)
      throw new SqlError(
        'INVALID_VIEW',
        `View 'awsdatacatalog.${database}.${name}' is stale or in invalid state: it must be created again`,
        parts[0]!.at,
      );
    return renamed(
      { sql: `(${q.sql}) AS ${t}`, columns: asColumns(q.columns, t, null).map((c) => ({ ...c, qualifier })) },
      alias,
    );
  }
  const scan: Scan = { id: env.statement.scans.length, database, table: name, predicates: [], path: false };
  env.statement.scans.push(scan);
  const columns = meaning.columns.map(
    (c): Column => ({
      name: c.name,
      qualifier,
      sql: `${t}.${ident(c.name)}`,
      type: c.type,
      origins: c.partition ? [{ scan, column: c.name }] : undefined,
    }),
  );
  columns.push({
    name: '$path',
    qualifier,
    sql: `${t}."$path"`,
    type: VARCHAR,
    hidden: true,
    origins: [{ scan, column: '$path' }],
  });
  return renamed({ sql: `(${scanMark(scan)}) AS ${t}`, columns }, alias);
}

/** `table`, `database.table` or `awsdatacatalog.database.table`, in lower case. */
export function qualifiedTable(parts: Name[], database: string): { database: string; name: string } {
  const names = parts.map((p) => p.text.toLowerCase());
  if (names.length > 3)
    throw new SqlError('SYNTAX_ERROR', `Too many parts in table name: ${names.join('.')}`, parts[0]!.at);
  if (names.length === 3 && names[0] !== 'awsdatacatalog')
    throw new SqlError('CATALOG_NOT_FOUND', `Catalog '${names[0]}' not found`, parts[0]!.at);
  return { database: names.at(-2) ?? database.toLowerCase(), name: names.at(-1)! };
}

function unnest(relation: Extract<Relation, { kind: 'unnest' }>, env: Env): From {
  const t = newAlias(env);
  const u = newAlias(env);
  const columns: Column[] = [];
  const inside: string[] = [];
  const lengths: string[] = [];
  const add = (sql: string, type: Column['type']): void => {
    columns.push({ name: null, qualifier: [], sql: `${t}.u${columns.length}`, type });
    outside.push(`${sql} AS u${columns.length - 1}`);
  };
  const outside: string[] = [];
  for (const arg of relation.args) {
    const v = analyze(arg, { ...env, noAggregate: 'UNNEST', noWindow: 'UNNEST' });
    const n = inside.length;
    if (v.type.kind === 'array') {
      inside.push(`unnest(${v.sql}) AS x${n}`);
      lengths.push(`coalesce(len(${v.sql}), 0)`);
      if (v.type.of.kind === 'row')
        for (const [i, f] of v.type.of.fields.entries()) {
          add(`(${u}.x${n}).f${i}`, f.type);
          columns.at(-1)!.name = f.name;
        }
      else add(`${u}.x${n}`, v.type.of);
    } else if (v.type.kind === 'map') {
      inside.push(`unnest(map_keys(${v.sql})) AS x${n}`, `unnest(map_values(${v.sql})) AS x${n + 1}`);
      lengths.push(`coalesce(cardinality(${v.sql}), 0)`);
      add(`${u}.x${n}`, v.type.key);
      add(`${u}.x${n + 1}`, v.type.value);
    } else throw new SqlError('TYPE_MISMATCH', `Cannot unnest type: ${display(v.type)}`, arg.at);
  }
  if (relation.ordinality) {
    inside.push(`unnest(range(1, 1 + CAST(greatest(${lengths.join(', ')}) AS BIGINT))) AS n`);
    add(`${u}.n`, BIGINT);
  }
  return renamed(
    {
      sql: `LATERAL (SELECT ${outside.join(', ')} FROM (SELECT ${inside.join(', ')}) AS ${u}) AS ${t}`,
      columns,
    },
    relation.alias,
  );
}

function join(relation: Extract<Relation, { kind: 'join' }>, env: Env): From {
  const left = analyzeRelation(relation.left, env);
  const seesLeft = relation.right.kind === 'unnest';
  if (
    seesLeft &&
    relation.type !== 'CROSS' &&
    !(relation.on?.kind === 'boolean' && relation.on.value && ['LEFT', 'INNER'].includes(relation.type))
  )
    throw unsupported('JOIN UNNEST with a condition other than ON TRUE', relation.at);
  const right = analyzeRelation(relation.right, seesLeft ? { ...env, columns: left.columns } : env);
  const rightSql = relation.right.kind === 'join' ? `(${right.sql})` : right.sql;
  if (relation.type === 'CROSS')
    return { sql: `${left.sql} CROSS JOIN ${rightSql}`, columns: [...left.columns, ...right.columns] };
  const all = {
    ...env,
    columns: [...left.columns, ...right.columns],
    noAggregate: 'JOIN clause',
    noWindow: 'JOIN clause',
  };
  const nullable = {
    left: relation.type === 'RIGHT' || relation.type === 'FULL',
    right: relation.type === 'LEFT' || relation.type === 'FULL',
  };
  const stripped = (side: Column[], may: boolean): Column[] =>
    may
      ? side.map((c) => ({ ...c, constant: undefined, origins: c.name === '$path' ? c.origins : undefined }))
      : side;
  // Behind an outer join a column may be NULL where its table had a value.
  const leftOut = stripped(left.columns, nullable.left);
  const rightOut = stripped(right.columns, nullable.right);
  if (relation.using !== null) {
    const merged = using(relation.using, leftOut, rightOut, relation.type, env);
    return { sql: `${left.sql} ${relation.type} JOIN ${rightSql} ON ${merged.on}`, columns: merged.columns };
  }
  const on = condition(relation.on as Expr, all, 'JOIN ON clause').sql;
  // The condition of an outer join chooses rows of the optional side only.
  const chosen = [...stripped(left.columns, nullable.right), ...stripped(right.columns, nullable.left)];
  conditionOnPartitions(relation.on as Expr, { ...all, columns: chosen });
  return {
    sql: `${left.sql} ${relation.type} JOIN ${rightSql} ON ${on}`,
    columns: [...leftOut, ...rightOut],
  };
}

function using(
  names: Name[],
  left: Column[],
  right: Column[],
  type: string,
  env: Env,
): { on: string; columns: Column[] } {
  const ons: string[] = [];
  const merged: Column[] = [];
  const taken = new Set<Column>();
  for (const name of names) {
    const l = resolve({ ...env, columns: left, parent: null }, [name]).column;
    const r = resolve({ ...env, columns: right, parent: null }, [name]).column;
    const asValue = (c: Column): Value => value(c.sql, c.type);
    const [a, b, common] = alike(asValue(l), asValue(r), '=', name.at);
    ons.push(`${a.sql} = ${b.sql}`);
    const sql = type === 'FULL' ? `coalesce(${a.sql}, ${b.sql})` : type === 'RIGHT' ? b.sql : a.sql;
    const kept = type === 'LEFT' || type === 'INNER' ? l : undefined;
    merged.push({
      name: name.text,
      qualifier: [],
      sql,
      type: common,
      origins: kept?.origins,
      constant: kept?.constant,
    });
    taken.add(l).add(r);
  }
  const rest = [...left, ...right].filter((c) => !taken.has(c));
  return { on: ons.join(' AND '), columns: [...merged, ...rest] };
}
