"""The commands `map`: planned offline, asked before anything goes online, used from then on."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

import trailstats as ts
from terrain.town import ROAD, run_over, write_map


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a folder with a run along the town's path, and give maps a place of their own."""
    monkeypatch.setenv("TRAILSTATS_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("TRAILSTATS_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "runs"
    folder.mkdir()
    run = run_over([(0.0, -480.0), (0.0, 480.0)])
    ts.convert(run, folder / "run.gpx")
    return folder


def test_a_plan_asks_nobody(run, runs, offered) -> None:
    """Areas and distances come from the recordings alone."""
    code, out, _ = run("map", "plan", runs, "--json")
    plan = json.loads(out)["plan"]
    assert code == 0
    assert plan["distance"] == pytest.approx(960.0, rel=0.05)
    assert plan["missing_distance"] == plan["distance"]
    assert plan["regions"] == []
    assert offered.asked == []


def test_nothing_goes_online_without_a_yes(run, runs, offered) -> None:
    """Where nobody can be asked, the command says what the server would learn and ends."""
    code, _, err = run("map", "get", runs, "--base-url", offered.address)
    assert code == 2
    assert "--yes" in err
    assert "learn" in err
    assert offered.asked == []


def test_a_map_is_fetched_listed_and_removed(run, runs, offered) -> None:
    """After it the plan has nothing left, and the index of regions is known offline."""
    code, out, _ = run("map", "get", runs, "--base-url", offered.address, "--yes")
    assert code == 0
    assert "land-town" in out
    assert "OpenStreetMap contributors" in out
    assert (
        json.loads(run("map", "plan", runs, "--json")[1])["plan"][
            "missing_distance"
        ]
        == 0.0
    )
    listed = json.loads(run("map", "list", "--json")[1])["maps"]
    assert [m["name"] for m in listed] == ["land-town"]
    assert listed[0]["licence"].startswith("ODbL")
    assert run("map", "remove", "land-town")[0] == 0
    assert json.loads(run("map", "list", "--json")[1])["maps"] == []
    assert run("map", "remove", "land-town")[0] == 2


def test_an_update_fetches_what_is_newer(run, runs, offered) -> None:
    """The same version is not fetched again."""
    where = ("--base-url", offered.address, "--yes")
    run("map", "get", runs, *where)
    before = len(offered.requests("GET", "town-latest.osm.pbf"))
    assert run("map", "update", *where)[0] == 0
    assert len(offered.requests("GET", "town-latest.osm.pbf")) == before
    offered.put(
        "/land/town-latest.osm.pbf",
        offered.files["/land/town-latest.osm.pbf"] + b"\n",
    )
    assert run("map", "update", *where)[0] == 0
    assert len(offered.requests("GET", "town-latest.osm.pbf")) == before + 1


def test_what_was_fetched_is_used_by_the_other_commands(
    run, runs, offered
) -> None:
    """Without --map the path is known from the map, unless the evidence leaves maps out."""
    file = runs / "run.gpx"
    before = json.loads(run("analyze", file, "--json")[1])["segments"]
    assert "map" not in {s["surface_source"] for s in before}
    run("map", "get", runs, "--base-url", offered.address, "--yes")
    after = json.loads(run("analyze", file, "--json")[1])["segments"]
    assert {(s["surface"], s["surface_source"]) for s in after} == {
        ("trail", "map")
    }
    without = run("analyze", file, "--json", "--evidence", "signal")[1]
    assert json.loads(without)["segments"] == before


def test_a_profile_that_names_extracts_counts_more(
    run, runs, offered, tmp_path
) -> None:
    """What was fetched gives way to the runner's own extracts."""
    run("map", "get", runs, "--base-url", offered.address, "--yes")
    own = write_map(
        tmp_path / "own.osm", {7: (ROAD, [(0.0, -900.0), (0.0, 900.0)])}
    )
    profile = tmp_path / "athlete.toml"
    profile.write_text(f'osm = ["{own.name}"]')
    out = run("analyze", runs / "run.gpx", "--json", "--athlete", profile)[1]
    assert {s["surface"] for s in json.loads(out)["segments"]} == {"road"}


def test_nothing_is_fetched_that_could_not_be_read(
    run, runs, offered, monkeypatch
) -> None:
    """Without the package that reads extracts the extra is named before anybody is asked."""
    monkeypatch.setitem(sys.modules, "osmium", None)
    code, _, err = run("map", "get", runs, "--base-url", offered.address, "--yes")
    assert code == 2
    assert "trailstats[osm]" in err
    assert offered.asked == []


ATTRIBUTION = "© OpenStreetMap contributors, ODbL (land-town, 2026-03-01)"


@pytest.fixture
def mapped(run, runs, offered) -> Path:
    """Fetch the map of the runs."""
    assert run("map", "get", runs, "--base-url", offered.address, "--yes")[0] == 0
    return runs


def test_the_attribution_stands_wherever_the_map_shows(
    run, mapped, tmp_path
) -> None:
    """With the day of the extract: terminal, JSON, page, GeoJSON and pictures; nowhere without."""
    file = mapped / "run.gpx"
    page, shape = tmp_path / "page.html", tmp_path / "run.geojson"
    pictures = tmp_path / "pictures"
    shown = run("analyze", file)[1]
    meta = json.loads(run("analyze", file, "--json")[1])["meta"]
    summary = run("report", mapped, "-o", page, "--png", pictures)[1]
    run("convert", file, shape)
    collection = json.loads(shape.read_text())
    assert f"Map data: {ATTRIBUTION}" in shown
    assert f"Map data: {ATTRIBUTION}" in summary
    assert meta["attribution"] == ATTRIBUTION
    assert (
        f"Map data: {ATTRIBUTION}." in page.read_text().partition("<footer>")[2]
    )
    assert collection["attribution"] == ATTRIBUTION
    assert {f["properties"]["surface"] for f in collection["features"]} == {
        "trail"
    }
    drawn = sorted(pictures.glob("*.svg"))
    assert drawn
    assert all("OpenStreetMap contributors, ODbL" in p.read_text() for p in drawn)
    claims = json.loads(run("claims", mapped, "--json")[1])
    assert claims["attribution"] == ATTRIBUTION
    explained = json.loads(run("analyze", file, "--explain", "--json")[1])
    assert explained["attribution"] == ATTRIBUTION
    assert ATTRIBUTION in run("analyze", file, "--explain")[1]
    without = run("analyze", file, "--json", "--evidence", "signal")[1]
    assert "OpenStreetMap" not in without
    run("report", mapped, "-o", page, "--evidence", "signal")
    assert "contributors" not in page.read_text().partition("<footer>")[2][:400]


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """Write a map of another region."""
    return write_map(
        tmp_path / "away.osm", {7: (ROAD, [(90_000.0, 0.0), (90_900.0, 0.0)])}
    )


def test_a_map_of_another_region_says_so(run, runs, elsewhere, tmp_path) -> None:
    """In the terminal, on the page, and in what `check` says of a file."""
    said = "of another region"
    page = tmp_path / "page.html"
    assert said in run("analyze", runs / "run.gpx", "--map", elsewhere)[1]
    assert said in run("report", runs, "-o", page, "--map", elsewhere)[1]
    assert said in page.read_text()
    shown = run("check", runs, "--map", elsewhere)[1]
    assert "another" in shown
    assert "region" in shown
    checked = json.loads(run("check", runs, "--map", elsewhere, "--json")[1])
    assert checked["files"][0]["map_coverage"] == 0.0


def test_a_map_of_a_part_says_how_much(run, runs, tmp_path) -> None:
    """A run of 6 km that leaves the map's ways after 2 km or so is covered by a third or so; the
    border of a tile decides.
    """
    half = write_map(
        tmp_path / "part.osm", {7: (ROAD, [(0.0, 0.0), (0.0, 100.0)])}
    )
    ts.convert(run_over([(0.0, 0.0), (0.0, 6000.0)]), runs / "run.gpx")
    covered = json.loads(
        run("analyze", runs / "run.gpx", "--map", half, "--json")[1]
    )["metrics"]["map_coverage"]["value"]
    # From 47 degrees north on a tile of 0.02 degrees is 2,224 m long.
    assert covered == pytest.approx(2224 / 6000, abs=0.01)
    for command in (("analyze", runs / "run.gpx"), ("check", runs)):
        shown = run(*command, "--map", half)[1]
        assert "map in use covers 37 %" in " ".join(shown.split())
