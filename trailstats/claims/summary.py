"""All answers together: the one sentence on top, and what would answer more of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trailstats.claims.result import ClaimResult, Need
from trailstats.claims.wording import claim_words, speaks
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
        Each kind of thing once. Of the same gain that which is missing less of comes first; what
        no record would answer comes last.

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
            # What no record answers has a reason of its own each time.
            key = need.text if need.kind == "nothing" else need.kind
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
    """Return what the answers say in one sentence, those that carry furthest first.

    Parameters
    ----------
    results : sequence of ClaimResult
        From `evaluate_claims`.

    Examples
    --------
    >>> import trailstats as ts
    >>> from trailstats.claims.summary import one_sentence
    >>> one_sentence(ts.evaluate_claims(ts.analyze_folder("data/samples/odd")))
    'Of 11 claims none is answered by these recordings; 11 are open.'
    """
    told = [r for r in results if r.is_decided]
    left = len(results) - len(told)
    if not told:
        return (
            f"Of {len(results)} claims none is answered by these recordings; "
            f"{left} are open."
        )
    parts = [
        f"{phrase} {_listed(own)}"
        for (reach, sign), phrase in _PHRASES
        if (own := [r for r in told if r.reach is reach and speaks(r) == sign])
    ]
    rest = f"{left} of {len(results)} claims are open" if left else ""
    sentence = "; ".join(part for part in (*parts, rest) if part)
    return f"{sentence[0].upper()}{sentence[1:]}."


_PHRASES = (
    ((Reach.DIRECT, 1), "supported by your recordings:"),
    ((Reach.DIRECT, -1), "contradicted:"),
    ((Reach.DIRECT, 0), "no difference that matters:"),
    ((Reach.PROXY, 1), "signs for:"),
    ((Reach.PROXY, -1), "signs against:"),
    ((Reach.PROXY, 0), "no sign of:"),
    ((Reach.DOSE, 1), "more of the dose, whose effect no recording tells, for:"),
    ((Reach.DOSE, -1), "less of the dose for:"),
    ((Reach.DOSE, 0), "the same dose for:"),
)


def _listed(results: Sequence[ClaimResult]) -> str:
    titles = [claim_words(r.claim).title for r in results]
    lower = [f"{title[0].lower()}{title[1:]}" for title in titles]
    return ", ".join(lower)
