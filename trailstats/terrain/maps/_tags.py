"""What the tags of a way say about the ground: one table, read by everything that uses a map."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

_FILE = resources.files("trailstats.terrain.maps") / "ground.toml"
_TABLE: dict[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))

GROUND_KEYS: tuple[str, ...] = tuple(_TABLE["ground_keys"])
"""Keys that are read; no other is kept."""

IGNORED_WAYS: frozenset[str] = frozenset(_TABLE["ignored_ways"])
"""Values of ``highway`` that nobody runs on, or that are no way."""

_MOTOR_ROADS = frozenset(_TABLE["motor_roads"])
_SOFT_WAYS = frozenset(_TABLE["soft_ways"])
_PAVED = frozenset(_TABLE["paved"])
_UNPAVED = frozenset(_TABLE["unpaved"])
_ROUGH_GROUND = frozenset(_TABLE["rough_ground"])
_EVEN_GROUND = frozenset(_TABLE["even_ground"])
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
    """

    name: str
    p_trail: float
    why: str
    judged: float = float("nan")


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
        Probability of technical ground; NaN where no tag speaks of it. All are our choice;
        mappers tend to rate the hiking scale too high.
    """

    rule: GroundRule
    technical: float


def ground_of(tags: Mapping[str, str]) -> Ground:
    """Return what a way's tags say about the ground.

    Parameters
    ----------
    tags : mapping of str to str
        Tags of a way with ``highway``; only `GROUND_KEYS` are looked at.

    Returns
    -------
    Ground

    Notes
    -----
    A surface outweighs everything else; then come hiking and mountain-bike scales, the type of a
    track, and last the kind of way. A path that is designated for cyclists or walkers, or
    segregated, is mostly paved; any other path mostly isn't.

    Examples
    --------
    >>> ground_of({"highway": "path"}).rule.name
    'path'
    >>> ground_of({"highway": "path", "segregated": "no"}).rule.name
    'designated path'
    >>> ground_of({"highway": "path", "surface": "gravel"}).rule.p_trail
    0.97
    """
    name = _rule_name(tags)
    return Ground(RULES[name], _technical(tags, paved=name == "paved"))


def _rule_name(tags: Mapping[str, str]) -> str:
    kind = tags.get("highway", "")
    surfaces = _surfaces(tags)
    hard, soft = surfaces & _PAVED, surfaces & _UNPAVED
    if hard and soft:
        return "several surfaces"
    if hard:
        return "paved"
    if soft:
        return "unpaved way" if kind in _SOFT_WAYS else "unpaved road"
    if kind == "service":
        return "service way"
    if kind in _MOTOR_ROADS:
        return "road"
    if "sac_scale" in tags or "mtb:scale" in tags or kind == "via_ferrata":
        return "hiking or mountain-bike scale"
    if tags.get("trail_visibility", "excellent") != "excellent":
        return "hiking or mountain-bike scale"
    if kind == "track":
        return {"": "track", "grade1": "firm track"}.get(
            tags.get("tracktype", ""), "soft track"
        )
    if tags.get("tracktype", "grade1") != "grade1" and kind in _SOFT_WAYS:
        return "soft track"
    if {tags.get("footway"), tags.get("cycleway")} & {
        "sidewalk",
        "crossing",
        "traffic_island",
    }:
        return "beside a road"
    designated = (
        "designated" in (tags.get("bicycle"), tags.get("foot"))
        or "segregated" in tags
    )
    if kind in ("path", "bridleway"):
        return "designated path" if designated and kind == "path" else "path"
    if kind in ("footway", "cycleway", "pedestrian", "steps"):
        return kind
    return "other"


def _surfaces(tags: Mapping[str, str]) -> set[str]:
    """Return the surfaces that a way's tag names; it may hold several."""
    return {part.strip() for part in tags.get("surface", "").split(";")}


def _technical(tags: Mapping[str, str], *, paved: bool) -> float:
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
    surfaces = _surfaces(tags)
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
