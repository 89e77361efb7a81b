"""Write an archive of many activities for measurements: the simulated runner of the samples, season
after season.

    python benchmarks/archive.py FOLDER [COUNT]

Each season is the one of ``tools/make_samples.py`` with other noise, moved by its own length, so
that no two recordings are alike and dates don't overlap.
"""

import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))

from make_samples import athlete_toml, encode, simulate
from samples import season
from samples.runner import Physiology

APART = 10_000
"""Between the numbers of two seasons' sessions, which the noise follows from."""


def write_archive(folder: Path, count: int) -> None:
    """Write so many recordings into a folder, with the athlete's profile beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    body = Physiology()
    sessions = season.sessions()
    for number in range(count):
        turn, index = divmod(number, len(sessions))
        session = replace(
            sessions[index],
            number=sessions[index].number + APART * turn,
            start=sessions[index].start + turn * timedelta(weeks=season.WEEKS),
        )
        _, recording = simulate(session, body)
        (folder / session.file).write_bytes(encode(session, recording))
    folder.with_suffix(".toml").write_text(athlete_toml(body), "utf-8")


if __name__ == "__main__":
    write_archive(
        Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    )
