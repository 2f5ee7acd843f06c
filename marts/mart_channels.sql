/*---
description: Where sessions come from, by local day of their start.
grain: [site, dt, channel, source, medium, utm_campaign]
inputs: { sessions: all }
rebuild: full
columns:
  site: The site.
  dt: Local day on which the sessions started.
  channel: Channel of the session.
  source: Traffic source.
  medium: Traffic medium.
  utm_campaign: Campaign of the landing page's URL; null when it has none.
  sessions: Sessions.
  visitors: Distinct visitors of these sessions.
  bounces: Sessions of exactly one activity event.
  conversions: Conversions of these sessions.
  conversion_value: Their value.
tests:
  - name: bounces are sessions
    sql: SELECT count(*) FROM {{mart}} WHERE bounces > sessions OR visitors > sessions
---*/
SELECT site, dt, channel, source, medium, utm_campaign, count(*) AS sessions,
  count(DISTINCT visitor_id) AS visitors, count_if(is_bounce) AS bounces,
  sum(conversion_count) AS conversions, sum(conversion_value) AS conversion_value
FROM sessions
WHERE NOT is_bot AND NOT is_internal
GROUP BY site, dt, channel, source, medium, utm_campaign
