#!/usr/bin/env python3
"""Count how many ways of each kind are unpaved, where mappers said so, and what follows for the
table of tags.

    python tools/count_surfaces.py EXTRACT.osm.pbf ...

Ways with a surface tag stand for those without one that are otherwise alike. The share is by
length. Ways differ in length, so a region's ways count as (sum of lengths)^2 / (sum of squared
lengths), at most `MOST` of them: one town's habits don't speak for all. What was judged before
counts as `JUDGED` ways. The last column is the least and the greatest probability with one extract
left out: a rule for which it reaches beyond what decides does not decide.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from trailstats.terrain.maps import GROUND_KEYS, RULES, ground_of

MOST = 30.0
JUDGED = 10.0
UNPAVED = ("unpaved way", "unpaved road", "earth road")


def ways(extracts: Iterable[Path]) -> pd.DataFrame:
    """Return the ways whose tag says that they are paved or not, with the rule that they meet
    without it.
    """
    import osmium

    rows = []
    for extract in extracts:
        region = extract.name.partition(".")[0]
        found = (
            osmium.FileProcessor(str(extract))
            .with_locations()
            .with_filter(osmium.filter.KeyFilter("highway"))
        )
        for way in found:
            tags = {key: way.tags[key] for key in GROUND_KEYS if key in way.tags}
            told = ground_of(tags).rule.name
            if (
                "surface" not in tags
                or told not in ("paved", *UNPAVED)
                or len(way.nodes) < 2
            ):
                continue
            bare = ground_of(
                {key: value for key, value in tags.items() if key != "surface"}
            ).rule.name
            rows.append(
                (
                    region,
                    bare,
                    told in UNPAVED,
                    osmium.geom.haversine_distance(way.nodes),
                )
            )
    return pd.DataFrame(rows, columns=["region", "rule", "unpaved", "length"])


def shares(found: pd.DataFrame) -> pd.DataFrame:
    """Return for each rule and region the ways, km, share unpaved with its 95 % interval (Wilson),
    and weight.
    """
    rows = []
    for (rule, region), part in found.groupby(["rule", "region"]):
        length = part["length"].to_numpy()
        share = float(np.average(part["unpaved"], weights=length))
        n = float(length.sum() ** 2 / (length**2).sum())
        low, high = proportion_confint(share * n, n, method="wilson")
        rows.append(
            (
                rule,
                region,
                len(part),
                length.sum() / 1000,
                share,
                low,
                high,
                min(n, MOST),
            )
        )
    return pd.DataFrame(
        rows,
        columns=[
            "rule",
            "region",
            "ways",
            "km",
            "share",
            "low",
            "high",
            "weight",
        ],
    )


def probabilities(counted: pd.DataFrame) -> dict[str, float]:
    """Return the probability of each rule that rests on counts."""
    out = {}
    for name, rule in RULES.items():
        part = counted[counted["rule"] == name]
        if np.isfinite(rule.judged):
            total = (
                float((part["weight"] * part["share"]).sum())
                + JUDGED * rule.judged
            )
            out[name] = total / (float(part["weight"].sum()) + JUDGED)
    return out


def lines(counted: pd.DataFrame) -> list[str]:
    """Return the rows of the documentation's table."""
    p = probabilities(counted)
    regions = counted["region"].unique()
    left_out = [
        probabilities(counted[counted["region"] != region]) for region in regions
    ]
    out = []
    for name, value in p.items():
        part = counted[counted["rule"] == name]
        cells = [
            f"{row.region} {row.share:.2f} ({abs(row.low):.2f} to {row.high:.2f}; ways: "
            f"{row.ways}, {row.km:.1f} km)"
            for row in part.itertuples()
        ]
        span = [found[name] for found in left_out]
        out.append(
            f"| {name} | {RULES[name].judged:.2f} | {'; '.join(cells)} | {value:.2f} | "
            f"{min(span):.2f} to {max(span):.2f} |"
        )
    return out


def left_out(found: pd.DataFrame) -> list[str]:
    """Return, for each region, how the table does there when the ways with a surface tag lose it
    and the table was counted in the others.
    """
    parts = []
    for region in found["region"].unique():
        elsewhere = probabilities(shares(found[found["region"] != region]))
        own = found[found["region"] == region]
        p = np.array(
            [elsewhere.get(name, RULES[name].p_trail) for name in own["rule"]]
        )
        open_ = np.array([not RULES[name].decides for name in own["rule"]])
        decided = ~open_ & ((p >= 0.7) | (p <= 0.3))
        parts.append(
            own.assign(decided=decided, right=(p > 0.5) == own["unpaved"])
        )
    out = []
    for name, own in (
        *pd.concat(parts).groupby("region"),
        ("all", pd.concat(parts)),
    ):
        length = own["length"].to_numpy()
        sure = length * own["decided"].to_numpy()
        right = (sure * own["right"].to_numpy()).sum() / sure.sum()
        out.append(
            f"| {name} | {length.sum() / 1000:.0f} km | "
            f"{sure.sum() / length.sum():.3f} | {right:.3f} |"
        )
    return out


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("extracts", type=Path, nargs="+")
    found = ways(parser.parse_args().extracts)
    print("\n".join([*lines(shares(found)), "", *left_out(found)]))


if __name__ == "__main__":
    main()
