"""Changes of mind between arrivals: what is applied, looked at, taken back, cut off and cleaned up, and when.

A lake whose definition changes has several of them; which one people see after each step follows from the
changes alone, or, when two are applied at once, is one of two.
"""

from definitions import COMBINATIONS, definition

OTHERS = 3


def more_definitions(chance, first):
    """The lake's definition and others to change to, no two alike; some differ from another in their labels
    alone."""
    found = [first]
    while len(found) <= OTHERS:
        made = definition(chance, chance.choice(COMBINATIONS))
        if chance.random() < 0.4:
            made["sessions"] = dict(found[-1]["sessions"])
            made.pop("activity", None)
            made.update({key: found[-1][key] for key in ("activity",) if key in found[-1]})
        if made not in found:
            found.append(made)
    return found


def changes(chance, steps, count):
    """For each step, in order, what happens: `apply` and `look` name a definition by its index, `crash` the
    calls that go through before the process dies, `gc` the days that pass first."""
    planned = []
    for step in range(steps):
        here = []
        if chance.random() < 0.3:
            here.append(["look", chance.randrange(count)])
        if chance.random() < 0.1:
            here.append(["deploy"])
        if step > 0 and chance.random() < 0.25:
            here.append(["rollback"])
        elif chance.random() < 0.7:
            here.append(["apply", chance.randrange(count)])
            if chance.random() < 0.15:
                here.append(["apply", chance.randrange(count)])
        if chance.random() < 0.3:
            here.append(["gc", chance.choice((0, 2, 2, 40))])
        if chance.random() < 0.4:
            here.append(["crash", chance.randrange(400)])
        planned.append(here)
    return planned


class Expected:
    """Which definition people may see, step by step."""

    def __init__(self):
        self._releases = [0]

    def after(self, happened, releases):
        """What is wrong about the lake's releases (indexes of their definitions) after a step's changes."""
        before, self._releases = self._releases, releases
        wanted = {change[1] for change in happened if change[0] == "apply"}
        if ["rollback"] in happened and len(before) > 1:
            wanted = {before[-2]}
        allowed = wanted or {before[-1]}
        if releases[: len(before)] != before:
            return f"the releases {before} have become {releases}"
        if releases[-1] not in allowed:
            return f"definition {releases[-1]} is visible, not {' or '.join(map(str, sorted(allowed)))}"
        return None
