"""Local dates and units: the two ways in which the lake divides time."""

from datetime import datetime, timedelta, timezone
from functools import cache
from zoneinfo import ZoneInfo

DAY = 86_400_000
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class LocalDays:
    """Dates of one time zone. `LocalDays('Asia/Tokyo')(0)` is '1970-01-01'. Times are ms since the epoch."""

    def __init__(self, zone):
        self.zone = ZoneInfo(zone)
        self._of_minute = {}

    def __call__(self, time):
        """The local date, `YYYY-MM-DD`, of a time."""
        minute = time // 60_000  # offsets in use since 1972 are whole minutes, and clocks change on one
        date = self._of_minute.get(minute)
        if date is None:
            date = (_EPOCH + timedelta(minutes=minute)).astimezone(self.zone).date().isoformat()
            self._of_minute[minute] = date
        return date

    def utc_offset(self, time):
        """Milliseconds to add to UTC at a time."""
        moment = (_EPOCH + timedelta(milliseconds=time)).astimezone(self.zone)
        return int(moment.utcoffset() / timedelta(milliseconds=1))

    def midnight(self, date):
        """The first ms of a local date. Found by looking, for in some zones a day does not begin at 0:00."""
        utc_midnight = datetime.fromisoformat(date).replace(tzinfo=timezone.utc)
        start = (utc_midnight - _EPOCH) // timedelta(milliseconds=1)
        low, high = start - DAY, start + DAY
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self(middle) < date else (low, middle)
        return high


local_days = cache(LocalDays)
"""The dates of a zone, remembered from call to call."""


def unit_of(time, day_offset):
    """The number of the 24-hour window that a time lies in, for windows that start at `day_offset` (ms)."""
    return (time + day_offset) // DAY


def offset_of(text):
    """Milliseconds of an offset such as `+09:00`."""
    sign = -1 if text[0] == "-" else 1
    hours, minutes = text[1:].split(":")
    return sign * (int(hours) * 60 + int(minutes)) * 60_000
