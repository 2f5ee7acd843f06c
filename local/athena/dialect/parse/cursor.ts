import { SqlError } from '../errors.ts';
import type { Name } from './ast.ts';
import { strange, type Token, tokenize } from './tokens.ts';

/** Words that Trino reserves: they are no names unless quoted. */
const RESERVED = new Set(
  `ALTER AND AS BETWEEN BY CASE CAST CONSTRAINT CREATE CROSS CUBE CURRENT_CATALOG CURRENT_DATE CURRENT_PATH
  CURRENT_ROLE CURRENT_SCHEMA CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER DEALLOCATE DELETE DESCRIBE DISTINCT
  DROP ELSE END ESCAPE EXCEPT EXECUTE EXISTS EXTRACT FALSE FOR FROM FULL GROUP GROUPING HAVING IN INNER INSERT
  INTERSECT INTO IS JOIN JSON_ARRAY JSON_EXISTS JSON_OBJECT JSON_QUERY JSON_TABLE JSON_VALUE LEFT LIKE LISTAGG
  LOCALTIME LOCALTIMESTAMP NATURAL NORMALIZE NOT NULL ON OR ORDER OUTER PREPARE RECURSIVE RIGHT ROLLUP SELECT
  SKIP TABLE THEN TRIM TRUE UESCAPE UNION UNNEST USING VALUES WHEN WHERE WITH`.split(/\s+/),
);

/** Walks the tokens of one statement. */
export class Cursor {
  readonly sql: string;
  private readonly tokens: Token[];
  private index = 0;
  /** How many `?` were read so far. */
  parameters = 0;
  /** Whether the statement is one that Hive reads: its names may stand in backticks. */
  hive = false;
  private depth = 0;

  constructor(sql: string) {
    this.sql = sql;
    this.tokens = tokenize(sql);
  }

  peek(ahead = 0): Token {
    return this.tokens[Math.min(this.index + ahead, this.tokens.length - 1)]!;
  }

  next(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.index++;
    return token;
  }

  mark(): number {
    return this.index;
  }

  reset(mark: number): void {
    this.index = mark;
  }

  /** Whether the next tokens are these keywords (upper case) or operators. */
  at(...texts: string[]): boolean {
    return texts.every((text, i) => {
      const t = this.peek(i);
      return t.kind === 'word' ? t.upper === text : t.kind === 'op' && t.text === text;
    });
  }

  /** Takes the keywords or operators if they come next. */
  accept(...texts: string[]): boolean {
    if (!this.at(...texts)) return false;
    this.index += texts.length;
    return true;
  }

  expect(...texts: string[]): void {
    for (const text of texts) if (!this.accept(text)) throw this.mismatch(`expected ${text}`);
  }

  /** A name: a word that isn't reserved, or anything in double quotes. */
  name(): Name {
    const t = this.peek();
    if (!this.atName()) throw this.mismatch('expected a name');
    this.index++;
    return { text: t.text, at: t.at };
  }

  atName(ahead = 0): boolean {
    const t = this.peek(ahead);
    if (t.kind === 'hive') return this.hive;
    return t.kind === 'quoted' || (t.kind === 'word' && !RESERVED.has(t.upper));
  }

  /** `a.b.c` */
  qualified(): Name[] {
    const parts = [this.name()];
    while (this.accept('.')) parts.push(this.name());
    return parts;
  }

  list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.accept(',')) items.push(item());
    return items;
  }

  parenthesized<T>(item: () => T): T {
    this.expect('(');
    const result = item();
    this.expect(')');
    return result;
  }

  string(): string {
    const t = this.peek();
    if (t.kind !== 'string') throw this.mismatch('expected a text in single quotes');
    this.index++;
    return t.text;
  }

  /** Guards against texts nested so deeply that they would exhaust the stack. */
  nested<T>(inside: () => T): T {
    if (++this.depth > 300)
      throw new SqlError('NOT_SUPPORTED', 'the statement is nested too deeply', this.peek().at);
    const result = inside();
    this.depth--;
    return result;
  }

  mismatch(expected: string): SqlError {
    const t = this.peek();
    const shown = t.kind === 'end' ? 'the end of the statement' : `'${t.text}'`;
    return new SqlError('SYNTAX_ERROR', `mismatched input ${shown}: ${expected}${strange(t)}`, t.at);
  }
}
