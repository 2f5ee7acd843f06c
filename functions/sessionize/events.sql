-- Facts with what the session adds: a copy of the files beside the walk's columns, row by row. What a session's
-- first event says is carried along from there; nothing is gathered. Joins come last, for they disturb the order.
-- Each running value has a step of its own: two `last_value(.. IGNORE NULLS)` in one streaming window forget.
WITH placed AS (
  SELECT f.*, w.*,
    CASE WHEN flags & 1 <> 0 THEN {id: {{session_id}}, landing_page: url_path, origin: {{origin}}} END AS start,
    CASE WHEN segment >= 0 THEN url END AS url_in_session
  FROM {{facts}} f
  POSITIONAL JOIN walk w
),
with_session AS (
  SELECT *,
    last_value(start IGNORE NULLS) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS session
  FROM placed
),
with_url AS (
  SELECT *,
    last_value(url_in_session IGNORE NULLS) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS url_so_far
  FROM with_session
),
with_previous AS (
  SELECT *, lag(url_so_far) OVER () AS url_before FROM with_url
)
SELECT
  {{site}} AS site, {{dt}} AS dt, event_id, event_time, received_at, visitor_id, user_id, event_type, event_name,
  value, properties, url, url_host, url_path, {{page_group}} AS page_group, title, referrer, referrer_host,
  utm_source, utm_medium, utm_campaign, utm_term, utm_content, click_id, e.user_agent, device_class, browser, os,
  coalesce(is_bot, false) AS is_bot, {{is_internal}} AS is_internal, country,
  CASE WHEN c.segment IS NOT NULL THEN c.session_id WHEN e.segment >= 0 THEN session.id END AS session_id,
  nullif(number, 0)::BIGINT AS session_event_number,
  CASE WHEN c.segment IS NOT NULL THEN c.channel WHEN e.segment >= 0 THEN o.channel END AS session_channel,
  CASE WHEN c.segment IS NOT NULL THEN c.landing_page WHEN e.segment >= 0 THEN session.landing_page END AS session_landing_page,
  CASE WHEN flags & 4 <> 0 THEN url_before WHEN flags & 8 <> 0 THEN carried_url END AS previous_url,
  flags & 1 <> 0 AS is_landing, flags & 2 <> 0 AS is_exit,
  CASE WHEN NOT isnan(next) THEN next END AS seconds_to_next
FROM with_previous e
LEFT JOIN origins o ON o.origin = session.origin
LEFT JOIN carried_sessions c ON c.segment = e.segment
LEFT JOIN agents a ON a.user_agent = e.user_agent
WHERE {{where}}
