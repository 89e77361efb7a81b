"""Which sports, in FIT's words, are on foot, runs, walks or indoors: the one place that says so."""

from __future__ import annotations

NAMED_RUNS = frozenset({"running"})
"""Sports that are runs by their name."""

RUNS = NAMED_RUNS | {"", "generic"}
"""Sports that `History.runs` holds. A recording that names no sport is taken for a run where it has
a distance; a hike isn't one, though it is on foot.
"""

WALKS = frozenset({"hiking", "mountaineering", "snowshoeing", "walking"})
"""Sports done on foot at a walk, with the lower cadence of a walk."""

ON_FOOT = RUNS | WALKS | {"training"}
"""Sports done on foot: their cadence counts both feet, and the limits for people on foot hold.

``fitness_equipment`` isn't among them: under that name stand ellipticals, rowers and bicycles. Its
treadmills are known by their sub-sport (`is_on_foot`).
"""

TREADMILL = frozenset({"indoor_running", "indoor_walking", "treadmill"})
"""Sub-sports on foot that stay in one place: positions and elevation show the receiver's drift."""

INDOOR = TREADMILL | {"indoor", "virtual_activity"}
"""Sub-sports without ground, neither road nor trail. Virtual ones have a course, so that positions
and elevation are kept, but one that was never run.
"""


def is_on_foot(sport: str, sub_sport: str = "") -> bool:
    """Return whether an activity was done on foot: by its sport, or on a treadmill."""
    return sport in ON_FOOT or sub_sport in TREADMILL


def has_ground(sport: str, sub_sport: str = "") -> bool:
    """Return whether an activity was on foot and outdoors, so that it has a surface."""
    return is_on_foot(sport, sub_sport) and sub_sport not in INDOOR
