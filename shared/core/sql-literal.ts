/** A text as a string literal of SQL, for DuckDB and for Athena alike: whatever it holds, it stays one. */
export function sqlLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
