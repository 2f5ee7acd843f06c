-- Sessions that start in the unit, in the order of their first events. A session is told by at most three rows:
-- its first, its last with a user id, its exit; the walk says which of the rows ahead is which.
WITH told AS (
  SELECT flags, event_id, event_time, visitor_id, user_id, url, url_path, referrer, referrer_host, utm_source,
    utm_medium, utm_campaign, click_id, user_agent, country
  FROM {{facts}} POSITIONAL JOIN walk
  WHERE flags & 49 <> 0
),
ahead AS (
  SELECT *, lead(user_id, 1) OVER () AS user_1, lead(user_id, 2) OVER () AS user_2,
    lead(url, 1) OVER () AS url_1, lead(url, 2) OVER () AS url_2,
    lead(url_path, 1) OVER () AS path_1, lead(url_path, 2) OVER () AS path_2
  FROM told
),
started AS (
  SELECT *, {{session_id}} AS session_id, {{dt}} AS dt, {{origin}} AS origin FROM ahead WHERE flags & 1 <> 0
)
SELECT
  {{site}} AS site, s.dt, s.session_id, s.visitor_id,
  coalesce(c.user_id, CASE m.user_at WHEN 0 THEN s.user_id WHEN 1 THEN user_1 WHEN 2 THEN user_2 END) AS user_id,
  make_timestamp(m.started::BIGINT * 1000) AS started_at, make_timestamp(m.ended::BIGINT * 1000) AS ended_at,
  (m.ended - m.started) / 1000 AS duration_seconds, m.engaged / 1000 AS engaged_seconds,
  m.event_count::BIGINT AS event_count, m.page_views::BIGINT AS page_views, m.event_count = 1 AS is_bounce,
  s.url AS landing_url, s.url_path AS landing_page,
  CASE WHEN c.exits_later THEN c.exit_url ELSE CASE m.exit_at WHEN 0 THEN s.url WHEN 1 THEN url_1 ELSE url_2 END END AS exit_url,
  CASE WHEN c.exits_later THEN c.exit_page ELSE CASE m.exit_at WHEN 0 THEN s.url_path WHEN 1 THEN path_1 ELSE path_2 END END AS exit_page,
  s.referrer, s.referrer_host, s.utm_source, s.utm_medium, s.utm_campaign, s.click_id,
  o.channel, o.source, o.medium, 
  coalesce(h.conversions, 0) + coalesce(c.conversions, 0) AS conversion_count,
  ((coalesce(h.millionths, 0) + coalesce(c.millionths::HUGEINT, 0)) / 1000000)::DOUBLE AS conversion_value,
  a.device_class, a.browser, a.os, s.country, m.robot <> 0 AS is_bot,
  coalesce(h.is_internal, false) OR coalesce(c.is_internal, false) AS is_internal,
  CASE WHEN m.closed = 0 THEN make_timestamp((m.ended::BIGINT + {{inactivity}}) * 1000) END AS open_until
FROM started s
POSITIONAL JOIN measures m
LEFT JOIN origins o ON o.origin = s.origin
LEFT JOIN continued c ON c.segment = m.segment
LEFT JOIN hits_of h ON h.session_id = s.session_id
LEFT JOIN agents a ON a.user_agent = s.user_agent
WHERE {{where}}
{{order}}
