"""The session rules, as one walk over the events of one visitor."""

import re
from dataclasses import dataclass, field
from typing import Optional

from addresses import comparable_host
from facts import Fact

ACTIVITY = ("page_view", "event", "impression", "screen_view", "identify")
_UNITS = {"s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


def duration(text):
    """Milliseconds of a duration such as `30m`; None stays None."""
    if text is None:
        return None
    number, unit = re.fullmatch(r"(\d+)([smhd])", text).groups()
    return int(number) * _UNITS[unit]


@dataclass(slots=True)
class Rules:
    """The session rules that hold on one local date; durations in ms."""

    inactivity: int
    at_midnight: bool
    on_campaign: str | bool
    on_referrer: bool
    max_duration: Optional[int]
    max_events: Optional[int]
    on_event: frozenset
    own_hosts: frozenset
    activity: frozenset

    @classmethod
    def of(cls, definition, site, date):
        """The rules of a definition (a dict shaped as its YAML) for a site on a date; a later scope wins."""
        sessions = dict(definition.get("sessions") or {})
        activity = definition.get("activity", ACTIVITY)
        for scope in definition.get("scopes") or []:
            if "sites" in scope and site["site"] not in scope["sites"]:
                continue
            if scope.get("from", "") <= date <= scope.get("to", "9999"):
                sessions.update(scope.get("sessions") or {})
                activity = scope.get("activity", activity)
        own = [*site["hosts"], *(sessions.get("ignore_referrers") or [])]
        return cls(
            inactivity=duration(sessions.get("inactivity", "30m")),
            at_midnight=sessions.get("at_midnight", False),
            on_campaign=sessions.get("on_campaign", False),
            on_referrer=sessions.get("on_referrer", False),
            max_duration=duration(sessions.get("max_duration")),
            max_events=sessions.get("max_events"),
            on_event=frozenset(sessions.get("on_event") or []),
            own_hosts=frozenset(comparable_host(host) for host in own),
            activity=frozenset(activity),
        )

    def campaign(self, fact):
        """The tuple that names a campaign, all empty when there is none."""
        utm = tuple(value or "" for value in fact.utm[:3])
        return (*utm, fact.click or "") if self.on_campaign == "utm_or_click_id" else utm

    def external_referrer(self, fact):
        """The referrer's host if it is another site's, else None."""
        return fact.referrer_host if fact.referrer_host not in self.own_hosts else None


@dataclass(slots=True)
class Session:
    """`numbered` are the activity events in order; `members` also holds the engagement that joined;
    `reasons` are the rules by which it did not belong to the session before, none for a first one."""

    numbered: list[Fact]
    members: list[Fact]
    reasons: tuple = ()
    open_until: Optional[int] = None

    @property
    def first(self):
        return self.numbered[0]


@dataclass(slots=True)
class Walk:
    """Where a visitor stands: the session that runs, the last event in it, and the unbroken flag."""

    session: Optional[Session] = None
    last: Optional[Fact] = None
    unbroken: bool = False
    sessions: list[Session] = field(default_factory=list)


def sessions_of(facts, rules_on, day):
    """Sessions of one visitor's facts (any order). `rules_on(date)` gives Rules, `day(ms)` the local date."""
    walk = Walk()
    for event in sorted(facts, key=lambda fact: fact.order):
        rules = rules_on(day(event.time))
        if event.kind in rules.activity:
            _activity(walk, event, rules, day)
        elif event.kind == "engagement":
            _engagement(walk, event, rules, day)
    for session, following in zip(walk.sessions, [*walk.sessions[1:], None]):
        if following is None or "inactivity" in following.reasons:
            ended = session.members[-1].time
            session.open_until = ended + rules_on(day(ended)).inactivity
    return walk.sessions


def _activity(walk, event, rules, day):
    reasons = cuts(walk, event, rules, day) if walk.session else ()
    if walk.session is None or reasons:
        walk.session = Session([event], [event], tuple(reasons))
        walk.sessions.append(walk.session)
    else:
        walk.session.numbered.append(event)
        walk.session.members.append(event)
    _moved_on(walk, event, rules, day)


def _engagement(walk, event, rules, day):
    if walk.session is None or cuts(walk, event, rules, day):
        return
    walk.session.members.append(event)
    _moved_on(walk, event, rules, day)


def _moved_on(walk, event, rules, day):
    if walk.last is not None:
        if event.time - walk.last.time > rules.inactivity:
            walk.unbroken = False
        elif day(walk.last.time) < day(event.time):
            walk.unbroken = True
    walk.last = event


def cuts(walk, event, rules, day):
    """The names of the rules by which `event` does not belong to the session that runs; empty: it belongs."""
    session, last = walk.session, walk.last
    first = session.first
    other_date = day(last.time) != day(event.time)
    campaign = rules.campaign(event) if rules.on_campaign else ()
    referrer = rules.external_referrer(event) if rules.on_referrer else None
    reasons = []
    if event.time - last.time > rules.inactivity:
        reasons.append("inactivity")
    if rules.at_midnight and other_date:
        reasons.append("at_midnight")
    if event.name in rules.on_event or event.kind in rules.on_event:
        reasons.append("on_event")
    if walk.unbroken and other_date:
        reasons.append("endless")
    if any(campaign) and campaign != rules.campaign(first):
        reasons.append("on_campaign")
    if referrer is not None and referrer != rules.external_referrer(first):
        reasons.append("on_referrer")
    if rules.max_duration is not None and event.time - first.time > rules.max_duration:
        reasons.append("max_duration")
    if rules.max_events is not None and len(session.numbered) >= rules.max_events:
        reasons.append("max_events")
    return reasons
