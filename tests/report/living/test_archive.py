"""The folder is watched, and what is stated counts."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import trailstats as ts
from report.living.conftest import ORIGIN
from trailstats.report.living._kept import LABELS


def files(state):
    return {row["file"] for row in state["rows"]}


def test_the_rows_are_those_of_the_folder(settled, folder: Path) -> None:
    """And say what an analysis of each says."""
    state = settled()
    rows = {row["file"]: row for row in state["rows"]}
    known = ts.analyze_folder(folder).activities
    assert set(rows) == {Path(f).name for f in known["file"]}
    row = rows["paused.fit"]
    one = ts.analyze(folder / "paused.fit")
    assert row["distance"] == f"{one.totals.distance / 1000:.2f} km"
    assert not row["failed"]
    assert state["report"]


def test_what_comes_and_goes_is_seen(
    settled, folder: Path, samples: Path
) -> None:
    """A new file, one that can't be read, one that is deleted; none that is still coming."""
    settled()
    shutil.copy(samples / "archive" / "2024-02-16-1829.fit", folder / "new.fit")
    (folder / "broken.gpx").write_text("<gpx><trk>")
    (folder / ".coming.gpx.0a.part").write_text("<gpx>")
    state = settled(lambda s: len(s["rows"]) > 3)
    assert {"new.fit", "broken.gpx"} <= files(state)
    assert len(state["rows"]) == 5
    (top, *_) = state["rows"]
    assert top["file"] == "broken.gpx"
    assert top["failed"]
    assert top["note"]
    (folder / "new.fit").unlink()
    assert "new.fit" not in files(settled(lambda s: "new.fit" not in files(s)))


def test_only_what_is_new_is_sent(client, settled) -> None:
    """A page that knows all rows of a turn gets none."""
    state = settled()
    asked = f"state?turn={state['turn']}&rows={len(state['rows'])}"
    again = client.get(asked).json()
    assert again["rows"] == []
    assert again["first"] == len(state["rows"])
    assert client.get("state?turn=x&rows=0").status_code == 422


def test_a_label_counts_and_stays(client, settled, folder: Path) -> None:
    """It stands in a plain file that the command line reads; labels of stretches are kept."""
    (folder / LABELS).write_text(
        "file,from,to,surface\npaused.fit,0 km,1 km,road\n"
    )
    settled()
    asked = {"file": "paused.fit", "surface": "trail"}
    assert client.post("label", json=asked, headers=ORIGIN).status_code == 200
    state = settled(lambda s: any(row["label"] == "trail" for row in s["rows"]))
    (row,) = [row for row in state["rows"] if row["file"] == "paused.fit"]
    assert row["ground"] in ("trail", "mixed")
    found = ts.analyze(folder / "paused.fit", labels=folder / LABELS)
    assert set(found.segments["surface_source"]) == {"label"}
    assert found.segments["surface"].iloc[0] == "road"
    assert found.segments["surface"].iloc[-1] == "trail"
    client.post("label", json=asked | {"surface": ""}, headers=ORIGIN)
    settled(lambda s: all(row["label"] == "" for row in s["rows"]))
    text = (folder / LABELS).read_text()
    assert text == "file,from,to,surface\npaused.fit,0 km,1 km,road\n"


def test_an_intent_counts_and_stays(client, settled, folder: Path) -> None:
    """It stands in the file that the profile names, which is written when there is none."""
    (folder / "athlete.toml").write_text("# mine\nmass = 70.0\n")
    settled()
    for intent in ("race", "easy"):
        asked = {"file": "paused.fit", "intent": intent}
        answer = client.post("intent", json=asked, headers=ORIGIN)
        assert answer.status_code == 200
    state = settled(lambda s: any(r["intent"] == "easy" for r in s["rows"]))
    (row,) = [r for r in state["rows"] if r["file"] == "paused.fit"]
    assert (row["intent"], row["meant"]) == ("easy", "easy")
    assert (folder / "intent.csv").read_text() == "file,intent\npaused.fit,easy\n"
    text = (folder / "athlete.toml").read_text()
    assert text.startswith("# mine\nmass = 70.0\n")
    athlete = ts.Athlete.from_toml(folder / "athlete.toml")
    assert athlete.intents == (("paused.fit", "easy"),)
    mass = {"mass": 71.0}
    assert client.post("profile", json=mass, headers=ORIGIN).status_code == 200
    client.post("intent", json=asked | {"intent": ""}, headers=ORIGIN)
    settled(lambda s: all(r["meant"] == "" for r in s["rows"]))
    wrong = asked | {"intent": "fun"}
    assert client.post("intent", json=wrong, headers=ORIGIN).status_code == 422


def test_an_intent_goes_into_a_table_of_the_profile(client, folder: Path) -> None:
    """Where the profile has one, no other file is made."""
    profile = folder / "athlete.toml"
    profile.write_text('[intents]\n"two-tracks.gpx" = "hard"\n')
    asked = {"file": "paused.fit", "intent": "easy"}
    assert client.post("intent", json=asked, headers=ORIGIN).status_code == 200
    assert dict(ts.Athlete.from_toml(profile).intents) == {
        "two-tracks.gpx": "hard",
        "paused.fit": "easy",
    }
    assert not (folder / "intent.csv").exists()


@pytest.mark.parametrize(
    ("file", "surface"),
    [
        ("paused.fit", "mud"),
        ("../paused.fit", "trail"),
        ("/etc/passwd", "trail"),
        ("nothing.fit", "trail"),
        ("paused.fit/../../x", "trail"),
        ("", "trail"),
        ("a\0b", "trail"),
    ],
)
def test_no_other_label_is_taken(client, folder: Path, file, surface) -> None:
    """What is no ground, or no recording of the folder, changes nothing."""
    asked = {"file": file, "surface": surface}
    answer = client.post("label", json=asked, headers=ORIGIN)
    assert answer.status_code == 422
    assert answer.json()["problem"]
    assert not (folder / LABELS).exists()


def test_the_profile_is_changed_and_nothing_else(
    client, settled, folder: Path
) -> None:
    """Comments and keys that the page doesn't show stay; empty takes a key out."""
    profile = folder / "athlete.toml"
    before = "# mine\nprivacy_zones = [[47.0, 11.0, 300.0]]\nmass = 70.0  # kg\n"
    profile.write_text(before)
    settled()
    asked = {"heart_rate_max": 188, "races": ["2026-05-10"], "mass": None}
    assert client.post("profile", json=asked, headers=ORIGIN).status_code == 200
    text = profile.read_text()
    assert text.startswith("# mine\nprivacy_zones = [[47.0, 11.0, 300.0]]\n")
    athlete = ts.Athlete.from_toml(profile)
    assert athlete.heart_rate_max == 188
    assert [str(day) for day in athlete.races] == ["2026-05-10"]
    assert athlete.mass is None
    shown = client.get("profile").json()
    assert shown["heart_rate_max"] == 188
    assert not {"privacy_zones", "privacy_secret"} & set(shown)


@pytest.mark.parametrize(
    "asked",
    [
        {"heart_rate_max": 20},
        {"heart_rate_max": "fast"},
        {"races": ["tomorrow"]},
        {"privacy_zones": []},
        {"no_such_key": 1},
    ],
)
def test_a_wrong_profile_is_refused(client, folder: Path, asked) -> None:
    """It is said why, and the file stays as it was."""
    answer = client.post("profile", json=asked, headers=ORIGIN)
    assert answer.status_code == 422
    assert answer.json()["problem"]
    assert not (folder / "athlete.toml").exists()


def test_a_broken_profile_is_said(settled, folder: Path) -> None:
    """The page says what is wrong, and goes on once it is put right."""
    settled()
    (folder / "athlete.toml").write_text("heart_rate_max = 20\n")
    state = settled(lambda s: s["problem"])
    assert "heart_rate_max" in state["problem"]
    (folder / "athlete.toml").write_text("heart_rate_max = 190\n")
    assert settled(lambda s: not s["problem"])["rows"]
