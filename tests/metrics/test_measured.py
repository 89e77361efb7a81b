"""Every metric of an activity carries what is needed to judge it, and each one can be found."""

from dataclasses import replace

import builders
import numpy as np
import pandas as pd
import pytest

from trailstats.analysis import analyze
from trailstats.athlete import Athlete
from trailstats.schema import METRICS

ATHLETE = Athlete(
    mass=70.0, height=1.78, heart_rate_max=190.0, heart_rate_rest=50.0, easy_ceiling=150.0, threshold_speed=4.0
)
