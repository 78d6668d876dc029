from dataclasses import replace
from io import BytesIO
from types import SimpleNamespace

import pytest
from pypdf import PdfReader
from report_samples import (
    NEW,
    OLD,
    PANELS,
    SAMPLES,
    USUAL,
    ask,
    make_rule,
    make_school,
    percent,
)

from climatekit.ingest.matches import Match
from climatekit.knowledge.scales import load_scale
from climatekit.knowledge.settings import LookSettings, Settings
from climatekit.knowledge.wording import load_messages
from climatekit.release.released import Released
from climatekit.report.charts import draw_share
from climatekit.report.columns import count_rows, has_question_page, set_columns
from climatekit.report.html import render_html
from climatekit.report.questions import describe_questions, find_movers
from climatekit.run.audit.drawings import Number, measure_drawing
from climatekit.run.audit.page_reader import read_web_page
from climatekit.run.figures.item_words import word_items

EN = load_messages("en")
HIGH = Released(value=90, text="90% or more", unit="percent", capped="high")

LOW = Released(value=10, text="10% or less", unit="percent", capped="low")


def describe(shares, *, listed=True, reason="", previous=OLD, rules=None):
    names = [*shares, "gone"]
    return describe_questions(
        make_school(shares, reason=reason),
        rules or [make_rule("trust", *names)],
        NEW,
        previous,
        labels={name: name.upper() for name in names},
        listed=listed,
        messages=EN,
    )


SHARES = {
    "one": (percent(40), percent(55)),
    "two": (percent(60), HIGH),
    "three": (None, percent(30)),
    "four": (percent(70), HIGH),
    "five": (percent(35), percent(30)),
    "six": (percent(35), HIGH),
}


def test_highest_and_lowest_go_by_printed_percentages_and_ties_are_told():
    told = describe(SHARES)

    assert [row.item for row in told.highest] == ["two", "four"]
    assert [row.item for row in told.lowest] == ["five", "three"]
    assert told.tied == (
        "2 more questions stand as high. 1 more question stands as low.",
        "1 more question stands as high.",
    )


def test_a_question_that_may_not_be_told_is_named_without_saying_how_many_answered_it():
    told = describe(SHARES)

    assert "GONE" in told.hidden
    assert told.hidden.startswith("1 question is not shown")


def test_without_any_told_question_there_is_nothing():
    assert describe({"one": (percent(40), None)}) is None


def test_where_all_stand_alike_none_is_the_highest():
    told = describe({"one": (None, HIGH), "two": (None, HIGH)})

    assert (told.highest, told.lowest, told.tied) == ((), (), ())
    assert count_rows(told.groups) == 2


def test_three_questions_give_one_highest_and_one_lowest():
    told = describe({name: SHARES[name] for name in ("one", "two", "five")})

    assert ([row.item for row in told.highest], [row.item for row in told.lowest]) == (
        ["two"],
        ["five"],
    )


def test_each_question_stands_once_under_the_narrowest_score():
    rules = [make_rule("whole", *SHARES), make_rule("trust", "one", "two")]

    told = describe(SHARES, rules=rules)

    listed = {group.score: [row.item for row in group.rows] for group in told.groups}
    assert listed == {"whole": ["four", "six", "three", "five"], "trust": ["two", "one"]}


@pytest.mark.parametrize("reason", ["options", "referent", "edited", "drift"])
def test_a_question_asked_otherwise_is_not_held_against_its_earlier_answers(reason):
    told = describe(SHARES, reason=reason)
    school = make_school(SHARES, reason=reason)
    movers, note = find_movers(
        school, [make_rule("trust", *SHARES)], NEW, OLD, labels={}, least=20, messages=EN
    )

    assert all(row.before is None for group in told.groups for row in group.rows)
    assert (movers, note) == (
        (),
        "Single questions are not held against Fall: they were asked in another way.",
    )


def move(before, after):
    school = make_school({"one": (before, after)})
    rules = [make_rule("trust", "one")]
    movers, _ = find_movers(school, rules, NEW, OLD, labels={"one": ""}, least=20, messages=EN)
    return [(row.difference.value, row.difference.text) for row in movers]


def test_a_question_that_moved_past_a_cap_is_told_to_have_moved_at_least_that_far():
    assert move(percent(60), HIGH) == [(30, "≥ +30")]
    assert move(HIGH, percent(60)) == [(-30, "≤ \N{MINUS SIGN}30")]
    assert move(LOW, percent(45)) == [(35, "≥ +35")]
    assert move(percent(60), percent(75)) == [(15, "+15")]


def test_a_move_that_the_caps_leave_open_is_none():
    further = replace(HIGH, value=95)

    assert move(HIGH, HIGH) == move(HIGH, further) == move(further, HIGH) == []


def test_another_form_of_the_scale_keeps_the_same_question_comparable():
    told = describe(SHARES, reason="form")

    assert [row.before for row in told.groups[0].rows if row.item == "one"] == [percent(40)]


def test_a_district_may_do_without_the_list():
    told = describe(SHARES, listed=False)

    assert (told.groups, told.hidden) == ((), "")
    assert told.highest


def report_of(wave, **wordings):
    matches = [
        Match(item=item, column=0, heading="Q1", wording=text, how="")
        for item, text in wordings.items()
    ]
    return SimpleNamespace(wave=wave, matches=tuple(matches))


def word(reports, *, language="en", words="export", wave="b"):
    scale = load_scale("ces_sf")
    settings = Settings(waves=(OLD, NEW), look=LookSettings(question_words=words))
    told = word_items(reports, settings, [scale], load_messages(language), asked=[scale])
    return told[wave]


REPORTS = (
    report_of("b", ces_sf_1="How far? - We reach all of them", ces_sf_2="How far? - Homes help"),
    report_of("a", ces_sf_1="Old words", ces_sf_4="Once - asked alone"),
)


def test_the_newest_exports_own_words_stand_for_a_question_without_the_matrix_above_it():
    told = word(REPORTS)

    assert told["ces_sf_1"].startswith("We reach all of them")
    assert told["ces_sf_2"].startswith("Homes help")
    assert told["ces_sf_4"].startswith("Once - asked alone")


def test_a_wave_is_told_in_its_own_words_where_a_question_was_reworded_later():
    told = word(REPORTS, wave="a")

    assert told["ces_sf_1"].startswith("Old words")
    assert told["ces_sf_2"].startswith("Homes help")  # no words of its own


def test_a_picture_that_our_fonts_lack_is_left_out_of_a_question_and_letters_stay():
    asked = (
        "Do we laugh \N{SLIGHTLY SMILING FACE}\N{VARIATION SELECTOR-16}, \N{DEVANAGARI LETTER KA}?"
    )

    assert word([report_of("b", ces_sf_1=asked)])["ces_sf_1"] == (
        "Do we laugh , \N{DEVANAGARI LETTER KA}?"
    )


def test_what_stands_before_the_rows_of_a_grid_in_brackets_is_not_printed_with_each_of_them():
    stem = "How far do you agree?"
    told = word(
        [
            report_of(
                "b",
                ces_sf_1=f"{stem} [We reach all of them]",
                ces_sf_2=f"{stem} [Homes help - a lot]",
                ces_sf_4="Asked alone [sometimes]",
            )
        ]
    )

    assert told["ces_sf_1"].startswith("We reach all of them")
    assert told["ces_sf_2"].startswith("Homes help - a lot")
    assert told["ces_sf_4"].startswith("Asked alone [sometimes]")


def test_a_reversed_question_says_once_which_way_it_is_counted():
    scale = load_scale("ces_sf")
    told = word(REPORTS)

    turned = {item for rule in scale.scores.values() for item in rule.reversed_items}
    assert turned
    for item, label in told.items():
        assert label.count("(disagree)") == (item in turned)


@pytest.mark.parametrize("given", [{"language": "es"}, {"words": "topics"}])
def test_topics_stand_in_for_words_of_another_language_or_that_are_not_wanted(given):
    assert word(REPORTS, **given) == word((), **given)


def test_an_export_that_asks_in_our_topics_has_no_words_of_its_own():
    scale = load_scale("ces_sf")
    asked = report_of("b", **{item: one.label for item, one in scale.items.items()})
    spanish = Settings(waves=(NEW,), language="es")

    told = word_items([asked], spanish, [scale], load_messages("es"), asked=[scale])

    assert told == word_items((), spanish, [scale], load_messages("es"), asked=[scale])


@pytest.mark.parametrize("sizes", [(1,), (30,), (8, 7, 12, 19), (1, 1, 40), (3, 3), (40, 2)])
def test_two_columns_hold_every_question_once_and_are_about_equally_long(sizes):
    groups = ask(*sizes).groups

    columns = set_columns(groups, 2)

    rows = [row for column in columns for table in column for row in table.group.rows]
    assert rows == [row for group in groups for row in group.rows]
    heights = [sum(len(table.group.rows) + 2 for table in column) for column in columns]
    assert len(columns) == 1 or abs(heights[0] - heights[1]) <= 7


@pytest.mark.parametrize("width", [74, 164])
@pytest.mark.parametrize("before", [None, percent(35), HIGH])
@pytest.mark.parametrize("after", [percent(5), percent(65), HIGH])
def test_a_bar_is_as_long_as_its_printed_number_and_says_no_more(before, after, width):
    row = replace(ask(1).groups[0].rows[0], before=before, after=after)

    (drawing,) = read_web_page(draw_share(row, title="x", width=width)).drawings

    told = [one for one in (after, before) if one is not None]
    assert list(measure_drawing(drawing)) == [Number("percent", one.value) for one in told]


def test_a_page_of_its_own_begins_with_the_ninth_question():
    assert not has_question_page(USUAL)
    assert not has_question_page(replace(USUAL, questions=ask(4, 4)))
    assert has_question_page(replace(USUAL, questions=ask(5, 4)))


@pytest.mark.parametrize("name", ["short_list", "long_list", "own_words"])
def test_paper_and_screen_list_every_question_with_its_percentage(name, as_pdf, as_html):

    brief = SAMPLES[name]()
    rows = [row for group in brief.questions.groups for row in group.rows]
    path = BytesIO(as_pdf(name))
    paper = " ".join(
        " ".join(page.extract_text() for page in list(PdfReader(path).pages)[2:]).split()
    )

    for label in {row.label for row in rows}:
        many = sum(row.label == label for row in rows)
        assert paper.count(label) >= many
        assert as_html(name).count(f'<th scope="row">{label}</th>') >= many


def test_a_capped_share_is_told_by_a_sign_that_the_page_explains():
    page = render_html(replace(USUAL, questions=ask(10)))

    assert "\u2265 95%" in page
    assert EN.say("labels.ends") in page


def test_the_staff_page_names_no_single_question():
    page = render_html(replace(USUAL, questions=ask(10)), sheet="staff")

    assert EN.say("labels.questions_page") not in page
    assert all(panel.title in page for panel in PANELS)
