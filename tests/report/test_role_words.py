"""Groups of staff on the pages: what the gate let through, and one form of words for the rest."""

import re
from dataclasses import replace

import pytest
from report_samples import ROLES, SAMPLES, people, points

from climatekit.knowledge.scales import load_scale
from climatekit.knowledge.settings import RoleGroup
from climatekit.knowledge.wording import load_messages
from climatekit.release.assembly import ReleasedWave, SchoolRelease
from climatekit.release.released import Released
from climatekit.release.role_cells import ReleasedRole
from climatekit.release.rules import withhold
from climatekit.report.brief import RoleRow
from climatekit.report.district_html import render_district_html
from climatekit.report.district_page import DistrictPage, SchoolRoles
from climatekit.report.html import render_html
from climatekit.report.notes import list_withheld_roles
from climatekit.report.role_words import describe_roles, list_hidden

NOTHING = withhold("protected")
RULES = [load_scale("ots").scores["ots.tco"]]
GROUPS = (RoleGroup(id="teaching"), RoleGroup(id="support_staff"))


def school(*, shown=True, roles=("teaching", "support_staff")):
    told = people(40) if shown else NOTHING
    wave = ReleasedWave(wave="w", answered=told, eligible=NOTHING, rate=NOTHING, shown=shown)
    cells = {
        role: ReleasedRole(
            role=role,
            answered={"w": people(30) if number == 0 else NOTHING},
            points={("w", "ots.tco"): points(74) if number == 0 else NOTHING},
        )
        for number, role in enumerate(roles)
    }
    return SchoolRelease(school="a", waves={"w": wave}, scores={}, roles=cells)


def test_a_group_without_a_label_is_named_by_its_id():
    table = describe_roles(school(), RULES, "w", GROUPS, "en")

    assert [row.name for row in table.rows] == ["Teaching", "Support staff"]
    assert table.rows[0].answered == people(30)
    assert table.rows[0].scores == (points(74),)
    assert table.rows[1].answered == NOTHING
    assert list_hidden(table) == ("Support staff",)


@pytest.mark.parametrize(
    ("language", "names"), [("en", ["Faculty", "Helpers"]), ("es", ["Docentes", "Helpers"])]
)
def test_a_group_with_a_label_is_named_by_it_in_the_pages_language(language, names):
    groups = (
        RoleGroup(id="teaching", label="Faculty", labels={"es": "Docentes"}),
        RoleGroup(id="support_staff", label="Helpers", labels={"fr": "Aides"}),
    )

    table = describe_roles(school(), RULES, "w", groups, language)

    assert [row.name for row in table.rows] == names
    assert [row.role for row in table.rows] == ["teaching", "support_staff"]


@pytest.mark.parametrize("one", [school(shown=False), school(roles=())])
def test_nothing_is_told_of_a_hidden_wave_or_without_groups(one):
    assert describe_roles(one, RULES, "w", GROUPS, "en") is None
    assert list_withheld_roles(None, "W", messages=load_messages("en")) == ()


def test_a_group_that_is_not_shown_is_withheld_in_the_words_of_any_other():
    messages = load_messages("en")

    (sentence,) = list_withheld_roles(ROLES, "Spring 2026", messages=messages)

    assert sentence == f"Spring 2026, Others by themselves: {NOTHING.reason}."


def rows_of(page):
    table = re.search(r'<table class="roles">.*?</table>', page, re.DOTALL)
    return table and [
        re.findall(r"<t[hd][^>]*>(?:<[^>]*>)*([^<]*)", row)
        for row in re.findall(r"<tr>(.*?)</tr>", table[0], re.DOTALL)
    ]


@pytest.mark.parametrize("mode", ["html", "pdf"])
def test_the_brief_holds_a_table_with_headings_of_rows_and_columns(mode):
    page = render_html(replace(SAMPLES["usual"](), roles=ROLES), mode=mode)

    assert rows_of(page) == [
        ["Scores of 0 to 100", "Answered", "Trust in colleagues"],
        ["Teaching", "30", "74"],
        ["Others", "not shown", "not shown"],
    ]
    assert page.count('<th scope="row">Teaching') == 1


def test_where_no_group_is_shown_the_brief_has_no_table():
    hidden = tuple(replace(row, answered=NOTHING, scores=(NOTHING,)) for row in ROLES.rows)

    page = render_html(replace(SAMPLES["usual"](), roles=replace(ROLES, rows=hidden)))

    assert rows_of(page) is None


def district(roles, language="en"):
    text = dict.fromkeys(
        ("schema", "district", "wave_label", "previous_label", "created", "headline", "subline"), ""
    )
    return DistrictPage(
        **text, language=language, levels=(), level_sentence="", blockers=(), changes=(),
        panels=SAMPLES["usual"]().panels[:1], schools=(), notes=(), footer="", roles=roles,
    )  # fmt: skip


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_districts_page_tells_the_groups_that_are_shown(language):
    row = RoleRow(role="t", name="Teaching", answered=people(30), scores=(points(74),))
    told = district((SchoolRoles(school="a", name="Oak", row=row),), language)

    *_, cells = rows_of(render_district_html(told))
    assert cells == ["Oak", "Teaching", "30", "74"]
    assert rows_of(render_district_html(district((), language))) is None
    assert render_district_html(district((), language)) != render_district_html(
        district(None, language)
    )
    assert isinstance(row.answered, Released)
