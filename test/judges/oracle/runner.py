"""The product at work: a child process that plays scenarios through real lakes."""

import json
import os
import subprocess
from pathlib import Path

from answers import rows_of
from generate import STEPS

ROOT = Path(__file__).parents[3]
EVENTS = """
site dt event_id event_time received_at visitor_id user_id event_type event_name value properties url
url_host url_path page_group title referrer referrer_host utm_source utm_medium utm_campaign utm_term
utm_content click_id session_id session_event_number session_channel session_landing_page previous_url
is_landing is_exit seconds_to_next is_internal
""".split()
SESSIONS = """
site dt session_id visitor_id user_id started_at ended_at duration_seconds engaged_seconds event_count
page_views is_bounce landing_url landing_page exit_url exit_page referrer referrer_host utm_source
utm_medium utm_campaign click_id channel source medium conversion_count conversion_value open_until is_internal
""".split()
CONVERSIONS = """
site dt conversion_name event_id event_time visitor_id user_id session_id value channel source medium
utm_campaign first_channel last_channel last_non_direct_channel touches is_internal
""".split()
OBJECTS_PER_STEP = 2
ENDED = "the runner ended with"


class LakeFailed(Exception):
    """The lake stopped with an error; the text is its own."""


class Runner:
    """`with Runner() as runner: for step, tables, releases in runner.play(lake, histories)`."""

    def __enter__(self):
        environment = {**os.environ, "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED": "true"}
        self._child = subprocess.Popen(
            ["node", "--import", "tsx", "--no-warnings", str(Path(__file__).with_name("run.ts"))],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        return self

    def __exit__(self, *_):
        """Ends the child, which may be in the middle of an answer that nobody reads any more."""
        self._child.kill()
        self._child.wait()
        self._child.stdin.close()
        self._child.stdout.close()

    def play(self, lake, histories):
        """Yields (step, rows by table, indexes of the definitions of all releases, the
        visible one last) after each step of a lake of these histories."""
        columns = {"events": EVENTS, "sessions": SESSIONS, "conversions": CONVERSIONS}
        play = {
            "definitions": lake.definitions,
            "changes": lake.changes,
            "sites": lake.sites,
            "steps": [list(_objects(histories, step)) for step in range(STEPS)],
            "columns": columns,
        }
        self._child.stdin.write(json.dumps(play) + "\n")
        self._child.stdin.flush()
        for step in range(STEPS):
            line = self._child.stdout.readline()
            answer = json.loads(line) if line else {"error": f"{ENDED} {self._child.wait()}"}
            if "error" in answer:
                raise LakeFailed(answer["error"])
            tables = {table: rows_of(columns[table], answer[table]) for table in columns}
            yield step, tables, answer["releases"]


def _objects(histories, step):
    """The landing objects of a step: lists of (site, event, sent_at, received)."""
    objects = [[] for _ in range(OBJECTS_PER_STEP)]
    for history in histories:
        for place, arrival in enumerate(history.arrivals):
            if arrival.step == step:
                objects[place % OBJECTS_PER_STEP].append(
                    (history.site, arrival.event, arrival.sent_at, arrival.received)
                )
    return [sent for sent in objects if sent]
