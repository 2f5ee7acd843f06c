import { badInput } from '../core/errors.ts';
import { unpacked } from './decompress.ts';
import type { Input } from './input.ts';

/**
 * The text of an input, unpacked, chunk by chunk. UTF-8 without its byte order mark; a byte that is no
 * UTF-8 becomes U+FFFD, since access logs hold whatever clients sent. UTF-16 is refused (exit 2).
 */
export async function* textOf(input: Input): AsyncIterable<string> {
  const decoder = new TextDecoder('utf-8');
  let first = true;
  for await (const chunk of unpacked(input)) {
    if (first && chunk.length > 1) {
      const mark = chunk[0]! * 256 + chunk[1]!;
      if (mark === 0xfffe || mark === 0xfeff) {
        throw badInput('bad_encoding', `${input.name} is UTF-16 text`, {
          field: 'FILE',
          fix: 'save it as UTF-8, say with iconv -f utf-16 -t utf-8',
        });
      }
    }
    first = false;
    const text = decoder.decode(chunk, { stream: true });
    if (text !== '') yield text;
  }
  const rest = decoder.decode();
  if (rest !== '') yield rest;
}
