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
