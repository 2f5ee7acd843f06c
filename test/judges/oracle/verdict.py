"""Judges lakes: plays a scenario through the product and compares every history after every step."""

import time
from collections import Counter
from dataclasses import dataclass, field

import coverage
import oracle
import redefine
import report
from compare import Memory, compare, names_seen
from facts import Names
from generate import lake as generate_lake
from runner import ENDED, LakeFailed, Runner


@dataclass(slots=True)
class Verdict:
    """What came of one lake: which histories differ, by number, the first difference told, what was met."""

    lake: int
    histories: int
    rules: list[tuple]
    timeouts: list[str]
    failed: list[int] = field(default_factory=list)
    told: str = ""
    marks: Counter = field(default_factory=Counter)
    events: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class Order:
    """One lake to judge. `only`, when given, is the number of the one history to play."""

    seed: int
    lake: int
    histories: int
    command: str
    only: int | None = None
    scopes: bool = False
    within_units: bool = False
    redefined: bool = False


def judge(order):
    """The verdict on one lake, by a runner of its own; by another one if that died without a word."""
    with Runner() as runner:
        verdict = judged_by(runner, order)
    if ENDED not in verdict.told:
        return verdict
    print(f"lake {order.lake}: {verdict.told.splitlines()[-1]}; once more", flush=True)
    with Runner() as runner:
        return judged_by(runner, order)


def judged_by(runner, order):
    """The verdict on one lake."""
    started = time.monotonic()
    lake = generate_lake(
        order.seed, order.lake, order.histories, order.scopes, order.within_units, order.redefined
    )
    histories = [h for h in lake.histories if order.only in (None, h.number)]
    verdict = Verdict(lake.number, len(histories), lake.rules, _timeouts(lake))
    for history in histories:
        verdict.marks.update(coverage.of_history(lake, history))
        verdict.events += len(history.arrivals)
    try:
        for number, told in differences(runner, lake, histories, order.command):
            verdict.failed.append(number)
            verdict.told = verdict.told or told
    except LakeFailed as error:
        verdict.failed = [history.number for history in histories]
        verdict.told = f"LAKE FAILED: seed {lake.seed}, lake {lake.number}\n  again: {order.command}\n{error}"
    verdict.seconds = time.monotonic() - started
    return verdict


def _timeouts(lake):
    return [own["sessions"]["inactivity"] for own in lake.own]


def differences(runner, lake, histories, command):
    """Yields (history's number, its first difference told) for every history that differs at some step."""
    memories = {history.number: Memory() for history in histories}
    promised = redefine.Expected()
    for step, tables, releases in runner.play(lake, histories):
        wrong = promised.after(lake.changes[step], releases)
        if wrong:
            raise LakeFailed(f"step {step}: {wrong}, after {lake.changes[step]}")
        got = _by_history(tables, histories)
        for history in histories:
            if history.number not in memories:
                continue
            arrivals = history.sent_by(step)
            rows = got[history.number]
            seen = names_seen(arrivals, rows["events"])
            shown = lake.definitions[releases[-1]]
            expected = oracle.rows(shown, lake.sites[history.site], arrivals, Names(seen.names))
            found = compare(expected, rows, seen, memories[history.number])
            if found:
                del memories[history.number]
                again = f"{command} --only {lake.number}:{history.number}"
                yield history.number, report.text(lake, shown, history, step, found, expected, rows, again)


def _by_history(tables, histories):
    """The tables' rows by number of history, which visitors' ids begin with."""
    rows: dict = {history.number: {table: [] for table in tables} for history in histories}
    for table, all_rows in tables.items():
        for row in all_rows:
            rows[int(row["visitor_id"][1:].split(".", 1)[0])][table].append(row)
    return rows
