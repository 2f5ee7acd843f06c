/** A site as everything past parsing sees it (docs/semantics.md "Sites"); `time_zone` and `hosts` are definitions. */
export interface Site {
  site: string;
  time_zone: string;
  /** Lower case, no leading `www.`; the first one builds URLs of imported access logs. */
  hosts: string[];
  /** Minutes east of UTC at which the 24-hour units of this site begin; null: the zone's standard offset. */
  day_offset_minutes: number | null;
  /** Origins allowed to post from a browser; empty: any. */
  allowed_origins: string[];
  /** Write keys; empty: none required. */
  write_keys: string[];
  privacy: { address: 'truncate' | 'keep' | 'drop'; cookieless: boolean };
  limits: { requests_per_second: number | null };
  /** Seconds after a day's end within which late data is expected; later data reopens the day. */
  lateness_seconds: number;
  /** Seconds that a large unit may wait before data that arrived shows. */
  freshness_seconds: number;
}
