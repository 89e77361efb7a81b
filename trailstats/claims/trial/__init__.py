"""A trial on oneself: from "goes together" to "because".

A fair coin says which of the next everyday runs are on trail. The plan says beforehand how many
runs decide what; the answer is a randomisation test over all the ways in which the coin could have
fallen, so nothing that the runner chose, the season or the weather can stand behind it.
"""

from trailstats.claims.trial._answer import TrialAnswer, answer_trial
from trailstats.claims.trial._plan import (
    QUESTIONS,
    Trial,
    TrialRules,
    plan_trial,
)
from trailstats.claims.trial._power import power, runs_for, smallest_effect
from trailstats.claims.trial._test import (
    randomisation_interval,
    randomisation_test,
)
from trailstats.claims.trial._weather import CLOSED, OPEN

__all__ = [
    "CLOSED",
    "OPEN",
    "QUESTIONS",
    "Trial",
    "TrialAnswer",
    "TrialRules",
    "answer_trial",
    "plan_trial",
    "power",
    "randomisation_interval",
    "randomisation_test",
    "runs_for",
    "smallest_effect",
]
