/**
 * One row of CSV (RFC 4180) with its line end `\r\n`. Null is an empty cell and the empty string `""`, so
 * that they can be told apart; objects are JSON.
 */
export function csvLine(values: readonly unknown[]): string {
  // A row of one null would be an empty line, which readers leave out.
  if (values.length === 1 && values[0] === '') return '""\r\n';
  return `${values.map(csvCell).join(',')}\r\n`;
}

function csvCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text === '' || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
