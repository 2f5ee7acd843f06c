-- Rows of a unit that its neighbours may need, as `border_marks` tells them, in the order of the facts.
COPY (
  WITH marked AS (
    SELECT place, bit_or(role) AS role, max(loose) AS loose FROM border_marks GROUP BY place
  ),
  facts AS (
    SELECT *, (row_number() OVER () - 1)::INTEGER AS place FROM {{facts}}
  )
  SELECT
    role, loose, place::BIGINT AS place, event_id, seq, {{columns}},
    user_id, {{start_columns}},
    l.first_time, l.session_count, l.session_campaign, l.session_referrer, l.last_time, l.last_day, l.unbroken <> 0 AS unbroken
  FROM facts JOIN marked USING (place) LEFT JOIN loose_ends l USING (loose)
) TO {{out}} ({{options}})
