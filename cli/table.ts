import { onOneLine, textWidth } from './text-width.ts';

export interface Column {
  name: string;
  /** Without it: right when every value in the column is a number or null. */
  align?: 'left' | 'right';
}

/**
 * Rows as lines of aligned text under a header and a rule, apart by two spaces, ending in a line end. Null
 * shows as `NULL`, objects as JSON; text is kept on one line. Numbers are written as JavaScript writes them.
 *
 * @param rows each with one value a column
 */
export function table(columns: readonly (Column | string)[], rows: readonly (readonly unknown[])[]): string {
  const named = columns.map((column) => (typeof column === 'string' ? { name: column } : column));
  const cells = rows.map((row) => named.map((_, i) => cellText(row[i])));
  const widths = named.map((column, i) =>
    cells.reduce((width, row) => Math.max(width, textWidth(row[i]!)), textWidth(onOneLine(column.name))),
  );
  const right = named.map((column, i) =>
    column.align === undefined ? isNumeric(rows, i) : column.align === 'right',
  );
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, i) => {
        const space = ' '.repeat(widths[i]! - textWidth(text));
        return right[i] ? space + text : text + space;
      })
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [line(named.map((column) => onOneLine(column.name))), rule, ...cells.map(line)]
    .map((text) => `${text}\n`)
    .join('');
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'object') return onOneLine(JSON.stringify(value));
  return onOneLine(String(value));
}

function isNumeric(rows: readonly (readonly unknown[])[], column: number): boolean {
  let any = false;
  for (const row of rows) {
    const value = row[column];
    if (value === null || value === undefined) continue;
    if (typeof value !== 'number' && typeof value !== 'bigint') return false;
    any = true;
  }
  return any;
}
