"""Compares what the oracle expects of a history with what the lake holds, row by row."""

from dataclasses import dataclass, field
from typing import Any, Optional

from facts import Fact, fact_of

_SAID = ("time", "visitor", "kind", "name", "value", "properties", "url", "title", "referrer", "user")
_SHOWN = (
    "event_time",
    "visitor_id",
    "event_type",
    "event_name",
    "value",
    "properties",
    "url",
    "title",
    "referrer",
    "user_id",
)


@dataclass(slots=True)
class Difference:
    """The first thing in which the two disagree. `columns` are [(column, expected, got)]."""

    table: str
    key: str
    what: str
    columns: list[tuple[str, Any, Any]] = field(default_factory=list)


@dataclass(slots=True)
class Memory:
    """What must not change from step to step in one history: ids of sessions, names of collided events,
    and which of two that collided at one time kept the id."""

    sessions: dict = field(default_factory=dict)
    owners: dict = field(default_factory=dict)
    names: dict = field(default_factory=dict)
    winners: set = field(default_factory=set)


@dataclass(slots=True)
class Seen:
    """The ids that the lake gave to events which share one: `names` is {(sent id, content): id in the lake},
    `ties` are the contents under one id at one time."""

    names: dict = field(default_factory=dict)
    ties: list[tuple[str, set]] = field(default_factory=list)


def names_seen(arrivals, got_events):
    """What the lake calls the events of a history that share their id with others."""
    shared: dict[str, dict[str, Fact]] = {}
    for arrival in arrivals:
        fact = fact_of(*arrival)
        known = shared.setdefault(fact.sent_id, {})
        if fact.content not in known or fact.time < known[fact.content].time:
            known[fact.content] = fact
    sent_ids = set(shared)
    shared = {sent_id: known for sent_id, known in shared.items() if len(known) > 1}
    seen = Seen()
    by_said: dict[tuple, list[str]] = {}
    for row in got_events if shared else ():
        by_said.setdefault(tuple(row[column] for column in _SHOWN), []).append(row["event_id"])
    minted: set[str] = set()
    for sent_id, known in shared.items():
        times: dict[int, set] = {}
        for content, fact in known.items():
            times.setdefault(fact.time, set()).add(content)
            ids = by_said.get(tuple(getattr(fact, name) for name in _SAID), ())
            free = sorted(name for name in ids if name not in sent_ids and name not in minted)
            if sent_id in ids:
                seen.names[sent_id, content] = sent_id
            elif free:
                seen.names[sent_id, content] = free[0]
                minted.add(free[0])
        seen.ties.extend((sent_id, contents) for contents in times.values() if len(contents) > 1)
    return seen


def compare(expected, got, seen, memory) -> Optional[Difference]:
    """The first difference between the rows of one history, or None. `seen` is what `names_seen` gave."""
    return (
        _names(seen, memory)
        or _events(expected["events"], got["events"], memory)
        or _sessions(expected["sessions"], got["sessions"], memory)
        or _conversions(expected["conversions"], got["conversions"], memory)
    )


def _names(seen, memory):
    for (sent_id, content), name in seen.names.items():
        if name == sent_id:
            continue
        before = memory.names.setdefault((sent_id, content), name)
        if before != name:
            what = "the same content has another id than before"
            return Difference("events", sent_id, what, [("event_id", before, name)])
    for sent_id, contents in seen.ties:
        kept = {content for content in contents if seen.names.get((sent_id, content)) == sent_id}
        for winner in kept:
            for loser in contents - kept:
                if (loser, winner) in memory.winners:
                    return Difference("events", sent_id, "of a tie the other one keeps the id now")
                memory.winners.add((winner, loser))
    return None


def _events(expected, got, memory):
    wanted = {row["event_id"]: row for row in expected}
    found = {}
    for row in got:
        if row["event_id"] in found:
            return Difference("events", row["event_id"], "there twice")
        found[row["event_id"]] = row
    for name, row in wanted.items():
        if name not in found:
            return Difference("events", name, "missing", [("event_time", row["event_time"], None)])
    for name, row in found.items():
        if name not in wanted:
            return Difference("events", name, "too much", [("event_time", None, row["event_time"])])
    for name, row in wanted.items():
        if not _same_session(row["session_id"], found[name]["session_id"], memory):
            sessions = ("session_id", row["session_id"], found[name]["session_id"])
            return Difference("events", name, "another session", [sessions])
        columns = _unequal(row, found[name])
        if columns:
            return Difference("events", name, "other values", columns)
    return None


def _same_session(wanted, found, memory):
    """Whether two ids can mean one session: each always stands for the same other one."""
    if wanted is None or found is None:
        return wanted is found
    stands_for = memory.sessions.setdefault(wanted, found)
    return stands_for == found and memory.owners.setdefault(found, wanted) == wanted


def _sessions(expected, got, memory):
    wanted = {memory.sessions.get(row["session_id"], row["session_id"]): row for row in expected}
    found = {}
    for row in got:
        if row["session_id"] in found:
            return Difference("sessions", row["session_id"], "there twice")
        found[row["session_id"]] = row
    for name, row in wanted.items():
        if name not in found:
            return Difference("sessions", str(name), "missing", [("started_at", row["started_at"], None)])
        columns = _unequal(row, found[name])
        if columns:
            return Difference("sessions", name, "other values", columns)
    for name, row in found.items():
        if name not in wanted:
            return Difference("sessions", name, "too much", [("started_at", None, row["started_at"])])
    return None


def _conversions(expected, got, memory):
    wanted = {(row["event_id"], row["conversion_name"]): row for row in expected}
    found = {}
    for row in got:
        key = row["event_id"], row["conversion_name"]
        if key in found:
            return Difference("conversions", " ".join(map(str, key)), "there twice")
        found[key] = row
    for key in wanted.keys() ^ found.keys():
        row = wanted.get(key) or found[key]
        what = "missing" if key in wanted else "too much"
        return Difference("conversions", " ".join(map(str, key)), what, [("event_time", row["event_time"], None)])
    for key, row in wanted.items():
        if not _same_session(row["session_id"], found[key]["session_id"], memory):
            sessions = ("session_id", row["session_id"], found[key]["session_id"])
            return Difference("conversions", " ".join(key), "another session", [sessions])
        columns = _unequal(row, found[key])
        if columns:
            return Difference("conversions", " ".join(key), "other values", columns)
    return None


def _unequal(wanted, found):
    return [
        (column, value, found[column])
        for column, value in wanted.items()
        if value != found[column] and column != "session_id" and not _close(value, found[column])
    ]


def _close(one, other):
    both = isinstance(one, float) and isinstance(other, float)
    return both and abs(one - other) <= 1e-9 * max(1.0, abs(one))

