"""The judge must be able to fail: rows that were changed, and an oracle with other rules, are noticed."""

import copy
import subprocess
import sys
import unittest
from collections import Counter
from datetime import datetime, timedelta
from unittest import mock

import answers
import channels
import coverage
import facts
import oracle
import walk
from compare import Memory, compare, names_seen
from definitions import COMBINATIONS
from generate import STEPS, lake
from runner import CONVERSIONS, EVENTS, SESSIONS

SEED = 7
HISTORIES = 8


def as_the_lake_says(rows):
    """Expected rows as a lake would show them: with session ids of its own kind, through Athena's text."""
    tables = {}
    for table, columns in (("events", EVENTS), ("sessions", SESSIONS), ("conversions", CONVERSIONS)):
        lines = [[_text(column, row[column]) for column in columns] for row in rows[table]]
        tables[table] = answers.rows_of(columns, lines)
    return tables


def _text(column, value):
    if value is None:
        return None
    if column in answers.TIMES:
        moment = datetime(1970, 1, 1) + timedelta(milliseconds=value)
        return moment.isoformat(sep=" ", timespec="milliseconds")
    if column == "session_id":
        return "/".join(value)
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def scenarios():
    """Histories under every combination of rules, few of each: (lake, history, everything sent)."""
    for number in range(len(COMBINATIONS)):
        made = lake(SEED, number, HISTORIES)
        for history in made.histories:
            yield made, history, history.sent_by(STEPS)


def difference(expected, got, arrivals=()):
    return compare(expected, got, names_seen(arrivals, got["events"]), Memory())


class ChangedRows(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        made = lake(SEED, 2, HISTORIES)
        history = made.histories[3]
        cls.expected = oracle.rows(made.definition, made.sites[history.site], history.sent_by(STEPS))
        cls.got = as_the_lake_says(cls.expected)

    def test_nothing_changed_is_no_difference(self):
        self.assertGreater(len(self.expected["sessions"]), 2)
        self.assertIsNone(difference(self.expected, self.got))

    def test_every_column_of_every_row(self):
        for table in ("events", "sessions", "conversions"):
            for place, row in enumerate(self.got[table]):
                for column, value in row.items():
                    changed = copy.deepcopy(self.got)
                    text = value is None or isinstance(value, str)
                    changed[table][place][column] = "other" if text else None
                    with self.subTest(table=table, place=place, column=column):
                        self.assertIsNotNone(difference(self.expected, changed))

    def test_numbers_that_are_off_by_a_millisecond(self):
        sessions = ("ended_at", "duration_seconds")
        for table, column in (("events", "event_time"), *(("sessions", column) for column in sessions)):
            changed = copy.deepcopy(self.got)
            changed[table][0][column] += 1 if column in answers.TIMES else 0.001
            with self.subTest(column=column):
                self.assertIsNotNone(difference(self.expected, changed))

    def test_a_row_missing_there_twice_or_too_much(self):
        for table in ("events", "sessions", "conversions"):
            for change in (
                lambda rows: rows.pop(),
                lambda rows: rows.append(dict(rows[0])),
                lambda rows: rows.append({**rows[0], "event_id": "new", "session_id": "new"}),
            ):
                changed = copy.deepcopy(self.got)
                change(changed[table])
                self.assertIsNotNone(difference(self.expected, changed))

    def test_a_session_that_changes_its_id_between_steps(self):
        memory = Memory()
        self.assertIsNone(compare(self.expected, self.got, names_seen((), []), memory))
        for table in ("events", "sessions", "conversions"):
            for row in self.got[table]:
                if row["session_id"] is not None:
                    row["session_id"] = "renamed " + row["session_id"]
        self.assertIsNotNone(compare(self.expected, self.got, names_seen((), []), memory))


class ChangedRules(unittest.TestCase):
    """An oracle with one rule changed must disagree with the right one somewhere in generated histories."""

    @classmethod
    def setUpClass(cls):
        cls.cases = []
        for made, history, arrivals in scenarios():
            site = made.sites[history.site]
            cls.cases.append((made.definition, site, arrivals, oracle.rows(made.definition, site, arrivals)))

    def caught(self):
        """How many histories differ from the right ones, under what is patched now."""
        count = 0
        for definition, site, arrivals, right in self.cases:
            rows = as_the_lake_says(oracle.rows(definition, site, arrivals))
            count += difference(right, rows, arrivals) is not None
        return count

    def test_unchanged_rules_are_not_caught(self):
        self.assertEqual(self.caught(), 0)

    def test_each_reason_to_cut(self):
        right = walk.cuts
        for reason in (
            "inactivity",
            "at_midnight",
            "on_event",
            "endless",
            "on_campaign",
            "on_referrer",
            "max_duration",
            "max_events",
        ):
            without = lambda *given, reason=reason: [each for each in right(*given) if each != reason]
            with self.subTest(without=reason), mock.patch.object(walk, "cuts", without):
                self.assertGreater(self.caught(), 0)

    def test_at_the_timeout_instead_of_over_it(self):
        right = walk.cuts

        def early(state, event, rules, day):
            at_limit = event.time - state.last.time == rules.inactivity
            return [*right(state, event, rules, day), *(["inactivity"] if at_limit else [])]

        with mock.patch.object(walk, "cuts", early):
            self.assertGreater(self.caught(), len(self.cases) // 4)

    def test_the_unbroken_flag_forgotten(self):
        right = walk._moved_on

        def forgetful(state, *rest):
            right(state, *rest)
            state.unbroken = False

        with mock.patch.object(walk, "_moved_on", forgetful):
            self.assertGreater(self.caught(), 10)

    def test_engagement_that_moves_nothing(self):
        with mock.patch.object(walk, "_engagement", lambda *_: None):
            self.assertGreater(self.caught(), len(self.cases) // 4)

    def test_copies_kept(self):
        with mock.patch.object(facts, "_without_copies", lambda copies: copies):
            self.assertGreater(self.caught(), len(self.cases) // 4)

    def test_the_last_copy_kept(self):
        last = lambda copies: [max(copies, key=lambda fact: fact.received)]
        with mock.patch.object(facts, "_without_copies", last):
            self.assertGreater(self.caught(), 10)

    def test_ties_by_another_order(self):
        backwards = property(lambda fact: (fact.time, -(fact.seq or 0), fact.event_id[::-1]))
        with mock.patch.object(facts.Fact, "order", backwards):
            self.assertGreater(self.caught(), 10)

    def test_ids_compared_as_utf_16(self):
        order = property(
            lambda fact: (fact.time, (fact.seq is not None, fact.seq or 0), fact.event_id.encode("utf-16-be"))
        )
        with mock.patch.object(facts.Fact, "order", order):
            self.assertGreater(self.caught(), 0)

    def test_clocks_believed(self):
        with mock.patch.object(facts, "SKEW_ALLOWED", 10**15):
            self.assertGreater(self.caught(), 10)

    def test_a_day_of_utc(self):
        with mock.patch.object(oracle, "local_days", lambda _: oracle.LocalDays("UTC")):
            self.assertGreater(self.caught(), len(self.cases) // 4)

    def test_another_channel_rule(self):
        with mock.patch.object(channels, "_PAID", channels.re.compile("^cpc$")):
            self.assertGreater(self.caught(), 0)


class Coverage(unittest.TestCase):
    def test_a_whole_run_meets_what_it_promises(self):
        marks, histories, timeouts = Counter(), 0, set()
        for number in range(len(COMBINATIONS)):
            made = lake(SEED, number, 60)
            timeouts.update(own["sessions"]["inactivity"] for own in made.own)
            for history in made.histories:
                marks.update(coverage.of_history(made, history))
                histories += 1
        self.assertEqual(coverage.shortcomings(marks, histories, COMBINATIONS, timeouts), [])
        self.assertNotEqual(coverage.shortcomings(Counter(), histories, COMBINATIONS, timeouts), [])

    def test_the_same_seed_gives_the_same_histories(self):
        program = "from generate import lake; print(lake(7, 3, 20))"
        runs = {
            subprocess.run(
                [sys.executable, "-B", "-c", program],
                cwd=walk.__file__.rsplit("/", 1)[0],
                env={"PYTHONHASHSEED": str(n)},
                capture_output=True,
                check=True,
            ).stdout
            for n in (1, 2)
        }
        self.assertEqual(len(runs), 1)


if __name__ == "__main__":
    unittest.main()
