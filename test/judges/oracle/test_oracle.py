"""The oracle against the hand-written histories in test/vectors, and against itself when it is wrong."""

import json
import re
import unittest
from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import oracle

VECTORS = sorted((Path(__file__).parents[2] / "vectors").glob("*.json"))
_STEPS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def instant(text, zone):
    """Milliseconds of a time: as it says with `Z` or an offset, else by the clocks of the zone."""
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        time = time.replace(tzinfo=ZoneInfo(zone))
    return (time - _EPOCH) // timedelta(milliseconds=1)


def written_out(ids):
    """Ids with runs such as `r1..r9` written out."""
    for text in ids:
        run = re.fullmatch(r"(\D+)(\d+)\.\.\1(\d+)", text)
        if run is None:
            yield text
        else:
            yield from (f"{run[1]}{n}" for n in range(int(run[2]), int(run[3]) + 1))


def arrivals_of(vector, zone):
    """What a vector's visitors sent, repeated events written out."""
    for event in vector["events"]:
        fields = {key: event[key] for key in ("type", "name", "url", "referrer", "seq") if key in event}
        fields["visitor"] = event.get("visitor", "v")
        first = instant(event["time"], zone)
        if "every" not in event:
            yield {**fields, "id": event["id"], "time": first}, None, first
            continue
        count, step = re.fullmatch(r"(\d+)(\D+)", event["every"]).groups()
        for n in range(event["times"]):
            if n + 1 not in event.get("except", []):
                time = first + n * int(count) * _STEPS[step]
                yield {**fields, "id": f"{event['id']}{n + 1}", "time": time}, None, time


class HandWrittenHistories(unittest.TestCase):
    def test_every_vector(self):
        seen = 0
        for file in VECTORS:
            for vector in json.loads(file.read_text("utf-8")):
                with self.subTest(file=file.name, vector=vector["name"]):
                    self.judge(vector)
                seen += 1
        self.assertGreater(seen, 100)

    def judge(self, vector):
        site = {"site": "s", "time_zone": "UTC", "hosts": ["shop.example"], **vector.get("site", {})}
        arrivals = list(arrivals_of(vector, site["time_zone"]))
        events = oracle.rows(vector.get("definition", {}), site, arrivals)["events"]
        members, outside = {}, []
        for row in events:
            if row["session_id"] is None:
                outside.append(row["event_id"])
            else:
                members.setdefault(row["session_id"], []).append(row["event_id"])
        wanted = [list(written_out(ids)) for ids in vector["sessions"]]
        self.assertEqual(sorted(members.values()), sorted(wanted))
        self.assertEqual(sorted(outside), sorted(written_out(vector.get("unassigned", []))))


if __name__ == "__main__":
    unittest.main()
