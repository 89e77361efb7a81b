"""Tags of a way mean what the documentation's table says."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from trailstats.terrain.maps import RULES, ground_of


@pytest.mark.parametrize(
    ("tags", "rule"),
    [
        ("highway=residential surface=asphalt", "paved"),
        ("highway=path surface=paving_stones", "paved"),
        ("highway=path surface=gravel", "unpaved way"),
        ("highway=track surface=gravel tracktype=grade1", "unpaved way"),
        ("highway=unclassified surface=gravel", "unpaved road"),
        ("highway=path surface=asphalt;gravel", "several surfaces"),
        ("highway=path sac_scale=hiking", "hiking or mountain-bike scale"),
        (
            "highway=path sac_scale=hiking bicycle=designated",
            "hiking or mountain-bike scale",
        ),
        (
            "highway=footway trail_visibility=good",
            "hiking or mountain-bike scale",
        ),
        ("highway=track tracktype=grade3", "soft track"),
        ("highway=track tracktype=grade1", "firm track"),
        ("highway=track", "track"),
        ("highway=path", "path"),
        ("highway=bridleway", "path"),
        ("highway=path bicycle=designated foot=designated", "designated path"),
        ("highway=path segregated=yes", "designated path"),
        ("highway=footway footway=sidewalk", "beside a road"),
        ("highway=footway", "footway"),
        ("highway=cycleway bicycle=designated", "cycleway"),
        ("highway=pedestrian", "pedestrian"),
        ("highway=steps", "steps"),
        ("highway=service", "service way"),
        ("highway=tertiary", "road"),
        ("highway=construction", "other"),
        ("highway=tertiary surface=what_is_this", "road"),
    ],
)
def test_tags_meet_their_rule(tags: str, rule: str) -> None:
    """Each kind of way meets the row of the table that describes it."""
    assert (
        ground_of(dict(part.split("=") for part in tags.split())).rule.name
        == rule
    )


def test_a_path_alone_is_trail_but_not_a_designated_one() -> None:
    """Where cyclists or walkers are sent along a path it is mostly paved, so it is no trail."""
    assert ground_of({"highway": "path"}).rule.p_trail > 0.7
    assert ground_of({"highway": "path", "segregated": "no"}).rule.p_trail < 0.3


@pytest.mark.parametrize(
    ("tags", "low", "high"),
    [
        ({"highway": "path", "sac_scale": "demanding_mountain_hiking"}, 0.8, 1.0),
        ({"highway": "path", "sac_scale": "hiking"}, 0.0, 0.3),
        ({"highway": "path", "sac_scale": "hiking", "surface": "rock"}, 0.7, 1.0),
        ({"highway": "path", "mtb:scale": "2+"}, 0.7, 1.0),
        ({"highway": "track", "smoothness": "horrible"}, 0.7, 1.0),
        ({"highway": "track", "tracktype": "grade1"}, 0.0, 0.1),
        ({"highway": "residential", "surface": "asphalt"}, 0.0, 0.05),
    ],
)
def test_technical_ground_by_tags(
    tags: dict[str, str], low: float, high: float
) -> None:
    """Scales, smoothness and rough surfaces speak for technical ground, firm ones against it."""
    assert low <= ground_of(tags).technical <= high


def test_most_ways_say_nothing_of_technical_ground() -> None:
    """Where no tag speaks of it, the answer is missing and not zero."""
    assert math.isnan(ground_of({"highway": "path"}).technical)
    assert math.isnan(ground_of({"highway": "path", "mtb:scale": "?"}).technical)


def test_the_documentation_lists_the_table() -> None:
    """docs/maps.md names every rule with its probability."""
    text = (Path(__file__).resolve().parents[2] / "docs" / "maps.md").read_text(
        encoding="utf-8"
    )
    for rule in RULES.values():
        assert f"| {rule.name} | {rule.p_trail:.2f} |" in text
