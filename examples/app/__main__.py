"""``python -m app``: the service on this machine's loopback address."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import uvicorn

from app.keep import Keep
from app.limits import Limits
from app.patience import ImpatientProtocol
from app.service import make_app

GRACE = 5  # seconds that requests under way get when the service is to end


def main() -> None:
    """Read the arguments and serve until interrupted."""
    limits = Limits()
    parser = argparse.ArgumentParser(description=sys.modules["app"].__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument(
        "--most-bytes",
        type=int,
        default=limits.request_bytes,
        help="of one request",
    )
    parser.add_argument(
        "--most-seconds",
        type=float,
        default=limits.work_seconds,
        help="of a processor for one request",
    )
    parser.add_argument(
        "--most-waiting-bytes",
        type=int,
        default=limits.waiting_bytes,
        help="of all requests together",
    )
    parser.add_argument(
        "--head-seconds",
        type=float,
        default=limits.head_seconds,
        help="for the head of a request to arrive",
    )
    parser.add_argument(
        "--workers",
        type=int,
        default=limits.workers,
        help="requests worked on at a time",
    )
    parser.add_argument(
        "--keep",
        type=Path,
        metavar="FOLDER",
        help="keep recordings of those who have a token, and answer from all of them",
    )
    parser.add_argument(
        "--new-token",
        action="store_true",
        help="print a token for the folder of --keep, and end",
    )
    parser.add_argument(
        "--requests-per-minute",
        type=float,
        default=limits.requests_per_minute,
        help="of one token",
    )
    parser.add_argument(
        "--pieces",
        type=int,
        default=limits.pieces,
        help="of --most-seconds each that measuring one upload may take",
    )
    parser.add_argument(
        "--kept-bytes",
        type=int,
        default=limits.kept_bytes,
        help="of recordings that are kept for one token",
    )
    parser.add_argument(
        "--kept-jobs",
        type=int,
        default=limits.kept_jobs,
        help="of one token that are not done yet",
    )
    arguments = parser.parse_args()
    if arguments.new_token:
        if arguments.keep is None:
            parser.error("--new-token needs --keep FOLDER")
        print(Keep(arguments.keep).new_token())
        return
    limits = Limits(
        request_bytes=arguments.most_bytes,
        work_seconds=arguments.most_seconds,
        waiting_bytes=arguments.most_waiting_bytes,
        head_seconds=arguments.head_seconds,
        workers=arguments.workers,
        requests_per_minute=arguments.requests_per_minute,
        pieces=arguments.pieces,
        kept_bytes=arguments.kept_bytes,
        kept_jobs=arguments.kept_jobs,
    )
    protocol = type(
        "Protocol", (ImpatientProtocol,), {"head_seconds": limits.head_seconds}
    )
    uvicorn.run(
        make_app(limits, arguments.keep),
        http=protocol,
        timeout_graceful_shutdown=GRACE,
        host=arguments.host,
        port=arguments.port,
        log_level="warning",
        backlog=4096,
    )


if __name__ == "__main__":
    main()
