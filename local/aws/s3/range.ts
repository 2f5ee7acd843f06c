import { AwsError } from '../errors.ts';

/** A part of an object: `from` and `to` are inclusive. */
export interface ByteRange {
  from: number;
  to: number;
}

/**
 * Reads a Range header for an object of `size` bytes. Null: the whole object (no header, one that isn't a
 * byte range, or several ranges, which S3 doesn't serve). Throws InvalidRange (416) beyond the end.
 */
export function parseRange(header: string | undefined, size: number): ByteRange | null {
  const found = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  if (!found || (found[1] === '' && found[2] === '')) return null;
  const [, first, last] = found as unknown as [string, string, string];
  if (first === '') {
    const length = Math.min(Number(last), size);
    if (length === 0) throw invalidRange(header ?? '', size);
    return { from: size - length, to: size - 1 };
  }
  const from = Number(first);
  if (last !== '' && Number(last) < from) return null;
  if (from >= size) throw invalidRange(header ?? '', size);
  return { from, to: last === '' ? size - 1 : Math.min(Number(last), size - 1) };
}

function invalidRange(header: string, size: number): AwsError {
  return new AwsError('InvalidRange', 'The requested range is not satisfiable', 416, {
    RangeRequested: header,
    ActualObjectSize: String(size),
  });
}
