-- Sessions of both slices as they stand in the public table: by site and local day, and by channel.
SELECT
  slice, site, dt, channel, count(*) AS sessions, count_if(is_bounce) AS bounces, sum(page_views) AS page_views,
  sum(event_count) AS events, sum(conversion_count) AS conversions, sum(conversion_value) AS conversion_value
FROM sessions_all
WHERE slice IN ({{slices}}) AND {{inside}}
GROUP BY GROUPING SETS ((slice, site, dt), (slice, channel))
