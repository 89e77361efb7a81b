"""How often ways without a surface tag are paved is counted from their like."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from trailstats.terrain.maps import RULES


def test_a_share_is_by_length_and_few_ways_move_it_little(tool) -> None:
    """Ten equal ways weigh ten, one way weighs one however long, and a thousand weigh thirty."""
    count = tool("count_surfaces")
    found = pd.DataFrame(
        [("a", "path", i < 5, 100.0) for i in range(10)]
        + [("b", "path", True, 90_000.0)]
        + [("c", "path", False, 50.0) for _ in range(1000)],
        columns=["region", "rule", "unpaved", "length"],
    )
    counted = count.shares(found).set_index("region")
    assert counted["weight"].to_dict() == pytest.approx(
        {"a": 10, "b": 1, "c": 30}
    )
    assert counted["share"].to_dict() == pytest.approx(
        {"a": 0.5, "b": 1.0, "c": 0.0}
    )
    # Wilson's interval of 5 in 10.
    assert (counted["low"]["a"], counted["high"]["a"]) == pytest.approx(
        (0.2366, 0.7634), abs=1e-4
    )
    judged = RULES["path"].judged
    assert count.probabilities(counted.reset_index())["path"] == pytest.approx(
        (5 + 1 + 10 * judged) / 51
    )


@pytest.mark.corpus
def test_ways_without_a_surface_are_as_often_paved_as_their_like(
    osm: Path, tool
) -> None:
    """The table holds, to the digit it is written with, what the ways with a surface tag give; so
    does its page.
    """
    pytest.importorskip("osmium")
    count = tool("count_surfaces")
    ways = count.ways(sorted((osm / "extracts").glob("*.osm.pbf")))
    counted = count.shares(ways)
    found = count.probabilities(counted)
    assert len(found) >= 12
    for name, p_trail in found.items():
        assert RULES[name].p_trail == pytest.approx(p_trail, abs=0.0051), name
        # Where one region has ways enough to tell, the table lies within its interval or between
        # the regions.
        plenty = counted[(counted["rule"] == name) & (counted["weight"] >= 10)]
        if len(plenty) and RULES[name].decides:
            assert (
                plenty["low"].min() - 0.05
                <= RULES[name].p_trail
                <= plenty["high"].max() + 0.05
            ), name
    # A rule decides when no single region makes it: to either side of 0.3 and 0.7.
    regions = counted["region"].unique()
    others = [
        count.probabilities(counted[counted["region"] != region])
        for region in regions
    ]
    for name in found:
        side = {(p[name] >= 0.7) - (p[name] <= 0.3) for p in others}
        assert (side in ({1}, {-1})) == RULES[name].decides, name
    page = (Path(__file__).resolve().parents[2] / "docs" / "maps.md").read_text(
        encoding="utf-8"
    )
    left_out = count.left_out(ways)
    for line in (*count.lines(counted), *left_out):
        assert line in page
    # What the table says where it wasn't counted is right 19 times in 20.
    assert float(left_out[-1].split("|")[4]) >= 0.95
