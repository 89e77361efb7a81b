"""Sport and sub-sport, in FIT's words, of the free texts that other formats and exports have for
them.
"""

from __future__ import annotations

# Strava's numbers for the type of a GPX track.
_NUMBERS = {"1": "ride", "4": "hike", "9": "run", "10": "walk"}
# Whole texts that name running without saying "run", as apps write them in their user's language.
_WORDS = {
    "trail": "trail_run", "ultra_trail": "trail_run", "traillauf": "trail_run",
    "geländelauf": "trail_run",
    "berglauf": "trail_run", "越野跑": "trail_run", "trailrunning": "trail_run",
    "laufband": "treadmill_run", "跑步机": "treadmill_run", "室内跑步": "treadmill_run",
    "virtueller_lauf": "virtual_run",
    "race": "run", "orienteering": "run", "obstacle_race": "run", "ultra": "run",
    "lauf": "run", "laufen": "run", "course_à_pied": "run", "course_a_pied": "run",
    "course": "run", "correr": "run",
    "carrera": "run", "corsa": "run", "corrida": "run", "hardlopen": "run", "跑步": "run",
    "户外跑步": "run",
    "ランニング": "run", "wanderung": "hike", "wandern": "hike", "randonnée": "hike",
    "senderismo": "hike",
    "caminata": "walk", "marche": "walk", "gehen": "walk", "spaziergang": "walk", "徒步": "hike",
    "登山": "hike",
    "步行": "walk", "健走": "walk", "radfahrt": "ride", "vélo": "ride", "骑行": "ride",
    "other": "", "unknown": "", "uncategorized": "",
}  # fmt: skip
_SPORTS = (
    ("run", "running"),
    ("jog", "running"),
    ("hik", "hiking"),
    ("walk", "walking"),
    ("mountaineer", "hiking"),
    ("cycl", "cycling"),
    ("bik", "cycling"),
    ("ride", "cycling"),
    ("mtb", "cycling"),
)
_SUB_SPORTS_OF_RUNS = (
    ("trail", "trail"),
    ("treadmill", "treadmill"),
    ("indoor_run", "treadmill"),
    ("virtual", "virtual_activity"),
    ("track", "track"),
    ("street", "street"),
)
_SUB_SPORTS_OF_WALKS = (
    ("treadmill", "indoor_walking"),
    ("indoor", "indoor_walking"),
    ("virtual", "virtual_activity"),
)
_SUB_SPORTS = {"running": _SUB_SPORTS_OF_RUNS, "walking": _SUB_SPORTS_OF_WALKS}


def sport_of(kind: str) -> tuple[str, str]:
    """Return sport and sub-sport for the free text of a track type; a text without meaning is its
    own sport.
    """
    text = _NUMBERS.get(kind, kind).strip().lower().replace(" ", "_").replace("-", "_")
    text = _WORDS.get(text, text)
    sport = next((sport for part, sport in _SPORTS if part in text), text)
    if sport == text and "treadmill" in text:
        sport = "running"
    known = _SUB_SPORTS.get(sport, ())
    return sport, next((sub for part, sub in known if part in text), "")
