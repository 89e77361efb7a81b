"""Private places: what is drawn does not tell where they are."""

from __future__ import annotations

import json
import math
import os
import stat
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import trailstats as ts
from builders import make_activity
from trailstats.geo import EARTH_RADIUS
from trailstats.model.athlete import Athlete
from trailstats.report.html import render
from trailstats.report.privacy import zones_left_out
from trailstats.report.sections import Shown, activity_view
from trailstats.report.tracks import outside_zones, placed_track, track_views
from trailstats.report.units import METRIC
from trailstats.report.view import build_page

RADIUS = 300.0
HOMES = [(47.0 + k, 11.0 + k / 7) for k in range(12)]


def run_from(home, bearing, **about):
    """Return a run of 6 km straight from home."""
    run = make_activity(duration=2000, **about)
    away = np.radians(run.records["latitude"].to_numpy() - 47.0) * EARTH_RADIUS
    lat = home[0] + np.degrees(away * math.cos(bearing) / EARTH_RADIUS)
    lon = home[1] + np.degrees(
        away * math.sin(bearing) / EARTH_RADIUS / math.cos(math.radians(home[0]))
    )
    run.records["latitude"], run.records["longitude"] = lat, lon
    return run


def ends_shown(home, zones):
    """Return where ten runs in all directions come out [m east, m north of home]."""
    ends = []
    for k in range(10):
        profile = ts.analyze(run_from(home, 2 * math.pi * k / 10)).profile
        first = np.flatnonzero(outside_zones(profile, zones))[0]
        lat, lon = (
            profile["latitude"].iloc[first],
            profile["longitude"].iloc[first],
        )
        ends.append(
            (
                math.radians(lon - home[1])
                * EARTH_RADIUS
                * math.cos(math.radians(home[0])),
                math.radians(lat - home[0]) * EARTH_RADIUS,
            )
        )
    return np.array(ends)


def fitted_circle(points):
    """Return the middle and the radius of the circle through points, by least squares (Kasa)."""
    matrix = np.column_stack([2 * points, np.ones(len(points))])
    east, north, rest = np.linalg.lstsq(
        matrix, (points**2).sum(axis=1), rcond=None
    )[0]
    return np.array([east, north]), math.sqrt(rest + east**2 + north**2)


def test_a_circle_through_the_ends_misses_home() -> None:
    """Fitted to ten runs' ends its middle lies further from home than half its radius, for homes
    anywhere; a circle around home itself would give it away.
    """
    for home in HOMES[:4]:
        athlete = Athlete(privacy_zones=((*home, RADIUS),))
        middle, radius = fitted_circle(ends_shown(home, zones_left_out(athlete)))
        assert np.hypot(*middle) > radius / 2 > RADIUS / 2
        plain, _ = fitted_circle(ends_shown(home, athlete.privacy_zones))
        assert np.hypot(*plain) < 0.1 * RADIUS


@pytest.mark.parametrize("home", HOMES)
def test_the_circle_left_out_holds_the_private_one(home) -> None:
    """And is the same each time, but another for another secret or zone."""
    athlete = Athlete(privacy_zones=((*home, RADIUS),), privacy_secret="one")
    ((lat, lon, radius),) = zones_left_out(athlete)
    north = math.radians(lat - home[0]) * EARTH_RADIUS
    east = (
        math.radians(lon - home[1])
        * EARTH_RADIUS
        * math.cos(math.radians(home[0]))
    )
    away = math.hypot(north, east)
    assert away + RADIUS <= radius + 0.01
    assert away > radius / 2
    assert radius < 3 * RADIUS
    assert zones_left_out(athlete) == zones_left_out(
        Athlete(privacy_zones=((*home, RADIUS),), privacy_secret="one")
    )
    other = replace(athlete, privacy_secret="other")
    assert zones_left_out(other) != zones_left_out(athlete)


def test_a_secret_is_kept_where_the_profile_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is made once, for its owner's eyes; another user's circles lie elsewhere."""
    athlete = Athlete(privacy_zones=((*HOMES[0], RADIUS),))
    found = []
    for user in ("a", "b", "a"):
        monkeypatch.setenv("TRAILSTATS_DATA", str(tmp_path / user))
        found.append(zones_left_out(athlete))
    assert found[0] == found[2] != found[1]
    (kept,) = (tmp_path / "a").iterdir()
    assert len(kept.read_text()) == 64
    if os.name == "posix":
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    secret = kept.read_text()
    assert zones_left_out(replace(athlete, privacy_secret=secret)) == found[0]


def test_a_secret_that_cannot_be_kept_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The zones are hidden all the same, by the profile alone."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TRAILSTATS_DATA", str(tmp_path / "file"))
    athlete = Athlete(privacy_zones=((*HOMES[0], RADIUS),))
    with pytest.warns(UserWarning, match="privacy_secret"):
        ((*_, radius),) = zones_left_out(athlete)
    assert radius > 2 * RADIUS


def test_distances_count_from_the_edge() -> None:
    """Neither the track nor the tables say how far home is from where the track begins."""
    home = HOMES[0]
    athlete = Athlete(privacy_zones=((*home, RADIUS),))
    analysis = ts.analyze(run_from(home, 0.7), athlete=athlete)
    track = placed_track(analysis.profile, zones_left_out(athlete)).view
    section = activity_view(analysis, track, Shown(METRIC))
    assert track.along[0] == 0.0
    assert track.edge > RADIUS
    assert section.segments.spans[0][0] == 0.0
    assert section.segments.spans[-1][1] <= 6000.0 - track.edge + 1.0
    # Of six kilometres those that begin and end outside, counted from the first.
    hidden = math.ceil(track.edge / 1000.0)
    numbers = [row[0] for row in section.kilometres.rows]
    assert numbers == [str(n + 1) for n in range(6 - hidden)]
    assert hidden > 0
    whole = track_views([analysis.profile])[0]
    assert whole.edge == 0.0
    assert not whole.is_cut
    assert track.along[-1] == pytest.approx(whole.along[-1] - track.edge, abs=1.0)
    text = render(build_page(analysis, athlete=athlete))
    for number in home:
        assert f"{number:.4f}"[:-1] not in text


def test_zones_stand_in_no_document(tmp_path) -> None:
    """Neither in a history's nor in the claims'; the profile itself keeps them."""
    zone = (47.123456, 11.654321, 321.0)
    athlete = Athlete(privacy_zones=(zone,), privacy_secret="never told")
    run = run_from(HOMES[0], 0.1)
    path = ts.convert(run, tmp_path / "run.gpx")
    history = ts.analyze_folder(path, athlete=athlete)
    for document in (
        history.to_dict(),
        ts.claims_document(
            history, ts.evaluate_claims(history), ts.check_plan(history)
        ),
    ):
        text = json.dumps(document)
        for number in zone[:2]:
            assert str(number) not in text
        assert document["athlete"]["privacy_zones"] == []
        assert "never told" not in text
    assert Athlete.from_dict(athlete.to_dict()) == athlete
