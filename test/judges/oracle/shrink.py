"""Fewer events that still differ: what a person wants to look at."""

from dataclasses import replace

from generate import lake as generate_lake
from runner import LakeFailed, Runner
from verdict import differences


def shrink(order):
    """Prints a small history that differs, found by leaving out arrivals of the one in the order. Gives the
    exit code: 0 when that one does not differ by itself."""
    lake = generate_lake(order.seed, order.lake, order.histories, order.scopes, order.within_units, order.redefined)
    history = lake.histories[order.only]
    with Runner() as runner:
        told = _told(runner, lake, history, order.command)
        if told is None:
            print("by itself this history does not differ")
            return 0
        arrivals = history.arrivals
        size = max(1, len(arrivals) // 2)
        while True:
            kept, at = arrivals, 0
            while at < len(kept):
                fewer = kept[:at] + kept[at + size :]
                smaller = replace(history, arrivals=fewer)
                found = _told(runner, lake, smaller, order.command) if fewer else None
                if found:
                    kept, told = fewer, found
                else:
                    at += size
            if size == 1 and len(kept) == len(arrivals):
                break
            arrivals, size = kept, max(1, size // 2)
    for arrival in arrivals:
        print(arrival)
    print(told)
    return 1


def _told(runner, lake, history, command):
    site = lake.sites[history.site]
    alone = replace(lake, sites=[site], places=[lake.places[history.site]])
    try:
        # To the end, so that no answer is left for the next question.
        found = list(differences(runner, alone, [replace(history, site=0)], command))
    except LakeFailed as error:
        return str(error)
    return found[0][1] if found else None
