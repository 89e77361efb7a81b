"""What the tags of a way say about the ground: one table, read by everything that uses a map."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np

_FILE = resources.files("trailstats.terrain.maps") / "ground.toml"
_TABLE: dict[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))

GROUND_KEYS: tuple[str, ...] = tuple(_TABLE["ground_keys"])
"""Keys that are read; no other is kept."""

IGNORED_WAYS: frozenset[str] = frozenset(_TABLE["ignored_ways"])
"""Values of ``highway`` that nobody runs on, or that are no way."""

AREAS: dict[str, frozenset[str]] = {
    key: frozenset(values) for key, values in _TABLE["areas"].items()
}
"""Ways without ``highway`` that are ground to run on."""

MOST_SETS = 10_000
"""Sets of tags whose ground is kept in memory."""

_MOTOR_ROADS = frozenset(_TABLE["motor_roads"])
_MINOR_ROADS = frozenset(_TABLE["minor_roads"])
_SOFT_WAYS = frozenset(_TABLE["soft_ways"])
_COUNTRY_WAYS = frozenset(_TABLE["country_ways"])
_PAVED = frozenset(_TABLE["paved"])
_UNPAVED = frozenset(_TABLE["unpaved"])
_EARTH = frozenset(_TABLE["earth"])
_SPELLINGS: dict[str, str] = _TABLE["spellings"]
_ROUGH_GROUND = frozenset(_TABLE["rough_ground"])
_EVEN_GROUND = frozenset(_TABLE["even_ground"])
_SMOOTH = frozenset(_TABLE["smooth"])
_ROUGH = frozenset(_TABLE["rough"])
_SOFT_GRADES = frozenset({"grade2", "grade3", "grade4", "grade5"})
_GRADED_ROADS: dict[str, str] = _TABLE["graded_roads"]
_ROADSIDE = frozenset(_TABLE["roadside"])
_TECHNICAL: dict[str, dict[str, float]] = _TABLE["technical"]
_FIRM_TRACKS: dict[str, float] = _TABLE["firm_tracks"]


@dataclass(frozen=True)
class GroundRule:
    """A row of the table.

    Attributes
    ----------
    name : str
    p_trail : float
        Probability that such a way is a trail.
    why : str
        Where the probability comes from.
    judged : float
        What was judged before ways were counted; NaN where none are.
    decides : bool
        Whether it may decide: not where regions differ so much that its probability may lie on
        either side.
    """

    name: str
    p_trail: float
    why: str
    judged: float = float("nan")
    decides: bool = True


RULES = {row["name"]: GroundRule(**row) for row in _TABLE["rules"]}
"""The rules by name, in the order in which the documentation lists them."""


@dataclass(frozen=True)
class Ground:
    """What a way's tags say.

    Attributes
    ----------
    rule : GroundRule
        The first row of the table that applies.
    technical : float
        Probability of technical ground, at most that of trail; NaN where no tag speaks of it. All
        are our choice; mappers tend to rate the hiking scale too high.
    """

    rule: GroundRule
    technical: float


def is_ground(tags: Mapping[str, str]) -> bool:
    """Return whether somebody may run on a way or area with these tags."""
    if "highway" in tags:
        return tags["highway"] not in IGNORED_WAYS
    return _is_open_ground(tags)


def is_area(tags: Mapping[str, str]) -> bool:
    """Return whether a closed way with these tags is ground all over."""
    stated = tags.get("area", "")
    return stated == "yes" or ("highway" not in tags and stated != "no")


def ground_of(tags: Mapping[str, str]) -> Ground:
    """Return what a way's tags say about the ground.

    Parameters
    ----------
    tags : mapping of str to str
        Tags of a way or an area; only `GROUND_KEYS` are looked at.

    Returns
    -------
    Ground

    Notes
    -----
    A surface outweighs everything else; then come a firm track, hiking and mountain-bike scales,
    smoothness, the type of a track, and last the kind of way. A path that is designated for
    cyclists, or segregated, is mostly paved; one for walkers alone is left open; any other path
    mostly isn't.

    Examples
    --------
    >>> ground_of({"highway": "path"}).rule.name
    'path'
    >>> ground_of({"highway": "path", "segregated": "no"}).rule.name
    'designated path'
    >>> ground_of({"highway": "path", "surface": "gravel"}).rule.p_trail
    0.97
    """
    return _ground_of(frozenset(tags.items()))


@lru_cache(maxsize=MOST_SETS)
def _ground_of(items: frozenset[tuple[str, str]]) -> Ground:
    tags = dict(items)
    surfaces = _surfaces(tags.get("surface", ""))
    rule = RULES[_rule_name(tags, surfaces)]
    technical = _technical(tags, surfaces, paved=rule.name == "paved")
    return Ground(rule, float(np.minimum(technical, rule.p_trail)))


def _rule_name(tags: Mapping[str, str], surfaces: frozenset[str]) -> str:
    if "highway" not in tags:
        return _area_name(tags, surfaces)
    kind = tags["highway"]
    hard, soft = surfaces & _PAVED, surfaces & _UNPAVED
    if "stepping_stones" in (*surfaces, tags.get("ford")):
        return "stepping stones"
    planks = hard == {"wood"} and kind in _COUNTRY_WAYS
    if planks or tags.get("bridge") == "boardwalk":
        return "boardwalk"
    if hard and soft:
        return "several surfaces"
    if hard:
        return "paved"
    if soft and kind in _SOFT_WAYS:
        return "unpaved way"
    if soft:
        earth = soft <= _EARTH and kind in _MINOR_ROADS
        return "earth road" if earth else "unpaved road"
    if kind in _MOTOR_ROADS or kind == "service":
        return _road_name(tags, kind)
    return _way_name(tags, kind)


def _area_name(tags: Mapping[str, str], surfaces: frozenset[str]) -> str:
    """Return the rule of ground without ``highway``."""
    hard, soft = surfaces & _PAVED, surfaces & _UNPAVED
    if hard and not soft:
        return "paved"
    if soft and not hard and soft <= _EARTH:
        return "natural ground"
    if surfaces & (_PAVED | _UNPAVED):
        return "other"
    if tags.get("natural") in AREAS["natural"]:
        return "natural ground"
    return "running track" if tags.get("leisure") == "track" else "other"


def _road_name(tags: Mapping[str, str], kind: str) -> str:
    """Return the rule of a road without a known surface."""
    grade = tags.get("tracktype", "")
    if kind in _MINOR_ROADS and grade in _GRADED_ROADS:
        return _GRADED_ROADS[grade]
    if tags.get("smoothness") in _ROUGH:
        return "unpaved road"
    return "service way" if kind == "service" else "road"


def _way_name(tags: Mapping[str, str], kind: str) -> str:
    """Return the rule of any other way without a known surface."""
    grade, smoothness = tags.get("tracktype", ""), tags.get("smoothness")
    if grade == "grade1" and kind in _SOFT_WAYS:
        return "firm track"
    if _is_rated(tags):
        return "hiking or mountain-bike scale"
    if smoothness in _ROUGH:
        return "rough way"
    if grade in _SOFT_GRADES and kind in _SOFT_WAYS:
        return "soft track"
    if smoothness in _SMOOTH:
        return "smooth way"
    if _ROADSIDE & {tags.get(key) for key in ("footway", "cycleway", "path")}:
        return "beside a road"
    if tags.get("informal") == "yes":
        return "informal path"
    if tags.get("lit") == "yes" and kind in _COUNTRY_WAYS:
        return "lit way"
    led = tags.get("bicycle") == "designated" or "segregated" in tags
    if kind == "path" and led:
        return "designated path"
    if kind == "path" and tags.get("foot") == "designated":
        return "path for walkers"
    if kind in ("path", "bridleway"):
        return "path"
    known = ("footway", "cycleway", "pedestrian", "steps", "track")
    return kind if kind in known else "other"


def _is_open_ground(tags: Mapping[str, str]) -> bool:
    return any(tags.get(key) in values for key, values in AREAS.items())


def _is_rated(tags: Mapping[str, str]) -> bool:
    """Return whether a scale says that it is a way for hikers or mountain bikes. Strolling is what
    any even way is rated.
    """
    rated = ("mtb:scale", "mtb:scale:imba", "mtb:scale:uphill")
    return (
        tags.get("sac_scale", "strolling") != "strolling"
        or any(key in tags for key in rated)
        or tags.get("mtb") == "designated"
        or tags.get("trail_visibility", "excellent") != "excellent"
        or tags["highway"] == "via_ferrata"
    )


def _surfaces(text: str) -> frozenset[str]:
    """Return the surfaces that a tag names; it may hold several, spelled in many ways, and say more
    behind a colon.
    """
    parts = re.split(r"[;,/|+]", text.lower())
    return frozenset(_surface(part) for part in parts if part.strip())


def _surface(text: str) -> str:
    """Return a surface as the table spells it."""
    name = re.sub(r"[\s-]+", "_", text.strip()).partition(":")[0]
    return _SPELLINGS.get(name, name)


def _technical(
    tags: Mapping[str, str], surfaces: frozenset[str], *, paved: bool
) -> float:
    """Return the probability of technical ground: what speaks for it outweighs what speaks
    against.
    """
    said = [
        table[tags[key]]
        for key, table in _TECHNICAL.items()
        if tags.get(key) in table
    ]
    scale = tags.get("mtb:scale", "")[:1]
    if scale.isdigit():
        said.append((0.1, 0.3)[int(scale)] if int(scale) < 2 else 0.85)
    if surfaces & _ROUGH_GROUND:
        said.append(0.85)
    if tags.get("highway") == "via_ferrata":
        said.append(0.98)
    if said:
        return max(said)
    if paved:
        return 0.02
    if surfaces & _EVEN_GROUND:
        return 0.05
    return _FIRM_TRACKS.get(tags.get("tracktype", ""), float("nan"))
