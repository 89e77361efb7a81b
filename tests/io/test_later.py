"""Tables that a reader leaves for later are those that it would have made at once."""

from __future__ import annotations

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import trailstats as ts
from trailstats.io import _build

LATER = ("laps", "extras", "pauses")


@pytest.fixture
def file(samples: Path) -> Path:
    """Return a recording with laps, pauses and further fields."""
    return samples / "odd" / "paused.fit"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that grows with each table of laps or pauses that is made."""
    seen: list[str] = []
    for name in ("_laps", "_pauses"):
        real = getattr(_build, name)

        def noted(given: object, name: str = name, real: object = real) -> object:
            seen.append(name)
            return real(given)  # type: ignore[operator]

        monkeypatch.setattr(_build, name, noted)
    return seen


def test_what_nobody_looks_at_is_not_made(file: Path, made: list[str]) -> None:
    """To read, to look at the records and to print make none; each is made once."""
    run = ts.read(file)
    assert run.has("latitude")
    assert repr(run)
    assert made == []
    assert len(run.pauses)
    assert run.laps is run.laps
    assert made == ["_pauses", "_laps"]


@pytest.mark.parametrize(
    "travelled",
    [
        lambda run: pickle.loads(pickle.dumps(run)),
        copy.copy,
        copy.deepcopy,
        lambda run: replace(run, issues=()),
    ],
    ids=["pickle", "copy", "deepcopy", "replace"],
)
def test_they_travel_with_the_activity(file: Path, travelled) -> None:
    """A copy has them whether or not they were looked at, and goes on from there."""
    one, other = ts.read(file), travelled(ts.read(file))
    for name in ("records", *LATER):
        pd.testing.assert_frame_equal(
            getattr(one, name), getattr(other, name), check_freq=False
        )
    assert repr(travelled(other).meta) == repr(one.meta)


def test_threads_get_the_same_table(file: Path) -> None:
    """Whoever comes first makes it for all."""
    run = ts.read(file)
    for name in LATER:
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(getattr, [run] * 32, [name] * 32))
        assert all(frame is found[0] for frame in found)


def test_other_names_are_no_attributes(file: Path) -> None:
    """A name that is wrong stays an error that says so."""
    run = ts.read(file)
    assert not hasattr(run, "lapse")
    with pytest.raises(
        AttributeError, match="'Activity' has no attribute 'lapse'"
    ):
        _ = run.lapse  # type: ignore[attr-defined]
