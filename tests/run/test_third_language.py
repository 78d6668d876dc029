"""A further language is one file: with it alone, every page of a release speaks it."""

import re
import shutil
from dataclasses import replace

import pytest

from climatekit.errors import DefinitionError
from climatekit.knowledge import wording
from climatekit.knowledge.resources import shipped
from climatekit.knowledge.wording import list_languages, load_messages
from climatekit.report.html import render_html
from climatekit.report.pdf import render_pdf
from climatekit.run.pages.district_files import build_page, render_district
from climatekit.run.pages.note_files import build_note, render_note
from climatekit.run.study import build_briefs
from climatekit.run.tables.workbook import plan_workbook, write_workbook

# Polish has three plural forms; the rule is that of the GNU gettext manual, 11.2.6.
PLURAL = """[plural]
forms = "one few other"
rule = "n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2"

"""


def make_up(text):
    """Turn a message file into one of a made-up language: each sentence gets a mark."""
    text = re.sub(r'= "(?=[^"])', '= "¤', text)
    return PLURAL + re.sub(
        r'\{ one = "¤([^"]*)", other = "¤([^"]*)" \}',
        r'{ one = "¤\1", few = "¤few \2", other = "¤\2" }',
        text,
    )


@pytest.fixture
def home(tmp_path, monkeypatch):
    folder = tmp_path / "messages"
    shutil.copytree(shipped("report_templates") / "messages", folder)
    english = (folder / "en.toml").read_text(encoding="utf-8")
    (folder / "qaa.toml").write_text(make_up(english), encoding="utf-8")
    monkeypatch.setattr(wording, "_find_home", lambda: folder)
    wording._load_shipped.cache_clear()
    yield folder
    wording._load_shipped.cache_clear()


@pytest.mark.usefixtures("home")
def test_one_more_file_is_one_more_language_on_every_page(demo_study):
    assert "qaa" in list_languages()
    study = replace(demo_study, settings=replace(demo_study.settings, language="qaa"))

    (brief,) = build_briefs(study, ["101"])
    pages = [
        render_html(brief),
        render_html(brief, sheet="staff"),
        render_district(build_page(study, {}), ("html",))["district.html"].decode(),
        render_note(build_note(study, {}, {}), ())["technical_note.html"].decode(),
    ]

    for page in pages:
        assert '<html lang="qaa"' in page
        assert page.count("¤") > 20
        assert all("¤" in heading for heading in re.findall(r"<h2>(.*?)</h2>", page))
    assert render_pdf(brief).startswith(b"%PDF")
    assert write_workbook(plan_workbook(study, {})).startswith(b"PK")


@pytest.mark.usefixtures("home")
def test_plurals_follow_the_languages_own_rule():
    messages = load_messages("qaa")

    told = [messages.say("number.points", count=count, number=count) for count in (1, 2, 5, 22)]

    assert told == ["¤1 point", "¤few 2 points", "¤5 points", "¤few 22 points"]


def test_a_plural_rule_that_is_none_is_refused_with_its_file(home):
    text = (home / "qaa.toml").read_text(encoding="utf-8")
    (home / "qab.toml").write_text(text.replace("n==1 ?", "n =! 1 ?"), encoding="utf-8")

    with pytest.raises(DefinitionError) as caught:
        load_messages("qab")

    assert caught.value.problems[0].code == "CK421"
    assert "qab.toml" in str(caught.value.problems[0].file)


def test_names_of_a_message_file_stand_in_for_english_ones_only_where_there_are_any(home):
    named = PLURAL + '[scores.tswq]\ntotal = "Bien-etre"\n'
    (home / "qac.toml").write_text(named, encoding="utf-8")
    messages = load_messages("qac")

    assert messages.name("scores.tswq.total", "Teacher wellbeing") == "Bien-etre"
    assert messages.name("scores.own.total", "Our own score") == "Our own score"
    assert replace(messages, language="x").name("items.own_1", "A topic") == "A topic"
