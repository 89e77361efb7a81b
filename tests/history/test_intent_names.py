"""Names that only mention a race, a hill or a track mark nothing, in the exports' languages."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import trailstats as ts
from trailstats import schema
from trailstats.history._intent import judge_intent

NAMES = {
    "race": [
        "parkrun", "Trail race in the Alps", "Berlin Marathon", "Half marathon", "10k race",
        "Bushy parkrun #45", "Race day!", "Race for Life 5k", "Volkslauf Mondsee", "Wettkampf",
        "Halbmarathon Wien", "Gara 10 km", "Media maratón Valencia", "Półmaraton", "東京マラソン",
        "Полумарафон", "Semi-marathon de Paris", "Not my best day but a marathon",
        "Stadtmarathon Graz", "Parkrun PB!", "Maratón de Madrid",
    ],
    "easy": [
        "Pre-race shakeout", "Post-race recovery", "Recovery jog after marathon", "Easy 10k",
        "Marathon training - easy", "Easy run with hills at Chapel Hill", "Jog home from parkrun",
        "Race week easy", "Vor dem Wettkampf locker", "レース前ジョグ",
        "Shake out run", "Regenerationslauf", "Corsa lenta", "Endurance fondamentale",
    ],
    "hard": [
        "Race pace 3x2 km", "Mile repeats", "Hill repeats", "8x hills", "Hills", "Track session",
        "Tempo run", "Track intervals", "Fractionné", "Ripetute in pista", "VO2max 5x3 min",
        "Speedwork", "Schwellenlauf", "Séance de côtes", "Cambios de ritmo", "Tröskel 3 x 10",
    ],
    "": [
        "Not a race", "No race today", "Chapel Hill loop", "Notting Hill", "Old railway track",
        "Track Run", "Interlaken Running", "Lauf am Morgen", "Long Run", "Base", "Grace run",
        "Marathon pace long run", "Training for half marathon", "Day after London Marathon",
        "Last long run before the big marathon", "Vor dem Rennen", "Kein Wettkampf",
        "Après la course", "Allure marathon", "Entraînement marathon", "Dopo gara",
        "Marathon-Vorbereitung", "Antes de la media maratón", "Carrera de mañana",
        "Corrida matinal", "Course à pied le matin", "Race Street loop", "Race simulation",
        "マラソン練習", "Перед марафон", "Marathon spectating", "Watching the marathon",
        "Didn't race", "Volunteering at parkrun", "Reconnaissance du marathon", "マラソンの翌日",
        "Preparación maratón", "Marathontraining",
    ],
}  # fmt: skip


def intents(names: list[str]) -> list[str]:
    """Return the intent of runs a week apart, by their names."""
    count = len(names)
    made = schema.ACTIVITIES.frame(
        {
            "file": [f"{i}.gpx" for i in range(count)],
            "status": ["ok"] * count,
            "sport": ["running"] * count,
            "name": names,
            "start_time": pd.date_range(
                "2026-01-01", periods=count, freq="7D", tz="UTC"
            ),
            "distance": [5000.0] * count,
        }
    )
    return list(judge_intent(made, ts.Athlete())["intent"])


@pytest.mark.parametrize("intent", NAMES)
def test_names(intent: str) -> None:
    """Each name is what a runner means by it."""
    names = NAMES[intent]
    found = dict(zip(names, intents(names), strict=True))
    assert found == dict.fromkeys(names, intent)


def test_reported_names(cases: Path) -> None:
    """Only the two real races are races."""
    found = ts.analyze_folder(cases / "names", workers=1).activities
    races = found.loc[found["intent"] == "race", "name"]
    assert sorted(races) == ["Trail race in the Alps", "parkrun"]
