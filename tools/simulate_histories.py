"""Try the claims on thousands of simulated runners whose truth is known, and write the table of the
documentation.

    python tools/simulate_histories.py --histories 300 --write docs/claims.md

Each scenario is simulated so many times; histories exist as tables only, without files.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from histories.scenario import ALL
from histories.scoring import (
    Outcome,
    Score,
    Share,
    impact_decided,
    judge,
    parts_decided,
    score,
)

BEGIN, END = "<!-- simulation: begin -->", "<!-- simulation: end -->"


SHARES = {
    "none": 0.5,
    "world": 1.0,
    "effect": 1.0,
    "power": 0.7,
    "sample": 0.35,
    "confounded": 1.0,
    "curve": 0.5,
}
"""Histories of a scenario by its group, as a share of those asked for; coverage needs the most."""


def run(
    counts: dict[int, int], *, workers: int, minutes: float = math.inf
) -> dict[int, list[Outcome]]:
    """Return the outcomes of so many histories of each scenario, or of as many as the time
    allows.
    """
    # All scenarios advance together, so that an early end leaves none out.
    order = sorted(
        ((seed + 0.5) / count, number, seed)
        for number, count in counts.items()
        for seed in range(count)
    )
    jobs = [(number, 1000 * number + seed) for _, number, seed in order]
    found: dict[int, list[Outcome]] = {number: [] for number in counts}
    end = time.monotonic() + 60.0 * minutes
    with ExitStack() as stack:
        outcomes = map(judge, jobs)
        if workers > 1:
            pool = stack.enter_context(ProcessPoolExecutor(workers))
            stack.callback(pool.shutdown, cancel_futures=True)
            outcomes = pool.map(judge, jobs, chunksize=4)
        for (number, _), outcome in zip(jobs, outcomes, strict=True):
            found[number].append(outcome)
            if time.monotonic() > end:
                break
    return {number: outcomes for number, outcomes in found.items() if outcomes}


def report(found: dict[int, list[Outcome]], seconds: float) -> str:
    """Return the tables as Markdown."""
    scores = {number: score(outcomes) for number, outcomes in found.items()}
    counts = sorted({len(outcomes) for outcomes in found.values()})
    total = sum(len(outcomes) for outcomes in found.values())
    groups = {g: [n for n in found if ALL[n].group == g] for g in SHARES}
    lines = [
        f"{len(found)} kinds of runner, {counts[0]} to {counts[-1]} histories each, {total} in "
        "all, simulated and "
        f"answered in {seconds / 60:.0f} minutes. Shares come with their 95 % interval (Wilson).",
        "",
    ]
    if groups["none"]:
        lines += _false_decisions(scores, groups["none"])
    if groups["effect"]:
        lines += _coverage(scores, groups["none"], groups["effect"])
    lines += _worlds(found, scores, groups["world"])
    lines += _power(found, scores, groups["power"] + groups["effect"])
    lines += _sample(scores, groups["sample"])
    lines += _confounded(scores, groups["confounded"])
    lines += _curve(found, scores, groups["curve"])
    return "\n".join(lines).rstrip() + "\n"


def _false_decisions(
    scores: dict[int, dict[str, Score]], numbers: list[int]
) -> list[str]:
    claims = list(scores[numbers[0]])
    lines = [
        "**No true effect**: share of histories in which a claim is supported or contradicted, all "
        "scenarios without "
        "an effect together, and the worst of them. At most 5 % is wanted.",
        "",
        "| claim | together | worst | in |",
        "|---|---|---|---|",
    ]
    for claim in claims:
        own = {n: scores[n][claim].decided for n in numbers}
        whole = Share(
            sum(s.count for s in own.values()), sum(s.total for s in own.values())
        )
        worst = max(own, key=lambda n: own[n].value)
        lines.append(f"| {claim} | {whole} | {own[worst]} | {ALL[worst].name} |")
    return [*lines, ""]


def _coverage(
    scores: dict[int, dict[str, Score]], none: list[int], effect: list[int]
) -> list[str]:
    lines = [
        "**Coverage** of the 95 % interval of each claim's main figure. 92 to 98 % is wanted.",
        "",
        "| claim | no effect | small effects | large effects |",
        "|---|---|---|---|",
    ]
    first = none[0] if none else effect[0]
    for claim in scores[effect[0]]:
        cells = [str(scores[n][claim].covered) for n in (first, *effect[:2])]
        lines.append(f"| {claim} | {' | '.join(cells)} |")
    return [*lines, ""]


def _worlds(
    found: dict[int, list[Outcome]],
    scores: dict[int, dict[str, Score]],
    numbers: list[int],
) -> list[str]:
    if not numbers:
        return []
    lines = [
        "**Worlds in which something misleads**, all claims counted together. At most 5 % harder, "
        "road improvement or impact decided is wanted where there is no effect, and coverage of "
        "at least 88 %.",
        "",
        "| world | same effort: harder | not harder or alike | of these alike | road improvement "
        "decided | any part of impact decided | most often decided else | lowest coverage |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for n in numbers:
        own = scores[n]
        effort = own["same_effort"]
        calm = Share(
            effort.supported.count + effort.alike.count, effort.alike.total
        )
        rest = [c for c in own if c not in ("same_effort", "road_improvement")]
        most = max(rest, key=lambda c: own[c].decided.value)
        held = {c: own[c].covered for c in own if own[c].covered.total}
        least = min(held, key=lambda c: held[c].value)
        lines.append(
            f"| {ALL[n].name} | {effort.contradicted} | {calm} | {effort.alike} | "
            f"{own['road_improvement'].decided} | {impact_decided(found[n])} | "
            f"{most}: {own[most].decided} | {least}: {held[least]} |"
        )
    return [*lines, ""]


def _power(
    found: dict[int, list[Outcome]],
    scores: dict[int, dict[str, Score]],
    numbers: list[int],
) -> list[str]:
    if not numbers:
        return []
    lines = [
        "**Power**: share of histories in which an effect that is there is decided in its "
        "direction. A claim's verdict "
        "allows for all claims together, a part's stands alone.",
        "",
        "| scenario | claim or part | decided rightly |",
        "|---|---|---|",
    ]
    for n in numbers:
        scenario, parts = ALL[n], parts_decided(found[n])
        rows: list[tuple[str, Share]] = []
        if scenario.easy_slower:
            rows += [("easy_days", scores[n]["easy_days"].supported)]
            rows += [
                (f"easy_days, {p}", parts[p])
                for p in (
                    "above_easy_ceiling",
                    "easy_speed",
                    "easy_grade_adjusted_speed",
                )
            ]
        if scenario.beats:
            rows.append(("same_effort", scores[n]["same_effort"].contradicted))
        if scenario.step_load != 1.0:
            rows.append(("impact", scores[n]["impact"].supported))
            rows += [
                (f"impact, {p}", parts[p])
                for p in (
                    "active_per_km",
                    "impact_per_km",
                    "tibial_per_km",
                    "impact_per_minute",
                )
            ]
        if scenario.group == "effect":
            more = {
                "strength": scenario.hills != 1,
                "balance": scenario.uneven != 1,
                "stress": scenario.spread != 0,
                "volume": scenario.volume_per_share != 0,
                "enjoyment": scenario.feel != 0,
                "variety": scenario.hills != 1,
                "road_improvement": scenario.gain != 0,
            }
            rows += [
                (claim, scores[n][claim].supported)
                for claim, there in more.items()
                if there
            ]
        lines += [
            f"| {scenario.name} | {name} | {share} |" for name, share in rows
        ]
    return [*lines, ""]


def _sample(scores: dict[int, dict[str, Score]], numbers: list[int]) -> list[str]:
    lines = []
    for n in numbers:
        lines += [
            f"**A runner {ALL[n].name}**: how often each claim is decided for a runner with the "
            "same effects.",
            "",
            "| claim | supported | contradicted |",
            "|---|---|---|",
            *(
                f"| {claim} | {own.supported} | {own.contradicted} |"
                for claim, own in scores[n].items()
            ),
            "",
        ]
    return lines


def _curve(
    found: dict[int, list[Outcome]],
    scores: dict[int, dict[str, Score]],
    numbers: list[int],
) -> list[str]:
    if not numbers:
        return []
    lines = [
        "**Road improvement by length of history**: trails begin half-way and form rises by so "
        "much over eight weeks. "
        "How often that is supported by this claim alone, and where all nine tests are counted.",
        "",
        "| gain in so many years | alone | among nine |",
        "|---|---|---|",
    ]
    for n in numbers:
        among = parts_decided(found[n])["among all"]
        lines.append(
            f"| {ALL[n].name} | {scores[n]['road_improvement'].supported} | {among} |"
        )
    return [*lines, ""]


def _confounded(
    scores: dict[int, dict[str, Score]], numbers: list[int]
) -> list[str]:
    if not numbers:
        return []
    lines = [
        "**Confounded**: trails do nothing for road form, but something that moves with them does. "
        "The claim "
        "alone, not adjusted for the others; at most 7 % supported is wanted.",
        "",
        "| scenario | road_improvement supported | contradicted |",
        "|---|---|---|",
    ]
    for n in numbers:
        own = scores[n]["road_improvement"]
        lines.append(f"| {ALL[n].name} | {own.supported} | {own.contradicted} |")
    return [*lines, ""]


def main() -> None:
    """Simulate, print, and write the table where asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--histories",
        type=int,
        default=100,
        help="histories of a scenario; some kinds get a share of it",
    )
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--minutes",
        type=float,
        default=math.inf,
        help="end after so long, with what there is",
    )
    parser.add_argument(
        "--only", type=int, nargs="*", help="numbers of scenarios"
    )
    parser.add_argument(
        "--write", type=Path, help="Markdown file whose marked part is replaced"
    )
    options = parser.parse_args()
    begin = time.perf_counter()
    chosen = options.only if options.only else range(len(ALL))
    counts = {
        n: max(round(options.histories * SHARES[ALL[n].group]), 1) for n in chosen
    }
    found = run(counts, workers=options.workers, minutes=options.minutes)
    text = report(found, time.perf_counter() - begin)
    print(text)
    if options.write:
        page = options.write.read_text(encoding="utf-8")
        head, rest = page.split(BEGIN)
        options.write.write_text(
            f"{head}{BEGIN}\n{text}{END}{rest.split(END)[1]}", encoding="utf-8"
        )


if __name__ == "__main__":
    main()
