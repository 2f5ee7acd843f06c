"""Compares what the oracle expects of a history with what the lake holds, row by row."""

from dataclasses import dataclass, field
from typing import Any, Optional

from facts import content_of, fact_of

_SAID = ("visitor", "kind", "name", "value", "properties", "url", "title", "referrer", "user")
_SHOWN = (
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


def names_seen(arrivals, got_events):
    """{(sent id, content): id in the lake} of the events that share an id with others."""
    contents: dict[str, dict[str, tuple]] = {}
    for event, sent_at, received in arrivals:
        known = contents.setdefault(event["id"], {})
        known.setdefault(content_of(event), (event, sent_at, received))
    shared = {sent_id: known for sent_id, known in contents.items() if len(known) > 1}
    if not shared:
        return {}
    by_said: dict[tuple, list[str]] = {}
    for row in got_events:
        by_said.setdefault(tuple(row[column] for column in _SHOWN), []).append(row["event_id"])
    seen = {}
    for sent_id, known in shared.items():
        for content, arrival in known.items():
            fact = fact_of(*arrival)
            ids = by_said.get(tuple(getattr(fact, name) for name in _SAID), ())
            if sent_id in ids:
                seen[sent_id, content] = sent_id
                continue
            minted = sorted(name for name in ids if name not in contents and name not in seen.values())
            if minted:
                seen[sent_id, content] = minted[0]
    return seen


def compare(expected, got, seen, memory, arrivals=()) -> Optional[Difference]:
    """The first difference between the rows of one history, or None. `seen` is of `names_seen`."""
    return (
        _names(seen, memory, arrivals)
        or _events(expected["events"], got["events"], memory)
        or _sessions(expected["sessions"], got["sessions"], memory)
    )


def _names(seen, memory, arrivals):
    for (sent_id, content), name in seen.items():
        if name == sent_id:
            continue
        before = memory.names.setdefault((sent_id, content), name)
        if before != name:
            what = "the same content has another id than before"
            return Difference("events", sent_id, what, [("event_id", before, name)])
    tied: dict[tuple, set] = {}
    for event, sent_at, received in arrivals:
        content = content_of(event)
        if (event["id"], content) in seen:
            tied.setdefault((event["id"], fact_of(event, sent_at, received).time), set()).add(content)
    for (sent_id, _), contents in tied.items():
        kept = [content for content in contents if seen[sent_id, content] == sent_id]
        for winner in kept:
            for loser in contents - {winner}:
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
            return Difference(
                "events", name, "another session", [("session_id", row["session_id"], found[name]["session_id"])]
            )
        columns = _unequal(row, found[name])
        if columns:
            return Difference("events", name, "other values", columns)
    return None


def _same_session(wanted, found, memory):
    """Whether two ids can mean one session: each always stands for the same other one."""
    if wanted is None or found is None:
        return wanted is found
    return memory.sessions.setdefault(wanted, found) == found and memory.owners.setdefault(found, wanted) == wanted


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


def _unequal(wanted, found):
    return [
        (column, value, found[column])
        for column, value in wanted.items()
        if value != found[column] and column != "session_id" and not _close(value, found[column])
    ]


def _close(one, other):
    return isinstance(one, float) and isinstance(other, float) and abs(one - other) <= 1e-9 * max(1.0, abs(one))

