/** Counts with their thousands apart: `43,800`. */
export const count = (n: number): string => n.toLocaleString('en-US');

/** Bytes in the unit that suits: `1.2 GB`. */
export function bytes(n: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let at = 0;
  let value = n;
  while (value >= 1000 && at < units.length - 1) {
    value /= 1000;
    at++;
  }
  return at === 0 ? `${n} bytes` : `${value.toFixed(value < 10 ? 1 : 0)} ${units[at]}`;
}

/** Dollars: to the cent from a dollar on, else to two digits that count: `$12.30`, `$0.0042`, `$0`. */
export function dollars(usd: number): string {
  if (usd === 0) return '$0';
  return `$${usd >= 1 ? usd.toFixed(2) : Number(usd.toPrecision(2)).toFixed(Math.max(2, 1 - Math.floor(Math.log10(usd))))}`;
}
