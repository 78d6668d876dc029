"""Every sentence of the brief is reached, in every language, and none is missing or idle.

A listener stands in for the messages and notes what is asked of them while the whole of
the brief's wording is walked: change, response, dates, data use, pages.
"""

import random
import re
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from data_use_builders import (
    AS_OF,
    BOTH,
    CONSTRUCTS,
    GOAL,
    ITEMS,
    LOG_START,
    RUBRIC,
    SHARED,
    W24,
    W25,
    W26,
    WORKED,
    rate,
    row,
)
from data_use_builders import school as school_of
from report_samples import NEW, OLD, ROLES, SAMPLES, make_rule, make_school
from report_samples import percent as share_of
from test_indicators import COLLECTING, USING

from climatekit.data_use.what_if import find_what_ifs
from climatekit.knowledge.scale_use import adapt_scale
from climatekit.knowledge.scales import load_scale
from climatekit.knowledge.settings import (
    ColumnSettings,
    DisclosureSettings,
    RubricSettings,
    ScaleUse,
    Settings,
    WaveSettings,
)
from climatekit.knowledge.wording import list_languages, load_messages
from climatekit.release.assembly import (
    Release,
    ReleasedChange,
    ReleasedScore,
    ReleasedWave,
    ScaleQuality,
)
from climatekit.release.released import Released
from climatekit.release.rules import withhold
from climatekit.report import html
from climatekit.report.brief import ChangeRow, TrendPoint
from climatekit.report.data_use_words import describe_data_use
from climatekit.report.explanation import explain_rating
from climatekit.report.fit import Fit
from climatekit.report.history import tell_history
from climatekit.report.notes import list_withheld_roles, write_caution, write_notes
from climatekit.report.phrases import (
    join_names,
    write_change,
    write_dates,
    write_headline,
    write_panel_alt,
    write_participation,
)
from climatekit.report.questions import describe_questions, find_movers
from climatekit.run.study import build_briefs, load_study
from climatekit.run.tables.explanations import write_explanations
from climatekit.values import Estimate, Withheld

LANGUAGES = ("en", "es")
VERDICTS = ("rose", "fell", "moved_slightly", "held_steady", "too_close", "not_compared")
REASONS = (
    "min-n",
    "response",
    "form",
    "options",
    "referent",
    "edited",
    "drift",
    "no-error",
    "held-back",
    "short",
    "capped",
)
RATES = tuple(
    tuple(Released(value=one, text=f"{one}%", unit="percent") for one in pair)
    for pair in ((80, 80), (90, 62), (50, 88), (81, 79), (100, 45))
)
OTHER_PAGES = (
    "district.",
    "quality.",
    "screening.",
    "technical.",
    "workbook.",
)  # have tests of their own
NAMES = ("scores.", "items.")  # of one language; English ones stand in the scale files
TAGS = ((), ("fragile",), ("staff_changed",), ("season_differs",), ("ceiling",))


class Listener:
    """Messages that note every key and every plural form asked of them."""

    def __init__(self, language):
        self.inner = load_messages(language)
        self.language = language
        self.said = set()
        self.sentences = set()

    def name(self, key, default):
        return self.inner.name(key, default)

    def say(self, key, /, **facts):
        text = self.inner.say(key, **facts)
        forms = self.inner._texts[key]
        one = facts.get("count") == 1 and "one" in forms
        self.said.add((key, "one" if one else "other"))
        self.sentences.add(text)
        return text


def points(value, low=None, high=None, capped=""):
    return Released(value=value, text=f"{value}", unit="points", low=low, high=high, capped=capped)


def walk_change(messages):
    settings = Settings()
    pairs = [(points(60), points(68)), (points(66), points(66)), (points(95, capped="high"),) * 2]
    pairs.append((points(5, capped="low"), points(9)))
    spans = [points(8, 1, 14), points(-9, -16, -2), points(0, -1, 1), withhold("protected")]
    for verdict, tags, pair, span, clearly, steps in product(
        VERDICTS, TAGS, pairs, spans, (False, True), (None, 1, 4)
    ):
        reasons = REASONS if verdict == "not_compared" else ("",)
        for reason in reasons:
            change = ReleasedChange(
                score="s", before="a", after="b", difference=span, detectable=points(9),
                verdict=verdict, clearly=clearly, tags=tags, reason=reason, steps=steps,
            )  # fmt: skip
            score = ReleasedScore(
                score="s", points=dict(zip("ab", pair, strict=True)), native={}, change=change
            )
            for rates in RATES:
                write_change(
                    verdict, "Trust", score, "b", "Fall 2025", settings, messages, rates=rates
                )
    for rule in ("protected", "no-answers", "not-asked", "incoherent", "level", "low-response"):
        hidden = ReleasedScore(score="s", points={"b": withhold(rule)}, native={})
        write_change("withheld", "Trust", hidden, "b", "", settings, messages)
    lone = ReleasedScore(score="s", points={"b": points(70)}, native={})
    write_change("first_wave", "Trust", lone, "b", "", settings, messages)
    small = Settings(comparison=replace(settings.comparison, smallest_change=1.0))
    steady = replace(score, change=replace(change, verdict="held_steady"))
    write_change("held_steady", "Trust", steady, "b", "Fall 2025", small, messages)


def walk_headline(messages):
    for verdict, many in product((*VERDICTS, "first_wave", "withheld"), (1, 2, 3)):
        rows = [
            ChangeRow(
                score=f"s{number}",
                title=title,
                before=None,
                after=points(70),
                difference=None,
                verdict=verdict,
                symbol="none",
                word="",
                sentence="",
                lead=True,
            )
            for number, title in enumerate(("Trust", "Belonging", "Inclusion")[:many])
        ]
        write_headline(rows, shown=True, wave="Spring", since="Fall", messages=messages)
    write_headline([], shown=False, wave="Spring", since="Fall", messages=messages)


def walk_dates(messages):
    for opened, closed in [
        (date(2026, 4, 6), date(2026, 4, 24)),
        (date(2026, 4, 6), date(2026, 5, 2)),
        (date(2025, 12, 6), date(2026, 1, 16)),
        (None, date(2026, 1, 16)),
        (None, None),
    ]:
        write_dates(WaveSettings(id="w", label="W", opened=opened, closed=closed), messages)
    for month in range(1, 13):
        write_dates(WaveSettings(id="w", label="W", closed=date(2026, month, 1)), messages)


def walk_response(messages):
    before = WaveSettings(id="a", label="Fall")
    for count, percent in ((30, 75), (20, 50), (8, 20)):
        rate_ = Released(value=percent, text=f"{percent}%", unit="percent")
        wave = ReleasedWave(
            wave="b", answered=points(count), eligible=points(40), rate=rate_, shown=True
        )
        write_participation(wave, rate_, before, messages)
    hidden = withhold("protected")
    write_participation(
        ReleasedWave(wave="b", answered=hidden, eligible=hidden, rate=hidden, shown=False),
        None, None, messages,
    )  # fmt: skip
    write_participation(
        replace(wave, rate=withhold("no-roster")), None, None, messages,
    )  # fmt: skip


def walk_alternatives(messages):
    trend = [
        TrendPoint(wave="a", label="A", score=withhold("protected"), district=None, breaks=False),
        TrendPoint(wave="b", label="B", score=points(70), district=None, breaks=False),
        TrendPoint(
            wave="c", label="C", score=points(71, 66, 76), district=points(70), breaks=False
        ),
    ]
    told = ChangeRow(
        score="s", title="Trust", before=None, after=points(71), difference=None,
        verdict="rose", symbol="up", word="Rose", sentence="", lead=True,
    )  # fmt: skip
    write_panel_alt("Trust", trend, told, messages)


def walk_scales(messages):
    edited = adapt_scale(load_scale("r_sleq"), ScaleUse(edited_items=(13,), referent="our team"))
    ready_made, draft = load_scale("five_essentials"), load_scale("ces_sf")
    for scale in (ready_made, draft, replace(draft, status="local")):
        write_caution(scale, next(iter(scale.scores.values())), messages)
    alpha = Released(value=0.8, text="0.80", unit="coefficient")
    quality = {
        ("w", rule): ScaleQuality(
            score=rule, wave="w", alpha=alpha, icc1=alpha, icc2=alpha, rwgj=alpha
        )
        for rule in edited.scores
    }
    release = Release(schools={}, quality=quality, benchmark={})
    wave = WaveSettings(id="w", label="W")
    scales = [edited, ready_made]
    write_notes(Settings(), scales, release, wave, messages, lined=True, linked=False, several=True)


NO_SURVEY = row("no_survey", "2026-10-01", wave="", status="done")
EVENTS = (
    "schedule", "shared_back", "sense_making", "goal", "action", "review", "staff_update",
    "decision", "no_survey",
)  # fmt: skip


def random_school(rng):
    """A school with none to three waves, each with something missing or odd now and then."""
    care = rng.choice((0.0, 0.6, 0.95, 1.0))

    def choose(usual, *odd):
        return usual if rng.random() < care else rng.choice((usual, *odd))

    def spoil(wave):
        kept = CONSTRUCTS[: choose(3, 0, 1, 2)]
        low = choose(0.9, 0.55, 0.65, 0.75)
        alpha = Estimate(value=low, low=low - 0.02, high=low + 0.02, n=200)
        return replace(
            wave,
            closed=choose(wave.closed, None),
            eligible=choose(38, None, 4, 90),
            groups=choose(wave.groups, {}, {"Teacher": (24, None)}, {"Aide": (1, 8)}),
            answered=choose(36, 0, 2, 18, 29),
            constructs=frozenset(kept),
            items={
                name: choose(ITEMS[name], frozenset(f"{one}x" for one in ITEMS[name]))
                for name in kept
            },
            reliability={
                name: choose(alpha, Withheld("not-estimable", "too few")) for name in kept
            },
            icc2_reported=choose(True, False),
            mode=choose("online", "paper"),
            drift=choose(frozenset(), frozenset({"trust_1"})),
            fell=choose(wave.fell, frozenset()),
            lowest=choose(wave.lowest, None),
        )

    waves = choose(BOTH, (), (W26,), (W24, W25, W26), (W25,), (W24, W26))
    return tuple(spoil(wave) for wave in waves)


def random_log(rng):
    care = rng.choice((0.3, 0.8, 0.95))

    def choose(usual, *odd):
        return usual if rng.random() < care else rng.choice((usual, *odd))

    log = []
    events = rng.sample(EVENTS[1:8], rng.choice((0, 2, 5, 7)))
    events += [rng.choice(EVENTS) for _ in range(rng.choice((0, 0, 1, 4)))]
    for line, event in enumerate(events, start=2):
        wave = choose(W25, W26, W24)
        log.append(
            row(
                event,
                choose(wave.closed + timedelta(days=rng.randrange(0, 300)), None),
                wave="" if event == "no_survey" else wave.wave,
                line=line,
                audience=choose("all_staff", "", "leaders", "some_staff"),
                status=choose("done", "", "planned", "started", "did_not_happen"),
                goal_id=choose("G1", "", "G2"),
                construct=choose("trust", "", *CONSTRUCTS, "related"),
                target=choose("75", ""),
                target_date=choose(date(2027, 4, 1), None),
                owner_role=choose("team leader", ""),
                staff_groups=choose(("Teacher", "Support staff"), (), ("Teacher",)),
                protocol=choose("response rate and limits shown, norms", "", "named"),
                doc_ref=choose("minutes", ""),
                note=choose("continue", ""),
            )
        )
    return log


ON_TIME = (replace(SHARED, date=date(2026, 5, 20)),)
FULL = tuple(replace(wave, answered=36, groups={}) for wave in BOTH)
# What chance hardly ever draws: (waves, log, the day).
TELLING = (
    ((), (NO_SURVEY, row("schedule", "2026-12-01", wave="", status="planned")), date(2026, 11, 1)),
    ((), (NO_SURVEY, row("schedule", "2029-12-01", wave="", status="planned")), date(2026, 11, 1)),
    (BOTH, (replace(GOAL, construct=""), replace(GOAL, construct="", goal_id="G2", line=9)), None),
    (BOTH, (*WORKED, row("review", "2026-11-20", status="planned", goal_id="G1")), None),
    ((W25, replace(W26, fell=frozenset())), (*ON_TIME,), date(2026, 6, 20)),
    ((W25, replace(W26, fell=frozenset(), lowest=None)), (*ON_TIME,), date(2026, 6, 20)),
    ((W25, replace(W26, closed=date(2026, 10, 23))), (), None),
    (FULL[:2], WORKED, None),
    ((FULL[0], replace(FULL[1], groups={"Aide": (1, 8)}, ungrouped=5)), WORKED, None),
    ((replace(FULL[0], wave="w24", closed=None), *FULL), WORKED, None),
)


def walk_questions(messages):
    shares = {f"q{place}": share for place, share in enumerate((80, 80, 80, 60, 30, 30, 30))}
    more = shares | {"r0": 80, "r1": 30}
    for told, hidden in ((shares, 1), (more, 2)):
        rules = [make_rule("trust", *told, *(f"gone{number}" for number in range(hidden)))]
        school = make_school({item: (None, share_of(share)) for item, share in told.items()})
        labels = {item: item for item in rules[0].items}
        describe_questions(school, rules, NEW, OLD, labels=labels, listed=True, messages=messages)
    changed = make_school({"q0": (share_of(30), share_of(40))}, reason="edited")
    find_movers(changed, rules, NEW, OLD, labels=labels, least=20, messages=messages)


def walk_data_use(messages):
    rng = random.Random(20261124)
    rubric = RUBRIC.model_copy(update={"steps": RUBRIC.steps.model_copy(update={"most": 20})})
    cases = [(waves, ()) for _, waves, _, _ in COLLECTING]
    cases += [(BOTH, log) for _, log, _, _ in USING]
    cases += [(random_school(rng), random_log(rng)) for _ in range(6000)]
    # C1 as one indicator among others: an undated survey then keeps C5 from level 4.
    loose = rubric.model_copy(
        update={
            "indicators": {
                **rubric.indicators,
                "C1": rubric.indicators["C1"].model_copy(update={"core": False}),
            }
        }
    )
    undated = (replace(FULL[0], closed=None), FULL[1])
    rating = rate(undated, WORKED, rubric=loose, log_start=date(2025, 1, 1))
    describe_data_use(rating, school_of(*undated), loose, messages)
    for waves, log, day in TELLING:
        rating = rate(waves, log, as_of=day or AS_OF, rubric=rubric)
        page = describe_data_use(rating, school_of(*waves), RUBRIC, messages)
        explain_rating(rating, page, {}, log, messages)
    for number, (waves, log) in enumerate(cases):
        if number > 1000 and number % 100 == 0 and not find_unsaid(messages):
            break
        as_of = date(2025, 6, 1) + timedelta(days=rng.randrange(0, 900))
        started = rng.choice((None, LOG_START, date(2025, 1, 1)))
        rating = rate(waves, log, as_of=as_of, log_start=started, rubric=rubric)
        hidden = frozenset(w.wave for w in waves if number % 7 == 0 and rng.random() < 0.5)
        page = describe_data_use(rating, school_of(*waves), RUBRIC, messages, hidden_waves=hidden)
        if number % 4 == 0:
            what_ifs = find_what_ifs(
                school_of(*waves), log, rating.findings, rubric, as_of=as_of, log_start=started
            )
            explain_rating(rating, page, what_ifs, log, messages)
        tell_history(log, as_of=as_of, messages=messages)


def walk_own_ratings(messages):
    wording = RubricSettings(levels={3: "Acted on each year."}, wording_source="Handbook")
    for level in (2, 3, 4):
        own = row("self_rating", "2026-10-01", wave="", target=str(level), line=9)
        rating = rate(BOTH, (*WORKED, own))
        describe_data_use(rating, school_of(*BOTH), RUBRIC, messages, wording=wording)


def walk_pages(messages, studies, monkeypatch):
    monkeypatch.setattr(html, "load_messages", lambda _: messages)
    monkeypatch.setattr("climatekit.run.study.load_messages", lambda _: messages)
    monkeypatch.setattr("climatekit.run.tables.explanations.load_messages", lambda _: messages)
    for sample in SAMPLES.values():
        for mode in ("html", "pdf"):
            brief = replace(sample(), language=messages.language)
            html.render_html(brief, mode=mode)
            html.render_html(brief, mode=mode, sheet="staff")
    html.render_html(replace(SAMPLES["usual"](), language=messages.language, roles=ROLES))
    more = replace(SAMPLES["usual"](), language=messages.language)
    few = replace(more.participation.eligible, value=1, text="1")
    html.render_html(replace(more, participation=replace(more.participation, eligible=few)))
    listed = replace(SAMPLES["long_list"](), language=messages.language)
    html.render_html(listed, mode="pdf", fit=Fit(third=2, lines=4))
    list_withheld_roles(ROLES, "Spring 2026", messages=messages)
    for spoken in studies:
        study = replace(spoken, settings=replace(spoken.settings, language=messages.language))
        if study.inputs.log:
            write_explanations(study, tuple(study.release.schools))
        for made in (study, *_alter(study)):
            for brief in build_briefs(made, tuple(made.release.schools)):
                html.render_html(brief, mode="html")


def _only_last(settings):
    last = replace(settings.waves[-1], opened=None)
    return replace(settings, waves=(last,), roster=None, evidence_log=None)


def _alter(study):
    """Return the study with weaker scales, and with a score hidden, all linked and moved little."""
    hidden = withhold("not-estimable")
    grades = [
        {"alpha": Released(value=0.75, text="0.75", unit="coefficient"), "icc2": hidden},
        {"alpha": Released(value=0.5, text="0.50", unit="coefficient")},
        {"alpha": hidden},
    ]
    for grade in grades:
        quality = {key: replace(one, **grade) for key, one in study.release.quality.items()}
        yield _release(study, quality=quality)
    schools = {
        name: replace(
            school,
            scores={
                score: replace(
                    told,
                    points={wave: withhold("protected") for wave in told.points},
                    change=None,
                )
                if score == "ots.tco"
                else _move_slightly(told)
                for score, told in school.scores.items()
            },
            items={
                item: replace(told, favourable=dict.fromkeys(told.favourable, _HALF))
                for item, told in school.items.items()
            },
        )
        for name, school in study.release.schools.items()
    }
    yield _release(study, schools=schools)
    scales = tuple(
        replace(
            scale,
            scores={
                name: replace(rule, person_weights="allowed") for name, rule in scale.scores.items()
            },
        )
        for scale in study.scales
    )
    yield replace(
        study,
        settings=replace(study.settings, columns=ColumnSettings(weight="w")),
        inputs=replace(study.inputs, scales=scales),
    )


_HALF = Released(value=50, text="50%", unit="percent")


def _move_slightly(told):
    if told.change is None or not isinstance(told.change.difference, Released):
        return told
    difference = points(2, 1, 4)
    return replace(
        told,
        change=replace(
            told.change, verdict="moved_slightly", difference=difference, tags=("linked",)
        ),
    )


def _release(study, **changes):
    return replace(study, release=replace(study.release, **changes))


def find_unsaid(messages):
    return sorted(
        (key, form)
        for key, forms in messages.inner._texts.items()
        for form in forms
        if not key.startswith(OTHER_PAGES + NAMES) and (key, form) not in messages.said
    )


@pytest.fixture(scope="module")
def studies(demo_study):
    """Return the made-up district as it is, with lowered protection, and in one wave alone."""
    settings = demo_study.settings
    lowered = DisclosureSettings(
        min_n=9,
        reason="Small schools asked for it in writing.",
        republish="The vendor sent a corrected export.",
    )
    others = (replace(settings, disclosure=lowered), _only_last(settings))
    return (demo_study, *(load_study(other) for other in others))


@pytest.fixture(scope="module", params=LANGUAGES)
def heard(request, studies):
    messages = Listener(request.param)
    with pytest.MonkeyPatch.context() as patch:
        walk_pages(messages, studies, patch)
    for walk in (
        walk_change, walk_headline, walk_scales, walk_dates, walk_response, walk_alternatives,
        walk_own_ratings,
    ):  # fmt: skip
        walk(messages)
    join_names(["A", "Inclusion"], messages)
    walk_data_use(messages)
    walk_questions(messages)
    return messages


def test_the_languages_shipped_are_the_ones_walked():
    assert list_languages() == LANGUAGES


def test_every_message_and_every_plural_form_is_said(heard):
    assert find_unsaid(heard) == []


def test_no_sentence_speaks_of_significance(heard):
    for sentence in heard.sentences:
        words = sentence.casefold().split()
        assert "significan" not in sentence.casefold()
        assert "significat" not in sentence.casefold()
        assert not {"p", "p-value", "p=", "p<"} & set(words), sentence


def count_syllables(word, language):
    """Count groups of vowels; in English without a silent e at the end."""
    if word.isdigit():
        return 1
    groups = len(re.findall("[aeiouyáéíóúü]+", word.casefold()))
    silent = word.endswith("e") and not word.endswith(("le", "ee")) and groups > 1
    return max(1, groups - (silent and language == "en"))


def split_sentences(texts):
    """Return the words of each sentence; of `--explain`, whose lists are no prose, none."""
    for text in texts:
        for sentence in re.split(r"[.!?:;]\s", f"{text} "):
            words = re.findall(r"[^\W\d_]+|\d+", sentence)
            if len(words) > 2 and not re.search(r"\b(log|registro)\b", sentence):
                yield words


def test_a_reader_of_grade_eight_can_read_the_brief(heard):
    told = list(split_sentences(heard.sentences))
    words = [word for sentence in told for word in sentence]
    per_sentence = len(words) / len(told)
    per_word = sum(count_syllables(word, heard.language) for word in words) / len(words)

    assert len(told) > 5000
    if heard.language == "en":
        # Kincaid, Fishburne, Rogers and Chissom (1975): the school grade of a reader.
        assert 0.39 * per_sentence + 11.8 * per_word - 15.59 < 8
    else:
        # Fernandez Huerta (1959): 60 to 70 is normal, for readers of grade 8 or 9.
        assert 206.84 - 60 * per_word - 1.02 * per_sentence > 60


def test_no_sentence_of_the_brief_is_long(heard):
    longest = max(split_sentences(heard.sentences), key=len)

    assert len(longest) <= 40, " ".join(longest)


def test_no_sentence_has_a_hole_or_a_doubled_mark(heard):
    for sentence in heard.sentences:
        assert "  " not in sentence, sentence
        assert ".." not in sentence, sentence
        assert " ." not in sentence, sentence
        assert " ," not in sentence, sentence
        assert not {"None", "None.", "nan"} & set(sentence.split()[1:]), sentence


def test_all_languages_have_the_same_messages_asking_for_the_same_facts():
    english = load_messages("en")
    for language in LANGUAGES[1:]:
        other = load_messages(language)
        keys = english.keys()

        assert {key for key in set(other.keys()) if not key.startswith(NAMES)} == set(keys)
        assert [other.facts_of(key) for key in keys] == [english.facts_of(key) for key in keys]
