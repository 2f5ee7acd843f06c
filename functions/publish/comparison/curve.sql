-- How many sessions each timeout gives. Engagement bridges pauses: what counts is the longest pause since the
-- visitor's last activity, whatever kind of event it stands before.
WITH {{pauses}},
starts AS (
  SELECT
    earlier = 0 AS is_first, max(pause) AS pause, min(endless_from) AS endless_from,
    coalesce(bool_or(dt_before <> dt), false) AS is_new_day, is_engaged, first_endless,
    count_if(is_activity AND {{inside}}) AS activities, count(*) AS moments
  FROM visitors
  GROUP BY site, visitor_id, earlier, is_engaged, first_endless
)
SELECT {{counts}}
FROM starts
