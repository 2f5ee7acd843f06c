/** Quoted texts and names; comments and white space, as one run; anything else, one character at a time. */
const PIECES = /('(?:[^']|'')*'|"(?:[^"]|"")*")|((?:\s|--[^\n]*|\/\*[\s\S]*?\*\/)+)|[\s\S]/g;

/**
 * What is left of a query when comments go and white space becomes one blank: two texts with the same
 * meaning here do the same. Texts and names in quotes stay as they are.
 */
export function sqlMeaning(sql: string): string {
  return sql.replace(PIECES, (piece, _quoted, between: string | undefined) => (between ? ' ' : piece)).trim();
}
