"""What the tags of a way say about the ground: one table, read by everything that uses a map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["GROUND_KEYS", "IGNORED_WAYS", "RULES", "Ground", "GroundRule", "ground_of"]

GROUND_KEYS = (
    "highway",
    "surface",
    "tracktype",
    "smoothness",
    "sac_scale",
    "mtb:scale",
    "trail_visibility",
    "footway",
    "cycleway",
    "foot",
    "bicycle",
    "segregated",
)
"""Keys that are read; no other is kept."""

IGNORED_WAYS = frozenset(
    {
        "abandoned",
        "bus_guideway",
        "bus_stop",
        "disused",
        "elevator",
        "motorway",
        "motorway_link",
        "proposed",
        "raceway",
        "razed",
        "rest_area",
        "services",
    }
)
"""Values of ``highway`` that nobody runs on, or that are no way."""

MOTOR_ROADS = frozenset(
    {
        *("trunk", "primary", "secondary", "tertiary"),
        *("trunk_link", "primary_link", "secondary_link", "tertiary_link"),
        *("unclassified", "residential", "living_street", "road", "busway"),
    }
)

SOFT_WAYS = frozenset(
    {"path", "track", "bridleway", "footway", "cycleway", "steps", "via_ferrata"}
)
"""Ways that are a trail when they have no hard surface."""

PAVED = frozenset(
    {
        *(
            "asphalt",
            "chipseal",
            "concrete",
            "concrete:lanes",
            "concrete:plates",
            "paved",
            "paving_stones",
        ),
        *(
            "bricks",
            "brick",
            "cobblestone",
            "cobblestone:flattened",
            "sett",
            "unhewn_cobblestone",
            "grass_paver",
        ),
        *(
            "metal",
            "metal_grid",
            "wood",
            "rubber",
            "tartan",
            "plastic",
            "artificial_turf",
            "tiles",
        ),
    }
)

UNPAVED = frozenset(
    {
        *(
            "unpaved",
            "compacted",
            "fine_gravel",
            "gravel",
            "pebblestone",
            "crushed_limestone",
            "grit",
        ),
        *(
            "ground",
            "dirt",
            "earth",
            "soil",
            "mud",
            "sand",
            "clay",
            "grass",
            "woodchips",
            "bark_mulch",
            "snow",
            "ice",
        ),
        *(
            "rock",
            "rocks",
            "bare_rock",
            "stone",
            "stones",
            "scree",
            "roots",
            "shells",
            "salt",
        ),
    }
)

ROUGH_GROUND = frozenset(
    {"rock", "rocks", "bare_rock", "stone", "stones", "scree", "roots"}
)


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


_TAGGED = (
    "judgement: the tag says so; the rest is for tags that are wrong or out of date"
)
_COUNTED = "measured"
_FEW = "measured on few ways, judgement above all"

RULES = {
    rule.name: rule
    for rule in (
        GroundRule("paved", 0.02, _TAGGED),
        GroundRule("unpaved way", 0.97, _TAGGED),
        GroundRule("unpaved road", 0.5, "judgement: forest and farm roads are neither"),
        GroundRule(
            "several surfaces",
            0.5,
            "judgement: the tag names a hard one and a soft one",
        ),
        GroundRule("hiking or mountain-bike scale", 0.98, _COUNTED, 0.95),
        GroundRule("soft track", 0.95, _COUNTED, 0.95),
        GroundRule("firm track", 0.11, _COUNTED, 0.35),
        GroundRule("road", 0.04, _COUNTED, 0.05),
        GroundRule("service way", 0.1, _COUNTED, 0.12),
        GroundRule("beside a road", 0.03, _FEW, 0.05),
        GroundRule("designated path", 0.04, _COUNTED, 0.15),
        GroundRule("path", 0.8, _COUNTED, 0.82),
        GroundRule("track", 0.8, _FEW, 0.78),
        GroundRule("footway", 0.26, _COUNTED, 0.35),
        GroundRule("cycleway", 0.08, _COUNTED, 0.2),
        GroundRule("pedestrian", 0.08, _COUNTED, 0.12),
        GroundRule("steps", 0.17, _COUNTED, 0.35),
        GroundRule("other", 0.5, "judgement: nothing is known"),
    )
}
"""The rules by name, in the order in which the documentation lists them.

Measured is the share by length, among the ways that have a surface tag and would meet the rule
without it, of unpaved ones; `tools/count_surfaces.py` counts them. """

_SAC_TECHNICAL = {
    "strolling": 0.05,
    "hiking": 0.15,
    "mountain_hiking": 0.7,
    "demanding_mountain_hiking": 0.9,
    "alpine_hiking": 0.97,
    "demanding_alpine_hiking": 0.98,
    "difficult_alpine_hiking": 0.98,
}
_SMOOTHNESS_TECHNICAL = {
    "excellent": 0.02,
    "good": 0.02,
    "intermediate": 0.05,
    "bad": 0.2,
    "very_bad": 0.6,
    "horrible": 0.8,
    "very_horrible": 0.9,
    "impassable": 0.95,
}
_VISIBILITY_TECHNICAL = {"bad": 0.6, "horrible": 0.75, "no": 0.8}
_FIRM_TECHNICAL = {"grade1": 0.03, "grade2": 0.06}
_EVEN_GROUND = frozenset({"compacted", "fine_gravel"})


@dataclass(frozen=True)
class Ground:
    """What a way's tags say.

    Attributes
    ----------
    rule : GroundRule
        The first row of the table that applies.
    technical : float
        Probability of technical ground; NaN where no tag speaks of it. All are judgement; mappers
        tend to rate the hiking scale too high.
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
    hard, soft = _surfaces(tags.get("surface", ""))
    if hard and soft:
        return "several surfaces"
    if hard:
        return "paved"
    motor = kind in MOTOR_ROADS or kind == "service"
    if soft:
        return "unpaved way" if kind in SOFT_WAYS else "unpaved road"
    if motor:
        return "service way" if kind == "service" else "road"
    if "sac_scale" in tags or "mtb:scale" in tags or kind == "via_ferrata":
        return "hiking or mountain-bike scale"
    if tags.get("trail_visibility", "excellent") != "excellent":
        return "hiking or mountain-bike scale"
    if kind == "track":
        return {"": "track", "grade1": "firm track"}.get(
            tags.get("tracktype", ""), "soft track"
        )
    if tags.get("tracktype", "grade1") != "grade1" and kind in SOFT_WAYS:
        return "soft track"
    if {tags.get("footway"), tags.get("cycleway")} & {
        "sidewalk",
        "crossing",
        "traffic_island",
    }:
        return "beside a road"
    designated = (
        "designated" in (tags.get("bicycle"), tags.get("foot")) or "segregated" in tags
    )
    if kind in ("path", "bridleway"):
        return "designated path" if designated and kind == "path" else "path"
    if kind in ("footway", "cycleway", "pedestrian", "steps"):
        return kind
    return "other"


def _surfaces(value: str) -> tuple[bool, bool]:
    """Return whether a surface tag names a hard ground, and a soft one; it may hold several."""
    parts = {part.strip() for part in value.split(";")}
    return bool(parts & PAVED), bool(parts & UNPAVED)


def _technical(tags: Mapping[str, str], *, paved: bool) -> float:
    """Return the probability of technical ground: what speaks for it outweighs what speaks
    against.
    """
    said = [
        table[tags[key]]
        for key, table in (
            ("sac_scale", _SAC_TECHNICAL),
            ("smoothness", _SMOOTHNESS_TECHNICAL),
            ("trail_visibility", _VISIBILITY_TECHNICAL),
        )
        if tags.get(key) in table
    ]
    scale = tags.get("mtb:scale", "")[:1]
    if scale.isdigit():
        said.append((0.1, 0.3)[int(scale)] if int(scale) < 2 else 0.85)
    surfaces = {part.strip() for part in tags.get("surface", "").split(";")}
    if surfaces & ROUGH_GROUND:
        said.append(0.85)
    if tags.get("highway") == "via_ferrata":
        said.append(0.98)
    if said:
        return max(said)
    if paved:
        return 0.02
    if surfaces & _EVEN_GROUND:
        return 0.05
    return _FIRM_TECHNICAL.get(tags.get("tracktype", ""), float("nan"))
