-- Facts with what the session adds: a copy of the file beside the walk's columns, row by row.
WITH placed AS (
  SELECT f.*, w.*,
    last_value(CASE WHEN w.segment >= 0 THEN f.url END IGNORE NULLS)
      OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS url_so_far
  FROM {{facts}} f POSITIONAL JOIN walk w
),
with_previous AS (
  SELECT *, lag(url_so_far) OVER () AS url_before FROM placed
)
SELECT
  {{site}} AS site, {{dt}} AS dt, event_id, event_time, received_at, visitor_id, user_id, event_type, event_name,
  value, properties, url, url_host, url_path, {{page_group}} AS page_group, title, referrer, referrer_host,
  utm_source, utm_medium, utm_campaign, utm_term, utm_content, click_id, e.user_agent, device_class, browser, os,
  coalesce(is_bot, false) AS is_bot, false AS is_internal, country, session_id,
  nullif(number, 0)::BIGINT AS session_event_number, channel AS session_channel,
  landing_page AS session_landing_page,
  CASE WHEN flags & 4 <> 0 THEN url_before WHEN flags & 8 <> 0 THEN carried_url END AS previous_url,
  flags & 1 <> 0 AS is_landing, flags & 2 <> 0 AS is_exit,
  CASE WHEN NOT isnan(next) THEN next END AS seconds_to_next
FROM with_previous e
LEFT JOIN session_of USING (segment)
LEFT JOIN agents a ON a.user_agent = e.user_agent
WHERE {{where}}
