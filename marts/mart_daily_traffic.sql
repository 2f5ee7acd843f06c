/*---
description: Traffic of each site and local day.
grain: [site, dt]
inputs: { events: all, sessions: all }
rebuild: full
columns:
  site: The site.
  dt: Its local day.
  visitors: Visitors with an activity event on the day.
  new_visitors: Those whose first activity event in the site is on the day.
  sessions: Sessions that started on the day.
  page_views: Page and screen views of the day.
  events: Activity events of the day.
  bounces: Sessions of exactly one activity event.
  bounce_rate: bounces / sessions; null without sessions.
  seconds_per_session: Mean of the sessions' durations, from first to last event.
  conversions: Conversions of the day's sessions.
  conversion_value: Their value.
tests:
  - name: bounces are sessions
    sql: SELECT count(*) FROM {{mart}} WHERE bounces > sessions
  - name: new visitors are visitors
    sql: SELECT count(*) FROM {{mart}} WHERE new_visitors > visitors
---*/
WITH people AS (
  SELECT * FROM events WHERE NOT is_bot AND NOT is_internal
    AND session_event_number IS NOT NULL
),
first_days AS (
  SELECT site, visitor_id, min(dt) AS dt FROM people GROUP BY site, visitor_id
),
by_event AS (
  SELECT site, dt, count(DISTINCT visitor_id) AS visitors, count(*) AS events,
    count_if(event_type IN ('page_view', 'screen_view')) AS page_views
  FROM people GROUP BY site, dt
),
by_visitor AS (
  SELECT site, dt, count(*) AS new_visitors FROM first_days GROUP BY site, dt
),
by_session AS (
  SELECT site, dt, count(*) AS sessions, count_if(is_bounce) AS bounces,
    avg(duration_seconds) AS seconds_per_session, sum(conversion_count) AS conversions,
    sum(conversion_value) AS conversion_value
  FROM sessions WHERE NOT is_bot AND NOT is_internal GROUP BY site, dt
)
SELECT e.site, e.dt, e.visitors, coalesce(v.new_visitors, 0) AS new_visitors,
  coalesce(s.sessions, 0) AS sessions, e.page_views, e.events, coalesce(s.bounces, 0) AS bounces,
  CAST(s.bounces AS double) / nullif(s.sessions, 0) AS bounce_rate, s.seconds_per_session,
  coalesce(s.conversions, 0) AS conversions, coalesce(s.conversion_value, 0.0e0) AS conversion_value
FROM by_event e
LEFT JOIN by_visitor v ON v.site = e.site AND v.dt = e.dt
LEFT JOIN by_session s ON s.site = e.site AND s.dt = e.dt
