/**
 * Columns of facts, in the order of the files (docs/lake-format.md, "Facts"): what the client sent,
 * times, where it landed. No label: nothing here depends on a definition.
 */
export const FACT_COLUMNS = [
  'event_id',
  'event_time',
  'received_at',
  'seq',
  'visitor_id',
  'user_id',
  'event_type',
  'event_name',
  'value',
  'properties',
  'url',
  'url_host',
  'url_path',
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'utm_term',
  'utm_content',
  'click_id',
  'title',
  'referrer',
  'referrer_host',
  'user_agent',
  'address',
  'country',
  'fingerprint',
  'landing_object',
  'landing_line',
  'collided_id',
] as const;

/** Types of a landing record's fields for the JSON reader; times are milliseconds. */
export const LANDING_TYPES: Record<string, 'VARCHAR' | 'BIGINT' | 'DOUBLE'> = {
  site: 'VARCHAR',
  event_id: 'VARCHAR',
  event_time: 'BIGINT',
  received_at: 'BIGINT',
  seq: 'BIGINT',
  visitor_id: 'VARCHAR',
  user_id: 'VARCHAR',
  event_type: 'VARCHAR',
  event_name: 'VARCHAR',
  value: 'DOUBLE',
  properties: 'VARCHAR',
  url: 'VARCHAR',
  url_host: 'VARCHAR',
  url_path: 'VARCHAR',
  utm_source: 'VARCHAR',
  utm_medium: 'VARCHAR',
  utm_campaign: 'VARCHAR',
  utm_term: 'VARCHAR',
  utm_content: 'VARCHAR',
  click_id: 'VARCHAR',
  title: 'VARCHAR',
  referrer: 'VARCHAR',
  referrer_host: 'VARCHAR',
  user_agent: 'VARCHAR',
  address: 'VARCHAR',
  country: 'VARCHAR',
  fingerprint: 'VARCHAR',
};

/** How facts files are written: pages V1 and zstd, which every reader takes. */
export const PARQUET_OPTIONS = `FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880`;

/**
 * How facts are written: zstd at its lowest level takes a tenth of compaction less and makes files 2.4% larger. They
 * are written more often than derived tables and read once for each.
 */
export const FACTS_OPTIONS = `${PARQUET_OPTIONS}, COMPRESSION_LEVEL 1`;

/** The order of facts: visitors apart, each in the order in which sessions are found. */
export const FACT_ORDER = 'visitor_id, event_time, seq NULLS FIRST, event_id';

/**
 * The most rows of one facts file. A larger unit has several, split by visitor, so that no step ever sorts,
 * or holds, more than that many rows.
 */
export const MOST_ROWS_IN_A_FILE = 9_000_000;

/** A facts file of a unit. */
export interface FactsPiece {
  object: string;
  rows: number;
  bytes: number;
}

/**
 * The files of a generation of facts, in order: one, or 2^k. File i of 2^k holds the visitors of whose MD5 the
 * first k bits are i; so a visitor lies in one file, and halving every file gives those of k + 1. Each is in the
 * order of facts.
 */
export function factsFiles(facts: FactsPiece & { pieces?: readonly FactsPiece[] }): readonly FactsPiece[] {
  return facts.pieces ?? [{ object: facts.object, rows: facts.rows, bytes: facts.bytes }];
}

/** How files of ids are written: hashes, which neither a dictionary nor compression makes smaller. */
export const IDS_OPTIONS =
  'FORMAT parquet, COMPRESSION uncompressed, DICTIONARY_SIZE_LIMIT 1, ROW_GROUP_SIZE 122880';
