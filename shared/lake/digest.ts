/**
 * Digests of tables (docs/lake-format.md, "Digests"): the number of rows and the sum of the rows'
 * hashes, so that order doesn't matter and equal rows don't cancel. A row's hash is the lower half of
 * the MD5 of its canonical text: the values joined by U+001F, a NULL as U+001E, times as milliseconds.
 */
export function digestSql(columns: readonly string[]): string {
  const values = columns.map((column) => `coalesce((${column})::VARCHAR, '\u001e')`);
  const text = `concat(${values.join(", '\u001f', ")})`;
  return `count(*)::VARCHAR || ':' || coalesce(sum(md5_number_lower(${text})), 0)::VARCHAR`;
}

/** Digest of a table without rows. */
export const EMPTY_DIGEST = '0:0';

/** A time column as it stands in a canonical text. */
export const milliseconds = (column: string): string => `epoch_ms(${column})`;

/** A column of seconds (double, exact to the ms) as it stands in a canonical text: whole milliseconds. */
export const wholeMilliseconds = (column: string): string => `round(${column} * 1000)::BIGINT`;

/** The digest of tables put together, less those that are taken out: rows and sums are simply added. */
export function addDigests(come: readonly string[], go: readonly string[] = []): string {
  let [rows, sum] = [0n, 0n];
  const add = (digest: string, sign: bigint): void => {
    const [n, hashes] = digest.split(':') as [string, string];
    rows += sign * BigInt(n);
    sum += sign * BigInt(hashes);
  };
  for (const digest of come) add(digest, 1n);
  for (const digest of go) add(digest, -1n);
  return `${rows}:${sum}`;
}
