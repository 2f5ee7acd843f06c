-- The rows by which sessions of the unit are told, in one pass over the facts: first, exit, last user id.
CREATE OR REPLACE TEMP TABLE telling AS
SELECT w.segment, w.flags, w.unit_exit, visitor_id, event_id, event_time, user_id, url, url_path, referrer,
  referrer_host, utm_source, utm_medium, utm_campaign, click_id, user_agent, country
FROM {{facts}} f POSITIONAL JOIN walk w
WHERE w.flags & 17 <> 0 OR w.unit_exit <> 0;

-- The first event of every session that starts in the unit.
CREATE OR REPLACE TEMP TABLE starts AS
SELECT segment, {{session_id}} AS session_id, {{dt}} AS dt, visitor_id, url, url_path, referrer, referrer_host,
  utm_source, utm_medium, utm_campaign, click_id, user_agent, country
FROM telling
WHERE flags & 1 <> 0;
