"""What can be found in a thermogram of a substation: devices, their zones and their faults."""

from __future__ import annotations

FIRST_STAGE = (
    "gis bushing", "neutral bushing", "neutral arrester", "bushing", "circuit breaker",
    "power cable", "voltage transformer", "current transformer", "coupling filter",
    "coupling capacitor", "surge arrester", "high-voltage bushing",
)
SECOND_STAGE = (
    "disconnector", "dc breaker", "reactor", "main transformer body", "conservator",
    "power capacitor", "fuse",
)
CLASSES = FIRST_STAGE + SECOND_STAGE
FOUND_ONLY = ("line trap", "post insulator", "insulator string")  # named, but never judged
NAMES = CLASSES + FOUND_ONLY  # what a detector that learnt from real thermograms can say

GROUPS: dict[str, tuple[str, ...]] = {
    "bushing": ("bushing", "high-voltage bushing", "gis bushing", "neutral bushing"),
    "arrester": ("surge arrester", "neutral arrester"),
    "breaker": ("circuit breaker", "dc breaker"),
    "instrument transformer": ("current transformer", "voltage transformer",
                               "coupling capacitor"),
    "disconnector": ("disconnector",),
    "cable": ("power cable",),
    "coupling filter": ("coupling filter",),
    "tank": ("main transformer body", "reactor"),
    "conservator": ("conservator",),
    "capacitor": ("power capacitor",),
    "fuse": ("fuse",),
    "line trap": ("line trap",),
    "post insulator": ("post insulator",),
    "insulator string": ("insulator string",),
}  # kinds that look alike, by what they are all called
GROUP_OF = {name: group for group, names in GROUPS.items() for name in names}
SOME = tuple(f"some {group}" for group in GROUPS)  # labels of devices whose kind nobody could tell
LABELS = NAMES + SOME
IGNORED = -1  # label of what is too small, hidden or doubtful to be learnt or measured

ZONES: dict[str, tuple[str, ...]] = {
    "gis bushing": ("terminal", "insulator", "flange"),
    "neutral bushing": ("terminal", "insulator", "flange"),
    "neutral arrester": ("terminal", "insulator", "base"),
    "bushing": ("terminal", "insulator", "flange"),
    "circuit breaker": ("terminal", "chamber", "support"),
    "power cable": ("terminal", "insulator", "stress cone"),
    "voltage transformer": ("head", "insulator", "tank"),
    "current transformer": ("terminal", "head", "insulator", "base"),
    "coupling filter": ("lead-in", "box"),
    "coupling capacitor": ("terminal", "insulator", "base"),
    "surge arrester": ("terminal", "insulator", "base"),
    "high-voltage bushing": ("terminal", "insulator", "turret"),
    "disconnector": ("contact", "blade", "support"),
    "dc breaker": ("chamber", "arrester", "support"),
    "reactor": ("terminal", "winding", "support"),
    "main transformer body": ("tank", "radiator"),
    "conservator": ("shell", "gauge"),
    "power capacitor": ("terminal", "can"),
    "fuse": ("upper contact", "tube", "lower contact"),
}

JOINT, SECTION, SIDE, OIL = "hot joint", "hot section", "one-sided heating", "low oil level"
FAULT_NAMES = (JOINT, SECTION, SIDE, OIL)

FAULTS: dict[str, dict[str, str]] = {
    "gis bushing": {JOINT: "terminal", SECTION: "insulator"},
    "neutral bushing": {JOINT: "terminal"},
    "neutral arrester": {SECTION: "insulator"},
    "bushing": {JOINT: "terminal", SIDE: "insulator", OIL: "insulator"},
    "circuit breaker": {JOINT: "terminal", SECTION: "chamber"},
    "power cable": {JOINT: "terminal", SECTION: "stress cone"},
    "voltage transformer": {SECTION: "insulator", SIDE: "tank", OIL: "tank"},
    "current transformer": {JOINT: "terminal", SECTION: "head", OIL: "head"},
    "coupling filter": {JOINT: "lead-in"},
    "coupling capacitor": {SECTION: "insulator", SIDE: "insulator"},
    "surge arrester": {SECTION: "insulator", SIDE: "insulator"},
    "high-voltage bushing": {JOINT: "terminal", SIDE: "insulator", OIL: "insulator"},
    "disconnector": {JOINT: "contact", SECTION: "blade"},
    "dc breaker": {SECTION: "chamber", SIDE: "arrester"},
    "reactor": {JOINT: "terminal", SECTION: "winding", SIDE: "winding"},
    "main transformer body": {SECTION: "tank", SIDE: "radiator"},
    "conservator": {OIL: "shell"},
    "power capacitor": {JOINT: "terminal", SECTION: "can"},
    "fuse": {JOINT: "upper contact", SECTION: "tube"},
}  # which faults a class can have, and the zone where each of them shows


def group_of(label: int) -> str:
    """Return the group that a label names or belongs to."""
    return GROUP_OF[NAMES[label]] if label < len(NAMES) else list(GROUPS)[label - len(NAMES)]
