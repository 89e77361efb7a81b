"""Folders: nothing lost, duplicates linked, limits from all recordings, one bad file costs one
row.
"""

from __future__ import annotations

import os
import shutil
import signal
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from builders import beating, make_activity
from trailstats import schema
from trailstats.analysis import Options, measure
from trailstats.errors import ReadError
from trailstats.history import (
    History,
    OnError,
    _pool,
    _workers,
    analyze_folder,
    combine,
)
from trailstats.io.containers import Failure, SourceRef
from trailstats.io.export import convert
from trailstats.model.activity import Activity
from trailstats.model.athlete import Athlete
from trailstats.model.results import Analysis

ATHLETE = Athlete(heart_rate_max=190, heart_rate_rest=50)


def history(*runs: Activity, athlete: Athlete = ATHLETE) -> History:
    return combine([measure(run, Options(athlete)) for run in runs], [], athlete)


def dated(day: int, **columns: object) -> Activity:
    """Return a run of half an hour on a day of March."""
    return make_activity(
        name=f"run{day}", start=f"2026-03-{day:02d}T08:00:00Z", **columns
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of two runs, one of them twice, a broken file and things that are no
    activities.
    """
    root = tmp_path / "runs"
    (root / "deeper").mkdir(parents=True)
    convert(dated(1), root / "a.gpx")
    convert(dated(2), root / "deeper" / "b.gpx")
    shutil.copy(root / "a.gpx", root / "copy of a.gpx")
    (root / "page.gpx").write_text("<!doctype html><html></html>")
    (root / "notes.txt").write_text("a diary")
    (root / "._a.gpx").write_bytes(b"\0\5\26\7")
    return root


def test_progress_is_lines_or_a_function(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """True writes to standard error, False nothing; a function gets the counts."""
    analyze_folder(folder, workers=1, progress=False)
    assert capsys.readouterr().err == ""
    analyze_folder(folder, workers=1, progress=True)
    assert "4 of 4 read" in capsys.readouterr().err
    counts: list[tuple[int, int]] = []
    analyze_folder(
        folder,
        workers=1,
        progress=lambda done, total: counts.append((done, total)),
    )
    assert counts == [(i, 4) for i in range(1, 5)]


def test_a_missing_place_among_several_fails_alone(folder: Path) -> None:
    """It is a row like any source that can't be read, unless the first failure is to be raised."""
    found = analyze_folder([folder / "gone", folder / "a.gpx"], workers=1)
    assert found.activities["status"].tolist() == ["ok", "failed"]
    assert [failure.source for failure in found.failures] == [
        str(folder / "gone")
    ]
    with pytest.raises(ReadError):
        analyze_folder(
            [folder / "gone", folder / "a.gpx"], workers=1, on_error=OnError.RAISE
        )
    with pytest.raises(ReadError):
        analyze_folder([folder / "gone"], workers=1)


def test_every_source_is_a_row(folder: Path) -> None:
    """Two runs, a copy and a broken file are four rows; notes and stubs of the file system are
    none.
    """
    found = analyze_folder(folder, athlete=ATHLETE)
    table = found.activities
    schema.ACTIVITIES.validate(table)
    assert sorted(Path(f).name for f in table["file"]) == [
        "a.gpx",
        "b.gpx",
        "copy of a.gpx",
        "page.gpx",
    ]
    assert (table["status"] == "ok").sum() == 3
    failed = table[table["status"] == "failed"].iloc[0]
    assert failed["error"].startswith("unsupported_format: ")
    assert "HTML" in failed["error"]
    assert len(found.analyses) == 3
    assert [f.code for f in found.failures] == ["unsupported_format"]


def test_duplicates_are_linked_and_left_out_of_sums(folder: Path) -> None:
    """The copy names the file that it repeats; runs and weeks count it once."""
    found = analyze_folder(folder, athlete=ATHLETE)
    twins = found.activities[found.activities["duplicate_of"] != ""]
    assert len(twins) == 1
    assert len(found.runs) == 2
    assert found.weekly()["n_activities"].sum() == 2


def test_the_same_run_in_two_formats_is_a_duplicate() -> None:
    """Another content, but the same start, length and time."""
    one = dated(1)
    other = replace(
        one, meta=replace(one.meta, source="export.gpx", content_hash="other")
    )
    assert history(one, other).activities["duplicate_of"].tolist().count("") == 1


def test_a_run_at_another_time_is_no_duplicate() -> None:
    """The same loop on the next day is another run."""
    assert (history(dated(1), dated(2)).activities["duplicate_of"] == "").all()


@pytest.mark.parametrize(
    ("start", "speed", "same"),
    [
        ("08:01:00", 3.0, True),
        ("08:05:00", 3.0, True),
        ("08:10:00", 3.0, False),
        ("09:40:00", 3.0, False),
        ("08:00:00", 2.9, True),
        ("08:00:00", 2.4, False),
    ],
)
def test_the_same_run_starts_and_measures_the_same(
    start: str, speed: float, same: bool
) -> None:
    """Watch and phone agree within minutes and a few per cent; two runs of one morning, or with a
    companion who ran less, are two.
    """
    one = make_activity(name="one", start="2026-03-01T08:00:00Z")
    other = make_activity(name="other", start=f"2026-03-01T{start}Z", speed=speed)
    twins = history(one, other).activities["duplicate_of"]
    assert (twins != "").any() == same


def test_on_error_raise_stops_at_the_first(folder: Path) -> None:
    """Who asks for it gets the exception, with the file's name."""
    with pytest.raises(ReadError, match=r"page\.gpx"):
        analyze_folder(folder, on_error=OnError.RAISE)


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    """A path that does not exist is a mistake of the caller."""
    with pytest.raises(ReadError, match="no such"):
        analyze_folder(tmp_path / "none")


def test_an_empty_folder_is_an_empty_history(tmp_path: Path) -> None:
    """No rows, no period, no weeks, and no exception."""
    found = analyze_folder(tmp_path)
    assert found.period is None
    assert len(found.activities) == len(found.weekly()) == len(found.runs) == 0
    assert found.to_dict()["activities"] == []


def test_workers_give_what_one_process_gives(folder: Path) -> None:
    """Two processes, or an executor of the caller, change nothing, not even the order."""
    alone = analyze_folder(folder, athlete=ATHLETE, workers=1).to_dict()
    assert analyze_folder(folder, athlete=ATHLETE, workers=2).to_dict() == alone
    with ThreadPoolExecutor(2) as pool:
        assert (
            analyze_folder(folder, athlete=ATHLETE, executor=pool).to_dict()
            == alone
        )


def _poisoned(
    data: bytes, ref: SourceRef, options: _workers.Options
) -> list[Analysis | Failure]:
    if "b.gpx" in ref.path:
        os.kill(os.getpid(), signal.SIGKILL)
    return _real(data, ref, options)


_real = _workers.measure_source


@pytest.mark.skipif(
    not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL"
)
def test_a_killed_worker_costs_its_file_only(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file whose worker was killed is a failure, all others are there."""
    monkeypatch.setattr(_workers, "measure_source", _poisoned)
    monkeypatch.setattr(
        _pool, "can_fork", lambda: True
    )  # other tests may have left threads
    found = analyze_folder(folder, athlete=ATHLETE, workers=2)
    codes = {Path(f.source).name: f.code for f in found.failures}
    assert codes == {"b.gpx": "worker_killed", "page.gpx": "unsupported_format"}
    assert len(found.analyses) == 2


def test_progress_counts_every_source(folder: Path) -> None:
    """The caller is told each step up to the total."""
    seen: list[tuple[int, int]] = []
    analyze_folder(
        folder, progress=lambda done, total: seen.append((done, total))
    )
    assert seen == [(i, 4) for i in range(1, 5)]


def test_weeks_without_a_run_are_there() -> None:
    """A week off is a week with nothing, not a week missing."""
    weeks = history(dated(2), dated(17)).weekly()
    assert weeks["n_activities"].tolist() == [1, 0, 1]
    assert (weeks["week"].dt.day_of_week == 0).all()
    assert weeks["distance"].sum() == pytest.approx(10_800, rel=1e-3)


def test_the_maximum_heart_rate_comes_from_all_recordings() -> None:
    """Ten runs, one of them with a minute at 188: that is the maximum, and zones follow from it."""
    hard = np.where(np.arange(1801) > 1740, 188.0, beating(140.0))
    runs = [dated(d, heart_rate=beating(140.0)) for d in range(1, 10)] + [
        dated(10, heart_rate=hard)
    ]
    found = history(*runs, athlete=Athlete())
    assert found.limits.maximum == 188
    assert "10 with a heart rate" in found.limits.source
    assert found.limits.easy_ceiling == pytest.approx(0.80 * 188)
    few = history(*runs[:3], athlete=Athlete())
    assert np.isnan(few.limits.maximum)
    assert few.activities["session_load_method"].iloc[0] == "duration"
    assert np.isnan(few.activities["time_above_easy"].iloc[0])


def test_a_stated_maximum_wins_and_age_is_the_last_resort() -> None:
    """208 - 0.7 age [Tanaka2001] only where nothing else is known."""
    runs = [dated(d, heart_rate=beating(140.0)) for d in range(1, 3)]
    assert (
        history(*runs, athlete=Athlete(heart_rate_max=201)).limits.maximum == 201
    )
    assert history(
        *runs, athlete=Athlete(birth_year=1986)
    ).limits.maximum == pytest.approx(208 - 0.7 * 40)


def test_intent_comes_from_names_and_calendar() -> None:
    """Named runs are what they are called; the first run within 36 hours of a hard one is meant to
    be easy.
    """
    names = [
        "Intervals 5 x 1000",
        "Morning",
        "Evening",
        "Easy run",
        "City marathon",
    ]
    runs = []
    for day, name in enumerate(names, 1):
        run = dated(day)
        runs.append(replace(run, meta=replace(run.meta, name=name)))
    table = history(*runs).activities
    assert table["intent"].tolist() == ["hard", "easy", "", "easy", "race"]
    assert table["intent_source"].tolist() == [
        "name",
        "calendar",
        "",
        "name",
        "name",
    ]


def test_a_name_with_words_of_both_kinds_is_a_hard_run() -> None:
    """Intervals at an easy pace are intervals."""
    run = dated(1)
    named = replace(run, meta=replace(run.meta, name="Easy 6 x 400 intervals"))
    assert history(named).activities["intent"].tolist() == ["hard"]


def test_a_hike_is_no_run() -> None:
    """Hikes and walks are on foot, measured and in the table, and aren't runs; a recording that
    names no sport is one.
    """
    sports = ["running", "hiking", "walking", "", "cycling"]
    runs = [dated(day, sport=sport) for day, sport in enumerate(sports, 1)]
    found = history(*runs)
    assert found.activities["sport"].tolist() == sports
    assert found.runs["sport"].tolist() == ["running", ""]


def test_an_easy_run_run_hard_stays_an_easy_run() -> None:
    """Intent does not look at the run's own heart rate: else every easy day would be easy by
    definition.
    """
    fast = dated(1, heart_rate=beating(185.0))
    slow = dated(2, heart_rate=beating(185.0))
    table = history(fast, slow).activities
    assert table["intent"].tolist() == ["", "easy"]
    assert table["time_above_easy"].iloc[1] > 0


def test_race_days_of_the_profile_count() -> None:
    """A day that the profile calls a race makes the run a race."""
    athlete = Athlete.from_dict({"races": ["2026-03-02"]})
    assert history(dated(1), dated(2), athlete=athlete).activities[
        "intent"
    ].tolist() == [
        "",
        "race",
    ]


def test_inputs_are_not_changed() -> None:
    """Judging a history leaves the measured activities as they were."""
    measured = measure(dated(1, heart_rate=beating(150.0)), Options(ATHLETE))
    before = measured.to_dict()
    combine([measured], [], ATHLETE)
    assert measured.to_dict() == before


def test_segments_of_all_activities_are_together() -> None:
    """One table, each row with its file."""
    found = history(dated(1), dated(2))
    schema.SEGMENTS.validate(found.segments)
    assert set(found.segments["file"]) == {"run1.fit", "run2.fit"}
    assert isinstance(found.segments.index, pd.RangeIndex)


def test_measuring_looks_at_nothing_of_the_profile_that_workers_don_t_get() -> (
    None
):
    """Workers get part of the profile, which the cache is keyed by: the rest must make no
    difference to them.
    """
    athlete = Athlete.from_dict(
        {
            "name": "X",
            "sex": "female",
            "birth_year": 1990,
            "mass": 58,
            "height": 1.7,
            "heart_rate_max": 189,
            "heart_rate_rest": 47,
            "easy_ceiling": 150,
            "threshold_heart_rate": 172,
            "threshold_speed": 3.9,
            "cadence_at_3": 174,
            "races": ["2026-03-01"],
            "privacy_zones": [[47.0, 11.0, 500.0]],
        }
    )
    sent = Options(athlete).for_measuring().athlete
    assert sent != athlete
    run = dated(
        1, heart_rate=np.full(1801, 150.0), elevation=np.linspace(0, 80, 20)
    )
    assert (
        measure(run, Options(sent)).to_dict()
        == measure(run, Options(athlete)).to_dict()
    )
