"""Tags of a way mean what the documentation's table says."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from trailstats.terrain.maps import RULES, ground_of
from trailstats.terrain.maps._tags import is_area, is_ground


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
        ("highway=path foot=designated", "path for walkers"),
        ("highway=path foot=designated informal=yes", "informal path"),
        ("highway=bridleway foot=designated", "path"),
        ("highway=path informal=yes", "informal path"),
        ("highway=footway informal=yes", "informal path"),
        ("highway=path footway=sidewalk informal=yes", "beside a road"),
        ("highway=path mtb:scale:imba=1", "hiking or mountain-bike scale"),
        ("highway=track mtb:scale:uphill=2", "hiking or mountain-bike scale"),
        ("highway=path mtb=designated", "hiking or mountain-bike scale"),
        ("highway=path mtb=yes", "path"),
        ("highway=path sac_scale=strolling", "path"),
        ("highway=footway sac_scale=strolling", "footway"),
        ("highway=track tracktype=grade1 sac_scale=hiking", "firm track"),
        (
            "highway=track tracktype=grade2 sac_scale=hiking",
            "hiking or mountain-bike scale",
        ),
        ("highway=track tracktype=grade2 smoothness=good", "soft track"),
        ("highway=track tracktype=unknown", "track"),
        ("highway=path smoothness=excellent", "smooth way"),
        ("highway=footway smoothness=good", "smooth way"),
        ("highway=path smoothness=intermediate", "path"),
        ("highway=path smoothness=very_bad", "rough way"),
        ("highway=footway smoothness=impassable", "rough way"),
        ("highway=residential smoothness=good", "road"),
        ("highway=residential smoothness=horrible", "unpaved road"),
        ("highway=path surface=gravel smoothness=good", "unpaved way"),
        ("highway=residential tracktype=grade1", "firm track"),
        ("highway=unclassified tracktype=grade3", "unpaved road"),
        ("highway=service tracktype=grade5", "earth road"),
        ("highway=primary tracktype=grade5", "road"),
        ("highway=residential surface=dirt", "earth road"),
        ("highway=unclassified surface=ground", "earth road"),
        ("highway=service surface=grass", "earth road"),
        ("highway=service surface=sand", "earth road"),
        ("highway=residential surface=gravel", "unpaved road"),
        ("highway=residential surface=dirt;gravel", "unpaved road"),
        ("highway=primary surface=ground", "unpaved road"),
        ("highway=path surface=wood", "boardwalk"),
        ("highway=footway bridge=boardwalk surface=wood", "boardwalk"),
        ("highway=footway surface=wood", "paved"),
        ("highway=path surface=stepping_stones", "stepping stones"),
        ("highway=path ford=stepping_stones", "stepping stones"),
        ("highway=path surface=fine_gravel;Compacted", "unpaved way"),
        ("highway=path surface=Fine-Gravel", "unpaved way"),
        ("highway=path surface=paving_stones:30", "paved"),
        ("highway=path surface=concrete:lanes", "paved"),
        ("highway=path surface=ground:lanes", "unpaved way"),
        ("highway=path surface=asfalt", "paved"),
        ("highway=path surface=dirt/sand", "unpaved way"),
        ("highway=path surface=wood_chips", "unpaved way"),
        ("highway=pedestrian surface=gravel", "unpaved way"),
        ("highway=path path=sidewalk", "beside a road"),
        ("highway=path path=crossing", "beside a road"),
        ("highway=path lit=yes", "lit way"),
        ("highway=track lit=yes", "lit way"),
        ("highway=path lit=no", "path"),
        ("highway=footway lit=yes", "footway"),
        ("leisure=track", "running track"),
        ("leisure=track surface=tartan", "paved"),
        ("leisure=track surface=grass", "natural ground"),
        ("leisure=track surface=gravel", "other"),
        ("leisure=pitch surface=grass", "natural ground"),
        ("leisure=pitch surface=artificial_turf", "paved"),
        ("leisure=pitch", "other"),
        ("natural=beach", "natural ground"),
        ("natural=sand surface=sand", "natural ground"),
        ("natural=shingle", "natural ground"),
        ("natural=beach surface=concrete", "paved"),
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


@pytest.mark.parametrize(
    "tags",
    [
        {
            "highway": "residential",
            "surface": "asphalt",
            "smoothness": "horrible",
        },
        {"highway": "track", "tracktype": "grade1", "sac_scale": "alpine_hiking"},
        {"highway": "path", "surface": "asphalt", "mtb:scale": "4"},
        {"highway": "cycleway", "trail_visibility": "bad", "surface": "paved"},
        {"highway": "service", "smoothness": "impassable"},
    ],
)
def test_ground_is_no_more_technical_than_it_is_trail(
    tags: dict[str, str],
) -> None:
    """Holes in asphalt, or a scale that a whole route was given, make no technical ground."""
    ground = ground_of(tags)
    assert ground.technical <= ground.rule.p_trail


def test_what_regions_differ_in_decides_nothing() -> None:
    """A footway, steps or a firm track without a surface is paved here and not there."""
    for tags in (
        "highway=footway",
        "highway=steps",
        "highway=track tracktype=grade1",
    ):
        assert not ground_of(
            dict(t.split("=") for t in tags.split())
        ).rule.decides
    assert ground_of({"highway": "path"}).rule.decides
    assert ground_of({"highway": "footway", "surface": "asphalt"}).rule.decides


def test_areas_are_told_from_lines() -> None:
    """A beach is ground all over, a street only where a mapper says that it is a square."""
    assert is_area({"natural": "beach"})
    assert is_area({"highway": "pedestrian", "area": "yes"})
    assert not is_area({"highway": "pedestrian"})
    assert not is_area({"leisure": "track", "area": "no"})
    assert is_ground({"leisure": "track"})
    assert not is_ground({"leisure": "park"})
    assert not is_ground({"highway": "proposed", "leisure": "track"})


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
        shown = f"{rule.p_trail:.2f}" if rule.decides else f"({rule.p_trail:.2f})"
        assert f"| {rule.name} | {shown} | {rule.why} |" in text
