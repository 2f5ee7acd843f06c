/** A row of a CSV text, or what is wrong with it. `line` is where it starts, from 1. */
export type CsvRow =
  | { cells: string[]; body: string; line: number }
  | { fault: string; body: string; line: number };

/** Longest row, in UTF-16 units; a quote that is still open after so much is taken to be a mistake. */
export const MAX_ROW = 1024 * 1024;

const QUOTE = 34;
const LF = 10;
const CR = 13;

/**
 * Splits text into CSV rows (RFC 4180, comma), a batch for each chunk: quoted cells may hold commas, line
 * ends and doubled quotes; rows end with `\n` or `\r\n`; empty lines are left out. A quote inside a cell
 * that doesn't begin with one is an ordinary character.
 *
 * A row that breaks the rules costs one line: reading goes on at the line after the one on which it started,
 * so a stray quote doesn't swallow what follows. When the text ends in a fault, the rows that were
 * complete before it come first.
 */
export async function* csvRowsOf(chunks: AsyncIterable<string>): AsyncIterable<CsvRow[]> {
  const reader = new CsvReader();
  for await (const chunk of chunks) {
    const rows = reader.take(chunk, false);
    if (rows.length > 0) yield rows;
  }
  const rows = reader.take('', true);
  if (rows.length > 0) yield rows;
}

type Parsed = { cells: string[]; end: number } | 'incomplete' | { fault: string };

class CsvReader {
  private text = '';
  private line = 1;

  /** Adds a chunk and reads every row that is now complete; `last` says that no more will come. */
  take(chunk: string, last: boolean): CsvRow[] {
    this.text += chunk;
    const { text } = this;
    const rows: CsvRow[] = [];
    let at = 0;
    while (at < text.length) {
      let parsed = parseRow(text, at, last);
      if (parsed === 'incomplete') {
        if (text.length - at <= MAX_ROW) break;
        parsed = { fault: `it has no end within ${MAX_ROW} characters` };
      }
      const end = 'fault' in parsed ? lineEnd(text, at) : parsed.end;
      const body = text.slice(at, end);
      if ('fault' in parsed) rows.push({ fault: parsed.fault, body, line: this.line });
      else if (parsed.cells.length > 1 || parsed.cells[0] !== '') {
        rows.push({ cells: parsed.cells, body, line: this.line });
      }
      this.line += newlines(body);
      at = end;
    }
    this.text = text.slice(at);
    return rows;
  }
}

/** One row from `at`, with its line end; `last` says that the text ends here and not just the chunk. */
function parseRow(text: string, at: number, last: boolean): Parsed {
  const cells: string[] = [];
  let from = at;
  for (;;) {
    if (text.charCodeAt(from) === QUOTE) {
      let close = text.indexOf('"', from + 1);
      let doubled = false;
      while (close >= 0 && text.charCodeAt(close + 1) === QUOTE) {
        doubled = true;
        close = text.indexOf('"', close + 2);
      }
      if (close < 0) return last ? { fault: 'a quote that opens in it is never closed' } : 'incomplete';
      // The quote may be the first of two, and a carriage return the first half of a line end.
      const after = text.charCodeAt(close + 1) === CR ? close + 2 : close + 1;
      if (after >= text.length && !last) return 'incomplete';
      const cell = text.slice(from + 1, close);
      cells.push(doubled ? cell.replaceAll('""', '"') : cell);
      from = close + 1;
      if (from >= text.length) return { cells, end: from };
      if (text.charCodeAt(from) === CR && (from + 1 >= text.length || text.charCodeAt(from + 1) === LF)) {
        return { cells, end: Math.min(from + 2, text.length) };
      }
      if (text.charCodeAt(from) === LF) return { cells, end: from + 1 };
      if (text[from] !== ',') return { fault: 'text follows the closing quote of a cell' };
      from++;
    } else {
      let to = from;
      let code = text.charCodeAt(to);
      while (to < text.length && code !== 44 && code !== LF) code = text.charCodeAt(++to);
      if (to >= text.length && !last) return 'incomplete';
      if (to < text.length && code === 44) {
        cells.push(text.slice(from, to));
        from = to + 1;
        continue;
      }
      const cr = to > from && text.charCodeAt(to - 1) === CR;
      cells.push(text.slice(from, cr ? to - 1 : to));
      return { cells, end: Math.min(to + 1, text.length) };
    }
    if (from >= text.length && !last) return 'incomplete';
  }
}

/** Just past the line end of the line that holds `at`. */
function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}

function newlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
