"""What the generated histories hold: a judge that never meets a case says nothing about it."""

from functools import cache

from definitions import COMBINATIONS, RULES
from facts import content_of, facts_of
from local_days import local_days
from walk import Rules, duration, sessions_of


def of_history(lake, history):
    """Marks of one history under its lake's rules: a set of words."""
    site, place = lake.sites[history.site], lake.places[history.site]
    day = local_days(site["time_zone"])
    pause = duration(lake.own[history.site]["sessions"]["inactivity"])
    arrivals = history.sent_by(float("inf"))
    marks = set()
    by_visitor = {}
    for fact in facts_of(arrivals):
        by_visitor.setdefault(fact.visitor, []).append(fact)
        if fact.event_id != fact.sent_id:
            marks.add("colliding ids")
    if len({(event["id"], content_of(event)) for event, _, _ in arrivals}) < len(arrivals):
        marks.add("copies")
    units = {}
    for arrival in history.arrivals:
        units.setdefault(arrival.event["id"], set()).add(place.unit(arrival.time))
    if any(len(each) > 1 for each in units.values()):
        marks.add("one id in two units")
    if len(by_visitor) > 1:
        marks.add("many visitors")
    rules_on = cache(lambda date: Rules.of(lake.definition, site, date))
    for facts in by_visitor.values():
        facts.sort(key=lambda fact: fact.order)
        for before, fact in zip(facts, facts[1:]):
            if before.time == fact.time:
                marks.add("ties")
            if fact.time - before.time in (pause, pause + 1):
                marks.add("just at T" if fact.time - before.time == pause else "just over T")
        sessions = sessions_of(facts, rules_on, day)
        for session in sessions:
            units = {place.unit(fact.time) for fact in session.members}
            marks.update(f"session over {edges} edges" for edges in range(1, len(units)))
            if len({day(fact.time) for fact in session.members}) > 1:
                marks.add("session over midnight")
            if len(session.members) > len(session.numbered):
                marks.add("engagement joins")
            marks.update(f"cut by {reason}" for reason in session.reasons)
        joined = {id(fact) for session in sessions for fact in session.members}
        if any(fact.kind == "engagement" and id(fact) not in joined for fact in facts):
            marks.add("engagement without a session")
        if _longest_run(facts, pause) > 24 * 3_600_000:
            marks.add("robots")
    return marks


def _longest_run(facts, pause):
    """The longest time that a visitor is active without a pause over the timeout, ms."""
    longest, start = 0, None
    for before, fact in zip([None, *facts], facts):
        if before is None or fact.time - before.time > pause:
            start = fact.time
        longest = max(longest, fact.time - start)
    return longest


# Smallest share of histories, in a run under all combinations of rules.
SHARES = {
    "session over 1 edges": 0.30,
    "session over 2 edges": 0.05,
    "session over midnight": 0.30,
    "ties": 0.20,
    "just at T": 0.30,
    "just over T": 0.20,
    "colliding ids": 0.20,
    "copies": 0.40,
    "one id in two units": 0.10,
    "robots": 0.10,
    "many visitors": 0.60,
    "engagement joins": 0.40,
    "engagement without a session": 0.20,
    "cut by endless": 0.03,
}


def shortcomings(counts, histories, rules, timeouts):
    """Sentences about what a whole run did not meet; none for a run that is too small to ask.

    `counts` is how many histories have each mark, `rules` and `timeouts` are those of their sites.
    """
    if len(rules) < len(COMBINATIONS):
        return []
    lacking = [
        f"{mark}: {counts[mark]} of {histories} histories, fewer than {share:.0%}"
        for mark, share in SHARES.items()
        if counts[mark] < share * histories
    ]
    missing = set(COMBINATIONS) - set(rules)
    lacking += [f"never under {' and '.join(pair) or 'inactivity alone'}" for pair in missing]
    names = {"on_campaign" if rule.startswith("utm") else rule for rule in RULES}
    lacking += [f"never cut by {name}" for name in sorted(names) if not counts[f"cut by {name}"]]
    lacking += [f"never with a T of {pause}" for pause in ("1s", "8h") if pause not in timeouts]
    return lacking
