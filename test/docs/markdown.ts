/** A table of a page, with the heading that it stands under. */
export interface MarkdownTable {
  section: string;
  head: string[];
  rows: string[][];
}

/** The tables of a page; code blocks are passed over. */
export function markdownTables(page: string): MarkdownTable[] {
  const tables: MarkdownTable[] = [];
  let section = '';
  let open: MarkdownTable | null = null;
  for (const line of withoutCode(page).split('\n')) {
    const heading = /^#+ (.*)$/.exec(line);
    if (heading) section = heading[1]!;
    if (!line.startsWith('|')) {
      open = null;
      continue;
    }
    const cells = line
      .slice(1, line.lastIndexOf('|'))
      .split('|')
      .map((cell) => cell.trim());
    if (open === null) {
      open = { section, head: cells, rows: [] };
      tables.push(open);
    } else if (!cells.every((cell) => /^-+$/.test(cell))) {
      open.rows.push(cells);
    }
  }
  return tables;
}

/** The headings of a page, as written. */
export function headingsOf(page: string): string[] {
  return [...withoutCode(page).matchAll(/^#+ (.*)$/gm)].map((match) => match[1]!);
}

/** Targets of the page's links. */
export function linksOf(page: string): string[] {
  return [...withoutCode(page).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]!);
}

function withoutCode(page: string): string {
  return page.replace(/^```[\s\S]*?^```/gm, '');
}
