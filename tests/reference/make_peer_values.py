"""Write `metrics_peers.json`: what independent packages give for the formulas that they share with
this one.

Run it in an environment of its own, because some of them need older dependencies than trailstats:

    pip install neurokit2==0.2.13 vdot-calculator==0.0.0.4 trainingload==0.1.0
    endurance-metrics==0.1.0 python tests/reference/make_peer_values.py
"""

import json
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path

import neurokit2 as nk
import numpy as np
from endurance_metrics.workload import compute_training_load
from trainingload.pmc import PMCCalculator
from trainingload.tss import TSSCalculator
from vdot_calculator.func_module import direct

CASES = []


def add(package, call, function, arguments, expected, tolerance, **pick):
    """Keep one case: the package's call in words, our function with its arguments, and the value it
    must give.
    """
    source = f"{package} {version(package)}: {call}"
    CASES.append(
        {
            "function": function,
            "arguments": arguments,
            "expected": expected,
            "tolerance": tolerance,
            "source": source,
        }
        | pick
    )


def beats(seed, size, deviation):
    """Return beat intervals of a wandering heart [s], to the millisecond."""
    rng = np.random.default_rng(seed)
    wander = (
        0.85
        + 0.03 * np.sin(np.arange(size) / 9.0)
        + np.cumsum(rng.normal(0.0, 0.002, size))
    )
    return np.round(wander + rng.normal(0.0, deviation, size), 3)


def heart():
    """RMSSD, sample entropy and fluctuation analysis, by neurokit2."""
    for seed, deviation in ((1, 0.01), (2, 0.03), (3, 0.06)):
        series = beats(seed, 260, deviation)
        peaks = np.concatenate([[0.0], np.cumsum(series)])
        found = nk.hrv_time({"RRI": 1000.0 * series, "RRI_Time": peaks[1:]})[
            "HRV_RMSSD"
        ].iloc[0]
        add(
            "neurokit2",
            "hrv_time({'RRI': 1000 x, 'RRI_Time': t})['HRV_RMSSD'] / 1000",
            "variability.rmssd",
            {"intervals": series.tolist()},
            float(found) / 1000.0,
            1e-9,
        )
        for m in (2, 3):
            entropy, _ = nk.entropy_sample(
                series,
                delay=1,
                dimension=m,
                tolerance=0.2 * float(np.std(series)),
            )
            add(
                "neurokit2",
                f"entropy_sample(x, delay=1, dimension={m}, tolerance=0.2 std(x))",
                "variability.sample_entropy",
                {"values": series.tolist(), "m": m},
                float(entropy),
                1e-9,
            )
        for sizes in ((4, 16), (8, 24)):
            scale = np.arange(sizes[0], sizes[1] + 1)
            exponent, _ = nk.fractal_dfa(series, scale=scale, overlap=False)
            add(
                "neurokit2",
                f"fractal_dfa(x, scale={sizes[0]}..{sizes[1]}, overlap=False)",
                "intensity.dfa_exponent",
                {"intervals": series.tolist(), "box_sizes": scale.tolist()},
                float(exponent),
                1e-9,
            )


def races():
    """Implied oxygen uptake over distances and times, by vdot-calculator."""
    for distance in (1500.0, 3000.0, 5000.0, 10000.0, 21097.5, 42195.0):
        for pace in (180.0, 240.0, 300.0, 390.0):
            minutes = distance / 1000.0 * pace / 60.0
            arguments = {"distance": distance, "duration": 60.0 * minutes}
            add(
                "vdot-calculator",
                "direct(minutes, metres)",
                "performance.vdot",
                arguments,
                direct(minutes, distance),
                1e-9,
            )


def loads():
    """Session loads, averages over days and weekly structure."""
    for seconds, metres, threshold in (
        (3600, 12000.0, 270.0),
        (5400, 15000.0, 300.0),
        (1500, 6000.0, 240.0),
    ):
        found = TSSCalculator.calculate_run_tss(
            seconds, distance_meters=metres, threshold_pace_seconds=threshold
        )
        arguments = {
            "speed": metres / seconds,
            "dt": float(seconds),
            "threshold_speed": 1000.0 / threshold,
        }
        call = "calculate_run_tss(seconds, metres, threshold_pace_seconds), rounded to 0.1"
        add("trainingload", call, "load.pace_load", arguments, found, 0.0501)
    for seconds, rate, threshold, most in (
        (3600, 150, 165, 190),
        (7200, 135, 170, 195),
    ):
        found = TSSCalculator.calculate_run_tss(
            seconds, avg_hr=rate, hr_threshold=threshold, hr_max=most
        )
        rest = int(0.4 * most)
        share = (threshold - rest) / (most - rest)
        arguments = {
            "hr": rate,
            "dt": float(seconds),
            "rest": rest,
            "maximum": most,
            "threshold_fraction": share,
        }
        call = (
            "calculate_run_tss(seconds, avg_hr, hr_threshold, hr_max), which takes 0.4 of the "
            "maximum as rest"
        )
        add(
            "trainingload",
            call,
            "load.heart_rate_reserve_load",
            arguments,
            found,
            0.0501,
        )
    rng = np.random.default_rng(8)
    for scale in (60.0, 120.0):
        daily = np.round(rng.gamma(1.0, scale, 90)) * (rng.random(90) < 0.7)
        first = date(2026, 1, 1)
        days = {first + timedelta(days=k): float(v) for k, v in enumerate(daily)}
        walk = PMCCalculator().calculate_pmc(
            days, first, first + timedelta(days=89)
        )
        for field, constant in (("ctl", 42), ("atl", 7)):
            arguments = {
                "daily": daily.tolist(),
                "time_constant": constant,
                "convention": "reciprocal",
            }
            expected = float(getattr(walk[-1], field))
            call = (
                f"PMCCalculator().calculate_pmc(...)[-1].{field}, rounded to 0.1"
            )
            add(
                "trainingload",
                call,
                "load.exponential_load",
                arguments,
                expected,
                0.0501,
                index=-1,
            )
        today = date.today()  # noqa: DTZ011 (the package asks the same clock)
        month = daily[-28:]
        rows = [
            {
                "date": (today - timedelta(days=27 - k)).isoformat(),
                "load": float(v),
            }
            for k, v in enumerate(month)
        ]
        week = compute_training_load(rows)
        call = "compute_training_load(28 days)"
        package = "endurance-metrics"
        ratio = {"daily": month.tolist()}
        add(
            package,
            f"{call}['acwr']",
            "load.acute_chronic_ratio",
            ratio,
            week["acwr"],
            0.00501,
            index=-1,
        )
        add(
            package,
            f"{call}['monotony']",
            "load.monotony",
            {"week": month[-7:].tolist()},
            week["monotony"],
            0.00501,
        )


def main():
    """Write the file."""
    heart()
    races()
    loads()
    path = Path(__file__).parent / "metrics_peers.json"
    lines = ",\n".join(f"  {json.dumps(case)}" for case in CASES)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
