-- Rows of a unit that its neighbours may need, as `border_marks` marks them, in the order of the file.
COPY (
  WITH facts AS (
    SELECT *, {{session_id}} AS session_id, {{dt}} AS dt FROM read_parquet({{file}}, file_row_number = true)
  ),
  marked AS (SELECT f.*, m.* FROM facts f POSITIONAL JOIN border_marks m WHERE m.role <> 0)
  SELECT
    role, loose, file_row_number AS place, event_id, seq, {{columns}},
    user_id, {{start_columns}},
    l.first_time, l.session_count, l.session_campaign, l.session_referrer, l.last_time, l.last_day, l.unbroken <> 0 AS unbroken
  FROM marked LEFT JOIN loose_ends l USING (loose)
  ORDER BY place
) TO {{out}} ({{options}})
