"""Options are taken in every form that is documented, by every function alike; others are refused
with a sentence that says what to pass.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import trailstats as ts
from builders import make_activity

RUN = "archive/2024-06-21-1913.fit"
LABELS = "file,from,to,surface\n2024-06-21-1913.fit,,,trail\n"
PROFILE = "heart_rate_max = 188\nprivacy_zones = [[47.0, 11.0, 500.0]]\n"
TOWN = (
    "<osm version='0.6'><node id='1' version='1' lat='46.95' lon='11.0'/>"
    "<node id='2' version='1' lat='47.1' lon='11.0'/><way id='3' version='1'>"
    "<nd ref='1'/><nd ref='2'/><tag k='highway' v='path'/></way></osm>"
)


@pytest.fixture(scope="module")
def run(samples: Path) -> Path:
    """Return a short recording."""
    return samples / RUN


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """Return a profile's file."""
    path = tmp_path / "me.toml"
    path.write_text(PROFILE)
    return path


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """Return a label file that calls all of the recording a trail."""
    path = tmp_path / "labels.csv"
    path.write_text(LABELS)
    return path


def everywhere(run: Path) -> dict[str, Callable[..., Any]]:
    """Return each function that takes an option, with all else given."""
    activity = ts.read(run)
    segments = ts.cut_segments(activity)
    return {
        "analyze": lambda **o: ts.analyze(run, **o),
        "analyze_folder": lambda **o: ts.analyze_folder(run, workers=1, **o),
        "analyze_athletes": lambda **o: ts.analyze_athletes(
            {"a": run}, workers=1, **o
        ),
        "classify_terrain": lambda **o: ts.classify_terrain(
            activity, segments, **o
        ),
        "explain_terrain": lambda **o: ts.explain_terrain(activity, **o),
        "clean": lambda **o: ts.clean(activity, **o),
        "clean again": lambda **o: ts.clean(ts.clean(activity), **o),
        "cut_segments": lambda **o: ts.cut_segments(activity, **o),
        "find_climbs": lambda **o: ts.find_climbs(activity, **o),
    }


def test_on_error_takes_its_text(samples: Path) -> None:
    """``"raise"`` raises; another text is refused with the choices, and so is what is no text."""
    folder = samples / "odd"
    with pytest.raises(ts.ReadError):
        ts.analyze_folder(folder, workers=1, on_error="raise")
    with pytest.raises(ts.ReadError):
        ts.analyze_athletes({"a": folder}, workers=1, on_error="raise")
    found = ts.analyze_folder(folder, workers=1, on_error="collect")
    assert len(found.failures) > 0
    with pytest.raises(
        ts.ConfigError, match="'stop'; choose from collect, raise"
    ):
        ts.analyze_folder(folder, on_error="stop")  # type: ignore[arg-type]
    with pytest.raises(
        TypeError, match="on_error takes OnError or its text, not int"
    ):
        ts.analyze_folder(folder, on_error=1)  # type: ignore[arg-type]


def test_a_profile_may_be_a_path_or_a_mapping(run: Path, profile: Path) -> None:
    """All forms give the same limits, one by one, in a folder and for several athletes."""
    mapping = {"heart_rate_max": 188, "privacy_zones": [[47.0, 11.0, 500.0]]}
    forms = [ts.Athlete.from_toml(profile), profile, str(profile), mapping]
    loads = {
        ts.analyze(run, athlete=a).metrics["edwards_load"].value for a in forms
    }
    assert len(loads) == 1
    assert loads.pop() > 0
    for form in forms:
        assert (
            ts.analyze_folder(run, athlete=form, workers=1).limits.maximum == 188
        )
        found = ts.analyze_athletes({"a": run}, profiles={"a": form}, workers=1)
        assert found["a"].athlete == forms[0]
    with pytest.raises(ts.ConfigError, match="unknown key 'hr'"):
        ts.analyze(run, athlete={"hr": 188})
    with pytest.raises(ts.ConfigError, match="nowhere"):
        ts.analyze(run, athlete="nowhere.toml")
    for call in (
        lambda: ts.analyze(run, athlete=188),  # type: ignore[arg-type]
        lambda: ts.analyze_folder(run, athlete=188),  # type: ignore[arg-type]
        lambda: ts.analyze_athletes({"a": run}, profiles={"a": 188}),  # type: ignore[dict-item]
        lambda: ts.plots.track(ts.analyze(run), athlete=188),
        lambda: ts.write_report(ts.analyze(run), "x.html", athlete=188),  # type: ignore[arg-type]
    ):
        with pytest.raises(
            TypeError, match="athlete takes an Athlete, the path of"
        ):
            call()


def test_plots_and_report_take_a_profile_in_any_form(tmp_path: Path) -> None:
    """A privacy zone of a mapping is left out of the chart and of the page."""
    pytest.importorskip("altair")
    found = ts.analyze(make_activity(latitude=47.0, longitude=11.0))
    latitude, longitude = found.profile[["latitude", "longitude"]].iloc[0]
    mapping = {"privacy_zones": [[float(latitude), float(longitude), 50_000.0]]}
    path = tmp_path / "zones.toml"
    path.write_text(f"privacy_zones = {mapping['privacy_zones']}\n")
    for form in (mapping, path, ts.Athlete.from_dict(mapping)):  # type: ignore[arg-type]
        shown = ts.plots.track(found, athlete=form).to_dict()
        assert not any(map(len, shown.get("datasets", {}).values()))


def test_labels_may_be_a_path(run: Path, labels: Path) -> None:
    """They win whether they are given as an object or as a file."""
    calls = everywhere(run)
    for form in (labels, str(labels), ts.SurfaceLabels.from_file(labels)):
        assert set(ts.analyze(run, labels=form).segments["surface"]) == {"trail"}
        assert set(calls["classify_terrain"](labels=form)["surface"]) == {"trail"}
        assert set(calls["explain_terrain"](labels=form).segments["surface"]) == {
            "trail"
        }
        history = calls["analyze_folder"](labels=form)
        assert set(history.segments["surface"]) == {"trail"}
    for name in (
        "analyze",
        "analyze_folder",
        "analyze_athletes",
        "classify_terrain",
        "explain_terrain",
    ):
        with pytest.raises(
            TypeError, match="labels takes SurfaceLabels or the path"
        ):
            calls[name](labels=[labels])
        with pytest.raises(TypeError, match="map takes a RoadMap, the path of"):
            calls[name](map=5)
        with pytest.raises(TypeError, match="not int"):
            calls[name](map=[5])
        with pytest.raises(ts.ConfigError, match=r"gone\.osm"):
            calls[name](map="gone.osm")


def test_a_map_may_be_a_path_or_several(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each gives what a `RoadMap` gives."""
    pytest.importorskip("osmium")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "home"))
    town = tmp_path / "town.osm"
    town.write_text(TOWN)
    seconds = np.arange(1801.0)
    north = 47.0 + 3.0 * seconds / 111_195.0
    activity = make_activity(latitude=north, longitude=11.0)
    for form in (ts.RoadMap(town), town, str(town), [town], (str(town),)):
        found = ts.analyze(activity, map=form).segments
        assert set(found["surface_source"]) == {"map"}
        parts = ts.classify_terrain(activity, ts.cut_segments(activity), map=form)
        assert set(parts["surface"]) == {"trail"}


@pytest.mark.parametrize("option", ["cleaning", "terrain"])
def test_rules_of_the_other_kind_are_refused(run: Path, option: str) -> None:
    """What would be read as rules of this kind says what it takes."""
    wrong = {"cleaning": ts.TerrainRules(), "terrain": ts.CleanRules()}[option]
    wanted = {"cleaning": "CleanRules", "terrain": "TerrainRules"}[option]
    calls = everywhere(run)
    names = ["analyze", "analyze_folder", "analyze_athletes"]
    if option == "cleaning":
        names += ["clean", "clean again"]
    if option == "terrain":
        names += [
            "classify_terrain",
            "explain_terrain",
            "cut_segments",
            "find_climbs",
        ]
    for name in names:
        with pytest.raises(TypeError, match=f"{option} takes {wanted}, not "):
            calls[name](**{option: wrong})


def test_other_options_say_what_they_take(run: Path, tmp_path: Path) -> None:
    """Limits, the cache and the progress are no exception."""
    with pytest.raises(TypeError, match="limits takes ReadLimits, not int"):
        ts.analyze(run, limits=5)  # type: ignore[arg-type]
    with pytest.raises(
        TypeError, match="cache takes a Cache or the path of a folder"
    ):
        ts.analyze_folder(run, cache=5)  # type: ignore[arg-type]
    with pytest.raises(
        TypeError, match="progress takes True, False or a function"
    ):
        ts.analyze_folder(run, progress="yes")  # type: ignore[arg-type]
    store = ts.Cache(tmp_path / "cache")
    assert len(ts.analyze_folder(run, cache=store, workers=1).activities) == 1
    assert isinstance(pd.DataFrame(store.info(), index=[0]), pd.DataFrame)
