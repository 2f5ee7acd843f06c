import { createHash } from 'node:crypto';
import { AwsError, unsupportedMessage } from '../errors.ts';
import type { Input } from '../json.ts';

export interface AttributeValue {
  DataType: string;
  StringValue?: string;
  BinaryValue?: string;
}

/** Checks message attributes as they were sent. Throws InvalidParameterValue. */
export function checkMessageAttributes(given: Input | undefined): Record<string, AttributeValue> | undefined {
  const entries = Object.entries(given ?? {});
  if (entries.length === 0) return undefined;
  if (entries.length > 10)
    throw new AwsError('InvalidParameterValue', 'A message takes at most 10 attributes.');
  for (const [name, value] of entries) {
    const { DataType, StringValue, BinaryValue, ...rest } = value as Record<string, unknown>;
    if (Object.keys(rest).length > 0) {
      throw new AwsError(
        'UnsupportedOperation',
        unsupportedMessage(`${Object.keys(rest)[0]} in a message attribute`),
      );
    }
    const kind = typeof DataType === 'string' ? DataType.split('.')[0] : '';
    const filled = kind === 'Binary' ? BinaryValue : StringValue;
    if (!['String', 'Number', 'Binary'].includes(kind ?? '') || typeof filled !== 'string' || filled === '') {
      throw new AwsError(
        'InvalidParameterValue',
        `The message attribute '${name}' must have a DataType of String, Number or Binary and a value of that type.`,
      );
    }
  }
  return given as Record<string, AttributeValue>;
}

/** Bytes that attributes add to a message's size: names, types and values. */
export function attributesSize(attributes: Record<string, AttributeValue> | undefined): number {
  let size = 0;
  for (const [name, value] of Object.entries(attributes ?? {})) {
    size += Buffer.byteLength(name) + Buffer.byteLength(value.DataType) + valueBytes(value).length;
  }
  return size;
}

/**
 * The MD5 that SQS answers for attributes: sorted by name; of each the name, the type and the value, with
 * their lengths as 4 bytes, and one byte for the kind of value (1 text, 2 binary).
 */
export function attributesMd5(attributes: Record<string, AttributeValue> | undefined): string | undefined {
  const names = Object.keys(attributes ?? {}).sort();
  if (!attributes || names.length === 0) return undefined;
  const hash = createHash('md5');
  const add = (bytes: Buffer): void => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  for (const name of names) {
    const value = attributes[name] as AttributeValue;
    add(Buffer.from(name));
    add(Buffer.from(value.DataType));
    hash.update(Buffer.from([value.DataType.startsWith('Binary') ? 2 : 1]));
    add(valueBytes(value));
  }
  return hash.digest('hex');
}

function valueBytes(value: AttributeValue): Buffer {
  return value.DataType.startsWith('Binary')
    ? Buffer.from(value.BinaryValue ?? '', 'base64')
    : Buffer.from(value.StringValue ?? '');
}

/** Those that a receive asks for: `All`, `.*`, a name, or a beginning with `.*`. */
export function wantedAttributes(
  attributes: Record<string, AttributeValue> | undefined,
  asked: readonly string[],
): Record<string, AttributeValue> | undefined {
  const found = Object.entries(attributes ?? {}).filter(([name]) =>
    asked.some(
      (one) =>
        one === 'All' ||
        one === '.*' ||
        one === name ||
        (one.endsWith('.*') && name.startsWith(one.slice(0, -2))),
    ),
  );
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}
