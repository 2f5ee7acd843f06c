-- KIND of walk.ts: what an event is under the kinds that count as activity.
CASE
  WHEN event_type IN ({{page_views}}) THEN 2
  WHEN event_type IN ({{activity}}) THEN 1
  WHEN event_type = 'engagement' THEN 3
  ELSE 0 END
