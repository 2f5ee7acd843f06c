-- Ids, as hashes, that what arrived was sent under and that occur more than once: candidates, since hashes may clash.
CREATE OR REPLACE TEMP TABLE repeated AS
SELECT id FROM (
  SELECT hash(coalesce(collided_id, event_id)) AS id FROM arrived WHERE {{candidates}}
  UNION ALL
  SELECT hash(coalesce(collided_id, event_id)) AS id FROM foreign_rows
)
GROUP BY id HAVING count(*) > 1;
