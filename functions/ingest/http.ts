/** A request as the collector sees it, whatever brought it. */
export interface CollectRequest {
  /** What AWS calls the request: in the answer's header `x-amzn-requestid`, and in the line of who lands it. */
  id: string;
  method: string;
  /** Path without the query string, as sent. */
  path: string;
  /** Query string without `?`, as sent. */
  query: string;
  /** Names in lower case. */
  headers: Readonly<Record<string, string | undefined>>;
  /** `name=value` each. */
  cookies: readonly string[];
  body: Buffer;
  /** Address of whoever opened the connection; null when unknown. */
  sourceAddress: string | null;
}

export interface CollectReply {
  status: number;
  headers: Record<string, string>;
  /** Whole `Set-Cookie` values. */
  cookies: string[];
  body: string | Buffer;
}

/** A request that is turned down: status, machine-readable code, one sentence with the fix. */
export class Refused extends Error {
  readonly status: 400 | 403 | 404 | 405 | 413 | 429 | 503;
  readonly code: string;
  readonly field: string | undefined;
  readonly headers: Record<string, string>;

  constructor(
    status: Refused['status'],
    code: string,
    message: string,
    more: { field?: string; headers?: Record<string, string>; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'Refused';
    this.status = status;
    this.code = code;
    this.field = more.field;
    this.headers = more.headers ?? {};
  }
}

export function jsonReply(
  status: number,
  content: unknown,
  headers: Record<string, string> = {},
): CollectReply {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
    cookies: [],
    body: JSON.stringify(content),
  };
}

/** `{"error":code,"message":sentence,"field"?}`. */
export function refusalReply(refused: Refused): CollectReply {
  const content = { error: refused.code, message: refused.message, field: refused.field };
  return jsonReply(refused.status, content, refused.headers);
}
