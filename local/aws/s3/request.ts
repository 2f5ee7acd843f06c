import { AwsError, unsupportedMessage } from '../errors.ts';
import type { LocalRequest } from '../wire.ts';

/** One S3 request, taken apart. Addresses are path style: `/bucket/key`. */
export interface S3Request {
  method: string;
  /** Empty for the service itself. */
  bucket: string;
  /** Empty for the bucket itself. */
  key: string;
  query: Record<string, string>;
  headers: Record<string, string | undefined>;
  body: unknown;
}

/** Takes a request apart. Throws InvalidURI for a path that doesn't decode, KeyTooLongError beyond 1024 bytes. */
export function parseRequest(request: LocalRequest): S3Request {
  const slash = request.path.indexOf('/', 1);
  const bucket = decode(slash === -1 ? request.path.slice(1) : request.path.slice(1, slash));
  const key = slash === -1 ? '' : decode(request.path.slice(slash + 1));
  if (Buffer.byteLength(key) > 1024) throw new AwsError('KeyTooLongError', 'Your key is too long');
  const query: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value === undefined) continue;
    query[name] = Array.isArray(value) ? (value[0] ?? '') : (value ?? '');
  }
  return { method: request.method, bucket, key, query, headers: request.headers, body: request.body };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.");
  }
}

const ALWAYS = new Set([
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-security-token',
  'x-amz-user-agent',
  'x-amz-decoded-content-length',
  'x-amz-trailer',
  'x-amz-sdk-checksum-algorithm',
]);

/** Values that ask for what is so anyway: one class of storage, and nothing brought back from an archive to tell of. */
const ANYWAY: Record<string, string> = {
  'x-amz-storage-class': 'STANDARD',
  'x-amz-optional-object-attributes': 'RestoreStatus',
};

/**
 * Refuses by name what would change an operation's meaning: every `x-amz-*` header and query parameter
 * that isn't listed. `headers` ending in `-` are beginnings.
 */
export function refuseOthers(
  request: S3Request,
  operation: string,
  known: { headers?: readonly string[]; query?: readonly string[] },
): void {
  for (const [name, value] of Object.entries(request.headers)) {
    if (value === undefined) continue;
    const header = name.toLowerCase();
    const matters = header.startsWith('x-amz-') || header.startsWith('if-');
    if (!matters || ALWAYS.has(header) || ANYWAY[header] === value) continue;
    if (known.headers?.some((k) => (k.endsWith('-') ? header.startsWith(k) : header === k))) continue;
    throw new AwsError('NotImplemented', unsupportedMessage(`the header ${header} of ${operation}`), 501);
  }
  for (const name of Object.keys(request.query)) {
    if (name === 'x-id' || known.query?.includes(name)) continue;
    throw new AwsError('NotImplemented', unsupportedMessage(`the parameter ${name} of ${operation}`), 501);
  }
}

/** The condition of a write, out of its headers. Throws NotImplemented for `If-None-Match` of an etag. */
export function writeCondition(request: S3Request): { absent: true } | { etag: string } | null {
  const none = request.headers['if-none-match'];
  const match = request.headers['if-match'];
  if (none !== undefined) {
    if (none.trim() !== '*' || match !== undefined) {
      throw new AwsError('NotImplemented', 'If-None-Match of a write takes * only, without If-Match.', 501);
    }
    return { absent: true };
  }
  return match === undefined ? null : { etag: unquote(match) };
}

/** An etag without its quotes. */
export function unquote(etag: string): string {
  return etag.trim().replace(/^W\//, '').replace(/^"|"$/g, '');
}
