-- A unit's conversions with what led to them: sessions of the visitor that started within the window.
CREATE OR REPLACE TEMP TABLE emitted AS
WITH hits AS (
  SELECT * FROM read_parquet({{hits}}) WHERE conversion_name IS NOT NULL
),
sessions AS (
  SELECT *, row_number() OVER (PARTITION BY visitor_id ORDER BY started_at, nth) AS place
  FROM {{touches}} WHERE visitor_id IN (SELECT visitor_id FROM hits)
),
-- Without its session, a conversion was excluded with it.
placed AS (
  SELECT h.*, s.place, s.channel, s.source, s.medium, s.utm_campaign,
    h.is_bot OR coalesce(s.is_bot, false) AS any_bot, h.is_internal OR coalesce(s.is_internal, false) AS any_internal
  FROM hits h LEFT JOIN sessions s ON s.session_id = h.session_id AND s.visitor_id = h.visitor_id
  WHERE h.session_id IS NULL OR s.session_id IS NOT NULL
),
touched AS (
  SELECT p.event_id, p.conversion_name, count(*) AS touches,
    arg_min(s.channel, s.place) AS first_channel, arg_max(s.channel, s.place) AS last_channel,
    arg_max(s.channel, s.place) FILTER (s.channel <> 'Direct') AS non_direct_channel
  FROM placed p JOIN sessions s ON s.visitor_id = p.visitor_id
  WHERE coalesce(s.place = p.place, false) OR (
    s.started_at >= p.event_time - to_milliseconds(p.window_ms)
    AND CASE WHEN p.place IS NULL THEN s.started_at <= p.event_time ELSE s.place < p.place END)
  GROUP BY p.event_id, p.conversion_name
)
SELECT {{site}} AS site, p.dt, p.conversion_name, p.event_id, p.event_time, p.visitor_id, p.user_id, p.session_id,
  p.value, p.channel, p.source, p.medium, p.utm_campaign, t.first_channel, t.last_channel,
  coalesce(t.non_direct_channel, t.last_channel) AS last_non_direct_channel, coalesce(t.touches, 0) AS touches,
  any_bot AS is_bot, any_internal AS is_internal
FROM placed p LEFT JOIN touched t ON t.event_id = p.event_id AND t.conversion_name = p.conversion_name
ORDER BY p.visitor_id, p.event_time, p.event_id, p.conversion_name
