listed AS (
  SELECT DISTINCT site AS listed_site, visitor_id AS listed_visitor, event_time AS listed_at
  FROM events_all
  WHERE slice = {{events}} AND {{around}} AND (event_name IN ({{names}}) OR event_type IN ({{names}}))
),
