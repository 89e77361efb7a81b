"""How do I analyse many athletes on Ray?

Shown, not run by the tests.
"""

import sys

import ray

import trailstats as ts


def main() -> None:
    """Take ``NAME=SOURCE`` for each athlete, and first the folder that their tables go to."""
    out, *pairs = sys.argv[1:]
    ray.init()
    analyze = ray.remote(max_retries=3)(ts.analyze_partition)
    waiting = []
    for pair in pairs:
        name, source = pair.split("=", 1)
        waiting.append(analyze.remote(source, name, out))
    while waiting:
        (ended, *_), waiting = ray.wait(waiting)
        print(ray.get(ended).to_dict())


if __name__ == "__main__":
    main()
