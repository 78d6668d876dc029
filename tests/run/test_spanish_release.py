"""Everything of a release in Spanish: the district's page, the technical note, the workbook."""

import re
from dataclasses import replace

import pytest
from python_calamine import CalamineWorkbook

from climatekit.knowledge.resources import shipped
from climatekit.knowledge.scale_use import speak_language
from climatekit.knowledge.scales import load_scale
from climatekit.knowledge.wording import load_messages
from climatekit.run.pages.district_files import build_page, render_district
from climatekit.run.pages.note_files import build_note, render_note
from climatekit.run.tables.workbook import plan_workbook, write_workbook

ENGLISH = ("Trust in", "Sense of community", "Collective efficacy", " the ", "schools", "questions")


@pytest.fixture(scope="module")
def study(demo_study):
    return replace(demo_study, settings=replace(demo_study.settings, language="es"))


def test_the_districts_page_is_spanish(study):
    page = render_district(build_page(study, {}), ("html",))["district.html"].decode()
    body = re.sub(r"<[^>]+>", " ", page.partition("<main")[2].partition("<script")[0])

    assert '<html lang="es"' in page
    assert "Confianza entre colegas" in body
    assert [word for word in ENGLISH if word in body] == []


def test_the_technical_note_is_spanish_but_for_settings_and_titles_of_works(study):
    note = build_note(study, {"climatekit": "1"}, {})
    page = render_note(note, ())["technical_note.html"].decode()
    by_title = {section.title: section for section in note.sections}
    told = [
        by_title["Consistencia y acuerdo"],
        by_title["Definiciones"],
        by_title["Qué se puede decir"],
        by_title["Cautelas que pide este uso de las escalas"],
    ]
    cells = " ".join(cell for section in told for row in section.rows for cell in row)

    assert '<html lang="es"' in page
    assert "OTS: Confianza entre colegas" in page
    assert "1 a 6" in page
    assert [word for word in (*ENGLISH, "good", "weak", "always") if word in cells] == []


def test_what_the_spanish_note_quotes_in_english_is_marked_as_english(study):
    page = render_note(build_note(study, {}, {}), ())["technical_note.html"].decode()
    quoted = re.findall(r'<span lang="en">(.*?)</span>', page)
    rest = re.sub(r'<span lang="en">.*?</span>', "", page.partition("<main")[2])

    assert any(text.startswith("Hoy, W. K., &amp; Tschannen-Moran, M. (2003)") for text in quoted)
    assert "293 residents of the midwestern United States" in quoted
    assert "Confianza en la clave: alta (<" in page
    for section in ("Escalas", "Valores publicados, para comparar los nuestros"):
        told = re.sub(
            r"<[^>]+>", " ", rest.partition(f"<h2>{section}")[2].partition("</section")[0]
        )
        assert not re.search(r" (the|of|and|school|person) ", told), told


def test_an_english_note_marks_nothing_as_english(demo_study):
    page = render_note(build_note(demo_study, {}, {}), ())["technical_note.html"].decode()

    assert '<span lang="en">' not in page


def test_the_workbook_is_spanish_and_its_columns_are_those_of_the_csv_files(study, tmp_path):
    (tmp_path / "book.xlsx").write_bytes(write_workbook(plan_workbook(study, {})))
    book = CalamineWorkbook.from_path(tmp_path / "book.xlsx")

    assert book.sheet_names[0] == "Léame"
    assert book.sheet_names[-1] == "Ajustes"
    assert book.get_sheet_by_name("Puntuaciones").to_python()[0][0] == "school"


def list_names(scale, kind):
    """Return the scores or items that the scale's own file names in Spanish."""
    return [f"{kind}.{name}" for name in scale.languages.get("es", {}).get(kind, {})]


@pytest.mark.parametrize("scale", ["ots", "ces_sf", "bscs"])
def test_every_score_and_question_of_the_demo_has_a_spanish_name(scale):
    described = load_scale(scale)

    assert sorted(list_names(described, "scores")) == sorted(
        f"scores.{score}" for score in described.scores
    )
    assert sorted(list_names(described, "items")) == sorted(
        f"items.{item}" for item in described.items
    )


def test_every_score_of_the_library_has_its_spanish_name_in_its_own_file_alone():
    scales = [load_scale(path.stem) for path in sorted(shipped("scales").glob("*.toml"))]
    there = [f"scores.{score}" for scale in scales for score in scale.scores]
    own = [name for scale in scales for name in list_names(scale, "scores")]

    assert sorted(there) == sorted(own)
    assert not [key for key in load_messages("es").keys() if key.startswith("scores.")]  # noqa: SIM118


def test_every_caution_of_the_library_is_told_in_spanish():
    for path in sorted(shipped("scales").glob("*.toml")):
        scale = load_scale(path.stem)
        spoken = speak_language(scale, "es")
        same = {one.text for one in scale.cautions} & {one.text for one in spoken.cautions}
        assert not same, path.stem


def test_no_question_has_two_spanish_names():
    scales = [load_scale(path.stem) for path in sorted(shipped("scales").glob("*.toml"))]
    own = {name for scale in scales for name in list_names(scale, "items")}

    assert not own & set(load_messages("es").keys())
