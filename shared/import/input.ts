import { createReadStream } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { badInput, type RetconError } from '../core/errors.ts';

/** A file, or standard input, that is about to be read. */
export interface Input {
  /** The name people know it by: the path as given, or `standard input`. */
  name: string;
  /** Bytes as stored (compressed or not); null when that can't be known before reading. */
  size: number | null;
  /** Stored bytes handed out so far, for progress. */
  bytesRead(): number;
  /** The stored bytes. To be walked once. */
  bytes(): AsyncIterable<Uint8Array>;
}

/**
 * Opens what is to be imported; `-` is standard input. Nothing is read yet, but what can be known is
 * checked: a path that is missing, unreadable, a directory or empty is refused here (exit 2).
 */
export async function openInput(path: string, stdin: Readable): Promise<Input> {
  if (path === '-') return counted('standard input', null, () => stdin);
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw unreadable(path, cause);
  });
  if (found.isDirectory()) {
    throw badInput('is_a_directory', `${path} is a directory, not a file`, {
      field: 'FILE',
      fix: `name the files in it, say ${path.replace(/\/$/, '')}/*`,
    });
  }
  await access(path, constants.R_OK).catch((cause: NodeJS.ErrnoException) => {
    throw unreadable(path, cause);
  });
  if (found.isFile() && found.size === 0) throw emptyInput(path);
  return counted(path, found.isFile() ? found.size : null, () => createReadStream(path));
}

/** Bytes already in memory as an input; for tests and for callers that hold them. */
export function inputFrom(name: string, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Input {
  return counted(name, null, () => chunks);
}

export function emptyInput(name: string): RetconError {
  return badInput('empty_input', `${name}: the file is empty`, {
    field: 'FILE',
    fix: 'check that whatever writes it has finished',
  });
}

function counted(
  name: string,
  size: number | null,
  open: () => Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Input {
  let read = 0;
  async function* bytes(): AsyncIterable<Uint8Array> {
    try {
      for await (const chunk of open()) {
        read += chunk.length;
        if (chunk.length > 0) yield chunk;
      }
    } catch (cause) {
      throw isErrno(cause) ? unreadable(name, cause) : cause;
    }
    if (read === 0) throw emptyInput(name);
  }
  return { name, size, bytesRead: () => read, bytes };
}

function isErrno(cause: unknown): cause is NodeJS.ErrnoException {
  return cause instanceof Error && 'syscall' in cause;
}

function unreadable(path: string, cause: NodeJS.ErrnoException): RetconError {
  if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') {
    return badInput('no_such_file', `${path} does not exist`, {
      field: 'FILE',
      fix: 'check the path',
      cause,
    });
  }
  return badInput('unreadable_file', `${path} can't be read (${cause.code ?? cause.message})`, {
    field: 'FILE',
    fix: 'check its permissions',
    cause,
  });
}
