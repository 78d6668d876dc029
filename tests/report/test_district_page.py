"""The district's page: released numbers alone, accessible, and whole in both languages."""

import base64
import hashlib
import json
import re
import shutil
import subprocess
from dataclasses import replace
from io import BytesIO

import outloud
import page as page_validation
import pytest
from printed_pages import find_smallest_type
from pypdf import PdfReader
from report_samples import ROLES

from climatekit.data_use.roll_up import roll_up
from climatekit.knowledge.settings_file import read_settings
from climatekit.knowledge.wording import Messages, load_messages
from climatekit.release.assembly import ReleasedPool
from climatekit.release.released import Released
from climatekit.report import district_html
from climatekit.report.district_html import (
    draw_district,
    load_district_messages,
    render_district_html,
)
from climatekit.report.district_page import SchoolRoles
from climatekit.run.demo.district import write_district
from climatekit.run.files.filenames import name_files
from climatekit.run.pages import district_files
from climatekit.run.pages.district_files import build_page, render_district
from climatekit.run.study import load_study
from climatekit.values import Estimate, Withheld

HIDDEN = "Juniper Flats School"  # nine staff


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    folder = tmp_path_factory.mktemp("district")
    write_district(folder, schools=16)
    return read_settings(folder / "climatekit.toml")


@pytest.fixture(scope="module")
def study(settings):
    return load_study(settings)


def speak(study, language):
    return replace(study, settings=replace(study.settings, language=language))


def page_of(study):
    return build_page(study, name_files({one: study.names[one] for one in study.release.schools}))


@pytest.fixture(scope="module")
def page(study):
    return page_of(study)


@pytest.fixture(scope="module")
def files(page):
    return render_district(page, ("pdf", "html", "json"))


def test_it_is_a_web_page_a_pdf_and_data(files):
    assert set(files) == {"district.html", "district.pdf", "district.json"}
    assert json.loads(files["district.json"])["schema"] == "climatekit/district/1"


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_pdf_passes_every_rule_of_pdf_ua_and_reads_out_well(study, language, tmp_path):
    data = render_district(page_of(speak(study, language)), ("pdf",))["district.pdf"]
    (tmp_path / "district.pdf").write_bytes(data)
    assert find_smallest_type(data)[0] > 8.99

    report = page_validation.validate_pdf_bytes(data)
    assert [failure.message for failure in report.failures] == []
    result = outloud.check(str(tmp_path / "district.pdf"))
    # A table's headings are said again on each of its pages, which outloud takes for furniture.
    told = [one for one in result.findings if one.rule != "PAG-001"]
    assert not [one for one in told if one.severity in ("error", "warning")], told
    assert PdfReader(BytesIO(data)).trailer["/Root"]["/Lang"] == language


def test_sentences_without_a_table_stay_together_and_others_with_their_table(page):
    alone = tuple(replace(change, schools=()) for change in page.changes)

    short, whole = render_district_html(replace(page, changes=alone)), render_district_html(page)

    assert '<section class="together">' in short
    assert "before-table" not in short.partition("<main>")[2]
    assert '<section class="together">' not in whole
    assert whole.partition("<main>")[2].count("before-table") == sum(
        bool(change.schools) for change in page.changes
    )


def test_what_several_scores_share_is_said_once_and_by_name_only_beside_others(page):
    few = "Fewer than 8 schools can be compared, so nothing is pooled."
    alike = [
        replace(one, sentence=few, spread="", schools=(), title=f"T{place}")
        for place, one in enumerate(page.changes)
    ]

    alone = render_district_html(replace(page, changes=tuple(alike)))
    beside = render_district_html(replace(page, changes=(page.changes[0], *alike[1:])))

    assert len(alike) == 3
    assert f'<p class="sentence">{few}</p>' in alone
    assert alone.count(few) == beside.count(few) == 1
    assert f"<b>T1, T2.</b> {few}" in beside


def test_one_point_is_one_point(study, monkeypatch):
    def by_one(context):
        told = [
            replace(one, mean=replace(one.mean, value=-1.0), tau=replace(one.tau, value=1.0))
            for one in context.pooled
            if isinstance(one.tau, Estimate)
        ]
        return replace(context, pooled=told)

    made = [build_altered(speak(study, one), monkeypatch, by_one) for one in ("en", "es")]
    changes, spanish = ([one for one in page.changes if one.spread] for page in made)

    assert changes

    assert all("averages \N{MINUS SIGN}1 point (likely" in one.sentence for one in changes)
    assert all("within 1 point of" in one.spread for one in changes)
    assert all("de \N{MINUS SIGN}1 punto (prob" in one.sentence for one in spanish)
    assert all("a 1 punto o menos" in one.spread for one in spanish)


def test_schools_whose_best_guesses_are_printed_alike_have_no_ends(study, monkeypatch):
    def alike(context):
        told = [
            replace(
                one,
                schools=tuple(
                    replace(school, shrunk=place / 100, listed=False)
                    for place, school in enumerate(one.schools)
                ),
            )
            for one in context.pooled
            if isinstance(one.tau, Estimate)
        ]
        return replace(context, pooled=told)

    honest = build_altered(study, monkeypatch, lambda context: context)
    made = build_altered(study, monkeypatch, alike)

    assert any(one.schools for one in honest.changes)
    assert [one.schools for one in made.changes] == [()] * len(made.changes)


def test_on_a_phone_each_figure_stands_behind_its_heading(files):
    text = files["district.html"].decode()
    headings = re.findall(r'<th scope="col"[^>]*>([^<]+)</th>', text.partition('id="table"')[2])
    row = next(one for one in text.split("<tr") if f'data-v="{HIDDEN}"' in one)

    assert re.findall(r'data-label="([^"]+)"', row) == headings[1:6]


def test_the_web_page_calls_nowhere_and_runs_its_own_script_alone(files):
    text = files["district.html"].decode()
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    own = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()

    assert f"script-src 'sha256-{own}'" in text
    assert "default-src 'none'" in text
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', text)
    assert not re.findall(r'\son\w+="', text)


def test_each_school_leads_to_its_brief_by_its_file_name(page, files):
    text = files["district.html"].decode()

    assert {row.file for row in page.schools} == set(re.findall(r'href="([\w-]+)\.html"', text))
    assert 'href="' + page.schools[0].file + '.pdf"' in render_district_html(page, link=".pdf")


def test_a_hidden_school_stands_in_the_table_without_a_number_to_sort_by(files):
    text = files["district.html"].decode()
    row = next(one for one in text.split("<tr") if f'data-v="{HIDDEN}"' in one)
    cells = re.findall(r"<td[^>]*>", row)

    assert row.count("not shown") == 4
    assert all('data-v=""' in cell for cell in cells[:4])


def test_a_school_that_sat_the_survey_out_is_not_called_hidden(study, page, monkeypatch):
    absent = build_altered(study, monkeypatch, one_absent)
    text = render_district_html(absent)
    row = next(one for one in text.split("<tr") if f'data-v="{page.schools[0].name}"' in one)

    assert "One more school is not shown, to protect the people who answered." in page.subline
    assert "One more school is not shown, to protect the people who answered." in absent.subline
    assert "One school has no answers from this survey." in absent.subline
    assert (row.count("no answers"), row.count("not shown")) == (4, 0)


def test_levels_are_a_distribution_and_add_up(study, page):
    rolled = roll_up(study.ratings.values())

    assert sum(one.evidenced for one in page.levels) == rolled.rated
    assert sum(one.possible for one in page.levels) == rolled.rated
    assert rolled.rated + rolled.unrated == len(study.ratings) == len(page.schools)
    counts = [blocker.schools for blocker in rolled.blockers]
    assert counts == sorted(counts, reverse=True)
    assert len(counts) <= 3
    named = [
        sum(any(step.indicator == blocker.indicator for step in one.next_steps)
            for one in study.ratings.values() if one.rated)
        for blocker in rolled.blockers
    ]  # fmt: skip
    assert named == counts


def test_the_numbers_of_a_school_are_those_of_its_release(study, page):
    for row in page.schools:
        released = study.release.schools[row.school]
        assert row.answered == released.waves[study.waves[-1]].rate
        for cell in row.cells:
            assert cell.shown == released.scores[cell.score].points[study.waves[-1]]


def test_a_levels_bar_is_a_whole_percent_of_the_longest(page):
    told = zip(page.levels, (21, 2, 1, 0), strict=True)
    levels = tuple(replace(level, evidenced=count) for level, count in told)
    drawn = draw_district(
        replace(page, levels=levels), load_messages("en"), load_district_messages("en")
    )

    for level, percent in zip(levels, (100, 10, 5, 0), strict=True):
        widths = re.findall(r'width="([\d.]+)" height="[\d.]+" fill', drawn[f"level.{level.level}"])
        track, bar = map(float, widths)
        assert bar == track * percent / 100


def test_only_marked_schools_and_both_ends_are_listed(page):
    for change in page.changes:
        plain = [one for one in change.schools if not one.listed]
        assert len(plain) <= 6
        guesses = [one.shrunk for one in change.schools]
        assert guesses == sorted(guesses, reverse=True)


def test_on_paper_the_rows_of_a_large_district_are_text_alone(page):
    school = page.schools[0]
    many = replace(page, schools=tuple(replace(school, school=f"s{n}") for n in range(101)))

    printed, web = (render_district_html(many, mode=mode) for mode in ("pdf", "html"))

    rows = printed.partition('id="table"')[2].partition("</table>")[0]
    assert rows.count("<tr>") == 102
    assert "<svg" not in rows
    for cell in school.cells:
        assert f"{cell.shown.text} · {cell.word}" in rows
    assert web.partition('id="table"')[2].count("<svg") >= 101


def test_a_level_that_is_not_yet_evidenced_is_told_as_in_the_brief(study, monkeypatch):
    page = build_altered(study, monkeypatch, not_yet_evidenced)

    told = {row.level: row.sort_level for row in page.schools}
    assert told["up to 3"] == told["not yet evidenced"] == 0


def test_a_hostile_name_comes_out_as_text(page):
    hostile = replace(page, district="</title><script>alert(1)</script>")

    assert "<script>alert" not in render_district_html(hostile)


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_message_of_the_page_is_said(study, language, monkeypatch):
    words = load_district_messages(language)
    said = set()

    def say(self, key, /, **facts):
        if self.keys() == words.keys():
            said.add(key)
        return honest(self, key, **facts)

    honest = Messages.say
    monkeypatch.setattr(Messages, "say", say)
    study = speak(study, language)
    settings = study.settings
    full = page_of(study)
    render_district_html(full, link=".html")
    render_district_html(replace(full, changes=(), roles=()))
    (row, _) = ROLES.rows
    render_district_html(replace(full, roles=(SchoolRoles(school="a", name="Oak", row=row),)))
    one_wave = page_of(
        load_study(replace(settings, waves=settings.waves[-1:], evidence_log=None, roster=None))
    )
    render_district_html(one_wave)
    nothing = replace(settings.disclosure, min_n=1000)
    page_of(load_study(replace(settings, disclosure=nothing)))
    for alter in (
        few_changes, no_spread, nothing_on_file, one_unrated, all_unrated, hidden_together,
        not_yet_evidenced,
    ):  # fmt: skip
        build_altered(study, monkeypatch, alter)
    render_district_html(build_altered(study, monkeypatch, one_absent))

    missing = set(words.keys()) - said
    assert not missing


def one_absent(context):
    """The first school sat the newest survey out."""
    schools = dict(context.brief.release.schools)
    school, first = next(iter(schools.items()))
    last = context.brief.settings.waves[-1].id
    scores = {
        name: replace(score, points={w: told for w, told in score.points.items() if w != last})
        for name, score in first.scores.items()
    }
    waves = {wave: told for wave, told in first.waves.items() if wave != last}
    schools[school] = replace(first, waves=waves, scores=scores)
    release = replace(context.brief.release, schools=schools)
    return replace(context, brief=replace(context.brief, release=release))


def hidden_together(context):
    told = [Released(value=n, text=str(n), unit="count") for n in (2, 14)]
    pool = ReleasedPool(answered=withheld(None), schools=told[0], people=told[1])
    release = replace(
        context.brief.release, pools={wave.id: pool for wave in context.brief.settings.waves}
    )
    return replace(context, brief=replace(context.brief, release=release))


def few_changes(context):
    return replace(context, pooled=[replace(one, mean=withheld(one)) for one in context.pooled])


def withheld(_one):
    return Withheld("few-schools", "fewer than 8 schools can be compared")


def no_spread(context):
    return replace(
        context,
        pooled=[
            replace(one, tau=replace(one.tau, value=0.0))
            for one in context.pooled
            if isinstance(one.tau, Estimate)
        ],
    )


def nothing_on_file(context):
    ratings = {}
    for school, rating in context.ratings.items():
        findings = tuple(replace(one, status="not_evidenced") for one in rating.findings)
        ratings[school] = replace(rating, rated=True, findings=findings)
    flat = dict(context.brief.release.benchmark)
    one = next(iter(flat.values()))
    release = replace(context.brief.release, benchmark=dict.fromkeys(flat, one))
    return replace(context, ratings=ratings, brief=replace(context.brief, release=release))


def one_unrated(context):
    first = next(iter(context.ratings))
    one = replace(context.ratings[first], rated=False)
    return replace(context, ratings={**context.ratings, first: one})


def not_yet_evidenced(context):
    (first, one), (second, two), *_ = context.ratings.items()
    low = replace(one, rated=True, evidenced=1, possible=3)
    lowest = replace(two, rated=True, evidenced=1, possible=1)
    return replace(context, ratings={**context.ratings, first: low, second: lowest})


def all_unrated(context):
    ratings = {school: replace(one, rated=False) for school, one in context.ratings.items()}
    return replace(context, ratings=ratings)


def build_altered(study, monkeypatch, alter):
    honest = district_files.build_district_page
    with monkeypatch.context() as patch:
        patch.setattr(district_files, "build_district_page", lambda one: honest(alter(one)))
        made = build_page(study, name_files(study.names))
    district_html.render_district_html(made)
    return made


@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs Chromium")
def test_in_a_browser_the_table_can_be_searched_and_sorted(files, tmp_path):
    path = tmp_path / "district.html"
    path.write_bytes(files["district.html"])
    done = subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", path.as_uri()],
        capture_output=True,
        text=True,
        check=True,
    )

    assert ">16 schools</output>" in done.stdout
    assert '<p class="find">' in done.stdout
    assert done.stdout.count("<button type=") == 6
