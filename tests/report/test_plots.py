"""The public plots: their data against the geometry they were made from, and their pictures."""

import math

import pandas as pd
import pytest

from trailstats import plots
from trailstats.claims.result import ClaimResult
from trailstats.errors import WriteError
from trailstats.model.athlete import Athlete

alt = pytest.importorskip("altair")


def rows(chart):
    """Return the inline data of a chart's first layer."""
    spec = chart.to_dict()
    data = spec["data"] if "data" in spec else spec["layer"][0]["data"]
    return pd.DataFrame(
        data["values"] if "values" in data else spec["datasets"][data["name"]]
    )


def test_the_profile_covers_the_run(build):
    """It should run from 0 to 10 km, over two hills of 180 m, through the grounds in their
    order.
    """
    table = rows(plots.profile(build.analysis(0, trail=True)))
    assert table["along"].agg(["min", "max"]).tolist() == [0.0, 10.0]
    assert table["height"].max() - table["base"].iloc[0] == pytest.approx(
        180, abs=0.2
    )
    order = (
        table.drop_duplicates(["part"])[["surface", "technical"]]
        .to_numpy()
        .tolist()
    )
    assert order == [
        ["trail", False],
        ["trail", True],
        ["unknown", False],
        ["road", False],
    ]


def test_parts_of_the_profile_touch(build):
    """It should begin each part where the one before ends, so that no gap is seen."""
    table = rows(plots.profile(build.analysis(0, trail=True)))
    ends = table.groupby("part")["along"].agg(["min", "max"])
    assert ends["max"].to_numpy()[:-1] == pytest.approx(
        ends["min"].to_numpy()[1:]
    )


def test_imperial_profile(build):
    """It should be 6.214 miles long and 591 feet high."""
    table = rows(plots.profile(build.analysis(0, trail=True), imperial=True))
    assert table["along"].max() == pytest.approx(6.2137, abs=1e-3)
    assert table["height"].max() - table["base"].iloc[0] == pytest.approx(
        590.6, abs=1
    )


def test_the_track_is_a_loop_in_metres(build):
    """It should have the diameter of the loop, 2.4 km, both ways, and the same scale on both
    axes.
    """
    chart = plots.track(build.analysis(0, trail=True))
    table = rows(chart)
    assert table["x"].max() - table["x"].min() == pytest.approx(2400, rel=2e-3)
    assert table["y"].max() - table["y"].min() == pytest.approx(2400, rel=2e-3)
    spec = chart.to_dict()
    spans = [
        d[1] - d[0]
        for d in (spec["encoding"][a]["scale"]["domain"] for a in "xy")
    ]
    assert spans[0] == pytest.approx(spans[1])
    assert spec["width"] == spec["height"]


def test_the_track_leaves_out_private_places(build):
    """It should have no point within the zone and break the line there."""
    run = build.analysis(1, trail=False)
    # The far end of the loop, half-way round.
    far = 11.0 + 2 * 1240.0 / 111_195.0 / math.cos(math.radians(47.0))
    table = rows(
        plots.track(run, athlete=Athlete(privacy_zones=((47.0, far, 300.0),)))
    )
    whole = rows(plots.track(run))
    assert len(table) < len(whole)
    steps = table.groupby("part")[["x", "y"]].diff().pow(2).sum(axis=1).pow(0.5)
    assert steps.max() < 100


@pytest.mark.parametrize(
    "without", [("elevation",), ("latitude", "longitude"), ("heart_rate",)]
)
def test_missing_channels(build, without):
    """It should draw what there is."""
    run = build.analysis(0, trail=True, without=without)
    assert plots.profile(run).to_dict()["layer"]
    assert len(rows(plots.track(run))) == (0 if "latitude" in without else 203)


def test_weekly_distance(history):
    """It should sum to 240 km."""
    assert rows(plots.weekly(history))["distance"].sum() == pytest.approx(240.0)


def test_claims_share_a_zero(claims):
    """It should show each difference, parts where a claim has parts, within the axis from -1 to
    1.
    """
    table = rows(plots.claims(claims))
    assert len(table) == 5
    assert table["difference"].between(table["low"], table["high"]).all()
    assert table[["low", "high"]].abs().max().max() == pytest.approx(
        1 / 1.1, abs=1e-3
    )
    easy = table.iloc[0]
    assert easy["high"] < 0 < table.iloc[1]["high"]


def test_claims_without_a_difference():
    """It should give an empty chart, not fail."""
    assert plots.claims([ClaimResult("stress", "s", "m")]).to_dict()["layer"]


def test_pictures_of_an_archive(history, claims, tmp_path):
    """It should write each chart of the report twice, at twice the size in PNG, and none without
    data.
    """
    pytest.importorskip("vl_convert")
    paths = plots.write_pictures(
        history, tmp_path / "new" / "pictures", results=claims
    )
    names = {
        "weekly",
        "load",
        "impact",
        "intensity",
        "variety",
        "calendar",
        "routes",
        "claims",
    }
    assert {p.name for p in paths} == {
        f"{n}.{kind}" for n in names for kind in ("svg", "png")
    }
    width = int.from_bytes(
        (tmp_path / "new" / "pictures" / "weekly.png").read_bytes()[16:20], "big"
    )
    assert width == 2 * 640


def test_a_folder_that_cannot_be_made(history, tmp_path):
    """It should raise a typed error where a file is in the way."""
    (tmp_path / "x").write_text("")
    with pytest.raises(WriteError):
        plots.write_pictures(history, tmp_path / "x")


def test_pictures(build, history, claims, tmp_path):
    """It should save as SVG and PNG from the same specification."""
    pytest.importorskip("vl_convert")
    run = build.analysis(0, trail=True)
    charts = {
        "profile": plots.profile(run),
        "track": plots.track(run),
        "weekly": plots.weekly(history),
        "claims": plots.claims(claims),
    }
    for name, chart in charts.items():
        path = tmp_path / f"{name}.svg"
        chart.save(str(path))
        assert "<path" in path.read_text(encoding="utf-8")
    charts["track"].save(str(tmp_path / "track.png"))
    assert (tmp_path / "track.png").read_bytes().startswith(b"\x89PNG")
