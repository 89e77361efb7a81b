"""Getting the map that recordings need: which extracts, over the network, clipped and kept.

Nothing here goes online but `Server.downloads` and `fetch_map`.
"""

from __future__ import annotations

from trailstats.terrain.maps.fetching._areas import Area, Box, area_of
from trailstats.terrain.maps.fetching._clip import check_osmium
from trailstats.terrain.maps.fetching._http import Fetcher, FetchRules
from trailstats.terrain.maps.fetching._providers import (
    Download,
    Provider,
    Server,
    fetch_map,
    known_names,
    server_of,
)
from trailstats.terrain.maps.fetching._regions import choose_regions
from trailstats.terrain.maps.fetching._store import MapStore, StoredMap

__all__ = [
    "Area",
    "Box",
    "Download",
    "FetchRules",
    "Fetcher",
    "MapStore",
    "Provider",
    "Server",
    "StoredMap",
    "area_of",
    "check_osmium",
    "choose_regions",
    "fetch_map",
    "known_names",
    "server_of",
]
