"""Definitions and sites to judge under: every rule alone, every pair of rules, zones that are hard."""

import json
from itertools import combinations
from random import Random

from walk import ACTIVITY

RULES = ("at_midnight", "on_event", "utm", "utm_or_click_id", "on_referrer", "max_duration", "max_events")
COMBINATIONS = (
    (),
    *((rule,) for rule in RULES),
    *(pair for pair in combinations(RULES, 2) if pair != ("utm", "utm_or_click_id")),
)

ACTIVITIES = (["page_view"], ["page_view", "event", "mail_open"], ["screen_view", "event"])

PAGE_GROUPS = [
    {"name": "Product", "when": {"field": "url_path", "starts_with": "/product/"}},
    {
        "name": "Bought",
        "when": {
            "all": [
                {"field": "event_name", "in": ["purchase", "sign_up"]},
                {"not": {"field": "url", "exists": True}},
            ]
        },
    },
    {"name": "Sized", "when": {"field": "properties.size", "is": "XL"}},
    {"name": "Other page", "when": {"field": "url_path", "matches": "^/[a-c]"}},
]

# The last one takes all that is left: what a session is called that none fits is not in the text.
CHANNELS = [
    {"name": "Product page", "when": {"field": "landing_page", "starts_with": "/product/"}},
    {
        "name": "Found",
        "when": {
            "any": [{"field": "source_category", "is": "search"}, {"field": "referrer_host", "matches": "go"}]
        },
    },
    {"name": "Spring", "when": {"field": "utm_campaign", "is": "spring sale"}},
    {"name": "Paid", "when": {"field": "medium", "in": ["cpc", "CPC", "cpm"]}},
    {"name": "The rest", "when": {"field": "source", "exists": True}},
]

CONVERSIONS = [
    {"name": "purchase", "when": {"field": "event_name", "is": "purchase"}},
    {
        "name": "landing on a product",
        "when": {
            "all": [{"field": "is_landing", "is": True}, {"field": "url_path", "starts_with": "/product/"}]
        },
        "value": "session_event_number",
        "window": "6h",
    },
    {
        "name": "stayed",
        "when": {
            "all": [{"field": "seconds_to_next", "exists": True}, {"field": "page_group", "exists": True}]
        },
        "value": "seconds_to_next",
        "window": "1d",
    },
    {
        "name": "not a visit",
        "when": {"field": "event_type", "in": ["mail_open", "mail_delivery", "engagement"]},
        "value": 2.5,
        "window": "36h",
    },
    {
        "name": "sized",
        "when": {"field": "properties.size", "exists": True},
        "value": "properties.size",
    },
    {"name": "sent here", "when": {"not": {"field": "session_channel", "is": "Direct"}}, "value": 1, "window": "1s"},
    {"name": "left", "when": {"field": "is_exit", "is": True}},
]

INTERNAL = [
    {"field": "user_id", "is": "u1"},
    {"when": {"field": "event_name", "in": ["click"]}},
    {"field": "properties.size", "is": "S"},
    {"field": "value", "is": 1000},
]

# What holds of sessions when nothing is said.
SESSIONS = {
    "inactivity": "30m",
    "at_midnight": False,
    "on_campaign": False,
    "on_referrer": False,
    "max_duration": None,
    "max_events": None,
    "on_event": [],
    "ignore_referrers": [],
}

TIMEOUTS = ("1s", "20s", "5m", "15m", "30m", "30m", "1h", "2h", "4h", "8h")

# (zone, first local date of the span). Where clocks change: short, long, doubled and missing days. Dates
# are past ones, on which every version of the time zone data agrees.
PLACES = (
    ("UTC", "2024-03-01"),
    ("Asia/Tokyo", "2024-02-27"),
    ("Asia/Kolkata", "2024-03-01"),
    ("Asia/Kathmandu", "2023-12-30"),
    ("Europe/Berlin", "2024-03-29"),
    ("Europe/Berlin", "2023-10-27"),
    ("America/New_York", "2024-03-08"),
    ("America/New_York", "2023-11-03"),
    ("Australia/Lord_Howe", "2023-03-31"),
    ("America/Santiago", "2023-04-01"),
    ("America/Santiago", "2023-09-01"),
    ("America/Sao_Paulo", "2018-11-02"),
    ("America/Sao_Paulo", "2019-02-15"),
    ("Africa/Cairo", "2014-09-24"),
    ("Atlantic/Azores", "2023-10-27"),
    ("America/Havana", "2019-11-01"),
    ("America/St_Johns", "2010-11-05"),
    ("America/St_Johns", "2011-03-11"),
    ("Pacific/Apia", "2011-12-28"),
    ("Pacific/Kiritimati", "2024-03-01"),
    ("Pacific/Pago_Pago", "2024-03-01"),
    ("Pacific/Chatham", "2024-04-05"),
)


def definition(chance, rules, scopes=False):
    """A definition in which exactly these rules are on, as a dict shaped as its YAML."""
    pause = chance.choice(TIMEOUTS)
    sessions = {"inactivity": pause}
    for rule in rules:
        sessions.update(_rule(chance, rule, pause))
    if chance.random() < 0.5:
        sessions["ignore_referrers"] = ["pay.example.net"]
    written = {"sessions": sessions}
    if chance.random() < 0.2:
        written["activity"] = chance.choice(ACTIVITIES)
    if chance.random() < 0.4:
        written["page_groups"] = PAGE_GROUPS
    if chance.random() < 0.25:
        written["channels"] = CHANNELS
    # Drawn from what is written so far, so that the histories of a seed stay what they are.
    written.update(_what_counts(Random(json.dumps(written, sort_keys=True))))
    if scopes:
        exception = _rule(chance, chance.choice(RULES), pause)
        labels = _what_counts(Random(json.dumps(exception, sort_keys=True)))
        written["scopes"] = [
            {"from": "2024-03-02", "to": "2024-03-30", "sessions": exception},
            {"from": "2024-03-03", "filters": {"internal_mode": "exclude"}, **labels},
            {"to": "2023-10-29", "channels": CHANNELS, "page_groups": PAGE_GROUPS[2:]},
        ]
    return written


def of_sites(own):
    """One definition under which each site is judged by its own: the first site's is the default, the others are
    scopes, which say all that a default may say."""
    default, *others = own
    scopes = [{"sites": [f"s{place}"], **_in_full(made)} for place, made in enumerate(others, 1)]
    return {**default, "scopes": scopes}


def _in_full(made):
    """A definition with every key that it leaves out."""
    return {
        "sessions": {**SESSIONS, **made["sessions"]},
        "activity": made.get("activity", list(ACTIVITY)),
        "channels": made.get("channels", "ga4_default"),
        "page_groups": made.get("page_groups", []),
        "conversions": made.get("conversions", []),
        "filters": {"internal": [], "internal_mode": "flag", **made.get("filters", {})},
    }


def _what_counts(chance):
    """Conversions and internal traffic, or neither."""
    found = {}
    if chance.random() < 0.6:
        found["conversions"] = chance.sample(CONVERSIONS, chance.choice((1, 2, 3)))
    if chance.random() < 0.4:
        found["filters"] = {
            "internal": chance.sample(INTERNAL, chance.choice((1, 2))),
            "internal_mode": chance.choice(("flag", "flag", "exclude")),
        }
    return found


def _rule(chance, rule, pause):
    seconds = int(pause[:-1]) * {"s": 1, "m": 60, "h": 3600}[pause[-1]]
    if rule == "at_midnight":
        return {"at_midnight": True}
    if rule == "on_event":
        return {"on_event": chance.choice((["app_launch"], ["screen_view"], ["sign_up", "identify"]))}
    if rule in ("utm", "utm_or_click_id"):
        return {"on_campaign": rule}
    if rule == "on_referrer":
        return {"on_referrer": True}
    if rule == "max_events":
        return {"max_events": chance.choice((1, 2, 4, 20, 150))}
    lengths = (f"{seconds}s", f"{2 * seconds}s", f"{seconds + 1}s", "24h", "30h", "47h")
    return {"max_duration": chance.choice(lengths)}
