"""Dips inside climbs: the same on every repetition of a hill, and found in n log n steps."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailstats.terrain import TerrainRules, _dips
from trailstats.terrain._dips import climbing_turns

RULES = TerrainRules()


def profile(heights: list[float]) -> np.ndarray:
    """Return a profile that goes straight from height to height over 200 m each."""
    at = np.arange(len(heights)) * 20
    return np.interp(np.arange(at[-1] + 1), at, heights)


def climbs(z: np.ndarray, place: np.ndarray | None = None) -> int:
    """Return the number of climbs of more than 15 m."""
    turns = climbing_turns(z, place, RULES)
    return sum(z[b] - z[a] > 15 for a, b in pairwise(turns.tolist()))


@pytest.mark.parametrize(
    ("heights", "count"),
    [
        ([0, 50, 44, 100, 0], 1),  # 6 m: less than climb_dip
        ([0, 50, 35, 100, 0], 2),  # 15 m, 13 % of the rises beside it
        ([0, 300, 280, 600, 0], 1),  # 20 m, 3 %
        ([0, 100, 40, 160, 0], 2),
    ],
)
def test_a_dip_stays_inside_by_its_depth_or_its_share(
    heights: list[float], count: int
) -> None:
    assert climbs(profile(heights)) == count


def test_a_hill_with_a_dip_is_the_same_on_every_repetition() -> None:
    """Five times over a hill whose dip is at the limit, with a metre of drift between them: five
    climbs or ten, and each by itself would change from time to time.
    """
    mixed = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        dips = 10.0 + rng.normal(0, 1.0, 5)
        heights = [0.0]
        for dip in dips:
            heights += [40, 40 - dip, 80, 0]
        z = profile(heights)
        # The place of the way within one repetition.
        place = (np.arange(len(z)) % 80 * 10.0).astype(complex)
        assert climbs(z, place) in (5, 10)
        mixed += climbs(z) not in (5, 10)
    assert mixed >= 10


def test_other_dips_decide_for_themselves() -> None:
    """A deep dip elsewhere doesn't split a climb whose own dip is small."""
    z = profile([0, 50, 46, 100, 0, 50, 30, 100, 0])
    assert climbs(z, 10.0 * np.arange(len(z)) + 0j) == 3


def slow(turns: np.ndarray, z: np.ndarray) -> list[int]:
    """Pass over the least deep dip, again and again, with a look at all of them each time."""
    kept = turns.tolist()
    while True:
        best, where = 1.0, None
        for i in range(1, len(kept) - 2):
            start, top, low, end = (z[k] for k in kept[i - 1 : i + 3])
            fall, rises = top - low, (top - start, end - low)
            if fall <= 0 or min(rises) < fall:
                continue
            share = fall / (RULES.climb_dip_share * sum(rises))
            depth = min(fall / RULES.climb_dip, share)
            if depth <= best and (where is None or depth < best):
                best, where = depth, i
        if where is None:
            return kept
        del kept[where : where + 2]


@given(st.lists(st.floats(0, 400), min_size=4, max_size=40, unique=True))
def test_it_is_what_looking_at_all_of_them_gives(heights: list[float]) -> None:
    z = profile(heights)
    turns = _dips.turning_points(z, RULES.climb_dip / 2)
    assert climbing_turns(z, None, RULES).tolist() == slow(turns, z)


def test_the_steps_grow_with_n_log_n(monkeypatch: pytest.MonkeyPatch) -> None:
    """A way up in n dips that are all passed over, each making the next one shallower: eight times
    as many take at most nine times as many entries of the heap.
    """
    counts = []
    for number in (500, 4000):
        pushed = 0

        def push(heap: list, item: object, into=_dips.heappush) -> None:
            nonlocal pushed
            pushed += 1
            into(heap, item)

        monkeypatch.setattr(_dips, "heappush", push)
        rng = np.random.default_rng(0)
        steps = np.where(np.arange(2 * number) % 2, -1.0, 1.4)
        heights = np.cumsum(steps * rng.uniform(7, 10, 2 * number))
        assert len(climbing_turns(profile(heights.tolist()), None, RULES)) < 50
        counts.append(pushed)
        monkeypatch.undo()
    assert counts[0] <= 4 * 500
    assert counts[1] <= 9 * counts[0]
