"""``python -m trailstats``."""

from trailstats.cli import main

if __name__ == "__main__":
    main()
