"""A sport is known by its name in the runner's language, whole words and not parts of them."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import trailstats as ts
from trailstats.io._sports import is_known_sport, sport_of

# As the apps call them: OpenTracks, Strava, Garmin and Apple in their users' languages.
RUNS = [
    "bieganie", "løping", "juoksu", "пробежка", "Löpning", "Løb", "Corsa", "Corrida", "Carrera",
    "Course à pied", "Hardlopen", "Běh", "Futás", "Koşu", "Τρέξιμο", "달리기", "ランニング", "跑步",
    "Lari", "Chạy bộ", "วิ่ง", "ריצה", "الجري", "دویدن", "Бягане", "Біг", "Trčanje", "Tek",
    "Jooksmine", "Bėgimas", "Skriešana", "Alergare", "Hlaup", "Run", "running", "TrailRun",
    "Trail Running",
    "street_running", "VirtualRun", "HKWorkoutActivityTypeRunning", "दौड़ना",
]  # fmt: skip
OTHERS = {
    "crunches": "crunches",
    "brunch": "brunch",
    "bikeToRunTransition": "transition",
    "run_to_bike_transition": "transition",
    "motorcycling": "motorcycling",
    "Wheelchair Run Pace": "wheelchair",
    "horseback riding": "horseback_riding",
    "spacer": "walking",
    "kävely": "walking",
    "Spaziergang": "walking",
    "HKWorkoutActivityTypeWalking": "walking",
    "Wandern": "hiking",
    "senderismo": "hiking",
    "поход": "hiking",
    "rower": "cycling",
    "Vélo": "cycling",
    "велосипед": "cycling",
    "EBikeRide": "cycling",
    "Swim": "swimming",
}


@pytest.mark.parametrize("kind", RUNS)
def test_runs_in_all_languages(kind: str) -> None:
    """In small letters, capitals, and with accents as marks of their own."""
    for text in (
        kind,
        kind.upper() if kind.islower() else kind,
        f" {kind} ",
        unicodedata.normalize("NFD", kind),
        unicodedata.normalize("NFC", kind),
    ):
        assert sport_of(text)[0] == "running", text


@pytest.mark.parametrize("kind", OTHERS)
def test_what_is_no_run(kind: str) -> None:
    """Words that hold "run" or "cycling" as a part are not those."""
    assert sport_of(kind)[0] == OTHERS[kind]


@given(st.text(max_size=60))
def test_any_text_has_a_sport(text: str) -> None:
    """None raises, and one that is not known is its own."""
    sport, sub_sport = sport_of(text)
    if not is_known_sport(text):
        assert sport
        assert not sub_sport


@pytest.mark.parametrize("kind", ["zumba", "падел-бол", "crunches"])
def test_an_unknown_sport_is_said(make_gpx, kind: str) -> None:
    """It counts as no run, and an issue says which word it was."""
    activity = ts.read(make_gpx(60, kind=kind).encode())
    (issue,) = (i for i in activity.issues if i.code == "sport_unknown")
    assert kind in issue.message
    known = ts.read(make_gpx(60, kind="spacer").encode())
    assert "sport_unknown" not in {i.code for i in known.issues}


def test_reported_files(cases: Path) -> None:
    """Four runs in Polish, Norwegian, Finnish and Russian; two generic sessions of squash."""
    history = ts.analyze_folder(cases / "gpx_type_localised", workers=1)
    assert history.runs["sport"].tolist() == ["running"] * 4
    assert ts.analyze_folder(cases / "fit_generic_sessions", workers=1).runs.empty
