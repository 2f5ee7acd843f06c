"""Rows as the lake gives them: Athena's text, read into the values that the oracle computes."""

from calendar import timegm
from functools import cache

TIMES = frozenset({"event_time", "received_at", "started_at", "ended_at", "open_until"})
FLAGS = frozenset({"is_landing", "is_exit", "is_bounce", "is_internal"})
INTEGERS = frozenset({"session_event_number", "event_count", "page_views", "conversion_count", "touches"})
DOUBLES = frozenset(
    {"value", "seconds_to_next", "duration_seconds", "engaged_seconds", "conversion_value"}
)


@cache
def _minute(text):
    year, month, day, hour, minute = text[:4], text[5:7], text[8:10], text[11:13], text[14:16]
    return timegm((int(year), int(month), int(day), int(hour), int(minute), 0)) * 1000


def milliseconds(text):
    """Ms since the epoch of `YYYY-MM-DD HH:MM:SS.mmm`, UTC."""
    return _minute(text[:16]) + int(text[17:19]) * 1000 + int(text[20:23])


def reader(column):
    """The function that reads a column's text, null apart."""
    if column in TIMES:
        return milliseconds
    if column in FLAGS:
        return {"true": True, "false": False}.__getitem__
    if column in INTEGERS:
        return int
    if column in DOUBLES:
        return float
    return str


def rows_of(columns, lines):
    """Rows as dicts from lists of text."""
    readers = [reader(column) for column in columns]
    plain = [None if read is str else read for read in readers]
    rows = []
    for line in lines:
        row = {}
        for column, read, text in zip(columns, plain, line):
            row[column] = text if text is None or read is None else read(text)
        rows.append(row)
    return rows
