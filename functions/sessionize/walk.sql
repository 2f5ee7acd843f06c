-- One narrow row per fact, in the order of the files. `told`: at its first row, a visitor whose name is wanted.
SELECT bits | first_of_visitor | robot AS bits, time, campaign_code, referrer_code, value,
  (CASE WHEN told AND first_of_visitor <> 0 THEN 1 ELSE 0 END)::UTINYINT AS told,
  CASE WHEN told AND first_of_visitor <> 0 THEN visitor_id END AS visitor_id{{with_click}}
FROM (
  SELECT
    visitor_id, {{columns}},
    (CASE WHEN visitor_id IS DISTINCT FROM lag(visitor_id) OVER () THEN 4 ELSE 0 END)::UTINYINT AS first_of_visitor,
    (CASE WHEN {{robot}} THEN 64 ELSE 0 END)::UTINYINT AS robot,
    {{told}} AS told
  FROM {{facts}}
)
