import { SqlError } from '../errors.ts';

export interface Token {
  /** `hive` is a name in backticks: only statements that Hive reads know it. */
  kind: 'word' | 'quoted' | 'hive' | 'string' | 'binary' | 'number' | 'op' | 'end';
  /** A word as written, a quoted name or string without its quotes, an operator. */
  text: string;
  /** A word in upper case, to compare with keywords; empty for all others. */
  upper: string;
  at: number;
  end: number;
}

const OPERATORS = ['<>', '!=', '<=', '>=', '||', '->', '=>'];
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;

/** Cuts a statement into tokens; what Trino's lexer doesn't know is a syntax error. */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const push = (kind: Token['kind'], text: string, end: number): void => {
    tokens.push({ kind, text, upper: kind === 'word' ? text.toUpperCase() : '', at, end });
    at = end;
  };
  while (at < sql.length) {
    const c = sql[at]!;
    if (/\s/.test(c)) at++;
    else if (sql.startsWith('--', at)) {
      const end = sql.indexOf('\n', at);
      at = end < 0 ? sql.length : end + 1;
    } else if (sql.startsWith('/*', at)) {
      const end = sql.indexOf('*/', at + 2);
      if (end < 0) throw new SqlError('SYNTAX_ERROR', 'the comment is never closed: add */', at);
      at = end + 2;
    } else if (c === "'") {
      const [text, end] = quoted(sql, at, "'");
      push('string', text, end);
    } else if (c === '"') {
      const [text, end] = quoted(sql, at, '"');
      if (text === '') throw new SqlError('SYNTAX_ERROR', 'a quoted name must not be empty', at);
      push('quoted', text, end);
    } else if (c === '`' && sql.includes('`', at + 2)) {
      const [text, end] = quoted(sql, at, '`');
      push('hive', text, end);
    } else if (/[xX]/.test(c) && sql[at + 1] === "'") {
      const [text, end] = quoted(sql, at + 1, "'");
      const hex = text.replace(/\s/g, '');
      if (!/^([0-9A-Fa-f]{2})*$/.test(hex))
        throw new SqlError('INVALID_LITERAL', 'a binary literal holds pairs of hexadecimal digits', at);
      push('binary', hex, end);
    } else {
      const number = match(NUMBER, sql, at);
      const word = number === null ? match(WORD, sql, at) : null;
      const op = OPERATORS.find((o) => sql.startsWith(o, at)) ?? ('+-*/%=<>(),.[]?;'.includes(c) ? c : null);
      if (number !== null && !(c === '.' && isNameEnd(tokens.at(-1)))) {
        if (/[A-Za-z0-9_]/.test(sql[at + number.length] ?? ''))
          throw new SqlError('SYNTAX_ERROR', 'a name must not start with a digit: quote it', at);
        push('number', number, at + number.length);
      } else if (word !== null) push('word', word, at + word.length);
      else if (op !== null) push('op', op, at + op.length);
      else push('op', c, at + 1);
    }
  }
  push('end', '<EOF>', sql.length);
  return tokens;
}

const isNameEnd = (t: Token | undefined): boolean => t?.kind === 'word' || t?.kind === 'quoted';

/** Why a token that Athena SQL doesn't know can't stand there. */
export function strange({ kind, text }: Token): string {
  if (kind === 'hive' || text === '`') return '; names are quoted with double quotes';
  if (text === ':') return '; write CAST(value AS type) instead of ::';
  return '';
}

function match(pattern: RegExp, sql: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(sql)?.[0] ?? null;
}

function quoted(sql: string, at: number, quote: string): [string, number] {
  let text = '';
  for (let i = at + 1; i < sql.length; i++) {
    if (sql[i] !== quote) text += sql[i];
    else if (sql[i + 1] === quote) {
      text += quote;
      i++;
    } else return [text, i + 1];
  }
  throw new SqlError('SYNTAX_ERROR', `the text that starts with ${quote} is never closed`, at);
}
