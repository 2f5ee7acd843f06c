-- All sessions, on both sides, of the visitors who show a reason, on the days around.
SELECT slice, site, visitor_id, session_id, started_at, ended_at, event_count, landing_url, exit_url,
  channel, source, medium, conversion_count
FROM sessions_all
WHERE slice IN ({{slices}}) AND site IN ({{sites}}) AND dt IN ({{days}}) AND visitor_id IN ({{visitors}})
ORDER BY site, visitor_id, started_at, ended_at, session_id
LIMIT 5000
