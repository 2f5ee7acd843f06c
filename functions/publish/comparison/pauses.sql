-- Moments of activity and engagement of every visitor. Of events at the same ms only the first can start a
-- session, so they are one moment, and moments have one order.
moments AS (
  SELECT site, visitor_id, dt, event_time, bool_or(event_type <> 'engagement') AS is_activity,
    bool_or(event_type = 'engagement') AS has_engagement
  FROM events_all
  WHERE slice = {{events}} AND {{around}} AND (event_type IN ({{activity}}) OR event_type = 'engagement')
  GROUP BY site, visitor_id, dt, event_time
),
paused AS (
  SELECT *,
    date_diff('millisecond', lag(event_time) OVER in_turn, event_time) AS pause,
    lag(dt) OVER in_turn AS dt_before,
    count_if(is_activity) OVER in_turn - CASE WHEN is_activity THEN 1 ELSE 0 END AS earlier
  FROM moments
  WINDOW in_turn AS (PARTITION BY site, visitor_id ORDER BY event_time)
),
-- The start of a history counts as a pause without end.
days AS (
  SELECT *,
    max(coalesce(pause, 1000000000000000)) OVER (PARTITION BY site, visitor_id, dt) AS longest_of_day
  FROM paused
),
-- At the first moment of a day: the endless rule cuts there for every timeout from this one on.
midnights AS (
  SELECT *,
    CASE WHEN dt_before <> dt THEN greatest(pause,
      lag(longest_of_day) OVER (PARTITION BY site, visitor_id ORDER BY event_time)) END AS endless_from
  FROM days
),
visitors AS (
  SELECT *,
    min(endless_from) OVER (PARTITION BY site, visitor_id) AS first_endless,
    bool_or(has_engagement) OVER (PARTITION BY site, visitor_id) AS is_engaged
  FROM midnights
)
