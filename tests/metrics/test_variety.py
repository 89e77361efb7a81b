"""Variety: evenness, routes, climbs, effort kilometres, session kinds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from trailstats.metrics import _routes, variety
from trailstats.metrics.variety import SessionFeatures, SessionKind

weights = arrays(np.float64, st.integers(2, 12), elements=st.floats(0.01, 100.0))
cells = st.lists(st.integers(0, 50), min_size=1, max_size=30)


@given(weights, st.floats(0.1, 50.0))
def test_evenness_depends_on_shares_only(amounts, scale):
    """Evenness lies within 0 and 1 and does not change with unit or order."""
    found = variety.shannon_evenness(amounts)
    assert 0.0 <= found <= 1.0
    assert variety.shannon_evenness(scale * amounts[::-1]) == pytest.approx(found)


def test_evenness_of_two_to_one():
    """Shares of 3/4 and 1/4 have the entropy of 0.8113 bits."""
    assert variety.shannon_evenness([3.0, 1.0]) == pytest.approx(0.8113, abs=5e-5)
    assert np.isnan(variety.shannon_evenness([0.0, 0.0]))
    assert np.isnan(variety.shannon_evenness([1.0]))
    with pytest.raises(ValueError, match="negative"):
        variety.shannon_evenness([1.0, -1.0])


@given(cells, cells)
def test_similarity_is_symmetric_and_bounded(a, b):
    """Similarity is symmetric, within 0 and 1, and equals the set formula."""
    found = variety.route_similarity(a, b)
    assert found == variety.route_similarity(b, a)
    assert found == pytest.approx(len(set(a) & set(b)) / len(set(a) | set(b)))


@given(cells, cells)
def test_novelty_is_the_share_of_unseen_cells(a, b):
    """Novelty is the share of a run's cells that are not among those of the year before."""
    runs = [list(set(b)), list(set(a))]
    expected = len(set(a) - set(b)) / len(set(a))
    assert variety.route_novelty(runs, [0.0, 365.0]) == pytest.approx(
        [1.0, expected]
    )
    assert variety.route_novelty(runs, [0.0, 366.0]) == pytest.approx([1.0, 1.0])


def test_empty_routes():
    """A run without positions has no similarity and no novelty."""
    assert np.isnan(variety.route_similarity([], []))
    assert variety.route_novelty([[], [1]], [0.0, 1.0]) == pytest.approx(
        [np.nan, 1.0], nan_ok=True
    )
    assert np.isnan(variety.route_novelty([[]], [0.0])).all()


@pytest.mark.parametrize("latitude", [0.0, 47.0, -33.0, 65.0])
def test_cells_have_their_size(latitude):
    """A line of 7.5 km touches about a hundred cells of 75 m, to the north and to the east."""
    metres = np.arange(0.0, 7500.0, 3.0) / 111195.08
    north = variety.route_cells(latitude + metres, 10.0)
    east = variety.route_cells(
        latitude, 10.0 + metres / np.cos(np.radians(latitude))
    )
    assert north.size == pytest.approx(100, abs=2)
    assert east.size == pytest.approx(100, abs=2)


def test_cells_are_the_place_not_the_run():
    """The same way back, or with gaps, touches the same cells; far places share none."""
    lat, lon = 47.0 + np.arange(0, 0.05, 1e-5), 11.0 + np.arange(0, 0.05, 1e-5)
    there, back = (
        variety.route_cells(lat, lon),
        variety.route_cells(lat[::-1], lon[::-1]),
    )
    assert np.array_equal(there, back)
    lat[5] = np.nan
    assert variety.route_similarity(there, variety.route_cells(lat, lon)) == 1.0
    assert (
        variety.route_similarity(there, variety.route_cells(lat + 1.0, lon))
        == 0.0
    )
    assert np.array_equal(
        variety.route_cells([10.0], [180.0]),
        variety.route_cells([10.0], [-180.0]),
    )
    with pytest.raises(ValueError, match="size"):
        variety.route_cells([1.0], [1.0], size=0.0)


def test_noise_of_positions_keeps_a_repeat_similar():
    """The same loop with 5 m of noise is still the same route, another loop is not."""
    rng = np.random.default_rng(5)
    angle = np.linspace(0.0, 2.0 * np.pi, 3000)
    lat, lon = 47.0 + 0.012 * np.sin(angle), 11.0 + 0.018 * np.cos(angle)
    runs = [
        variety.route_cells(
            lat + rng.normal(0, 4.5e-5, 3000), lon + rng.normal(0, 6.6e-5, 3000)
        )
        for _ in range(3)
    ]
    other = variety.route_cells(lat + 0.02, lon)
    groups = variety.route_groups([runs[0], other, runs[1], [], runs[2]])
    assert groups.tolist() == [0, 1, 0, -1, 0]


def season(count, rng):
    """Return so many runs from home: 25 usual routes, each time a little different, and others."""
    home = np.arange(12)
    routes = [1000 * (k + 1) + np.arange(60 + 3 * k) for k in range(25)]
    out = []
    for k in range(count):
        own = routes[rng.integers(25)]
        own = own[rng.random(len(own)) > 0.15]
        if k % 3 == 0:
            own = 10**6 + 1000 * k + np.arange(100)
        out.append(np.concatenate([home, own, 10**8 + 100 * k + np.arange(6)]))
    return out


def every_pair(runs, limit):
    """Return the groups by comparing each run with each other one."""
    group = list(range(len(runs)))
    for i, one in enumerate(runs):
        for j, other in enumerate(runs[:i]):
            if variety.route_similarity(one, other) >= limit:
                group = [group[j] if g == group[i] else g for g in group]
    first = list(dict.fromkeys(group))
    return [first.index(g) for g in group]


@pytest.mark.parametrize("limit", [0.2, 0.5, 0.55, 0.8, 1.0])
def test_route_groups_are_those_of_all_pairs(limit, monkeypatch):
    """Only candidates are compared, and no pair that is alike is missed."""
    monkeypatch.setattr(_routes, "_ROWS", 16)
    monkeypatch.setattr(_routes, "_PAIRS", 64)
    rng = np.random.default_rng(3)
    runs = season(90, rng)
    runs += [rng.choice(60, rng.integers(1, 40)) for _ in range(40)]
    found = variety.route_groups(runs, similarity=limit).tolist()
    assert found == every_pair(runs, limit)


def test_pairs_that_are_compared_grow_with_the_runs(monkeypatch):
    """All runs share home: four times as many take at most six times as many comparisons, where
    all pairs would be sixteen times as many.
    """
    counts = []
    for count in (500, 2000):
        compared = 0
        real = _routes._shared

        def shared(whole, one, other, real=real):
            nonlocal compared
            compared += len(one)
            return real(whole, one, other)

        monkeypatch.setattr(_routes, "_shared", shared)
        variety.route_groups(season(count, np.random.default_rng(1)))
        counts.append(compared)
        monkeypatch.undo()
    assert counts[0] < 500 * 30
    assert counts[1] <= 6 * counts[0]


def test_route_groups_link_through_others():
    """Runs that resemble a common one are one group; the limit decides."""
    a, b, c = list(range(10)), list(range(3, 13)), list(range(6, 16))
    assert variety.route_groups([a, b, c], similarity=0.5).tolist() == [0, 0, 0]
    assert variety.route_groups([a, b, c], similarity=0.6).tolist() == [0, 1, 2]
    assert variety.route_groups(
        [list(range(9)), list(range(3, 12))], similarity=0.5
    ).tolist() == [
        0,
        0,
    ]
    assert variety.route_groups([[], []]).tolist() == [-1, -1]
    assert variety.route_groups([]).size == 0
    with pytest.raises(ValueError, match="similarity"):
        variety.route_groups([a], similarity=0.0)


@pytest.mark.parametrize(
    ("features", "kinds"),
    [
        (SessionFeatures(duration=2400.0), ()),
        (
            SessionFeatures(duration=2400.0, easy_share=0.95),
            (SessionKind.RECOVERY,),
        ),
        (
            SessionFeatures(duration=3600.0, structured_laps=5),
            (SessionKind.INTERVAL,),
        ),
        (
            SessionFeatures(duration=3600.0, structured_laps=5, race=True),
            (SessionKind.RACE,),
        ),
        (
            SessionFeatures(duration=3600.0, middle_share=0.5),
            (SessionKind.TEMPO,),
        ),
        (
            SessionFeatures(duration=7200.0, typical_duration=3600.0),
            (SessionKind.LONG,),
        ),
        (SessionFeatures(duration=7200.0, typical_duration=7000.0), ()),
        (SessionFeatures(duration=1800.0, steep_bouts=4), (SessionKind.POWER,)),
        (
            SessionFeatures(
                duration=7200.0,
                trail_share=0.9,
                technical_share=0.0,
                gentle_share=0.9,
            ),
            (SessionKind.LONG, SessionKind.MARATHON_VOLUME),
        ),
        (
            SessionFeatures(
                duration=7200.0,
                trail_share=0.9,
                technical_share=0.5,
                gentle_share=0.9,
            ),
            (SessionKind.LONG,),
        ),
        (
            SessionFeatures(
                duration=5000.0,
                climbing_time=1200.0,
                hike_share=0.8,
                easy_share=0.8,
                middle_share=0.15,
            ),
            (SessionKind.HIKE_AND_RUN,),
        ),
    ],
)
def test_session_kinds(features, kinds):
    """Each kind follows from its own features, and unknown ones fulfil nothing."""
    assert variety.session_kinds(features) == kinds
