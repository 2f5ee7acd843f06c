-- The first event of every session that starts in the unit.
CREATE OR REPLACE TEMP TABLE starts AS
SELECT w.segment, {{session_id}} AS session_id, {{dt}} AS dt, visitor_id, url, url_path, referrer, referrer_host,
  utm_source, utm_medium, utm_campaign, click_id, user_agent, country
FROM {{facts}} f POSITIONAL JOIN walk w
WHERE w.flags & 1 <> 0;
