/** A statement for Trino, and the settings that it runs with. */
export interface Translated {
  sql: string;
  session: Record<string, string>;
}

/** What Athena itself does around its engine, and Trino can't; publish says none of it. */
const ATHENA_ONLY =
  /^\s*(UNLOAD|MSCK|CREATE\s+EXTERNAL|ALTER\s+TABLE\s+\S+\s+(ADD|DROP)\s+(IF\s+(NOT\s+)?EXISTS\s+)?PARTITION|SHOW\s+PARTITIONS)\b/i;

/**
 * Athena SQL as Trino takes it. One thing differs: of the properties of CREATE TABLE AS, `write_compression` is a
 * setting of Trino's session and no property; `format`, `external_location` and `partitioned_by` are the same.
 * Everything else goes through untouched. Throws for what only Athena knows.
 */
export function translated(sql: string): Translated {
  const only = ATHENA_ONLY.exec(sql);
  if (only) throw new Error(`${only[1]} is not Trino's`);
  const create = /^(\s*CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?\S+\s+WITH\s*\()([^)]*)\)/i.exec(sql);
  if (create === null) return { sql, session: {} };
  const session: Record<string, string> = {};
  const kept: string[] = [];
  for (const property of create[2]!.split(',')) {
    const codec = /^\s*write_compression\s*=\s*'(\w+)'\s*$/i.exec(property)?.[1];
    if (codec === undefined) kept.push(property.trim());
    else session['awsdatacatalog.compression_codec'] = codec;
  }
  return { sql: `${create[1]}${kept.join(', ')})${sql.slice(create[0].length)}`, session };
}
