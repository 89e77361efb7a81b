"""`MapMatch`: the ways that a run followed, and what their tags say at points along it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from trailstats.arrays import Flags, Floats, Ints
from trailstats.terrain.maps._candidates import Candidates
from trailstats.terrain.maps._tags import Ground, ground_of

__all__ = ["MapMatch", "match_of"]


@dataclass(frozen=True, eq=False)
class MapMatch:
    """The ways that a run followed, at points along it.

    Attributes
    ----------
    distance : numpy.ndarray, shape (n,)
        Distance since the start, every `SPACING` metres [m].
    way : numpy.ndarray of int, shape (n,)
        Id of the most likely way, given the whole track; 0 where most likely none is followed.
    offset : numpy.ndarray, shape (n,)
        Distance from that way [m]; NaN where there is none.
    confidence : numpy.ndarray, shape (n,)
        Probability of that way, or of none, given the whole track.
    p_trail : numpy.ndarray, shape (n,)
        Probability of trail: the mean over the ways that may have been followed, each by its tags.
        NaN where it is more likely that none was.
    p_decided : numpy.ndarray, shape (n,)
        The same where ways of kinds that decide nothing, such as footways without a surface, count
        one half.
    technical : numpy.ndarray, shape (n,)
        Probability of technical ground, likewise; NaN where no tag speaks of it.
    tags : dict of int to dict
        Tags of every way in ``way``, as far as they are read.
    covered : float
        Share of the points that lie where the extracts have ways.
    attribution : str
        What has to stand where something from the extracts there is shown; empty where there are
        none.
    """

    distance: Floats
    way: Ints
    offset: Floats
    confidence: Floats
    p_trail: Floats
    p_decided: Floats
    technical: Floats
    tags: dict[int, dict[str, str]] = field(default_factory=dict)
    covered: float = 0.0
    attribution: str = ""

    @classmethod
    def nowhere(cls) -> MapMatch:
        """Return the match of a run where the extracts have no ways, without points."""
        none = np.empty(0)
        return cls(none, np.empty(0, np.int64), none, none, none, none, none)

    def __bool__(self) -> bool:
        """Whether any point lies on a way."""
        return bool((self.way != 0).any())

    def ground(self, way: int) -> Ground:
        """Return what the tags of one of the ways say."""
        return ground_of(self.tags[way])

    def to_frame(self) -> pd.DataFrame:
        """Return the points as a table, with the name of the rule that each way's tags met."""
        names = {way: self.ground(way).rule.name for way in self.tags}
        columns = (
            "distance",
            "way",
            "offset",
            "confidence",
            "p_trail",
            "technical",
        )
        table = pd.DataFrame({c: getattr(self, c) for c in columns})
        return table.assign(
            rule=[names.get(way, "") for way in self.way.tolist()]
        )


def match_of(
    distance: Floats,
    found: Candidates,
    probability: Floats,
    sets: list[dict[str, str]],
) -> MapMatch:
    """Return the match of a run by how likely it followed each candidate.

    Parameters
    ----------
    distance : numpy.ndarray, shape (n,)
        [m]
    found : Candidates
        Of n points, k for each.
    probability : numpy.ndarray, shape (n, k + 1)
        Of each candidate; the last column is that of no way.
    sets : list of dict
        The sets of tags.

    Returns
    -------
    MapMatch
    """
    n, width = found.way.shape
    there = found.way >= 0
    trail, decided, rough = _said_by_tags(found, there, sets)
    choice = probability.argmax(axis=1)
    on_way = choice < width
    column = np.minimum(choice, width - 1)
    row = np.arange(n)
    way = np.where(on_way, found.way[row, column], -1)
    weight = np.where(there, probability[:, :-1], 0.0)
    spoken = np.where(np.isnan(rough[found.way]), 0.0, weight)
    off_way = probability[:, -1] > 0.5
    unspoken = spoken.sum(axis=1) <= 0.5

    def mean(values: Floats, weights: Floats, unknown: Flags) -> Floats:
        total = weights.sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            out = (weights * values[found.way]).sum(axis=1) / total
        return np.where(unknown, np.nan, out)

    used = np.unique(way[way >= 0]).tolist()
    ids, tags = found.ways.ids, found.ways.tags
    return MapMatch(
        distance=distance,
        way=np.append(ids, 0)[way],
        offset=np.where(on_way, found.offset[row, column], np.nan),
        confidence=probability[row, choice],
        p_trail=mean(trail, weight, off_way),
        p_decided=mean(decided, weight, off_way),
        technical=mean(np.nan_to_num(rough), spoken, unspoken),
        tags={int(ids[i]): sets[int(tags[i])] for i in used},
    )


def _said_by_tags(
    found: Candidates, there: Flags, sets: list[dict[str, str]]
) -> tuple[Floats, Floats, Floats]:
    """Return, for each way, the probability of trail, the same with one half where its kind decides
    nothing, and that of technical ground; only candidates are looked at, and none comes last.
    """
    n = len(found.ways.ids)
    candidate = np.zeros(n, bool)
    candidate[found.way[there]] = True
    # Many ways share one set of tags.
    numbers, shared = np.unique(found.ways.tags[candidate], return_inverse=True)
    grounds = [ground_of(sets[number]) for number in numbers.tolist()]
    said = np.array(
        [
            (
                ground.rule.p_trail,
                ground.rule.p_trail if ground.rule.decides else 0.5,
                ground.technical,
            )
            for ground in grounds
        ]
    ).reshape(-1, 3)
    out = np.full((3, n + 1), [[0.0], [0.0], [np.nan]])
    out[:, :-1][:, candidate] = said[shared].T
    trail, decided, rough = out
    return trail, decided, rough
