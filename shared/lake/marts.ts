import { RetconError } from '../core/errors.ts';
import { type Mart, parseMart } from '../core/mart-file.ts';
import { sqlMeaning } from '../core/sql-meaning.ts';
import type { ObjectStore } from '../ports/objects.ts';
import { martKey } from './keys.ts';
import { hashOf } from './slices.ts';

/** A mart as a release knows it: where its text is stored, and what of it decides rows. */
export interface MartSource {
  /** Hash of the text, stored under `config/marts/`. */
  hash: string;
  /** Tables that it reads. */
  inputs: string[];
  /** Its query without comments, and its grain. */
  meaning: string;
}

/** Reads marts from their texts. Throws `bad_mart`. */
export function readMarts(texts: Record<string, string>): Record<string, MartSource> {
  const read = ([name, sql]: [string, string]) =>
    [name, sourceOf(parseMart(`${name}.sql`, sql), hashOf(sql))] as const;
  return Object.fromEntries(Object.entries(texts).map(read));
}

/** Reads marts and stores their texts under their hashes; the same text twice is one object. */
export async function storeMarts(
  objects: ObjectStore,
  texts: Record<string, string>,
): Promise<Record<string, MartSource>> {
  const sources = readMarts(texts);
  for (const [name, sql] of Object.entries(texts)) {
    const { hash } = sources[name]!;
    await objects.put(martKey(hash), JSON.stringify({ name, sql }), { ifAbsent: true });
  }
  return sources;
}

/** The marts of a release, read back. */
export async function martSources(
  objects: ObjectStore,
  hashes: Record<string, string>,
): Promise<Record<string, MartSource>> {
  const found = await Promise.all(
    Object.entries(hashes).map(
      async ([name, hash]) => [name, sourceOf(await loadMart(objects, name, hash), hash)] as const,
    ),
  );
  return Object.fromEntries(found);
}

/** A mart of a release. Throws `mart_missing` when its text is gone. */
export async function loadMart(objects: ObjectStore, name: string, hash: string): Promise<Mart> {
  return parseMart(`${name}.sql`, await martText(objects, name, hash));
}

/** The text of a mart of a release, as it was written. Throws `mart_missing` when it is gone. */
export async function martText(objects: ObjectStore, name: string, hash: string): Promise<string> {
  const found = await objects.get(martKey(hash));
  if (found === null) throw new RetconError('mart_missing', `the SQL of ${name} in the live release is gone`);
  return (JSON.parse(found.body.toString('utf8')) as { sql: string }).sql;
}

function sourceOf(mart: Mart, hash: string): MartSource {
  const inputs = Object.keys(mart.inputs).sort();
  return { hash, inputs, meaning: `${mart.grain.join(',')};${sqlMeaning(mart.sql)}` };
}
