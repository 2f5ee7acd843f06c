import { basename } from 'node:path';

/**
 * What an object's head says. Heads are symbolic links: symlink(2) makes name and content in one step, and
 * fails when the name exists. The link points at the object's bytes, whose file name carries the rest:
 * `<id>.<etag>.<size>.<modified>.<crc32>.<flag>.<readable end of the key>` (numbers in base 36).
 */
export interface Head {
  /** Unique to this one write. */
  id: string;
  etag: string;
  size: number;
  /** Last modified, ms. */
  modified: number;
  /** Hexadecimal, when the writer sent or asked for it. */
  crc32: string | null;
  /** Whether a file beside the bytes holds headers and metadata. */
  described: boolean;
  /** The file of the bytes, below the tree's root: `bytes/<2 digits>/<name>`. */
  bytes: string;
}

/** The bytes' file for a new write of `key`. */
export function headFor(key: string, facts: Omit<Head, 'bytes'>): Head {
  const end = key.slice(key.lastIndexOf('/') + 1).slice(-80);
  const readable = end.replace(/[^\w=.,+-]/g, '_');
  const fields = [
    facts.id,
    facts.etag,
    facts.size.toString(36),
    facts.modified.toString(36),
    facts.crc32 ?? '0',
    facts.described ? 'd' : 'p',
    readable,
  ];
  return { ...facts, bytes: `bytes/${facts.etag.slice(0, 2)}/${fields.join('.')}` };
}

/** Reads a head back from its link's target. */
export function parseHead(target: string): Head {
  const name = basename(target);
  const [id, etag, size, modified, crc32, flag] = name.split('.', 6) as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  return {
    id,
    etag,
    size: Number.parseInt(size, 36),
    modified: Number.parseInt(modified, 36),
    crc32: crc32 === '0' ? null : crc32,
    described: flag === 'd',
    bytes: target.slice(target.lastIndexOf('bytes/', target.length - name.length)),
  };
}

/** The file beside the bytes that describes them (only when `described`). */
export function descriptionFile(head: Head): string {
  return `${head.bytes.slice(0, head.bytes.lastIndexOf('/'))}/${head.id}.about`;
}

/** The name of the folder of later versions of the write `id` under the head file `name@`. */
export function chainName(headName: string, id: string): string {
  return headName + id;
}
