/** Types as Athena shows them; in files a timestamp is microseconds UTC, floored to the ms. */
export type ColumnType = 'varchar' | 'bigint' | 'double' | 'boolean' | 'timestamp';

export type Columns = readonly (readonly [name: string, type: ColumnType])[];

/** Columns of the public table `events`, in order; `site` and `dt` come from the catalog when published. */
export const EVENT_COLUMNS: Columns = [
  ['site', 'varchar'],
  ['dt', 'varchar'],
  ['event_id', 'varchar'],
  ['event_time', 'timestamp'],
  ['received_at', 'timestamp'],
  ['visitor_id', 'varchar'],
  ['user_id', 'varchar'],
  ['event_type', 'varchar'],
  ['event_name', 'varchar'],
  ['value', 'double'],
  ['properties', 'varchar'],
  ['url', 'varchar'],
  ['url_host', 'varchar'],
  ['url_path', 'varchar'],
  ['page_group', 'varchar'],
  ['title', 'varchar'],
  ['referrer', 'varchar'],
  ['referrer_host', 'varchar'],
  ['utm_source', 'varchar'],
  ['utm_medium', 'varchar'],
  ['utm_campaign', 'varchar'],
  ['utm_term', 'varchar'],
  ['utm_content', 'varchar'],
  ['click_id', 'varchar'],
  ['user_agent', 'varchar'],
  ['device_class', 'varchar'],
  ['browser', 'varchar'],
  ['os', 'varchar'],
  ['is_bot', 'boolean'],
  ['is_internal', 'boolean'],
  ['country', 'varchar'],
  ['session_id', 'varchar'],
  ['session_event_number', 'bigint'],
  ['session_channel', 'varchar'],
  ['session_landing_page', 'varchar'],
  ['previous_url', 'varchar'],
  ['is_landing', 'boolean'],
  ['is_exit', 'boolean'],
  ['seconds_to_next', 'double'],
];

/** Columns stored for `sessions`; the public view adds `is_open`. */
export const SESSION_COLUMNS: Columns = [
  ['site', 'varchar'],
  ['dt', 'varchar'],
  ['session_id', 'varchar'],
  ['visitor_id', 'varchar'],
  ['user_id', 'varchar'],
  ['started_at', 'timestamp'],
  ['ended_at', 'timestamp'],
  ['duration_seconds', 'double'],
  ['engaged_seconds', 'double'],
  ['event_count', 'bigint'],
  ['page_views', 'bigint'],
  ['is_bounce', 'boolean'],
  ['landing_url', 'varchar'],
  ['landing_page', 'varchar'],
  ['exit_url', 'varchar'],
  ['exit_page', 'varchar'],
  ['referrer', 'varchar'],
  ['referrer_host', 'varchar'],
  ['utm_source', 'varchar'],
  ['utm_medium', 'varchar'],
  ['utm_campaign', 'varchar'],
  ['click_id', 'varchar'],
  ['channel', 'varchar'],
  ['source', 'varchar'],
  ['medium', 'varchar'],
  ['conversion_count', 'bigint'],
  ['conversion_value', 'double'],
  ['device_class', 'varchar'],
  ['browser', 'varchar'],
  ['os', 'varchar'],
  ['country', 'varchar'],
  ['is_bot', 'boolean'],
  ['is_internal', 'boolean'],
  ['open_until', 'timestamp'],
];

/** Columns of the public table `conversions`, in order. */
export const CONVERSION_COLUMNS: Columns = [
  ['site', 'varchar'],
  ['dt', 'varchar'],
  ['conversion_name', 'varchar'],
  ['event_id', 'varchar'],
  ['event_time', 'timestamp'],
  ['visitor_id', 'varchar'],
  ['user_id', 'varchar'],
  ['session_id', 'varchar'],
  ['value', 'double'],
  ['channel', 'varchar'],
  ['source', 'varchar'],
  ['medium', 'varchar'],
  ['utm_campaign', 'varchar'],
  ['first_channel', 'varchar'],
  ['last_channel', 'varchar'],
  ['last_non_direct_channel', 'varchar'],
  ['touches', 'bigint'],
  ['is_bot', 'boolean'],
  ['is_internal', 'boolean'],
];

/** Columns of `rejected`, as its NDJSON files have them. */
export const REJECTED_COLUMNS: Columns = [
  ['received_at', 'bigint'],
  ['site', 'varchar'],
  ['reason', 'varchar'],
  ['detail', 'varchar'],
  ['source', 'varchar'],
  ['body', 'varchar'],
];

/** Columns of `units`, as its NDJSON files have them; times are ms UTC. The view adds `state`. */
export const UNIT_COLUMNS: Columns = [
  ['site', 'varchar'],
  ['unit', 'varchar'],
  ['facts', 'bigint'],
  ['bytes', 'bigint'],
  ['first_at', 'bigint'],
  ['changed_at', 'bigint'],
  ['open_until', 'bigint'],
  ['settles_at', 'bigint'],
];

/** Columns of `releases`, as its NDJSON file has them; `at` is ms UTC. The view adds `is_current`. */
export const RELEASE_COLUMNS: Columns = [
  ['release', 'bigint'],
  ['at', 'bigint'],
  ['who', 'varchar'],
  ['why', 'varchar'],
  ['changes', 'varchar'],
];

/** Partition columns of every `<table>_all`; events and sessions also have the local day. */
export const DERIVED_PARTITIONS = ['slice', 'site', 'dt', 'unit'] as const;
export const MART_PARTITIONS = ['slice', 'unit'] as const;

/** Derived tables that analysts see. */
export const PUBLIC_TABLES = {
  events: EVENT_COLUMNS,
  sessions: SESSION_COLUMNS,
  conversions: CONVERSION_COLUMNS,
} as const;
export type PublicTable = keyof typeof PUBLIC_TABLES;

/** Those of which every unit with facts has a part; conversions are where something converts alone. */
export const TABLES_OF_EVERY_UNIT = (Object.keys(PUBLIC_TABLES) as PublicTable[]).filter(
  (table) => table !== 'conversions',
);

/** The database of the catalog. */
export const DATABASE = 'retcon';
