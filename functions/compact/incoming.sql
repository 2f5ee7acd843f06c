-- The lines that landed, as facts; an error where a line is none. Lines that were erased are passed over. A line's number is its place among all lines
-- less those of the files before it. The engine has one thread and reads files and lines in order.
SELECT
  CASE WHEN coalesce(
    i.place - l.before BETWEEN 1 AND l.rows AND i.site = {{site}} AND i.event_id <> '' AND i.visitor_id <> ''
    AND i.fingerprint <> '' AND i.properties IS NOT NULL AND i.received_at IS NOT NULL
    AND i.event_type IN ({{types}}) AND i.event_time >= {{from}} AND i.event_time < {{to}}, false)
  THEN i.event_id ELSE error('a line is no fact of this unit') END AS event_id,
  make_timestamp(i.event_time * 1000) AS event_time, make_timestamp(i.received_at * 1000) AS received_at,
  i.* EXCLUDE (site, event_id, event_time, received_at, filename, place, erased),
  l.object AS landing_object, i.place - l.before AS landing_line
FROM (
  SELECT *, row_number() OVER () AS place
  FROM read_json({{files}}, format = 'newline_delimited', columns = { {{columns}}, erased: 'BIGINT' }, filename = true,
    hive_partitioning = false, maximum_object_size = 4194304)
) i
JOIN landed l ON l.file = i.filename
WHERE NOT (i.site IS NULL AND (l.judged OR coalesce(i.erased = 1, false)))
