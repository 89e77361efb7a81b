"""What a page shows of an activity is kept: unchanged ones are not built again, and pages are the
same to the last byte.
"""

from __future__ import annotations

import json
import shutil
from base64 import b64encode
from dataclasses import replace

import numpy as np
import pytest

from trailstats.history import _stored, analyze_folder
from trailstats.model.athlete import Athlete
from trailstats.report import activity_part
from trailstats.report.activity_part import ActivityPart, activity_parts
from trailstats.report.drawn import Drawn
from trailstats.report.html import render
from trailstats.report.kept import pack_value, unpack_value
from trailstats.report.level_marks import MARKS
from trailstats.report.sections import Shown
from trailstats.report.units import IMPERIAL, METRIC
from trailstats.report.view import build_page

ATHLETE = Athlete(heart_rate_max=187.0, heart_rate_rest=50.0)


@pytest.fixture
def folder(samples, tmp_path):
    """Three runs: one on trail, one on road, one without a heart rate."""
    out = tmp_path / "runs"
    out.mkdir()
    for path in sorted((samples / "archive").iterdir())[60:63]:
        shutil.copy(path, out)
    return out


@pytest.fixture
def built(monkeypatch):
    """Names of the activities whose parts were built."""
    seen = []
    real = activity_part.activity_part

    def noted(analysis, **options):
        seen.append(analysis.meta.source.rsplit("/", 1)[-1])
        return real(analysis, **options)

    monkeypatch.setattr(activity_part, "activity_part", noted)
    return seen


def page(folder, cache, athlete=ATHLETE, units=METRIC):
    history = analyze_folder(folder, athlete=athlete, cache=cache, workers=1)
    return render(build_page(history, units=units))


def test_only_new_activities_are_built(folder, samples, tmp_path, built):
    """A second page builds none, one new recording one; each page is that of a run without a
    cache.
    """
    cache = tmp_path / "cache"
    first = page(folder, cache)
    assert len(built) == 3
    assert page(folder, cache) == first
    assert len(built) == 3
    new = sorted((samples / "archive").iterdir())[70]
    shutil.copy(new, folder)
    later = page(folder, cache)
    assert built[3:] == [new.name]
    assert later == page(folder, None)


def groups(part):
    """Return the groups of metrics of a part, with their texts in place."""
    own = json.loads(part.drawn.json)
    texts = own["texts"]
    for mark, said in zip(MARKS, part.level, strict=False):
        texts = [text.replace(mark, said) for text in texts]
    return [
        (
            [[texts[cell] for cell in row] for row in group["table"]["rows"]],
            [texts[method] for method in group["methods"]],
        )
        for group in own["groups"]
    ]


@pytest.mark.parametrize("threshold", [None, 3.4], ids=["no pace", "pace"])
def test_the_newest_curve_stands_in_kept_parts(
    samples, tmp_path, built, threshold
):
    """Each run moves the runner's curve: kept parts say what a run is worth by the newest, as those
    say that are made of the analyses themselves.
    """
    folder, cache = tmp_path / "many", tmp_path / "cache"
    folder.mkdir()
    *runs, new = sorted((samples / "archive").iterdir())[:14]
    for path in runs:
        shutil.copy(path, folder)
    who = replace(ATHLETE, threshold_speed=threshold)
    page(folder, cache, who)
    built.clear()
    shutil.copy(new, folder)
    history = analyze_folder(folder, athlete=who, cache=cache, workers=1)
    assert history.effort.curve.personal
    shown = Shown(METRIC, history.limits)
    kept = activity_parts(history, zones=(), shown=shown)
    if threshold is None:  # else loads by pace follow from the curve, too
        assert built == [new.name]
    whole = replace(history, analyses=list(history.analyses))
    made = activity_parts(whole, zones=(), shown=shown)
    assert [groups(part) for part in kept] == [groups(part) for part in made]
    curve = f"own curve of {history.effort.curve.n_runs} runs"
    assert all(curve in str(groups(part)) for part in kept)


def test_parts_are_kept_while_others_are_made(
    folder, tmp_path, built, monkeypatch
):
    """They don't pile up until the last is made: a page that stops there has kept those before."""
    monkeypatch.setattr(_stored, "AT_A_TIME", 2)
    cache, noted = tmp_path / "cache", activity_part.activity_part

    def stopped(analysis, **options):
        if len(built) == 2:
            raise KeyboardInterrupt
        return noted(analysis, **options)

    monkeypatch.setattr(activity_part, "activity_part", stopped)
    with pytest.raises(KeyboardInterrupt):
        page(folder, cache)
    monkeypatch.setattr(activity_part, "activity_part", noted)
    assert page(folder, cache) == page(folder, None)
    assert len(built) == 2 + 1 + 3


def test_a_page_holds_what_is_kept_as_it_is(folder, tmp_path, monkeypatch):
    """No activity is opened for a page of many, or looked into."""
    cache = tmp_path / "cache"
    first = page(folder, cache)

    def opened(drawn):
        raise AssertionError("an activity was opened")

    monkeypatch.setattr(Drawn, "json", property(opened))
    history = analyze_folder(folder, athlete=ATHLETE, cache=cache, workers=1)
    parts = activity_parts(history, zones=(), shown=Shown(METRIC, history.limits))
    text = render(build_page(history, units=METRIC))
    assert text == first
    for number, part in enumerate(parts):
        packed = b64encode(part.drawn.packed).decode()
        element = f'<script type="application/zlib" id="data-{number}">'
        assert f"{element}{packed}</script>" in text


@pytest.mark.parametrize(
    ("athlete", "units"),
    [
        (replace(ATHLETE, heart_rate_max=180.0), METRIC),
        (replace(ATHLETE, privacy_zones=((47.0, 11.0, 500.0),)), METRIC),
        (ATHLETE, IMPERIAL),
    ],
    ids=["limits", "privacy", "units"],
)
def test_what_a_part_follows_from_builds_it_anew(
    folder, tmp_path, built, athlete, units
):
    """Other limits, private places or units are not shown by what was kept for those before."""
    cache = tmp_path / "cache"
    page(folder, cache)
    assert page(folder, cache, athlete, units) == page(
        folder, None, athlete, units
    )
    assert len(built) == 9


def test_another_version_of_the_page_builds_anew(
    folder, tmp_path, built, monkeypatch
):
    """What an older program kept is not shown."""
    cache = tmp_path / "cache"
    page(folder, cache)
    real = activity_part.code_fingerprint
    monkeypatch.setattr(
        activity_part, "code_fingerprint", lambda *rooms: real(*rooms) + "!"
    )
    page(folder, cache)
    assert len(built) == 6


def test_a_part_comes_back_equal(build):
    """Every field and every bit of an array, whatever is missing."""
    run = build.analysis(0, trail=True, without=("heart_rate",))
    part = activity_part.activity_part(run, zones=(), shown=Shown(METRIC))
    back = unpack_value(ActivityPart, pack_value(part))
    assert back.row == part.row
    assert repr(back.counted) == repr(part.counted)
    assert back.heading == part.heading
    assert back.drawn == part.drawn
    assert back.sums == part.sums
    assert back.ground == part.ground
    for name in ("latitude", "longitude", "starts"):
        ours, theirs = (getattr(one.points, name) for one in (part, back))
        assert ours.dtype == theirs.dtype
        assert np.array_equal(ours, theirs, equal_nan=ours.dtype.kind == "f")
