/** What the order of events looks at. */
export interface Ordered {
  /** ms UTC */
  event_time: number;
  /** The visitor's sequence number; null sorts before any number. */
  seq: number | null;
  event_id: string;
}

/** The order in which a visitor's events are walked: time, sequence number, id (docs/semantics.md "Order"). */
export function compareEvents(a: Ordered, b: Ordered): number {
  return a.event_time - b.event_time || compareSeq(a.seq, b.seq) || compareBytes(a.event_id, b.event_id);
}

function compareSeq(a: number | null, b: number | null): number {
  if (a === null || b === null) return (a === null ? 0 : 1) - (b === null ? 0 : 1);
  return a - b;
}

/**
 * Compares two strings as their UTF-8 bytes, which is the order of their code points. JavaScript's own
 * `<` compares UTF-16 units, where a character beyond U+FFFF sorts before U+E000..U+FFFF.
 */
export function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return isSurrogate(x) === isSurrogate(y) ? x - y : isSurrogate(x) ? 1 : -1;
  }
  return a.length - b.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
