-- Every session of either slice, with what became of it. Sessions of the days around the range are read too:
-- they hold what starts before it and goes on.
WITH now_sessions AS (
  SELECT site, dt, session_id, visitor_id, started_at, ended_at, engaged_seconds, event_count, page_views,
    channel, source, medium, conversion_count, conversion_value, is_bot, is_internal
  FROM sessions_all WHERE slice = {{slice_now}} AND {{around}}
),
then_sessions AS (
  SELECT site, dt, session_id, visitor_id, started_at, ended_at, engaged_seconds, event_count, page_views,
    channel, source, medium, conversion_count, conversion_value, is_bot, is_internal,
    referrer_host, coalesce(utm_source, '') AS utm_source, coalesce(utm_medium, '') AS utm_medium,
    coalesce(utm_campaign, '') AS utm_campaign, coalesce(click_id, '') AS click_id
  FROM sessions_all WHERE slice = {{slice_then}} AND {{around}}
),
pairs AS (
  SELECT
    coalesce(n.site, t.site) AS site, coalesce(n.session_id, t.session_id) AS session_id,
    coalesce(n.visitor_id, t.visitor_id) AS visitor_id, coalesce(n.started_at, t.started_at) AS started_at,
    coalesce(t.dt, n.dt) AS dt, n.dt AS now_dt, t.dt AS then_dt,
    n.ended_at AS now_ended, t.ended_at AS then_ended, t.event_count AS then_events,
    n.dt IS NOT NULL AND {{now_inside}} AS in_now, t.dt IS NOT NULL AND {{then_inside}} AS in_then,
    CASE
      WHEN t.ended_at > n.ended_at THEN 'longer'
      WHEN t.ended_at < n.ended_at THEN 'shorter'
      WHEN t.event_count > n.event_count THEN 'longer'
      WHEN t.event_count < n.event_count THEN 'shorter'
      WHEN t.page_views > n.page_views OR t.engaged_seconds > n.engaged_seconds THEN 'longer'
      WHEN t.page_views < n.page_views OR t.engaged_seconds < n.engaged_seconds THEN 'shorter'
      WHEN t.conversion_count <> n.conversion_count OR t.conversion_value <> n.conversion_value
        THEN 'conversions'
      WHEN t.channel <> n.channel OR t.source <> n.source OR t.medium <> n.medium
        OR t.is_bot <> n.is_bot OR t.is_internal <> n.is_internal THEN 'relabelled'
      ELSE 'unchanged'
    END AS difference,
    t.referrer_host, t.utm_source, t.utm_medium, t.utm_campaign, t.click_id
  FROM now_sessions n
  FULL OUTER JOIN then_sessions t ON n.site = t.site AND n.session_id = t.session_id
),
{{listed}}
placed AS (
  SELECT p.*, {{is_listed}} AS is_listed,
    max(now_ended) OVER so_far AS now_until, max(then_ended) OVER so_far AS then_until,
    lag(started_at) OVER in_turn AS previous_started, lag(then_ended) OVER in_turn AS previous_ended,
    lag(then_events) OVER in_turn AS previous_events, lag(referrer_host) OVER in_turn AS previous_referrer,
    lag(utm_source) OVER in_turn AS previous_source, lag(utm_medium) OVER in_turn AS previous_medium,
    lag(utm_campaign) OVER in_turn AS previous_campaign, lag(click_id) OVER in_turn AS previous_click
  FROM pairs p {{join_listed}}
  WINDOW
    so_far AS (PARTITION BY p.site, p.visitor_id ORDER BY p.started_at
      RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
    in_turn AS (PARTITION BY p.site, p.visitor_id, then_dt IS NULL
      ORDER BY p.started_at, CASE WHEN now_dt IS NULL THEN 1 ELSE 0 END, then_ended, session_id)
),
judged AS (
  SELECT site, session_id, visitor_id, dt, started_at,
    CASE
      WHEN in_now AND in_then THEN CASE WHEN now_dt <> then_dt THEN 'moved' ELSE difference END
      WHEN now_dt IS NOT NULL AND then_dt IS NOT NULL THEN CASE WHEN in_then THEN 'moved_in' ELSE 'moved_out' END
      WHEN in_now THEN CASE WHEN then_until >= started_at THEN 'merged' ELSE 'disappeared' END
      WHEN now_until IS NULL OR now_until < started_at THEN 'appeared'
      WHEN previous_started IS NULL THEN 'split_activity'
      ELSE {{why_split}}
    END AS reason
  FROM placed
  WHERE in_now OR in_then
)
SELECT reason, substr(session_id, 1, 2) AS bucket, count(*) AS sessions, min(session_id) AS session_id,
  min_by(site, session_id) AS site, min_by(visitor_id, session_id) AS visitor_id, min_by(dt, session_id) AS dt
FROM judged
GROUP BY reason, substr(session_id, 1, 2)
