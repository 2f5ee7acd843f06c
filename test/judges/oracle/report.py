"""A difference as a person wants to read it."""

import json
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from answers import TIMES

AROUND = 8
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def text(lake, shown, history, step, difference, expected, got, command):
    """Everything about one difference: the scenario, the rows, the visitor's events, how to see it again."""
    site = lake.sites[history.site]
    lines = [
        f"DIFFERENCE: seed {lake.seed}, lake {lake.number}, history {history.number}, after step {step}",
        f"  again:      {command}",
        f"  definition: {json.dumps(shown, ensure_ascii=False)}",
        *(f"  step {n}: {json.dumps(changes)}" for n, changes in enumerate(lake.changes[: step + 1]) if changes),
        f"  site:       {json.dumps(site, ensure_ascii=False)}",
        f"  {difference.table} {difference.key}: {difference.what}",
    ]
    for column, wanted, found in difference.columns:
        shown = [_shown(column, value, site) for value in (wanted, found)]
        lines.append(f"    {column}: expected {shown[0]}, got {shown[1]}")
    visitor = _visitor_of(difference, expected, got)
    lines.append(f"  events of visitor {visitor!r} around it (* just arrived):")
    found_rows = {row["event_id"]: row for row in got["events"]}
    fresh = {a.event["id"] for a in history.arrivals if a.step == step}
    rows = [row for row in expected["events"] if row["visitor_id"] == visitor]
    rows.sort(key=lambda row: (row["event_time"], row["event_id"].encode()))
    names: dict = {}
    for row in _neighbourhood(rows, difference, found_rows):
        found = found_rows.get(row["event_id"], {})
        sessions = [_short(names, each.get("session_id")) for each in (row, found)]
        star = "*" if row["event_id"] in fresh else " "
        lines.append(
            f"   {star} {_shown('event_time', row['event_time'], site)} {row['event_id']} {row['event_type']}"
            f" {row['event_name'] or ''} {row['url'] or ''}  session {sessions[0]}, in the lake {sessions[1]}"
        )
    return "\n".join(lines)


def _visitor_of(difference, expected, got):
    for rows in (expected, got):
        for row in [*rows["sessions"], *rows["events"]]:
            if difference.key in (row.get("event_id"), row.get("session_id"), str(row.get("session_id"))):
                return row["visitor_id"]
    return None


def _neighbourhood(rows, difference, found_rows):
    """The rows that the difference is about and some on either side."""
    about = [
        place
        for place, row in enumerate(rows)
        if difference.key
        in (row["event_id"], str(row["session_id"]), found_rows.get(row["event_id"], {}).get("session_id"))
    ]
    if not about:
        return rows[:AROUND]
    return rows[max(0, about[0] - AROUND) : about[-1] + AROUND]


def _short(names, session):
    """Letters for session ids, in the order in which they appear."""
    return "-" if session is None else names.setdefault(session, f"#{len(names) + 1}")


def _shown(column, value, site):
    if column not in TIMES or value is None:
        return repr(value)
    local = (_EPOCH + timedelta(milliseconds=value)).astimezone(ZoneInfo(site["time_zone"]))
    return f"{value} ({local.isoformat(sep=' ', timespec='milliseconds')})"
