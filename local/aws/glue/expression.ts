import { AwsError } from '../errors.ts';

/** A partition column: its name in lower case, and whether its values are compared as numbers. */
export interface PartitionColumn {
  name: string;
  numeric: boolean;
}

export type PartitionTest = (values: readonly string[]) => boolean;

type Literal = string | number;

/**
 * Compiles the filter of GetPartitions: `=`, `<>`, `!=`, `<`, `<=`, `>`, `>=`, `[NOT] IN`, `[NOT] BETWEEN`,
 * `[NOT] LIKE`, `AND`, `OR`, `NOT`, parentheses; text in single quotes. Columns of whole-number and decimal
 * types compare as numbers, all others as text. Throws InvalidInputException for anything else.
 */
export function compileExpression(source: string, columns: readonly PartitionColumn[]): PartitionTest {
  const parser = new Parser(tokenize(source), columns);
  const test = parser.any();
  parser.end();
  return test;
}

interface Token {
  kind: 'text' | 'number' | 'name' | 'symbol' | 'end';
  value: string;
}

function unsupported(what: string): AwsError {
  return new AwsError('InvalidInputException', `Unsupported expression '${what}'`);
}

function tokenize(source: string): Token[] {
  const pattern =
    /\s+|'((?:[^']|'')*)'|([+-]?(?:\d+(?:\.\d+)?|\.\d+))(?![\w.])|([A-Za-z_]\w*)|"([^"]+)"|`([^`]+)`|(<>|!=|<=|>=|[=<>(),])/y;
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    pattern.lastIndex = at;
    const found = pattern.exec(source);
    if (!found) throw unsupported(source.slice(at));
    at = pattern.lastIndex;
    const [, text, number, name, quoted, ticked, symbol] = found;
    if (text !== undefined) tokens.push({ kind: 'text', value: text.replaceAll("''", "'") });
    else if (number !== undefined) tokens.push({ kind: 'number', value: number });
    else if (name !== undefined) tokens.push({ kind: 'name', value: name });
    else if (quoted !== undefined) tokens.push({ kind: 'name', value: quoted });
    else if (ticked !== undefined) tokens.push({ kind: 'name', value: ticked });
    else if (symbol !== undefined) tokens.push({ kind: 'symbol', value: symbol });
  }
  tokens.push({ kind: 'end', value: '' });
  return tokens;
}

class Parser {
  readonly #tokens: Token[];
  readonly #columns: readonly PartitionColumn[];
  #at = 0;

  constructor(tokens: Token[], columns: readonly PartitionColumn[]) {
    this.#tokens = tokens;
    this.#columns = columns;
  }

  any(): PartitionTest {
    const tests = [this.#all()];
    while (this.#word('or')) tests.push(this.#all());
    return tests.length === 1 ? (tests[0] as PartitionTest) : (values) => tests.some((test) => test(values));
  }

  end(): void {
    if (this.#peek().kind !== 'end') throw unsupported(this.#peek().value);
  }

  #all(): PartitionTest {
    const tests = [this.#not()];
    while (this.#word('and')) tests.push(this.#not());
    return tests.length === 1 ? (tests[0] as PartitionTest) : (values) => tests.every((test) => test(values));
  }

  #not(): PartitionTest {
    if (this.#word('not')) {
      const test = this.#not();
      return (values) => !test(values);
    }
    if (this.#symbol('(')) {
      const test = this.any();
      this.#expect(')');
      return test;
    }
    return this.#comparison();
  }

  #comparison(): PartitionTest {
    const first = this.#operand();
    const negated = this.#word('not');
    const test = this.#operation(first);
    return negated ? (values) => !test(values) : test;
  }

  #operation(first: Operand): PartitionTest {
    if (this.#word('in')) {
      this.#expect('(');
      const items = [this.#operand()];
      while (this.#symbol(',')) items.push(this.#operand());
      this.#expect(')');
      return (values) => items.some((item) => compare(first, item, values) === 0);
    }
    if (this.#word('between')) {
      const low = this.#operand();
      if (!this.#word('and')) throw unsupported('BETWEEN without AND');
      const high = this.#operand();
      return (values) => compare(first, low, values) >= 0 && compare(first, high, values) <= 0;
    }
    if (this.#word('like')) {
      const pattern = this.#next();
      if (pattern.kind !== 'text') throw unsupported(pattern.value);
      const regex = likePattern(pattern.value);
      return (values) => regex.test(String(first.of(values)));
    }
    const operator = this.#next();
    const second = this.#operand();
    switch (operator.kind === 'symbol' ? operator.value : '') {
      case '=':
        return (values) => compare(first, second, values) === 0;
      case '<>':
      case '!=':
        return (values) => compare(first, second, values) !== 0;
      case '<':
        return (values) => compare(first, second, values) < 0;
      case '<=':
        return (values) => compare(first, second, values) <= 0;
      case '>':
        return (values) => compare(first, second, values) > 0;
      case '>=':
        return (values) => compare(first, second, values) >= 0;
      default:
        throw unsupported(operator.value);
    }
  }

  #operand(): Operand {
    const token = this.#next();
    if (token.kind === 'text') return { numeric: false, of: () => token.value };
    if (token.kind === 'number') return { numeric: true, of: () => Number(token.value) };
    if (token.kind !== 'name') throw unsupported(token.value);
    const index = this.#columns.findIndex((column) => column.name === token.value.toLowerCase());
    const column = this.#columns[index];
    if (!column) throw unsupported(`${token.value} is not a partition column`);
    return {
      numeric: column.numeric,
      of: (values) => (column.numeric ? Number(values[index]) : (values[index] ?? '')),
    };
  }

  #peek(): Token {
    return this.#tokens[this.#at] as Token;
  }

  #next(): Token {
    const token = this.#peek();
    if (token.kind === 'end') throw unsupported('an expression that ends too early');
    this.#at += 1;
    return token;
  }

  #word(word: string): boolean {
    const { kind, value } = this.#peek();
    if (kind !== 'name' || value.toLowerCase() !== word) return false;
    this.#at += 1;
    return true;
  }

  #symbol(symbol: string): boolean {
    const { kind, value } = this.#peek();
    if (kind !== 'symbol' || value !== symbol) return false;
    this.#at += 1;
    return true;
  }

  #expect(symbol: string): void {
    if (!this.#symbol(symbol)) throw unsupported(`'${symbol}' is missing`);
  }
}

interface Operand {
  numeric: boolean;
  of(values: readonly string[]): Literal;
}

/** Numbers when either side is one (a quoted number beside a numeric column counts as a number). */
function compare(a: Operand, b: Operand, values: readonly string[]): number {
  const x = a.of(values);
  const y = b.of(values);
  if (a.numeric || b.numeric) return Number(x) - Number(y);
  return x === y ? 0 : x < y ? -1 : 1;
}

function likePattern(like: string): RegExp {
  const source = like
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '[\\s\\S]*')
    .replaceAll('_', '[\\s\\S]');
  return new RegExp(`^${source}$`);
}
