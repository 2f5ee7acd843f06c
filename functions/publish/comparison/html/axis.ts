/** Round numbers from 0 to at least `most`, some five of them. */
export function ticks(most: number): number[] {
  if (most <= 0) return [0, 1];
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max([1, 2, 2.5, 5, 10].map((n) => n * power).find((n) => n >= rough)!, most < 4 ? 1 : 0);
  const count = Math.ceil(most / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(12)));
}

/** Indexes of at most `most` things, evenly spread, the first among them. */
export function spread(count: number, most: number): number[] {
  const step = Math.max(1, Math.ceil(count / most));
  return Array.from({ length: Math.ceil(count / step) }, (_, i) => i * step);
}

/** A number of SVG: two decimals suffice. */
export const at = (n: number): string => String(Math.round(n * 100) / 100);
