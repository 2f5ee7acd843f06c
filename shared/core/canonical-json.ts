import { RetconError } from './errors.ts';

/** Stands for a value whose text is at hand: what goes into many keys is written once. */
export class CanonicalText {
  readonly text: string;

  constructor(value: unknown) {
    this.text = canonicalJson(value);
  }
}

/**
 * The one JSON text of a value, as RFC 8785 (JCS) has it: no white space, object keys in the order of
 * their UTF-16 code units, numbers and strings as ECMAScript writes them (-0 is `0`). Members that are
 * `undefined` are left out. Throws `not_json` for what JSON can't say: NaN, infinities, bigint, functions,
 * `undefined` elsewhere.
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      if (Number.isFinite(value)) return value === 0 ? '0' : String(value);
      break;
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (value instanceof CanonicalText) return value.text;
      return Array.isArray(value) ? arrayText(value) : objectText(value as Record<string, unknown>);
  }
  throw new RetconError('not_json', `A value of type ${typeof value} (${String(value)}) has no JSON text.`);
}

function arrayText(items: readonly unknown[]): string {
  if (items.every((item) => typeof item === 'string')) return JSON.stringify(items);
  let text = '[';
  for (let i = 0; i < items.length; i++) text += (i > 0 ? ',' : '') + canonicalJson(items[i]);
  return `${text}]`;
}

function objectText(members: Record<string, unknown>): string {
  const keys = Object.keys(members).sort();
  let text = '';
  for (const key of keys) {
    const value = members[key];
    if (value === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(value)}`;
  }
  return `{${text}}`;
}
