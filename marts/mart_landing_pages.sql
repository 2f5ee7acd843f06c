/*---
description: Pages on which sessions start, by local day.
grain: [site, dt, landing_page]
inputs: { sessions: all }
rebuild: full
columns:
  site: The site.
  dt: Local day on which the sessions started.
  landing_page: Path of the first event's URL; null when it has none.
  sessions: Sessions that started here.
  visitors: Distinct visitors of these sessions.
  bounces: Sessions of exactly one activity event.
  bounce_rate: bounces / sessions.
  page_views: Page and screen views of these sessions.
  seconds_per_session: Mean of the sessions' durations.
  conversions: Conversions of these sessions.
  conversion_value: Their value.
tests:
  - name: bounces are sessions
    sql: SELECT count(*) FROM {{mart}} WHERE bounces > sessions
---*/
SELECT site, dt, landing_page, count(*) AS sessions, count(DISTINCT visitor_id) AS visitors,
  count_if(is_bounce) AS bounces, CAST(count_if(is_bounce) AS double) / count(*) AS bounce_rate,
  sum(page_views) AS page_views, avg(duration_seconds) AS seconds_per_session,
  sum(conversion_count) AS conversions, sum(conversion_value) AS conversion_value
FROM sessions
WHERE NOT is_bot AND NOT is_internal
GROUP BY site, dt, landing_page
