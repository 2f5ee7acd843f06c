-- Moments of the visitors of whom counting says too little: engagement met the endless rule.
WITH {{pauses}}
SELECT site, visitor_id, dt, CAST(to_unixtime(event_time) * 1000 AS bigint) AS ms, is_activity,
  CAST({{inside}} AS boolean) AS is_inside, first_endless
FROM visitors
WHERE is_engaged AND first_endless <= {{timeout}}
ORDER BY site, visitor_id, event_time
