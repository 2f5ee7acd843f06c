"""The table `conversions`: which events convert, what they are worth, which sessions led to them."""

import json
import math
from dataclasses import dataclass

from conditions import holds
from walk import duration

LARGEST = 1e12
SHOWN = "site dt event_id event_time visitor_id user_id session_id".split()


@dataclass(slots=True)
class Candidate:
    """An event with all its columns, the rules of its date, and its session's place among the visitor's
    sessions (None without one)."""

    row: dict
    rules: list
    place: int | None


def conversion_rows(candidates, sessions):
    """Rows of one visitor. `sessions` are its session rows in order, None for those that a filter excludes."""
    for candidate in candidates:
        event, place = candidate.row, candidate.place
        if place is not None and sessions[place] is None:
            continue
        session = sessions[place] if place is not None else {}
        for rule in candidate.rules:
            if not holds(rule["when"], event):
                continue
            touches = _touches(event["event_time"], duration(rule.get("window", "30d")), place, sessions)
            channels = [touch["channel"] for touch in touches]
            others = [channel for channel in channels if channel != "Direct"]
            yield {
                **{column: event[column] for column in SHOWN},
                "conversion_name": rule["name"],
                "value": value_of(rule.get("value", "value"), event),
                **{column: session.get(column) for column in ("channel", "source", "medium", "utm_campaign")},
                "first_channel": channels[0] if channels else None,
                "last_channel": channels[-1] if channels else None,
                "last_non_direct_channel": (others or channels or [None])[-1],
                "touches": len(channels),
                "is_internal": event["is_internal"] or session.get("is_internal", False),
            }


def _touches(time, window, place, sessions):
    found = []
    for at, session in enumerate(sessions):
        if session is None:
            continue
        before = at < place if place is not None else session["started_at"] <= time
        if at == place or (before and session["started_at"] >= time - window):
            found.append(session)
    return found


def value_of(given, event):
    """A number, the number in a column or a property, or None."""
    if isinstance(given, str):
        given = _column(given, event)
    if given is None or not math.isfinite(given) or abs(given) >= LARGEST:
        return None
    return float(given)


def _column(name, event):
    if not name.startswith("properties."):
        return event[name]
    found = json.loads(event["properties"]).get(name.removeprefix("properties."))
    if isinstance(found, bool) or found is None:
        return None
    try:
        return float(found)
    except (TypeError, ValueError):
        return None
