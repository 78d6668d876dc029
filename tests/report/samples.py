"""Made-up briefs, written by hand: what the report must print well."""

# ruff: noqa: E501, RUF001 - sentences and letters as they are printed

import random
from dataclasses import replace
from types import SimpleNamespace

from climatekit.knowledge.settings import WaveSettings
from climatekit.release.assembly import (
    ReleasedChange,
    ReleasedItem,
    ReleasedScore,
    SchoolRelease,
)
from climatekit.release.released import Released
from climatekit.release.rules import withhold
from climatekit.report.brief import (
    Brief,
    ChangeRow,
    DataUsePage,
    EvidenceRow,
    LevelBox,
    MoverRow,
    NextStep,
    Note,
    Panel,
    Participation,
    QuestionGroup,
    QuestionRow,
    Questions,
    RoleRow,
    RoleTable,
    TrendPoint,
)
from climatekit.values import Withheld

HIDDEN = Withheld("protected", "not shown, to protect the people who answered")

WAVES = ("Fall 2024", "Spring 2025", "Fall 2025", "Spring 2026")


def points(value, low=None, high=None, capped=""):
    text = {"high": f"{value} or more", "low": f"{value} or less", "": f"{value}"}[capped]
    return Released(value=value, text=text, unit="points", low=low, high=high, capped=capped)


def percent(value):
    return Released(value=value, text=f"{value}%", unit="percent")


def people(value):
    return Released(value=value, text=f"{value}", unit="people")


def trend(*scores, district=(), labels=WAVES, breaks=()):
    """One point for each score; None is a wave that is not shown."""
    labels = labels[-len(scores) :]
    return tuple(
        TrendPoint(
            wave=f"w{index}",
            label=label,
            score=HIDDEN if score is None else points(score, score - 5, score + 5),
            district=points(district[index]) if index < len(district) else None,
            breaks=index in breaks,
        )
        for index, (label, score) in enumerate(zip(labels, scores, strict=True))
    )


ROSE = (
    "Rose from 68 to 76. Allowing for who answered and for ordinary wobble "
    "in answers, the rise is likely between 1 and 14 points. That is as if 4 in every "
    "10 of us had moved up one answer step."
)
TOO_CLOSE = (
    "Went from 67 to 69, too close to call. To be sure, a school our size "
    "would need a move of about 9 points. This does not mean that nothing changed."
)
FELL = (
    "Fell from 71 to 62. Allowing for who answered and for ordinary wobble in "
    "answers, the fall is likely between 2 and 16 points. This is a signal to talk "
    "about, not a verdict on any person."
)

PANELS = (
    Panel(
        construct="trust",
        title="Trust among colleagues",
        question="Do adults here trust one another?",
        score="ots.tco",
        points=trend(64, 66, 68, 76, district=(68, 68, 69, 70)),
        reliability="good",
        reliability_text="Reliability: good (α .89)",
        sentence=ROSE,
        alt="Trust among colleagues on a scale of 0 to 100: Fall 2024 64, likely 59 to 69; "
        "Spring 2026 76, likely 71 to 81; district average 70. Rose.",
        detectable=points(9),
    ),
    Panel(
        construct="community",
        title="Professional community",
        question="Do staff feel that they belong?",
        score="bscs.total",
        points=trend(66, 70, 67, 69, district=(63, 63, 64, 65)),
        reliability="fair",
        reliability_text="Reliability: fair (α .76)",
        sentence=TOO_CLOSE,
        alt="Professional community on a scale of 0 to 100: Spring 2026 69. Too close to call.",
        detectable=points(9),
        note="Its scoring key has not yet been checked against the author's own form.",
    ),
    Panel(
        construct="collective_efficacy",
        title="Collective efficacy",
        question="Do staff believe that together they reach every student?",
        score="ces_sf.total",
        points=trend(70, 69, 71, 62, district=(66, 66, 66, 67)),
        reliability="weak",
        reliability_text="Reliability: weak (α .66)",
        sentence=FELL,
        alt="Collective efficacy on a scale of 0 to 100: Spring 2026 62. Fell.",
        detectable=points(10),
    ),
)

VERDICTS = {
    "rose": ("up", "Rose"),
    "too_close": ("unclear", "Too close to call"),
    "fell": ("down", "Fell"),
    "moved_slightly": ("slight", "Moved slightly"),
    "held_steady": ("steady", "Held steady"),
}


def move(score, title, before, after, between, verdict, sentence, **more):
    """Return a change from and to a score with its interval; `between` is the change's own."""
    value = after[0] - before[0]
    symbol, word = VERDICTS[verdict]
    return ChangeRow(
        score=score,
        title=title,
        before=points(*before),
        after=points(*after),
        difference=Released(
            value=value, text=str(value), unit="points", low=between[0], high=between[1]
        ),
        verdict=verdict,
        symbol=symbol,
        word=word,
        sentence=sentence,
        **more,
    )


LEAD = {"lead": True, "detectable": points(9)}
CHANGES = (
    move(
        "ots.tco", "Trust among colleagues", (68, 63, 73), (76, 71, 81), (1, 14), "rose", ROSE,
        **LEAD,
    ),
    move(
        "bscs.total", "Professional community", (67, 61, 73), (69, 63, 75), (-5, 9), "too_close",
        TOO_CLOSE, **LEAD,
    ),
    move(
        "ces_sf.total", "Collective efficacy", (71, 66, 76), (62, 57, 67), (-16, -2), "fell", FELL,
        **LEAD,
    ),
)  # fmt: skip

SUB_ROWS = (
    move(
        "ots.tp", "Trust in the principal", (74, 68, 80), (71, 65, 77), (-4, -1), "moved_slightly",
        "Went from 74 to 71. We are fairly sure that it moved, but by "
        "less than 5 points, the size our district treats as worth acting on.",
    ),
    move(
        "ots.tcl", "Trust in students and families", (70, 66, 74), (71, 67, 75), (-3, 4),
        "held_steady",
        "Held steady at about 71. Any change is very likely smaller than 5 points either way.",
    ),
    ChangeRow(
        score="bscs.needs",
        title="Needs met by the school",
        before=None,
        after=points(80, 74, 86),
        difference=None,
        verdict="not_compared",
        symbol="none",
        word="Not compared",
        sentence="Not compared with Fall 2025: the questions were not the same.",
    ),
)  # fmt: skip

MOVERS = tuple(
    MoverRow(
        item=item,
        label=label,
        before=percent(before),
        after=percent(after),
        difference=Released(value=after - before, text=f"{after - before}", unit="percent"),
    )
    for item, label, before, after in (
        ("ots_4", "Principal puts the staff first", 30, 50),
        ("ots_7", "Relying on colleagues in hard times", 55, 65),
        ("bscs_3", "Seeing each other teach", 70, 80),
        ("ces_sf_12", "Reaching every student", 85, 70),
    )
)

TOPICS = (
    "Principal puts the staff first",
    "Relying on colleagues in hard times",
    "Seeing each other teach",
    "Reaching every student",
    "The principal tells us openly what is being planned for the coming year (disagree)",
    "Belonging to this school",
)


def ask(*sizes, words=TOPICS, before=True, hidden=""):
    """Return questions in groups of these sizes, at every step from 5% or less to 95% or more."""
    titles = (*(panel.title for panel in PANELS), "Academic emphasis")
    groups, number = [], 0
    for place, size in enumerate(sizes):
        rows = []
        for _ in range(size):
            share = 95 - 5 * (number * 7 % 19)
            rows.append(
                QuestionRow(
                    item=f"q_{number}",
                    label=words[number % len(words)],
                    after=_cap(share),
                    before=percent(95 - 5 * (number * 5 % 19)) if before and number % 9 else None,
                )
            )
            number += 1
        rows.sort(key=lambda row: -row.after.value)
        groups.append(QuestionGroup(score=f"s_{place}", title=titles[place], rows=tuple(rows)))
    ranked = sorted((row for one in groups for row in one.rows), key=lambda row: -row.after.value)
    many = min(2, len(ranked) // 2)
    return Questions(
        highest=tuple(ranked[:many]),
        lowest=tuple(ranked[: -many - 1 : -1]),
        tied=("2 more questions stand as high.", "1 more question stands as high."),
        groups=tuple(groups),
        hidden=hidden,
    )


def _cap(share):
    if share in (5, 95):
        side, words = ("low", "or less") if share == 5 else ("high", "or more")
        return Released(value=share, text=f"{share}% {words}", unit="percent", capped=side)
    return percent(share)


LEVELS = tuple(
    LevelBox(level=level, title=title, text=text, state=state, state_label=label)
    for level, title, text, state, label in (
        (
            1,
            "Not yet",
            "Staff perceptions are not collected, or nobody has looked at them.",
            "reached",
            "Reached",
        ),
        (
            2,
            "Begun",
            "Results are collected and shared with some; use is at an early stage.",
            "here",
            "Evidenced",
        ),
        (
            3,
            "Mostly",
            "Collected yearly, shared with all staff, tied to a goal and to action.",
            "possible",
            "If records exist",
        ),
        (4, "Fully", "All of it, reviewed through the year and measured again.", "later", "Later"),
    )
)

_EVIDENCE = (
    (
        "C1",
        "Is the survey regular?",
        "yes",
        "Level 3.",
        "Two usable waves, the last on April 24, 2026.",
    ),
    (
        "C2",
        "Did enough staff answer?",
        "yes",
        "Level 4.",
        "82% and 81% in the last two waves.",
    ),
    (
        "C3",
        "Are all three constructs asked?",
        "yes",
        "Level 4.",
        "All three in both waves.",
    ),
    (
        "C4",
        "Are the scales dependable?",
        "part",
        "Level 2.",
        "One of three is under 0.70.",
    ),
    (
        "C5",
        "Can the waves be compared?",
        "yes",
        "Level 4.",
        "Same questions, same month.",
    ),
    (
        "U1",
        "Were results shared back?",
        "part",
        "Partly. Missing: who it was for.",
        "Shared on June 2, 2026.",
    ),
    (
        "U2",
        "Did staff help make sense of them?",
        "yes",
        "Level 3.",
        "Session on August 20, 2026.",
    ),
    ("U3", "Was a goal set?", "open", "Not on file.", "Due by August 22, 2026."),
    ("U4", "Did action start?", "open", "Not on file.", "Due by September 21, 2026."),
    ("U5", "Was progress reviewed?", "later", "Not yet due.", "Due by November 20, 2026."),
    (
        "U6",
        "Was it measured again, and a decision taken?",
        "none",
        "Does not apply.",
        "There is no goal yet.",
    ),
)

DATA_USE = DataUsePage(
    headline="Level 2 evidenced. Level 3 if the missing records exist.",
    disclaimer="This is climatekit's working reading of the criterion. It is not an official CASEL rating.",
    completeness="7 of 9 indicators have evidence.",
    levels=LEVELS,
    evidence=tuple(
        EvidenceRow(indicator=indicator, question=question, mark=mark, status=status, detail=detail)
        for indicator, question, mark, status, detail in _EVIDENCE
    ),
    next_steps=(
        NextStep(
            lead="Add who the results were shared with.",
            text="If it was all staff, by July 23, this indicator is at level 3.",
            who_when="Data lead, by November 15.",
        ),
        NextStep(
            lead="Set one goal on collective efficacy,",
            text="the construct that fell: baseline 62, a target and a date.",
            who_when="Leadership team, by November 30.",
        ),
        NextStep(
            lead="Write down one action",
            text="with an owner's role and a start date.",
            who_when="Principal, by December 15.",
        ),
    ),
)

NOTES = (
    Note(
        title="What these numbers can and cannot tell.",
        text="They tell how the staff who answered see their school. They do not tell why, and never "
        "speak of one person. People join and leave between surveys, so the same people may not have "
        "answered both times. Small schools bounce: below about 60 staff, two surveys can hardly prove "
        "that nothing moved.",
    ),
    Note(
        title="How change is judged.",
        text="Each person's score is the average of the questions answered, on a scale of 0 to 100. A "
        "change is called only when it is larger than who answered and ordinary wobble can explain, "
        "judged over all measures together. Moves under 5 points count as small. The bars show the "
        "likely range of each score (19 times in 20).",
    ),
    Note(
        title="Measures.",
        text="Omnibus Trust Scale, version 1: Hoy and Tschannen-Moran (2003). Reliability over the "
        "district (alpha within schools): Trust among colleagues .89. Collective Efficacy Scale, short "
        "form, version 1: Goddard (2002). Reliability over the district (alpha within schools): "
        "Collective efficacy .66. Brief Sense of Community Scale, version 1: Peterson, Speer and "
        "McMillan (2008). It was written for neighborhoods; here it asks about the school.",
    ),
    Note(
        title="Privacy.",
        text="Nothing is shown about fewer than 10 people. Scores are whole points, cut off at 5 and "
        "95. Comments are never printed. This brief is for improvement, not for judging anyone.",
    ),
)

PROMPTS = (
    "What do we see here, before we explain it?",
    "What might explain it, and whose view is missing?",
    "What matters most to us now?",
    "What will we try, who starts it, and how will we know by when?",
)

USUAL = Brief(
    schema="climatekit/brief/1",
    language="en",
    school_id="4101",
    school="Maple Grove Middle School",
    district="Riverbend Unified School District",
    grades="6–8",
    wave="w3",
    wave_label="Spring 2026",
    wave_dates="April 13, 2026 to May 1, 2026",
    previous_label="Fall 2025",
    created="2026-05-01",
    participation=Participation(
        answered=people(44),
        eligible=people(48),
        rate=percent(92),
        floor=40,
        sentence="Enough to speak for the staff. In Fall 2025 it was 88%.",
    ),
    headline="Trust among colleagues rose since Fall 2025. Collective efficacy fell since Fall 2025. "
    "Professional community is too close to call.",
    subline="Survey open April 13, 2026 to May 1, 2026. Compared with this school's results of Fall "
    "2025. The thin line is the plain average of the district's schools whose scores are shown.",
    panels=PANELS,
    changes=CHANGES,
    movers=MOVERS,
    movers_note=None,
    data_use=DATA_USE,
    since_last_time=(
        "Goal for trust: 74 by spring. Now 76: rose.",
        "Grade teams met every two weeks; the decision was to continue.",
    ),
    prompts=PROMPTS,
    notes=NOTES,
    withheld=(),
    footer="climatekit 0.1 · rated as of November 1, 2026 · study 4f1a22c09b7e",
)


def _with_points(brief, *scores, district=(), breaks=()):
    return tuple(
        replace(panel, points=trend(*scores, district=district, breaks=breaks))
        for panel in brief.panels
    )


def all_withheld():
    return replace(
        USUAL,
        school="Cedar Hill Primary",
        headline="Spring 2026: results are not shown, to protect the people who answered.",
        participation=Participation(
            answered=HIDDEN,
            eligible=HIDDEN,
            rate=HIDDEN,
            floor=40,
            sentence="Not shown, to protect the people who answered.",
        ),
        panels=tuple(
            replace(
                panel,
                points=trend(None, None, None),
                sentence="Not shown, to protect the people who answered.",
                alt=f"{panel.title}: nothing is shown.",
                detectable=None,
                note=None,
            )
            for panel in PANELS
        ),
        changes=tuple(
            replace(
                row,
                before=HIDDEN,
                after=HIDDEN,
                difference=None,
                verdict="withheld",
                symbol="none",
                word="Not shown",
                sentence="not shown, to protect the people who answered",
            )
            for row in CHANGES
        ),
        movers=(),
        movers_note="Questions one by one are shown when at least 20 people answered in both waves.",
        withheld=tuple(
            f"{wave}: not shown, to protect the people who answered." for wave in WAVES[1:]
        ),
    )


def one_wave():
    return replace(
        USUAL,
        school="Harbor View High School",
        previous_label=None,
        headline="First results: trust among colleagues 76, professional community 69 and collective "
        "efficacy 62.",
        subline="Survey open April 13, 2026 to May 1, 2026.",
        panels=tuple(
            replace(
                panel,
                points=trend(score, district=(66,)),
                sentence=f"Stands at {score}. There is no earlier result to compare it with yet.",
                detectable=None,
            )
            for panel, score in zip(PANELS, (76, 69, 62), strict=True)
        ),
        changes=tuple(
            replace(
                row,
                before=None,
                difference=None,
                verdict="first_wave",
                symbol="none",
                word="First result",
                sentence=f"Stands at {row.after.text}.",
            )
            for row in CHANGES
        ),
        movers=(),
        movers_note="With the next survey, this shows the questions whose answers moved most.",
        since_last_time=(),
    )


def suppressed_middle():
    return replace(
        USUAL,
        school="Stone Creek Elementary",
        panels=_with_points(USUAL, 68, None, 74, district=(66, 67, 68)),
        withheld=("Fall 2025: not shown, to protect the people who answered.",),
    )


def long_name():
    name = (
        "The Academy of Environmental Science, Technology, Performing Arts and International "
        "Leadership at Saint Bartholomew's Hill"
    )
    return replace(USUAL, school=(name + " Campus")[:120].ljust(120, "x"))


def arabic_name():
    return replace(
        USUAL, school="مدرسة النور الابتدائية للبنات", district="منطقة وادي النهر التعليمية"
    )


def hebrew_name():
    return replace(USUAL, school="בית ספר יסודי אורנים (חטיבה 12)")


def pointed_name():
    return replace(USUAL, school="בֵּית סֵפֶר שָׁלוֹם", district="مَدْرَسَةُ الأَمَلِ")


def hostile():
    attack = '<script>alert(1)</script></title><img src="http://127.0.0.1:9/x">{{ 7*7 }}'
    return replace(
        USUAL,
        school=f"{attack}\x00\x07\u202e",
        district="<link rel=attachment href=file:///etc/passwd>",
        headline=f"Trust rose. {attack}",
        panels=tuple(replace(panel, alt=f"{panel.alt}</title><image/>") for panel in PANELS),
        movers=tuple(replace(row, label=f"<b>{row.label}</b>&amp;") for row in MOVERS),
        prompts=(attack, *PROMPTS[1:]),
    )


def six_rows():
    return replace(USUAL, school="Willow Bend K–8 School", changes=(*CHANGES, *SUB_ROWS))


def no_movers():
    return replace(
        USUAL,
        movers=(),
        movers_note="No question moved by as much as the steps in which we print percentages.",
    )


def nine_waves():
    labels = tuple(
        f"{season} {year}" for year in range(2022, 2027) for season in ("Spring", "Fall")
    )[:9]
    values = (58, 61, 60, None, 66, 64, 68, 71, 76)
    return replace(
        USUAL,
        panels=tuple(
            replace(
                panel,
                points=trend(
                    *values,
                    district=(62, 63, 63, 64, 64, 65, 65, 66, 66),
                    labels=labels,
                    breaks=(6,),
                ),
            )
            for panel in PANELS
        ),
    )


def no_data_use():
    return replace(USUAL, school="Orchard Park School", data_use=None)


def nothing_much():
    """One wave, no data-use page, no district line, no movers."""
    brief = one_wave()
    return replace(
        brief,
        panels=tuple(replace(panel, points=trend(70)) for panel in brief.panels),
        data_use=None,
        movers_note=None,
    )


def few_questions():
    """Every question stands among the highest, the lowest and those that moved."""
    return replace(USUAL, questions=ask(4))


def short_list():
    return replace(one_wave(), questions=ask(6, 4, before=False))


def long_list():
    hidden = "2 questions are not shown: Seeing each other teach; Belonging to this school."
    return replace(USUAL, questions=ask(8, 7, 12, 19, hidden=hidden))


def own_words():
    """Many questions in a district's own, long words: more than a page of them."""
    words = tuple(f"{topic}, {topic[0].lower()}{topic[1:]}, as we see it here" for topic in TOPICS)
    return replace(USUAL, questions=ask(25, 25, 14, words=words))


ROLES = RoleTable(
    scores=("ots.tco",),
    titles=("Trust in colleagues",),
    rows=(
        RoleRow(role="teaching", name="Teaching", answered=people(30), scores=(points(74),)),
        RoleRow(
            role="others",
            name="Others",
            answered=HIDDEN,
            scores=(HIDDEN,),
        ),
    ),
)

OLD, NEW = WaveSettings(id="a", label="Fall"), WaveSettings(id="b", label="Spring")


def make_rule(score, *items):
    return SimpleNamespace(id=score, title=score.title(), items=dict.fromkeys(items, 1))


def make_school(shares, *, reason=""):
    """A school with (before, after) of each item; `reason` why its score is not compared."""
    change = ReleasedChange(
        score="trust", before="a", after="b", difference=withhold("protected"),
        detectable=withhold("protected"), verdict="not_compared" if reason else "too_close",
        clearly=False, tags=(), reason=reason,
    )  # fmt: skip
    return SchoolRelease(
        school="s",
        previous="a",
        waves={},
        scores={"trust": ReleasedScore(score="trust", points={}, native={}, change=change)},
        items={
            item: ReleasedItem(
                item=item,
                favourable={
                    wave: shown for wave, shown in zip("ab", pair, strict=True) if shown is not None
                },
            )
            for item, pair in shares.items()
        },
    )


SAMPLES = {
    "usual": lambda: USUAL,
    "all_withheld": all_withheld,
    "one_wave": one_wave,
    "suppressed_middle": suppressed_middle,
    "long_name": long_name,
    "arabic_name": arabic_name,
    "hebrew_name": hebrew_name,
    "pointed_name": pointed_name,
    "hostile": hostile,
    "six_rows": six_rows,
    "no_movers": no_movers,
    "nine_waves": nine_waves,
    "no_data_use": no_data_use,
    "nothing_much": nothing_much,
    "few_questions": few_questions,
    "short_list": short_list,
    "long_list": long_list,
    "own_words": own_words,
}


def _draw_scores(dice, waves):
    scores = [dice.randint(20, 94) if dice.random() > 0.12 else None for _ in range(waves)]
    return scores, [dice.randint(55, 80) for _ in range(waves)] if dice.random() > 0.3 else ()


def random_brief(seed):
    """One brief of random size: waves, rows, movers, evidence, names and sentences vary."""
    dice = random.Random(seed)
    waves = dice.choice((1, 2, 3, 3, 4, 6, 9))
    labels = tuple(f"{'Fall' if n % 2 else 'Spring'} {2018 + n // 2}" for n in range(waves))
    panels = []
    for panel in PANELS[: dice.choice((1, 2, 3, 3, 3))]:
        scores, district = _draw_scores(dice, waves)
        panels.append(replace(panel, points=trend(*scores, district=district, labels=labels)))
    rows = (*CHANGES, *SUB_ROWS)[: dice.randint(1, 6)]
    if waves == 1:
        rows = tuple(
            replace(row, before=None, difference=None, verdict="first_wave") for row in rows
        )
    words = (
        "Lincoln",
        "Washington",
        "Riverside",
        "Saint",
        "International",
        "Academy",
        "of",
        "Arts",
    )
    return replace(
        USUAL,
        school=" ".join(dice.choices(words, k=dice.randint(2, 14)))[:120],
        previous_label=labels[-2] if waves > 1 else None,
        wave_label=labels[-1],
        panels=tuple(panels),
        changes=rows,
        movers=MOVERS[: dice.randint(0, 4)],
        movers_note=dice.choice(
            (None, "No question moved by as much as the steps in which we print.")
        ),
        questions=dice.choice((None, ask(dice.randint(1, 30), dice.randint(1, 20)))),
        data_use=DATA_USE if dice.random() > 0.25 else None,
        since_last_time=tuple(dice.choices(USUAL.since_last_time, k=dice.randint(0, 5))),
        notes=NOTES if dice.random() > 0.3 else (*NOTES, *NOTES[:2]),
        withheld=tuple(
            f"{wave}: not shown, to protect people." for wave in WAVES[: dice.randint(0, 4)]
        ),
    )
