"""Easy days without names: everyday runs by exclusion, structure, and what the runner states."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import trailstats as ts
from trailstats.claims import evaluate_claims
from trailstats.claims._easy_days import easy_days
from trailstats.claims._everyday import easy_weights, structured
from trailstats.claims._evidence import Evidence
from trailstats.claims._finding import compare_runs
from trailstats.errors import ConfigError
from trailstats.history import History
from trailstats.history._intent import judge_intent
from trailstats.model.athlete import Athlete
from trailstats.schema import Verdict

STRETCH = 45.0


def _pattern(speed: np.ndarray) -> bool:
    run = np.zeros(len(speed), dtype=np.int64)
    return bool(structured(speed, np.full(len(speed), STRETCH), run, 1)[0])


def test_structure_is_a_pattern_and_no_pace() -> None:
    """Intervals and a tempo are found at any pace; an even run and one that gets a little faster
    are none, however fast.
    """
    rng = np.random.default_rng(2)
    noise = np.exp(0.03 * rng.standard_normal(60))
    place = np.arange(60)
    for pace in (2.2, 3.0, 4.5):
        assert not _pattern(pace * noise)
        assert not _pattern(pace * noise * np.linspace(0.97, 1.04, 60))
        assert _pattern(pace * noise * np.where(place % 10 < 4, 1.35, 0.95))
        tempo = (place >= 20) & (place < 40)
        assert _pattern(pace * noise * np.where(tempo, 1.18, 0.95))


def test_the_sample_runner_s_structure_is_known(samples: Path) -> None:
    """All of the simulated runner's intervals and tempo runs have a structure, none of the easy and
    recovery runs has: by the truth that the archive was made with.
    """
    truth = json.loads((samples / "truth.json").read_text(encoding="utf-8"))
    meant = {Path(a["file"]).name: a["intent"] for a in truth["activities"]}
    files = sorted((samples / "archive").glob("2024-0[2-5]-*"))
    data = Evidence(ts.analyze_folder(files, workers=1))
    weight = easy_weights(data)
    own = np.array([meant[Path(f).name] for f in data.file_names])
    assert (weight[np.isin(own, ["interval", "tempo", "race"])] == 0).all()
    assert (weight[np.isin(own, ["easy", "recovery"])] > 0).mean() > 0.95


def test_a_long_run_is_long_for_its_ground(runner: History, cut) -> None:
    """Trail runs of two hours, and road runs of three quarters of one: neither is a long run, and a
    road run of two hours is.
    """
    table = runner.activities
    on_trail = (table["surface"] == "trail").to_numpy()
    times = np.where(on_trail, 7200.0, 2700.0)
    strange = np.flatnonzero(~on_trail)[40]
    times[strange] = 7200.0
    every = np.ones(len(table), dtype=bool)
    history = cut(runner, every, intent="")
    history = replace(
        history, activities=history.activities.assign(moving_time=times)
    )
    weight = easy_weights(Evidence(history))
    assert weight[strange] == 0.0
    assert (weight[on_trail] > 0).mean() > 0.9
    assert (weight[~on_trail] > 0).mean() > 0.5


def test_enough_named_runs_stand_alone(
    runners: ModuleType, scenarios: ModuleType, cut
) -> None:
    """Where easy runs are named on both grounds, the long runs that exclusion leaves don't count;
    without names they do, for half.
    """
    runner = runners.simulate(scenarios.NONE, 3)
    table = runner.activities
    named = (table["intent"] == "easy").to_numpy()
    on_trail = (table["surface"] == "trail").to_numpy()
    assert min((named & on_trail).sum(), (named & ~on_trail).sum()) >= 16
    weight = easy_weights(Evidence(runner))
    assert (weight[named] == 1.0).all()
    assert (weight[~named] == 0.0).all()
    few = np.where(on_trail, "", table["intent"])
    history = replace(runner, activities=table.assign(intent=few))
    assert set(easy_weights(Evidence(history))[on_trail]) == {0.0, 0.5}


def test_trail_runs_of_other_length_are_told(
    runner: History,
) -> None:
    """Trail runs of 1.8 times the length: the answer says so, and what it leaves open."""
    table = runner.activities
    on_trail = (table["surface"] == "trail").to_numpy()
    said = []
    for longer in (1.0, 1.8):
        times = table["moving_time"] * np.where(on_trail, longer, 1.0)
        data = Evidence(
            replace(runner, activities=table.assign(moving_time=times))
        )
        found = compare_runs(data, "feel", data.runs["feel"])
        said.append([c for c in found.result.caveats if "times as long" in c])
    assert not said[0]
    assert len(said[1]) == 1


def test_nameless_runs_answer_the_claim(
    runners: ModuleType, scenarios: ModuleType, cut
) -> None:
    """A runner who names nothing and runs less hard on trails is told so, from everyday runs; one
    who runs alike everywhere, hard or not, isn't.
    """
    base = next(
        s for s in scenarios.SCENARIOS if s.name.startswith("easy days 5 %")
    )
    for slower, seeds in ((0.08, 2), (0.0, 3)):
        for seed in range(seeds):
            history = runners.simulate(
                replace(base, easy_slower=slower, weeks=40), seed
            )
            nameless = cut(history, np.ones(len(history.activities), dtype=bool))
            table = nameless.activities
            named = table["intent"].where(table["intent"] == "hard", "")
            data = Evidence(
                replace(nameless, activities=table.assign(intent=named))
            )
            result = easy_days(data).result
            assert any("everyday runs" in c for c in result.caveats)
            decided = result.verdict is Verdict.SUPPORTED
            assert decided == (slower > 0)


def test_stated_intents_count_before_all(
    runners: ModuleType, scenarios: ModuleType, tmp_path: Path
) -> None:
    """A file beside the profile names recordings, by name or the end of a path."""
    (tmp_path / "intent.csv").write_text(
        "file,intent\nrun0003.fit, Race\nfolder/run0004.fit,easy\n"
    )
    (tmp_path / "me.toml").write_text('intents = "intent.csv"\n')
    athlete = Athlete.from_toml(tmp_path / "me.toml")
    table = runners.simulate(scenarios.NONE, 1).activities.copy()
    table.loc[4, "file"] = "archive/folder/run0004.fit.gz"
    table["name"] = "5 x 1000 m"
    found = judge_intent(table, athlete)
    assert found["intent"][3] == "race"
    assert found["intent"][4] == "easy"
    assert (found["intent_source"][3:5] == "profile").all()
    assert found["intent"][5] == "hard"
    assert athlete.to_document()["intents"] == {}


@pytest.mark.parametrize(
    "text", ["file,what\na.fit,easy\n", "file,intent\na.fit,jolly\n", ""]
)
def test_wrong_intents_are_errors(tmp_path: Path, text: str) -> None:
    """Another column, another word, an empty file."""
    (tmp_path / "intent.csv").write_text(text)
    (tmp_path / "me.toml").write_text('intents = "intent.csv"\n')
    with pytest.raises(ConfigError, match="intent"):
        Athlete.from_toml(tmp_path / "me.toml")


def test_every_measure_of_ease_has_a_verdict(runner) -> None:
    """Time above the ceiling, heart rate, speed and effort, each by itself."""
    result = next(r for r in evaluate_claims(runner) if r.claim == "easy_days")
    names = [p.claim for p in result.parts]
    assert names == [
        "above_easy_ceiling",
        "easy_heart_rate",
        "easy_speed",
        "easy_grade_adjusted_speed",
        "next_session",
    ]
    assert all(p.verdict is not None for p in result.parts)
