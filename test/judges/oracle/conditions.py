"""`when` of a definition, over a row given as a dict of columns."""

import json
import re


def holds(when, row):
    """Whether a condition holds for a row. What is null equals nothing."""
    if "all" in when:
        return all(holds(part, row) for part in when["all"])
    if "any" in when:
        return any(holds(part, row) for part in when["any"])
    if "not" in when:
        return not holds(when["not"], row)
    value = _value(when["field"], row)
    if "exists" in when:
        return (value is not None) == when["exists"]
    if value is None:
        return False
    if "is" in when:
        return value == when["is"]
    if "in" in when:
        return value in when["in"]
    if "starts_with" in when:
        return value.startswith(when["starts_with"])
    return re.search(when["matches"], value) is not None


def _value(name, row):
    if name.startswith("properties."):
        return json.loads(row["properties"]).get(name.removeprefix("properties."))
    return row[name]


def first_named(entries, row):
    """The name of the first of `[{name, when}]` that holds, None when none does."""
    return next((entry["name"] for entry in entries if holds(entry["when"], row)), None)
