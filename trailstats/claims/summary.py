"""All answers together: the one sentence on top, and what would answer more of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from trailstats.claims.result import ClaimResult, Need
from trailstats.claims.wording import claim_words, found_clause
from trailstats.schema import Reach

__all__ = ["Wanted", "one_sentence", "to_answer"]


@dataclass(frozen=True)
class Wanted:
    """One thing that would answer open claims.

    Attributes
    ----------
    need : Need
        Of the claim that needs the least of it.
    claims : tuple of str
        The claims that it would answer.

    Examples
    --------
    >>> from trailstats.claims.result import Need
    >>> from trailstats.claims.summary import Wanted
    >>> Wanted(Need("ratings", "rate 10 runs", 10.0), ("enjoyment",)).to_dict()["claims"]
    ['enjoyment']
    """

    need: Need
    claims: tuple[str, ...]

    def to_dict(self) -> dict[str, object]:
        """Return it as plain values."""
        return self.need.to_dict() | {"claims": list(self.claims)}


def to_answer(results: Sequence[ClaimResult]) -> tuple[Wanted, ...]:
    """Return what would answer open claims, that which answers the most of them first.

    Parameters
    ----------
    results : sequence of ClaimResult
        From `evaluate_claims`.

    Returns
    -------
    tuple of Wanted
        Each thing once, with all the claims that lack as much of it. Of the same gain that which is
        missing less of comes first; what no record would answer comes last.

    Examples
    --------
    >>> import trailstats as ts
    >>> from trailstats.claims.summary import to_answer
    >>> wanted = to_answer(ts.evaluate_claims(ts.analyze_folder("data/samples/odd")))
    >>> all(w.claims for w in wanted)
    True
    """
    found: dict[str, tuple[Need, dict[str, None]]] = {}
    for result in results:
        for need in result.needs:
            # One map serves all; of runs and weeks each claim says how many it lacks, and what no
            # record answers has a reason of its own.
            key = need.kind if need.kind == "map" else need.text
            known = found.get(key)
            claims = known[1] if known else {}
            least = known[0] if known else need
            if need.missing < least.missing:
                least = need
            claims[result.claim] = None
            found[key] = (least, claims)
    wanted = [Wanted(need, tuple(claims)) for need, claims in found.values()]
    return tuple(
        sorted(
            wanted,
            key=lambda w: (
                w.need.kind == "nothing",
                -len(w.claims),
                w.need.missing if w.need.missing >= 0 else 0.0,
            ),
        )
    )


def one_sentence(results: Sequence[ClaimResult]) -> str:
    """Return what the answers say to a runner: whether road running got faster, what else the
    recordings tell, and how many claims are open.

    Parameters
    ----------
    results : sequence of ClaimResult
        From `evaluate_claims`.

    Examples
    --------
    >>> import trailstats as ts
    >>> from trailstats.claims.summary import one_sentence
    >>> one_sentence(ts.evaluate_claims(ts.analyze_folder("data/samples/odd")))
    "Whether road running gets faster with trails can't be told yet. None of 11 claims is answered \
by these recordings so far."
    """
    told = [r for r in results if r.is_decided]
    left = len(results) - len(told)
    said = []
    for result in results:
        if result.claim == QUESTION:
            clause = found_clause(result) if result.is_decided else _UNTOLD
            said.append(f"{clause[0].upper()}{clause[1:]}.")
    others = [
        found_clause(r) or claim_words(r.claim).title
        for r in sorted(told, key=lambda r: _ORDER.index(r.reach))
        if r.claim != QUESTION
    ]
    if others:
        said.append(f"What these recordings tell: {_and(others)}.")
    if not told:
        said.append(
            f"None of {len(results)} claims is answered by these recordings so far."
        )
    elif left:
        are = "is" if left == 1 else "are"
        said.append(f"{left} of {len(results)} claims {are} open.")
    return " ".join(said)


QUESTION: Final = "road_improvement"
"""The claim that the page asks about."""

_UNTOLD: Final = "whether road running gets faster with trails can't be told yet"

_ORDER: Final = (Reach.DIRECT, Reach.PROXY, Reach.DOSE)
"""What carries further is said first."""


def _and(clauses: Sequence[str]) -> str:
    """Return clauses as one: "a, b, and c"."""
    if len(clauses) < 3:
        return " and ".join(clauses)
    return f"{', '.join(clauses[:-1])}, and {clauses[-1]}"
