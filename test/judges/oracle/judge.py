"""The judge: `judge SEED COUNT` plays COUNT histories through the product and compares each row after each
step; `judge self-test` asks whether it would notice."""

import argparse
import os
import platform
import sys
import time
import unittest
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from math import ceil
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

OLDEST = (3, 11)
LARGEST_LAKE = 519
FEWEST_LAKES = 6


def arguments():
    parser = argparse.ArgumentParser(prog="judge", description=__doc__)
    parser.add_argument("seed", type=int)
    parser.add_argument("count", type=int, help="histories")
    parser.add_argument("--only", metavar="LAKE[:HISTORY]", help="just this lake, or this history by itself")
    parser.add_argument("--scopes", action="store_true", help="definitions with scopes")
    parser.add_argument("--redefine", action="store_true", help="definitions that change between arrivals")
    parser.add_argument("--within-units", action="store_true", help="no id twice but within one unit")
    parser.add_argument("--workers", type=int, default=max(1, min(2, os.cpu_count() or 1)))
    parser.add_argument("--shrink", action="store_true", help="with --only LAKE:HISTORY: find fewer events")
    return parser.parse_args()


def missing():
    """What this machine lacks to judge, or None."""
    if sys.version_info < OLDEST:
        return f"Python {'.'.join(map(str, OLDEST))} is needed, this is {platform.python_version()}"
    try:
        ZoneInfo("America/St_Johns")
    except ZoneInfoNotFoundError:
        return "no time zone data: install tzdata"
    return None


def main():
    asked_itself = sys.argv[1:] == ["self-test"]
    given = None if asked_itself else arguments()
    print(f"python {platform.python_version()}", flush=True)
    lack = missing()
    if lack:
        print(lack)
        print(f"0 passed, 0 failed, {1 if asked_itself else given.count} skipped")
        return 0
    if asked_itself:
        return self_test()
    from verdict import Order, judge

    lakes = max(FEWEST_LAKES, ceil(given.count / LARGEST_LAKE))
    size = ceil(given.count / lakes)
    flags = "".join(
        f" {flag}"
        for flag, on in (
            ("--scopes", given.scopes),
            ("--within-units", given.within_units),
            ("--redefine", given.redefine),
        )
        if on
    )
    command = f"test/judges/oracle/judge {given.seed} {given.count}{flags}"
    lake, _, history = (given.only or "").partition(":")
    only = int(history) if history else None
    orders = [
        Order(given.seed, number, size, command, only, given.scopes, given.within_units, given.redefine)
        for number in ([int(lake)] if lake else range(lakes))
    ]
    if given.shrink:
        from shrink import shrink

        return shrink(orders[0])
    return summed_up(run(judge, orders, given.workers))


def self_test():
    """The judge's own tests, counted as everything is here; the exit code."""
    tests = unittest.defaultTestLoader.discover(os.path.dirname(os.path.abspath(__file__)))
    result = unittest.TextTestRunner().run(tests)
    failed, skipped = len(result.failures) + len(result.errors), len(result.skipped)
    print(f"{result.testsRun - failed - skipped} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


def run(judge, orders, workers):
    """Verdicts as they come, each with a line of its own."""
    verdicts = []
    with ProcessPoolExecutor(workers) as pool:
        for done in as_completed([pool.submit(judge, order) for order in orders]):
            verdict = done.result()
            verdicts.append(verdict)
            sites = {
                f"{' and '.join(rules) or 'inactivity alone'}, T {timeout}": None
                for rules, timeout in zip(verdict.rules, verdict.timeouts)
            }
            print(
                f"lake {verdict.lake}: {'; '.join(sites)}: {verdict.histories} histories,"
                f" {verdict.events} arrivals, {len(verdict.failed)} differ, {verdict.seconds:.0f} s",
                flush=True,
            )
    return sorted(verdicts, key=lambda verdict: verdict.lake)


def summed_up(verdicts):
    """Prints what was met and the verdict; the exit code."""
    import coverage

    histories = sum(verdict.histories for verdict in verdicts)
    failed = sum(len(verdict.failed) for verdict in verdicts)
    marks = sum((verdict.marks for verdict in verdicts), Counter())
    print("met: " + ", ".join(f"{mark} {count / histories:.0%}" for mark, count in marks.most_common()))
    lacking = coverage.shortcomings(
        marks,
        histories,
        [rules for verdict in verdicts for rules in verdict.rules],
        {timeout for verdict in verdicts for timeout in verdict.timeouts},
    )
    for sentence in lacking:
        print(f"not covered: {sentence}")
    told = next((verdict for verdict in verdicts if verdict.failed), None)
    if told:
        before = sum(verdict.histories for verdict in verdicts if verdict.lake < told.lake)
        print(f"the first that differs is history {before + told.failed[0] + 1} of {histories}")
        print(told.told)
    print(f"{histories - failed} passed, {failed + len(lacking)} failed, 0 skipped")
    return 1 if failed or lacking else 0


if __name__ == "__main__":
    began = time.monotonic()
    code = main()
    print(f"took {time.monotonic() - began:.0f} s", file=sys.stderr)
    sys.exit(code)
