"""What a run was meant to be, known without its own heart rate and pace.

Easy days can't be found by their low heart rate: then every easy day would be easy by definition.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trailstats.history._rows import are_runs
from trailstats.history.days import local_starts
from trailstats.metrics.intensity import RECOVERY_WINDOW, easy_intended
from trailstats.model.athlete import Athlete

_RACE = (
    r"half[ -]?marathons?|races?|parkruns?|\w{0,15}marathons?|half|competition|wettkampf|rennen"
    r"|halbmarathon|volkslauf|stadtlauf|comp[ée]tition|semi-?marathon|competici[óo]n"
    r"|media marat[óo]n|marat[óo]n"
    r"|carrera popular|gara|mezza maratona|maratona|competi[çc][ãa]o|meia maratona|wedstrijd"
    r"|halve marathon|zawody|p[óo][łl]maraton|maraton|соревнования?|полумарафон|марафон"
    r"|t[äa]vling|halvmaraton|konkurranse|halvmaraton|konkurrence|halvmarathon|kilpailu"
    r"|puolimaraton|z[áa]vod|p[ůu]lmaraton|verseny|f[ée]lmaraton|yar[i\u0131][şs]"
    r"|yar[i\u0131] maraton"
)
"""Words for a race in the languages of the exports."""

_RACE_UNSPACED = "レース|大会|マラソン|대회|마라톤|比赛|比賽|马拉松|馬拉松"
"""The same in scripts that put no blanks between words."""

_MENTIONED = (
    # Before or after one, on the way to one, not one.
    rf"\b(?:for|towards?|to|from|home)[ \-]+(?:the |an? |my )?(?:{_RACE})\b"
    rf"|\b(?:pre|post|before|after|not|no|non|isn'?t|didn'?t|never|almost|without|missed"
    rf"|instead of|watching|cheering|spectating|supporting|volunteering|with|reconnaissance"
    rf"|vor|nach|f[üu]r|kein|keine|zum|zur|avant|apr[èe]s|pour|pas|antes de"
    rf"|antes del|despu[ée]s de|despu[ée]s del|para|sin|no es|prima d\w+|dopo|per|senza|antes da"
    rf"|depois da|sem|na|voor|geen|przed|po|do|перед|после|не|f[öo]re|efter|inte|f[øo]r|etter"
    rf"|ikke|ennen|j[äa]lkeen|ei)[ \-]+(?:\w+ ){{0,2}}(?:{_RACE})\b"
    # Its pace, its preparation, a place that is called so.
    rf"|\b(?:{_RACE})[ \-]*(?:[a-z]+ )?(?:pace|tempo|effort|prep\w*|training|train|practi[cs]e"
    rf"|plan|block|build\w*|phase|week\w*|simulation|rehearsal|recovery|recon\w*|recce|preview"
    rf"|shake-?out|warm-?up|cool-?down|warm up|cool down|eve|tomorrow|legs|nerves|taper\w*"
    rf"|spectat\w*|cheer\w*|volunteer\w*|expo|cancell?ed|street|road|avenue|drive|lane|way"
    rf"|people|friends|crew|route|shopping|course|vorbereitung|einlaufen|auslaufen|woche"
    rf"|allure|pr[ée]paration|entra[îi]nement"
    rf"|ritmo|entrenamiento|preparaci[óo]n|allenamento|preparazione|treino|ritme|trening|темп"
    rf"|тренировка|подготовка|tr[äa]ning|harjoitus)\b"
    rf"|\b(?:entra[îi]nement|pr[ée]paration|pr[ée]pa|ritmo|allure|vorbereitung|training|trening"
    rf"|preparaci[óo]n|preparazione|prepara[çc][ãa]o|przygotowania"
    rf"|entrenamiento|allenamento|treino|тренировка|подготовка|темп)[ \-]+(?:\w+ )?(?:{_RACE})\b"
    rf"|(?:{_RACE_UNSPACED})[ ]?の?(?:前|後|后|翌日|ペース|練習|走り込み|配速|训练|訓練"
    rf"|페이스|훈련|전|후)"
)
"""Names of what is no race though the word stands there."""


@dataclass(frozen=True)
class IntentRules:
    """How intent is found. All values are our choice.

    Attributes
    ----------
    easy, hard, race : str
        Regular expressions, looked for in workout and activity names.
    mention : str
        What only mentions a race, such as "pre-race" or "race pace"; left out before a race is
        looked for.
    recovery_window : float
        A run that starts so soon after a hard one ended counts as easy [s].
    hard_time : float
        Time in the top heart-rate zone that makes a run a hard one [s].
    """

    easy: str = (
        r"\b(easy|recovery|regeneration\w*|jog|shake[- ]?out|lsd|endurance easy"
        r"|endurance fondamentale"
        r"|z[12]|zone ?[12]|locker|lockerer|erholung\w*|facile|r[ée]cup\w*|suave|recuperaci[óo]n"
        r"|lent[oa]|defaticante|rustig|herstel\w*|spokojny|spokojnie|rolig|lugn|kevyt|palauttava"
        r"|л[её]гкий|л[её]гкая|восстановительн\w+)\b|回復|ジョグ|轻松|恢复|회복"
    )
    hard: str = (
        r"\b(interval|tempo|threshold|fartlek|vo2 ?max|vo2|repeat|progression|time trial|tempolauf"
        r"|speed ?work|speed session|schwellenlauf|schwellenläufe|bergsprint|vma"
        r"|s[ée]ance (?:de )?c[ôo]te|cambios? de ritmo|intervaly|intervally|tr[öo]skel|vetokset"
        r"|vetoharjoitu"
        r"|intervalltraining|intervalle|intervall|fahrtspiel|bahntraining|fractionn[ée]|seuil"
        r"|intervalo|umbral|ripetute|soglia|interwa[łl]y|интервалы|intervaller|intervallit)s?\b"
        r"|\bhills? ?(?:repeat|rep|sprint|session|workout|interval|repetition|work|training)s?\b"
        r"|\btrack (?:session|workout|interval|repeat|rep|night|work|training|tuesday)s?\b"
        r"|\d ?[x\xd7] ?(?:\d|hills?\b)|^[ |]*(?:hills|track)[ |]*$|インターバル|间歇|인터벌"
    )
    race: str = (
        r"\b(parkrun|10k race|5k race|(half[ -])?marathon( race)?|"
        + _RACE.replace("|half|", "|")
        + r")\b|"
        + _RACE_UNSPACED
    )
    mention: str = _MENTIONED
    recovery_window: float = RECOVERY_WINDOW
    hard_time: float = 600.0


def judge_intent(
    table: pd.DataFrame, athlete: Athlete, *, rules: IntentRules | None = None
) -> pd.DataFrame:
    """Return the table of activities with ``intent`` and ``intent_source`` filled.

    Parameters
    ----------
    table : pandas.DataFrame
        Table ``schema.ACTIVITIES`` in order of start time.
    athlete : Athlete
        Its race days mark races.
    rules : IntentRules, optional

    Returns
    -------
    pandas.DataFrame

    Notes
    -----
    First the names of workout and activity; then the athlete's race days; then the calendar: the
    first run within 36 hours after a hard one is easy, whatever its own heart rate. A run is hard
    by its name, or by ten minutes in the top heart-rate zone, which is only used to judge the run
    after it. What the profile states of a recording (``intents``) counts before all.
    """
    rules = rules or IntentRules()
    # Python's own expressions: those of Arrow know fewer signs.
    text = [
        f"{workout} | {name}".lower()
        for workout, name in zip(table["workout"], table["name"], strict=True)
    ]
    # The word is hidden, what stands beside it may still tell what was run.
    bare = [re.sub(rules.mention, _hidden, name) for name in text]
    easy, hard, race = (
        np.array([bool(re.search(pattern, name)) for name in where], dtype=bool)
        for where, pattern in (
            (text, rules.easy),
            (text, rules.hard),
            (bare, rules.race),
        )
    )
    days = local_starts(table).dt.date
    on_race_day = days.isin(athlete.races)
    intent = np.select(
        [race, easy & ~hard, hard, on_race_day],
        ["race", "easy", "hard", "race"],
        "",
    ).astype(object)
    source = np.select(
        [race | easy | hard, on_race_day], ["name", "profile"], ""
    ).astype(object)
    is_run = are_runs(table)
    intent, source = np.where(is_run, intent, ""), np.where(is_run, source, "")
    hard_before = (table["hard_time"] >= rules.hard_time).to_numpy() | np.isin(
        intent, ["hard", "race"]
    )
    rows = np.flatnonzero(is_run)
    runs = table.iloc[rows]
    begin = (
        (runs["start_time"] - pd.Timestamp(0, tz="UTC"))
        .dt.total_seconds()
        .to_numpy()
    )
    named = intent[rows] != ""
    by_calendar = easy_intended(
        begin,
        begin + runs["elapsed_time"].fillna(0.0).to_numpy(),
        hard_before[rows],
        structured=named,
        window=rules.recovery_window,
    )
    intent[rows[by_calendar]], source[rows[by_calendar]] = "easy", "calendar"
    intent, source = _stated(table, athlete, intent, source)
    return table.assign(
        intent=pd.array(intent, dtype="str"),
        intent_source=pd.array(source, dtype="str"),
    )


def _stated(
    table: pd.DataFrame,
    athlete: Athlete,
    intent: NDArray[np.object_],
    source: NDArray[np.object_],
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Return intents and their sources with what the runner states of single recordings."""
    if not athlete.intents:
        return intent, source
    stated = {_place(name): word for name, word in athlete.intents}
    longest = max(len(place) for place in stated)
    for row, file in enumerate(table["file"]):
        place = _place(file)
        for parts in range(1, min(longest, len(place)) + 1):
            if place[-parts:] in stated:
                intent[row], source[row] = stated[place[-parts:]], "profile"
    return intent, source


def _place(path: str) -> tuple[str, ...]:
    """Return the parts of a path, without the ending of a packed file."""
    parts = path.replace("\\", "/").replace("!", "/").strip("/").split("/")
    return (*parts[:-1], parts[-1].removesuffix(".gz"))


def _hidden(found: re.Match[str]) -> str:
    """Return what takes the place of a mention."""
    return "-" * len(found[0])
