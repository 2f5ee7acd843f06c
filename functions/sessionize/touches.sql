-- What a conversion may look back at of sessions: narrow, for many days of it are read at once. Sessions lie in
-- their files in the order in which they are, which is all that tells those apart that start in the same ms.
COPY (
  SELECT visitor_id, session_id, started_at,
    row_number() OVER (PARTITION BY visitor_id, started_at ORDER BY file_row_number) AS nth,
    channel, source, medium, utm_campaign, is_bot, is_internal
  FROM read_parquet({{files}}, file_row_number = true)
  ORDER BY visitor_id, started_at, nth
) TO {{out}} ({{options}})
