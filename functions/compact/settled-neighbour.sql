-- A neighbouring unit's facts after an id that it shares with this unit was settled.
CREATE OR REPLACE TEMP TABLE settled_neighbour AS
SELECT {{columns}} FROM read_parquet({{file}}) f
WHERE NOT EXISTS (
  SELECT 1 FROM foreign_rows s
  WHERE s.home = {{unit}} AND s.event_id = f.event_id AND s.fingerprint = f.fingerprint
    AND s.event_time = f.event_time AND s.landing_object = f.landing_object AND s.landing_line = f.landing_line)
UNION ALL
SELECT {{columns}} FROM settled_rows WHERE home = {{unit}};
