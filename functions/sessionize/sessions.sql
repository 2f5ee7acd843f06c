-- Sessions that start in the unit: first event, last event, what the walk counted, what later units add.
WITH exits AS (
  SELECT segment, url AS exit_url, url_path AS exit_page FROM telling WHERE segment >= 0 AND unit_exit <> 0
),
users AS (
  SELECT segment, user_id FROM telling WHERE flags & 16 <> 0
),
robots AS ({{robots}})
SELECT
  {{site}} AS site, s.dt, s.session_id, s.visitor_id, coalesce(c.user_id, u.user_id) AS user_id,
  make_timestamp(m.started * 1000) AS started_at, make_timestamp(m.ended * 1000) AS ended_at,
  (m.ended - m.started) / 1000 AS duration_seconds, m.engaged / 1000 AS engaged_seconds,
  m.event_count, m.page_views, m.event_count = 1 AS is_bounce,
  s.url AS landing_url, s.url_path AS landing_page,
  CASE WHEN c.exits_later THEN c.exit_url ELSE x.exit_url END AS exit_url,
  CASE WHEN c.exits_later THEN c.exit_page ELSE x.exit_page END AS exit_page,
  s.referrer, s.referrer_host, s.utm_source, s.utm_medium, s.utm_campaign, s.click_id,
  o.channel, o.source, o.medium, 0::BIGINT AS conversion_count, 0::DOUBLE AS conversion_value,
  a.device_class, a.browser, a.os, s.country,
  r.segment IS NOT NULL OR coalesce(c.is_bot, false) AS is_bot, false AS is_internal,
  CASE WHEN NOT m.closed THEN make_timestamp((m.ended + {{inactivity}}) * 1000) END AS open_until
FROM starts s
JOIN measures m USING (segment)
JOIN exits x USING (segment)
JOIN origins o ON o.origin = {{origin}}
LEFT JOIN users u USING (segment)
LEFT JOIN robots r USING (segment)
LEFT JOIN continued c USING (segment)
LEFT JOIN agents a ON a.user_agent = s.user_agent
ORDER BY s.visitor_id, m.started, s.session_id
