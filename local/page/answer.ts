import { createHash } from 'node:crypto';

/** A request for the page, as far as it matters. */
export interface PageRequest {
  method: string;
  /** Path and query, as in the request line. */
  target: string;
  /** Header by lower-case name. */
  header(name: string): string | undefined;
}

export interface PageAnswer {
  status: number;
  headers: Record<string, string>;
  body: string | Buffer;
}

/**
 * Nothing but the page's own files and answers, whatever text finds its way into the page; and no other site
 * may frame or read it.
 */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-cache',
};

/** A body with its tag, or 304 when the asker has it. */
export function answered(request: PageRequest, type: string, body: string | Buffer): PageAnswer {
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  const headers = { ...HEADERS, 'content-type': type, etag };
  if (request.header('if-none-match') === etag) return { status: 304, headers, body: '' };
  return { status: 200, headers, body: request.method === 'HEAD' ? '' : body };
}

export function json(request: PageRequest, value: unknown): PageAnswer {
  return answered(request, 'application/json', JSON.stringify(value));
}

/** An answer without a page: one sentence. */
export function refused(status: number, sentence: string): PageAnswer {
  return {
    status,
    headers: { ...HEADERS, 'content-type': 'text/plain; charset=utf-8' },
    body: `${sentence}\n`,
  };
}
