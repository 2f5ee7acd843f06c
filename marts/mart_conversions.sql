/*---
description: Conversions and what they are worth, credited to channels by three models, by local day of the conversion.
grain: [site, dt, conversion_name, model, channel]
inputs: { conversions: all }
rebuild: full
columns:
  site: The site.
  dt: Local day of the conversions.
  conversion_name: Name of the conversion.
  model: Who gets the credit - first, last or last_non_direct touch within the conversion's window.
  channel: Channel that gets it; null when the visitor had no session within the window.
  credit: Conversions.
  value: Their value.
tests:
  - name: every model gives the same credit
    sql: SELECT count(*) FROM (SELECT site, dt, conversion_name FROM {{mart}} GROUP BY site, dt, conversion_name HAVING sum(CASE WHEN model = 'first' THEN credit ELSE 0.0e0 END) <> sum(CASE WHEN model = 'last' THEN credit ELSE 0.0e0 END) OR sum(CASE WHEN model = 'last' THEN credit ELSE 0.0e0 END) <> sum(CASE WHEN model = 'last_non_direct' THEN credit ELSE 0.0e0 END)) t
---*/
WITH credits AS (
  SELECT site, dt, conversion_name, 'first' AS model, first_channel AS channel, value
  FROM conversions WHERE NOT is_bot AND NOT is_internal
  UNION ALL
  SELECT site, dt, conversion_name, 'last' AS model, last_channel AS channel, value
  FROM conversions WHERE NOT is_bot AND NOT is_internal
  UNION ALL
  SELECT site, dt, conversion_name, 'last_non_direct' AS model, last_non_direct_channel AS channel, value
  FROM conversions WHERE NOT is_bot AND NOT is_internal
)
SELECT site, dt, conversion_name, model, channel, CAST(count(*) AS double) AS credit,
  coalesce(sum(value), 0.0e0) AS value
FROM credits
GROUP BY site, dt, conversion_name, model, channel
