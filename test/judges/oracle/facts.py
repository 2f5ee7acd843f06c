"""From what was sent to facts: one row per event, however often and in whatever order it arrived."""

import hashlib
import json
import math
from dataclasses import dataclass
from typing import Any, Optional

import addresses

SKEW_ALLOWED = 60_000
COPIES_WITHIN = 2 * 86_400_000
FIELDS = frozenset("id type time seq name value visitor user url referrer title properties".split())


@dataclass(slots=True)
class Fact:
    """An accepted event. Times are ms; absent fields are None. `content` tells copies from collisions."""

    event_id: str
    time: int
    received: int
    visitor: str
    seq: Optional[float]
    kind: str
    name: Optional[str]
    value: Optional[float]
    user: Optional[str]
    url: Optional[str]
    host: Optional[str]
    path: Optional[str]
    utm: tuple
    click: Optional[str]
    referrer: Optional[str]
    referrer_host: Optional[str]
    title: Optional[str]
    properties: str
    sent_id: str
    content: str

    @property
    def order(self):
        """The order of a visitor's events: time, sequence number (missing first), id as UTF-8 bytes."""
        return self.time, (self.seq is not None, self.seq or 0), self.event_id.encode()


def event_time(event, sent_at, received):
    """When an event happened, by the server's clock, in ms."""
    time = event.get("time")
    if time is None:
        return received
    if sent_at is not None and abs(received - sent_at) > SKEW_ALLOWED:
        time += received - sent_at
    return math.floor(time)


def kind_of(event):
    """The event's type; without one, a url and no name make a page view."""
    if event.get("type") is not None:
        return event["type"]
    return "page_view" if event.get("url") is not None and event.get("name") is None else "event"


def canonical(value):
    """JSON text with sorted keys and no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def content_of(event):
    """What the client said, without its id and the corrected time: equal texts are copies of one event."""
    return canonical({key: value for key, value in event.items() if key != "id" and value is not None})


def fact_of(event, sent_at, received):
    """The fact that one event object becomes. Unknown fields join the properties."""
    host, path, parameters = addresses.parts(event.get("url"))
    properties = dict(event.get("properties") or {})
    properties.update({key: value for key, value in event.items() if key not in FIELDS})
    return Fact(
        event_id=event["id"],
        time=event_time(event, sent_at, received),
        received=received,
        visitor=event["visitor"],
        seq=event.get("seq"),
        kind=kind_of(event),
        name=event.get("name"),
        value=event.get("value"),
        user=event.get("user"),
        url=event.get("url"),
        host=host,
        path=path,
        utm=addresses.utm(parameters),
        click=addresses.click_id(parameters),
        referrer=event.get("referrer"),
        referrer_host=addresses.referrer_host(event.get("referrer")),
        title=event.get("title"),
        properties=canonical(properties),
        sent_id=event["id"],
        content=content_of(event),
    )


class Names:
    """Ids of events that lost a collision, and who keeps the id when two collide at the very same time.

    The text says `hash(id, fingerprint)` without saying which hash, so by default both are our own. A caller
    who compares with a lake tells what ids it saw, through `seen`: {(sent id, content): id}. Seen ids are
    used only where the text leaves the choice open.
    """

    def __init__(self, seen=None):
        self.seen = seen or {}

    def of_loser(self, fact):
        """The id of an event whose id belongs to another."""
        seen = self.seen.get((fact.sent_id, fact.content))
        if seen is not None and seen != fact.sent_id:
            return seen
        return "~" + hashlib.sha256(f"{fact.sent_id}\n{fact.content}".encode()).hexdigest()

    def rank(self, fact):
        """Among events that collide at one time the smallest rank keeps the id."""
        kept = self.seen.get((fact.sent_id, fact.content)) == fact.sent_id
        return not kept, hashlib.sha256(fact.content.encode()).hexdigest()


def facts_of(arrivals, names=None):
    """The facts of one site.

    `arrivals` are (event object, sent_at ms or None, received ms) in the order of arrival, which must not
    matter. Copies (same id, same content) within two days are one, the smallest (time, received) stays; of
    different contents under one id the smallest (time, fingerprint) keeps it.
    """
    names = names or Names()
    by_id: dict[str, dict[str, list[Any]]] = {}
    for event, sent_at, received in arrivals:
        fact = fact_of(event, sent_at, received)
        by_id.setdefault(fact.sent_id, {}).setdefault(fact.content, []).append(fact)
    facts = []
    for contents in by_id.values():
        kept = [fact for copies in contents.values() for fact in _without_copies(copies)]
        if len(contents) > 1:
            owner = min(kept, key=lambda fact: (fact.time, names.rank(fact)))
            for fact in kept:
                if fact.content != owner.content:
                    fact.event_id = names.of_loser(fact)
        facts.extend(kept)
    return facts


def _without_copies(copies):
    kept = []
    for fact in sorted(copies, key=lambda fact: (fact.time, fact.received)):
        if not kept or fact.time - kept[-1].time > COPIES_WITHIN:
            kept.append(fact)
    return kept
