"""When the events of a generated visitor happen: close to where rules and units change their mind."""

from local_days import DAY


def near(chance, point, pause):
    """A time close to a point: on it, a ms beside it, or a timeout away from it."""
    offset = chance.choice((0, 0, 1, -1, pause, -pause, pause + 1, -pause - 1, pause - 1, 1 - pause))
    return point + offset if chance.random() < 0.8 else point + chance.randint(-2 * pause, 2 * pause)


def step(chance, pause):
    """Milliseconds to a visitor's next event: now, soon, at the timeout, just over it, much later."""
    kind = chance.random()
    if kind < 0.06:
        return 0
    if kind < 0.42:
        return chance.randint(1, pause)
    if kind < 0.58:
        return pause
    if kind < 0.68:
        return pause + 1
    if kind < 0.76:
        return max(0, pause - 1)
    if kind < 0.9:
        return chance.randint(1, 4 * pause)
    return chance.randint(pause, 14 * 3_600_000)


def up_to_limit(chance, start, pause, limit):
    """A run without pause that ends just where a session is as long as it may be."""
    steps = -(-limit // pause)
    last = start + limit + chance.choice((0, 0, 1, -1))
    return [start + limit * step // steps for step in range(steps)] + [last]


def around_edges(chance, edges, pause, limit, most):
    """Short runs of events, each begun close to a midnight or the edge of a unit; `limit` is the longest
    duration of a session, ms, or None."""
    times = []
    while len(times) < most:
        time = near(chance, chance.choice(edges), pause)
        if limit is not None and limit <= 12 * pause and chance.random() < 0.4:
            times += up_to_limit(chance, time, pause, limit)
            time = times[-1] + step(chance, pause)
        for _ in range(chance.randint(1, 6)):
            times.append(time)
            time += step(chance, pause)
    return times


def straight_on(chance, start, end, pause, most):
    """A walk through the whole span, with pauses of every length."""
    times, time = [], chance.randint(start, end)
    while len(times) < most and time < end:
        times.append(time)
        time += step(chance, pause)
    return times


def without_pause(chance, edges, end, pause, most):
    """A robot: no pause longer than the timeout for days, seldom exactly one. It may begin on an edge."""
    gap = chance.choice((pause, pause, max(1, pause - 1), max(1, pause * 3 // 4)))
    early_edges = edges[: len(edges) // 2 + 1]
    time = near(chance, chance.choice(early_edges), pause) - chance.choice((0, DAY // 24, DAY // 4, DAY // 2))
    stop = min(end, time + chance.choice((30, 44, 50, 70)) * 3_600_000)
    breaks_at = chance.randint(1, 8 * most)
    times = []
    while len(times) < most and time < stop:
        times.append(time)
        time += pause + 1 if len(times) == breaks_at else gap
    return times
