"""What the tables `events`, `sessions` and `conversions` must hold, computed from everything that was sent to one site.

A pure function, written from the text of the design and the contract and from nothing else, in another
language than the product. It forgets everything between two calls and knows no partitions, so nothing that
the product does to be incremental can be wrong here in the same way.

Left out, because they need lists of third parties: user agent, device, browser, system, country, bots; and
internal traffic by address.
"""

from functools import cache

import channels
from conditions import first_named, holds
from conversions import Candidate, conversion_rows
from facts import Names, facts_of
from labelled import labels_on
from local_days import LocalDays, local_days
from walk import Rules, sessions_of

UTM_COLUMNS = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")


def rows(definition, site, arrivals, names=None):
    """{'events': [..], 'sessions': [..], 'conversions': [..]} of one site, rows as dicts by column.

    `definition` and `site` are dicts shaped as their YAML files; `arrivals` are (event object, sent_at ms or
    None, received ms). Times in rows are ms since the epoch. A session's id is (visitor, id of its first
    event): the text says what it is derived from, not how it looks.
    """
    day = local_days(site["time_zone"])
    rules_on = cache(lambda date: Rules.of(definition, site, date))
    said_on = cache(lambda date: labels_on(definition, site, date))
    by_visitor = {}
    for fact in facts_of(arrivals, names or Names()):
        by_visitor.setdefault(fact.visitor, []).append(fact)
    tables = {"events": [], "sessions": [], "conversions": []}
    for facts in by_visitor.values():
        for table, found in _visitor_rows(facts, site, rules_on, said_on, day).items():
            tables[table].extend(found)
    return tables


def _visitor_rows(facts, site, rules_on, said_on, day):
    outside = {id(fact): fact for fact in facts}
    sessions, labelled = [], []
    for place, session in enumerate(sessions_of(facts, rules_on, day)):
        for member in session.members:
            del outside[id(member)]
        row = _session_row(session, site, rules_on, said_on, day)
        members = list(_member_rows(session, row, site, said_on, day))
        row["is_internal"] = any(member["is_internal"] for member in members)
        sessions.append(row)
        labelled.extend((member, place) for member in members)
    labelled.extend((_event_row(fact, site, said_on, day), None) for fact in outside.values())
    shown = [row if _is_shown(row, said_on) else None for row in sessions]
    events = [(row, place) for row, place in labelled if _is_shown(row, said_on)]
    candidates = [Candidate(row, said_on(row["dt"])["conversions"], place) for row, place in events]
    converted = list(conversion_rows(candidates, shown))
    for row in filter(None, shown):
        own = [each for each in converted if each["session_id"] == row["session_id"]]
        row["conversion_count"] = len(own)
        row["conversion_value"] = float(sum(each["value"] or 0 for each in own))
    return {
        "events": [row for row, _ in events],
        "sessions": [row for row in shown if row],
        "conversions": converted,
    }


def _is_shown(row, said_on):
    excluded = said_on(row["dt"])["filters"]["internal_mode"] == "exclude"
    return not (excluded and row["is_internal"])


def _is_internal(row, said_on):
    return any(
        holds(each.get("when", each), row) for each in said_on(row["dt"])["filters"]["internal"]
    )


def _session_row(session, site, rules_on, said_on, day):
    first, last = session.numbered[0], session.numbered[-1]
    ended_at = session.members[-1].time
    external = rules_on(day(first.time)).external_referrer(first)
    source, medium = channels.source_and_medium(first.utm, first.click, external)
    users = [fact.user for fact in session.members if fact.user is not None]
    engaged = sum(fact.value or 0 for fact in session.members if fact.kind == "engagement")
    row = {
        "site": site["site"],
        "dt": day(first.time),
        "session_id": (first.visitor, first.event_id),
        "visitor_id": first.visitor,
        "user_id": users[-1] if users else None,
        "started_at": first.time,
        "ended_at": ended_at,
        "duration_seconds": (ended_at - first.time) / 1000,
        "engaged_seconds": engaged / 1000,
        "event_count": len(session.numbered),
        "page_views": sum(fact.kind in ("page_view", "screen_view") for fact in session.numbered),
        "is_bounce": len(session.numbered) == 1,
        "landing_url": first.url,
        "landing_page": first.path,
        "exit_url": last.url,
        "exit_page": last.path,
        "referrer": first.referrer,
        "referrer_host": first.referrer_host,
        "utm_source": first.utm[0],
        "utm_medium": first.utm[1],
        "utm_campaign": first.utm[2],
        "click_id": first.click,
        "source": source,
        "medium": medium,
        "open_until": session.open_until,
    }
    rules = said_on(row["dt"])["channels"]
    if rules == "ga4_default":
        row["channel"] = channels.channel_of(source, medium, first.utm[2])
    else:
        entry = channels.listed(source.lower())
        row["channel"] = first_named(rules, {**row, "source_category": entry[1] if entry else None})
    return row


def _event_row(fact, site, said_on, day):
    row = {
        "site": site["site"],
        "dt": day(fact.time),
        "event_id": fact.event_id,
        "event_time": fact.time,
        "received_at": fact.received,
        "visitor_id": fact.visitor,
        "user_id": fact.user,
        "event_type": fact.kind,
        "event_name": fact.name,
        "value": fact.value,
        "properties": fact.properties,
        "url": fact.url,
        "url_host": fact.host,
        "url_path": fact.path,
        "title": fact.title,
        "referrer": fact.referrer,
        "referrer_host": fact.referrer_host,
        **dict(zip(UTM_COLUMNS, fact.utm)),
        "click_id": fact.click,
        "session_id": None,
        "session_event_number": None,
        "session_channel": None,
        "session_landing_page": None,
        "previous_url": None,
        "is_landing": False,
        "is_exit": False,
        "seconds_to_next": None,
    }
    row["is_internal"] = _is_internal(row, said_on)
    row["page_group"] = first_named(said_on(row["dt"])["page_groups"], row)
    return row


def _member_rows(session, session_row, site, said_on, day):
    """Event rows of a session's members, in order."""
    number, previous_url = 0, None
    for fact in session.members:
        row = _event_row(fact, site, said_on, day)
        row["session_id"] = session_row["session_id"]
        row["session_channel"] = session_row["channel"]
        row["session_landing_page"] = session_row["landing_page"]
        row["previous_url"] = previous_url
        if number < len(session.numbered) and fact is session.numbered[number]:
            number += 1
            row["session_event_number"] = number
            row["is_landing"] = number == 1
            row["is_exit"] = number == len(session.numbered)
            if not row["is_exit"]:
                row["seconds_to_next"] = (session.numbered[number].time - fact.time) / 1000
        if fact.url is not None:
            previous_url = fact.url
        yield row
