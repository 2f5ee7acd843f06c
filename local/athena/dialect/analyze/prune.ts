import type { Expr } from '../parse/ast.ts';
import { analyze } from './expression.ts';
import type { Env } from './scope.ts';
import type { Origin, Predicate, Scan, Value } from './value.ts';

const MIRROR = { '=': '=', '<>': '<>', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;
type Scalar = string | number | bigint | boolean;

/** Notes what a WHERE or ON says about partition columns with the scans that they come from. */
export function conditionOnPartitions(expr: Expr, env: Env): void {
  if (expr.kind === 'and') {
    conditionOnPartitions(expr.left, env);
    conditionOnPartitions(expr.right, env);
    return;
  }
  const predicate = read(expr, env);
  const scans = new Set<Scan>();
  collect(predicate, scans);
  for (const scan of scans) scan.predicates.push(predicate);
}

function collect(p: Predicate, into: Set<Scan>): void {
  if ('column' in p) for (const o of p.column) into.add(o.scan);
  if ('parts' in p) for (const part of p.parts) collect(part, into);
  if (p.kind === 'not') collect(p.part, into);
}

const UNKNOWN: Predicate = { kind: 'unknown' };

function read(expr: Expr, env: Env): Predicate {
  switch (expr.kind) {
    case 'and':
    case 'or':
      return { kind: expr.kind, parts: [read(expr.left, env), read(expr.right, env)] };
    case 'not':
      return { kind: 'not', part: read(expr.arg, env) };
    case 'compare':
      return compare(expr.op, expr.left, expr.right, env);
    case 'between':
      return {
        kind: 'and',
        parts: [compare('>=', expr.arg, expr.low, env), compare('<=', expr.arg, expr.high, env)],
      };
    case 'in':
      return { kind: 'or', parts: expr.items.map((i) => compare('=', expr.arg, i, env)) };
    case 'isNull': {
      const v = leaf(expr.arg, env);
      return v?.origins ? { kind: 'isNull', column: v.origins } : UNKNOWN;
    }
    case 'like': {
      const v = leaf(expr.arg, env);
      const pattern = leaf(expr.pattern, env);
      const text = pattern && constantOf(pattern);
      return v?.origins && typeof text === 'string' && expr.escape === null
        ? { kind: 'like', column: v.origins, pattern: text }
        : UNKNOWN;
    }
    case 'boolean':
      return expr.value ? UNKNOWN : { kind: 'never' };
    default:
      return UNKNOWN;
  }
}

function compare(op: keyof typeof MIRROR, left: Expr, right: Expr, env: Env): Predicate {
  const [a, b] = [leaf(left, env), leaf(right, env)];
  if (a === null || b === null) return UNKNOWN;
  return onColumn(op, a, b) ?? onColumn(MIRROR[op], b, a) ?? UNKNOWN;
}

function onColumn(op: keyof typeof MIRROR, column: Value, other: Value): Predicate | null {
  const constant = constantOf(other);
  if (!column.origins || constant === undefined) return null;
  if (constant === null) return { kind: 'never' };
  return { kind: 'compare', op, column: column.origins as Origin[], value: constant };
}

function constantOf(v: Value): Scalar | null | undefined {
  return v.constant?.kind === 'scalar' ? v.constant.value : undefined;
}

/** Only names, literals, subscripts and casts can be columns or constants: others need not be looked at again. */
function leaf(expr: Expr, env: Env): Value | null {
  return [
    'name',
    'number',
    'string',
    'typed',
    'subscript',
    'negate',
    'parameter',
    'null',
    'cast',
    'field',
  ].includes(expr.kind)
    ? analyze(expr, env)
    : null;
}

type Outcome = boolean | null;

/** Whether a partition may hold rows that the scan needs; the values are as the catalog writes them. */
export function needed(
  scan: Scan,
  values: Record<string, string | null>,
  types: Record<string, string>,
): boolean {
  return scan.predicates.every((p) => outcome(p, scan, values, types).includes(true));
}

/** All outcomes that the condition may have in the partition, in SQL's three-valued logic. */
function outcome(
  p: Predicate,
  scan: Scan,
  values: Record<string, string | null>,
  types: Record<string, string>,
): Outcome[] {
  switch (p.kind) {
    case 'never':
      return [null];
    case 'unknown':
      return [true, false, null];
    case 'not':
      return outcome(p.part, scan, values, types).map((o) => (o === null ? null : !o));
    case 'and':
    case 'or': {
      const parts = p.parts.map((part) => outcome(part, scan, values, types));
      return parts.reduce((all, part) =>
        unique(all.flatMap((a) => part.map((b) => (p.kind === 'and' ? both(a, b) : either(a, b))))),
      );
    }
    default: {
      const name = p.column.find((o) => o.scan === scan)?.column;
      if (name === undefined) return [true, false, null];
      const value = values[name] ?? null;
      if (p.kind === 'isNull') return [value === null];
      if (value === null) return [null];
      if (p.kind === 'like') return [likeMatches(value, p.pattern)];
      return [compareValues(p.op, value, p.value, types[name] ?? 'varchar')];
    }
  }
}

const unique = (o: Outcome[]): Outcome[] => [...new Set(o)];
const both = (a: Outcome, b: Outcome): Outcome =>
  a === false || b === false ? false : a === null || b === null ? null : true;
const either = (a: Outcome, b: Outcome): Outcome =>
  a === true || b === true ? true : a === null || b === null ? null : false;

function compareValues(op: keyof typeof MIRROR, text: string, constant: Scalar, type: string): Outcome {
  let order: number;
  if (type === 'varchar' || type === 'date')
    order = Buffer.compare(Buffer.from(text), Buffer.from(String(constant)));
  else {
    const a = Number(text);
    const b = Number(constant);
    if (Number.isNaN(a) || Number.isNaN(b) || !Number.isSafeInteger(a) || typeof constant === 'boolean')
      return true;
    order = a - b;
  }
  switch (op) {
    case '=':
      return order === 0;
    case '<>':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

function likeMatches(text: string, pattern: string): boolean {
  const source = [...pattern].map((c) =>
    c === '%' ? '[\\s\\S]*' : c === '_' ? '[\\s\\S]' : c.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'),
  );
  return new RegExp(`^${source.join('')}$`, 'u').test(text);
}
