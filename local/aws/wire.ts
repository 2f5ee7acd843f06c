/** The request that an SDK client has serialized: what its `requestHandler` is given. */
export interface LocalRequest {
  method: string;
  /** Percent-encoded as it goes over the wire, without the query. */
  path: string;
  query?: Record<string, string | string[] | null | undefined>;
  headers: Record<string, string | undefined>;
  /** Nothing, text, bytes or a stream of bytes. */
  body?: unknown;
  hostname?: string;
}

/** What the client deserializes. `body` is bytes, or a Node stream where the operation's output is one. */
export interface LocalResponse {
  statusCode: number;
  headers: Record<string, string>;
  body?: unknown;
}

export interface CallOptions {
  /** Whose call it is, where rights are judged: a role's name. Nobody's calls are always allowed. */
  principal?: string;
  abortSignal?: { readonly aborted: boolean };
}

/** One AWS service in process: from the serialized request to the response that its client understands. */
export interface LocalService {
  handle(request: LocalRequest, options?: CallOptions): Promise<LocalResponse>;
}

/** The whole body as bytes; nothing gives an empty buffer. */
export async function bodyBytes(body: unknown): Promise<Buffer> {
  if (body === undefined || body === null || body === '') return Buffer.alloc(0);
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (body instanceof ArrayBuffer) return Buffer.from(body);
  const chunks: Buffer[] = [];
  for await (const chunk of bodyChunks(body)) chunks.push(chunk);
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
}

/** The body piece by piece, whatever it is. Throws a TypeError for something that holds no bytes. */
export async function* bodyChunks(body: unknown): AsyncGenerator<Buffer> {
  if (body === undefined || body === null) return;
  if (typeof body === 'string' || body instanceof Uint8Array || body instanceof ArrayBuffer) {
    yield await bodyBytes(body);
    return;
  }
  if (typeof (body as AsyncIterable<unknown>)[Symbol.asyncIterator] !== 'function') {
    throw new TypeError('A request body must be text, bytes or a stream of bytes.');
  }
  for await (const chunk of body as AsyncIterable<Uint8Array | string>) {
    yield typeof chunk === 'string'
      ? Buffer.from(chunk)
      : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  }
}
