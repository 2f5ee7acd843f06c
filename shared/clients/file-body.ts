import { createReadStream, type ReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

/**
 * Sends a file as a request's body. The file is closed when `send` ends, also when the request failed before
 * it was opened, or read to its end.
 *
 * @param send gets the body and its length in bytes
 */
export async function withFileBody<T>(
  path: string,
  send: (body: ReadStream, bytes: number) => Promise<T>,
): Promise<T> {
  const { size } = await stat(path);
  const body = createReadStream(path);
  // Who reads the body hears of an error; when nobody does any more, it must not end the process.
  body.on('error', () => {});
  try {
    return await send(body, size);
  } finally {
    body.destroy();
  }
}
