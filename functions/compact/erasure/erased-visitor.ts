import { isTaken, landedAt } from '../../../shared/core/erased-visitors.ts';

/** Whom an erasure is about, and up to when, ms UTC. */
export interface ErasedVisitor {
  site: string;
  visitor: string;
  until: number;
}

/** An id shorter than this may stand in any text by chance: only where it is said to be a visitor does it count. */
const SURE_LENGTH = 8;

/** Whether a line of a landing object is an event of the visitor that the erasure takes. */
export function isLineOf({ visitor, until }: ErasedVisitor, line: string, object: string): boolean {
  if (!line.includes(JSON.stringify(visitor)) && !namesVisitor(line, visitor)) return false;
  try {
    const record = JSON.parse(line) as { visitor_id?: unknown; received_at?: unknown };
    if (record.visitor_id !== visitor) return false;
    return isTaken(until, Number(record.received_at), landedAt(object));
  } catch {
    return namesVisitor(line, visitor);
  }
}

/**
 * Whether a text of any form names the visitor: contains the id, as it is or as JSON writes it; a short id only
 * after a word like `visitor` or as a whole field between separators.
 */
export function namesVisitor(text: string, visitor: string): boolean {
  const inJson = JSON.stringify(visitor).slice(1, -1);
  const forms = [
    ...new Set([visitor, inJson, JSON.stringify(inJson).slice(1, -1), encodeURIComponent(visitor)]),
  ];
  if (visitor.length >= SURE_LENGTH) return forms.some((form) => text.includes(form));
  return forms.some((form) => {
    const id = form.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const said = new RegExp(`visitor(_id)?\\\\*["']?\\s*[:=]\\s*\\\\*["']?${id}(?![\\w-])`);
    const field = new RegExp(`(^|[,;\\t\\n])"?${id}"?($|[,;\\t\\r\\n])`);
    return said.test(text) || field.test(text);
  });
}
