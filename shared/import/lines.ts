/** One line without its line end. `number` counts from 1. */
export interface Line {
  text: string;
  number: number;
  /** Longer than `MAX_LINE`: `text` is only its beginning. */
  tooLong: boolean;
}

/** Longest line that is read as one, in UTF-16 units; a longer one is refused and not held in memory. */
export const MAX_LINE = 1024 * 1024;

const KEPT = 16 * 1024;

/**
 * Splits text into lines (`\n` or `\r\n`), a batch for each chunk of text. Empty lines are counted and
 * left out. When the text ends in a fault, the lines that were complete before it come first and the
 * fault is passed on; what stood on the unfinished line is not handed out.
 */
export async function* linesOf(chunks: AsyncIterable<string>): AsyncIterable<Line[]> {
  let pieces: string[] = [];
  let length = 0;
  let number = 0;
  const take = (rest: string): Line | null => {
    number++;
    const tooLong = length + rest.length > MAX_LINE + 1;
    let text = pieces.length === 0 ? rest : pieces.join('') + rest;
    pieces = [];
    length = 0;
    if (tooLong) text = text.slice(0, KEPT);
    else if (text.charCodeAt(text.length - 1) === 13) text = text.slice(0, -1);
    return text === '' ? null : { text, number, tooLong: tooLong || text.length > MAX_LINE };
  };
  for await (const chunk of chunks) {
    const batch: Line[] = [];
    let from = 0;
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', from)) {
      const line = take(chunk.slice(from, end));
      if (line !== null) batch.push(line);
      from = end + 1;
    }
    if (from < chunk.length) {
      // Of a line that is too long only the beginning is held.
      if (length <= MAX_LINE + 1) pieces.push(from === 0 ? chunk : chunk.slice(from));
      length += chunk.length - from;
    }
    if (batch.length > 0) yield batch;
  }
  if (length > 0) {
    const line = take('');
    if (line !== null) yield [line];
  }
}
