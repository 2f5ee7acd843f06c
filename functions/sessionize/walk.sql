-- One narrow row per fact, in the order of the file.
SELECT * REPLACE (bits | first_of_visitor AS bits) FROM (
  SELECT
    {{columns}},
    (CASE WHEN visitor_id IS DISTINCT FROM lag(visitor_id) OVER () THEN 4 ELSE 0 END)::UTINYINT AS first_of_visitor
  FROM read_parquet({{file}})
)
