/**
 * CloudWatch's metric math, as much of it as alarms here use: numbers, metrics by id, `+ - * /`, comparisons (1 or 0),
 * IF and FILL. Source: CloudWatch user guide, "Using math expressions". A value that isn't there makes the result not
 * be there, but for FILL.
 */
export function evaluateExpression(
  text: string,
  metrics: Readonly<Record<string, number | undefined>>,
): number | undefined {
  const tokens = text.match(/[A-Za-z]\w*|\d+(?:\.\d+)?|>=|<=|[()+\-*/,<>]/g) ?? [];
  let at = 0;
  const take = (token: string): boolean => tokens[at] === token && (at++, true);
  const must = (token: string): void => {
    if (!take(token)) throw new Error(`"${text}": ${token} expected before ${tokens[at] ?? 'the end'}`);
  };
  type Value = number | undefined;
  const both = (a: Value, b: Value, of: (a: number, b: number) => number): Value =>
    a === undefined || b === undefined ? undefined : of(a, b);
  const operand = (): Value => {
    if (take('(')) {
      const inner = comparison();
      must(')');
      return inner;
    }
    const token = tokens[at++] ?? '';
    if (/^\d/.test(token)) return Number(token);
    if (token === 'IF' || token === 'FILL') {
      must('(');
      const given = [comparison()];
      while (take(',')) given.push(comparison());
      must(')');
      if (token === 'FILL') return given[0] ?? given[1];
      return given[0] === undefined ? undefined : given[0] !== 0 ? given[1] : given[2];
    }
    if (!(token in metrics)) throw new Error(`"${text}": there is no metric ${token}`);
    return metrics[token];
  };
  const product = (): Value => {
    let value = operand();
    for (;;) {
      if (take('*')) value = both(value, operand(), (a, b) => a * b);
      else if (take('/')) value = both(value, operand(), (a, b) => a / b);
      else return value;
    }
  };
  const sum = (): Value => {
    let value = product();
    for (;;) {
      if (take('+')) value = both(value, product(), (a, b) => a + b);
      else if (take('-')) value = both(value, product(), (a, b) => a - b);
      else return value;
    }
  };
  const comparison = (): Value => {
    const value = sum();
    if (take('>=')) return both(value, sum(), (a, b) => Number(a >= b));
    if (take('>')) return both(value, sum(), (a, b) => Number(a > b));
    if (take('<=')) return both(value, sum(), (a, b) => Number(a <= b));
    if (take('<')) return both(value, sum(), (a, b) => Number(a < b));
    return value;
  };
  const value = comparison();
  if (at < tokens.length) throw new Error(`"${text}": ${tokens[at]} is too much`);
  return value;
}
