/**
 * The value of a formula as docs/requests.md writes them: terms joined by `+`, each a whole number, a letter,
 * or both (`2 + 5 u + e`). Throws when it can't be read, or names a letter that has no value.
 */
export function evaluate(formula: string, letters: Readonly<Record<string, number>>): number {
  let sum = 0;
  for (const term of formula.split('+')) {
    const [, factor, letter] = /^\s*(\d+)?\s*([a-z])?\s*$/.exec(term) ?? [];
    const value = letter === undefined ? 1 : letters[letter];
    if ((factor === undefined && letter === undefined) || value === undefined)
      throw new Error(`${term.trim()} of the formula ${formula} is no term with known letters`);
    sum += Number(factor ?? 1) * value;
  }
  return sum;
}
