import { inputFrom } from '../../shared/import/input.ts';
import type { ImportedRow, RejectedRow } from '../../shared/import/row.ts';
import { type ImportOptions, importRows } from '../../shared/import/rows.ts';

/** The site that the tests of this folder import into. */
export const SITE: ImportOptions['site'] = {
  site: 'shop',
  hosts: ['shop.example', 'www2.example'],
  privacy: { address: 'truncate', cookieless: false },
};

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Every row of a text or of bytes, read as one file. */
export async function rowsOf(
  content: string | Uint8Array | Uint8Array[],
  options: Omit<ImportOptions, 'site'> & { site?: ImportOptions['site'] },
): Promise<ImportedRow[]> {
  const chunks =
    typeof content === 'string' ? [bytes(content)] : Array.isArray(content) ? content : [content];
  const rows: ImportedRow[] = [];
  for await (const row of importRows(inputFrom('file', chunks), { site: SITE, ...options })) rows.push(row);
  return rows;
}

export function accepted(rows: ImportedRow[]) {
  return rows.flatMap((row) => ('ok' in row ? [row.ok] : []));
}

export function rejected(rows: ImportedRow[]): RejectedRow[] {
  return rows.flatMap((row) => ('rejected' in row ? [row.rejected] : []));
}

export function skipped(rows: ImportedRow[]): string[] {
  return rows.flatMap((row) => ('skipped' in row ? [row.skipped] : []));
}
