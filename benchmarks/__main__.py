"""All measurements of speed and memory by one command.

From the checkout::

    python -m benchmarks [FOLDER]

Without a folder the sample recordings are measured. `loaders` compares the readers with the parsers
that are installed, `whole_way` times the main jobs of the command line, `waiting` the start, a
first run and the day after with one new file. By themselves, as they take long: `table` prints all
figures with what they have to reach, `growth` how the cost grows.
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> int:
    """Run each of them on the same folder; return 1 when one failed."""
    folder = (
        sys.argv[1]
        if len(sys.argv) > 1
        else str(HERE.parent / "data" / "samples")
    )
    codes = []
    for name in ("loaders", "whole_way", "waiting"):
        print(f"== {name}", flush=True)
        codes.append(
            subprocess.run(
                [sys.executable, str(HERE / f"{name}.py"), folder]
            ).returncode
        )
    return int(any(codes))


if __name__ == "__main__":
    raise SystemExit(main())
