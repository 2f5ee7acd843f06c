"""Random scenarios: a lake is a definition, some sites, many histories, and the order in which all arrives.

A history is a handful of visitors of one site whose ids may collide; histories don't touch each other, so
many share a site. What a history holds depends on the seed alone, so that it can be replayed by itself.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any, Optional

import redefine
import sent
import times
from definitions import COMBINATIONS, PLACES, definition, of_sites
from facts import COPIES_WITHIN, content_of, event_time
from local_days import DAY, local_days, unit_of
from walk import duration

HOUR = 3_600_000
STEPS = 6
SITES = 3


@dataclass(slots=True)
class Arrival:
    """One event object on its way: `step` is when it reaches the lake."""

    step: int
    event: dict
    sent_at: Optional[int]
    received: int

    @property
    def time(self):
        return event_time(self.event, self.sent_at, self.received)


@dataclass(slots=True)
class History:
    """Visitors of a site (its index in the lake) and all that they send."""

    number: int
    site: int
    arrivals: list[Arrival]

    def sent_by(self, step):
        """What has arrived after a step, as the oracle takes it."""
        return [(a.event, a.sent_at, a.received) for a in self.arrivals if a.step <= step]


@dataclass(slots=True)
class Lake:
    """A scenario: what is defined, the sites, and the histories in them. `rules` are on in each site, under
    `own`, which is what the definition says of it."""

    seed: int
    number: int
    rules: list[tuple]
    own: list[dict]
    definition: dict
    sites: list[dict]
    places: list["Place"] = field(default_factory=list)
    histories: list[History] = field(default_factory=list)
    definitions: list[dict] = field(default_factory=list)
    changes: list[list] = field(default_factory=list)


@dataclass(slots=True)
class Place:
    """A site's time: its span, unit offset, edges worth visiting, and in which step each unit arrives."""

    start: int
    end: int
    day_offset: int
    edges: list[int]
    schedule: str
    focus: list[int]

    def unit(self, time):
        return unit_of(time, self.day_offset)

    def step_of(self, chance, time, punctual):
        """The step in which an event arrives; the unpunctual wait for the step in which its unit is alone."""
        if self.schedule == "shuffled":
            return chance.randrange(STEPS)
        first, last = self.unit(self.start), self.unit(self.end)
        place = (self.unit(time) - first) * STEPS // (last - first + 1)
        place = min(STEPS - 1, max(0, place))
        if self.schedule == "rising" and chance.random() < 0.9:
            return place
        if self.schedule == "falling":
            return STEPS - 1 - place
        later = [step for step, unit in enumerate(self.focus, 1) if unit == self.unit(time)]
        return 0 if punctual or not later or chance.random() < 0.6 else chance.choice(later)


def lake(seed, number, histories, scopes=False, within_units=False, redefined=False):
    """The scenario of a seed and a number, with so many histories. Each site has rules of its own; with `scopes`
    by date, or `redefined`, when the definition changes, all have the same."""
    chance = Random(f"{seed} {number}")
    if scopes or redefined:
        rules = COMBINATIONS[(number + seed) % len(COMBINATIONS)]
        shared = definition(chance, rules, scopes)
        made = Lake(seed, number, [rules] * SITES, [shared] * SITES, shared, [])
    else:
        turns = [(number * SITES + place + seed) % len(COMBINATIONS) for place in range(SITES)]
        own = [definition(chance, COMBINATIONS[turn]) for turn in turns]
        made = Lake(seed, number, [COMBINATIONS[turn] for turn in turns], own, of_sites(own), [])
    made.definitions = [made.definition]
    made.changes = [[] for _ in range(STEPS)]
    if redefined:
        mind = Random(f"{seed} {number} changes")
        made.definitions = redefine.more_definitions(mind, made.definition)
        made.changes = redefine.changes(mind, STEPS, len(made.definitions))
    for index in range(min(SITES, histories)):
        site, place = _site(chance, index)
        made.sites.append(site)
        made.places.append(place)
    for index in range(histories):
        made.histories.append(_history(Random(f"{seed} {number} {index}"), made, index, within_units))
    return made


def _site(chance, index):
    zone, first = chance.choice(PLACES)
    day = local_days(zone)
    days = chance.randint(2, 7)
    dates = [(date.fromisoformat(first) + timedelta(n)).isoformat() for n in range(days + 1)]
    midnights = [day.midnight(name) for name in dates]
    start, end = midnights[0], midnights[-1]
    site: dict[str, Any] = {"site": f"s{index}", "time_zone": zone, "hosts": sent.SITE_HOSTS}
    shift = chance.choice((None, None, 5, 9, 12, 12, 13, 18))
    standard = min(day.utc_offset(1_767_225_600_000), day.utc_offset(1_782_864_000_000))
    offset = standard
    if shift is not None:
        offset = (standard + shift * HOUR + DAY // 2) % DAY - DAY // 2
    if shift is not None or chance.random() < 0.3:
        minutes = abs(offset) // 60_000
        site["day_offset"] = f"{'-' if offset < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"
    units = range(unit_of(start, offset) + 1, unit_of(end, offset) + 1)
    edges = sorted(midnights[1:-1] + [unit * DAY - offset for unit in units])
    schedule = chance.choice(("rising", "falling", "shuffled", "late", "late", "late"))
    all_units = range(unit_of(start, offset), unit_of(end, offset) + 1)
    place = Place(start, end, offset, edges, schedule, [chance.choice(all_units) for _ in range(STEPS - 1)])
    return site, place


def _history(chance, made, number, within_units):
    site = number % len(made.sites)
    place = made.places[site]
    own = made.own[site]
    pause = duration(own["sessions"]["inactivity"])
    punctual = chance.random() < 0.3
    arrivals = []
    for visitor in range(chance.choice((1, 2, 2, 3, 3, 4, 5, 6))):
        name = f"h{number}.v{visitor}" + chance.choice(("", "", "", "é", "😀", "'", '"%\\'))
        robot = pause >= 900_000 and chance.random() < (0.3 if pause >= 3_600_000 else 0.16)
        for time, event in _visitor(chance, own, place, pause, robot):
            event.update(visitor=name, id=f"h{number}.{visitor}.{event['id']}")
            arrivals.append(_arrival(chance, place, event, time, punctual))
    history = History(number, site, arrivals)
    room = Room(place, within_units)
    for arrival in arrivals:
        room.take(arrival.event["id"], arrival.time)
    # Of events that are not shown nobody can see which one kept the id, and ties are in order of id.
    if not _hides(made):
        _collide(chance, place, history, punctual, room)
    _repeat(chance, history, room)
    history.arrivals.sort(key=lambda arrival: arrival.step)
    return history


def _visitor(chance, own, place, pause, robot):
    """(true time, event object) of one visitor of a site with its own definition."""
    kind = chance.random()
    if robot:
        happened = times.without_pause(chance, place.edges, place.end, pause, 160)
    elif kind < 0.75:
        limit = duration(own["sessions"].get("max_duration"))
        happened = times.around_edges(chance, place.edges, pause, limit, chance.randint(1, 13))
    else:
        happened = times.straight_on(chance, place.start, place.end, pause, chance.randint(1, 25))
    style = chance.choice(("rising", "rising", "random", "odd"))
    numbered = chance.random()
    kinds = own.get("activity", ["page_view"])
    for number, time in enumerate(happened):
        plain = kinds[0] if robot and chance.random() < 0.98 else None
        event = sent.event(chance, plain)
        event["id"] = sent.identifier(chance, style, number)
        if numbered < 0.3 or (numbered < 0.5 and chance.random() < 0.5):
            event["seq"] = chance.choice((number, number, len(happened) - number, 0, 2**40))
        yield time, event


def _arrival(chance, place, event, time, punctual):
    """The event on its way, its clock set so that it happens at `time`."""
    step = place.step_of(chance, time, punctual)
    delay = chance.randint(0, 5000) + step * HOUR
    said, sent_at, received = sent.clocks(chance, time, delay)
    if said is not None:
        event["time"] = said
    return Arrival(step, event, sent_at, received)


@dataclass(slots=True)
class Room:
    """Where events under one id may still lie: all within two days, the bound that the contract gives; or all
    in one unit."""

    place: Place
    within_units: bool
    spans: dict = field(default_factory=dict)

    def take(self, name, time):
        """Whether an event under this id may happen at this time; if so, it is taken to do so."""
        first, last = self.spans.get(name, (time, time))
        first, last = min(first, time), max(last, time)
        apart = self.place.unit(first) != self.place.unit(last)
        if last - first > COPIES_WITHIN or (self.within_units and apart):
            return False
        self.spans[name] = first, last
        return True


def _hides(made):
    """Whether a definition of the lake leaves events out of the tables."""
    written = [*made.own, *made.definitions]
    parts = [part for each in written for part in (each, *each.get("scopes", ()))]
    return any(part.get("filters", {}).get("internal_mode") == "exclude" for part in parts)


def _collide(chance, place, history, punctual, room):
    """Gives events the id of another one, of any visitor."""
    for arrival in list(history.arrivals):
        if chance.random() > 0.025:
            continue
        model = chance.choice(history.arrivals) if chance.random() < 0.5 else arrival
        event = {key: value for key, value in model.event.items() if key != "time"}
        time = arrival.time + chance.choice((0, 0, 1, -1, 1000, -60_000, 3_600_000, -7_200_000, DAY, -DAY))
        if not room.take(arrival.event["id"], time):
            time = arrival.time
        event["id"] = arrival.event["id"]
        event["properties"] = {**event.get("properties", {}), "twin": chance.randrange(10**9)}
        history.arrivals.append(_arrival(chance, place, event, time, punctual))


def _repeat(chance, history, room):
    """Sends some beacons again: the same content, later or earlier, perhaps by another clock."""
    for arrival in list(history.arrivals):
        if chance.random() > 0.07:
            continue
        earliest = 0 if chance.random() < 0.2 else arrival.step
        step = chance.randrange(earliest, STEPS)
        copy = Arrival(step, arrival.event, arrival.sent_at, arrival.received)
        kind = chance.random()
        if kind < 0.5:
            copy.received += chance.choice((0, 1, 1000, -1, DAY, COPIES_WITHIN, -COPIES_WITHIN))
            if copy.sent_at is not None:
                copy.sent_at = copy.received - (arrival.received - arrival.sent_at)
        elif kind < 0.75:
            copy.sent_at = copy.received - chance.choice((0, 61_000, -61_000, 7_200_000, DAY))
        if not room.take(copy.event["id"], copy.time):
            copy.sent_at, copy.received = arrival.sent_at, arrival.received
        history.arrivals.append(copy)
