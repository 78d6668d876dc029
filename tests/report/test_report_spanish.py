"""The brief in Spanish: whole, on two pages, tagged in its language."""

from dataclasses import replace
from io import BytesIO

import outloud
import page as page_validation
import pytest
from printed_pages import find_smallest_type
from pypdf import PdfReader
from report_samples import ROLES

from climatekit.report.look import Look
from climatekit.report.pdf import render_pdf
from climatekit.run.study import build_briefs


@pytest.fixture(scope="module")
def spanish(demo_study):
    return replace(demo_study, settings=replace(demo_study.settings, language="es"))


def test_a_spanish_brief_and_its_list_are_three_pages_whole_and_tagged_in_spanish(
    spanish, tmp_path
):
    (brief,) = build_briefs(spanish, ["101"])
    path = tmp_path / "brief.pdf"
    path.write_bytes(render_pdf(brief))
    reader = PdfReader(path)
    text = " ".join(" ".join(one.extract_text() for one in reader.pages).split())
    report = page_validation.validate_pdf_bytes(path.read_bytes())
    heard = outloud.check(str(path))

    assert len(reader.pages) == 3
    assert reader.root_object["/Lang"] == "es"
    assert "Lo que nos dijo el personal" in text
    assert "Qué cambió desde Primavera de 2025" in text
    assert "en Primavera de 2026 y el" in text, "the data-use page names the wave in Spanish too"
    assert "Spring" not in text
    assert "Confianza entre colegas: subió desde Primavera de 2025" in text
    assert "Integridad de los colegas" in text, "questions have Spanish labels"
    for english in ("Trust", "Sense of", "efficacy", "Peers", "Candour"):
        assert english not in text.partition("Medidas.")[0]
        assert english not in text.partition("Pregunta por pregunta")[2]
    assert [failure.message for failure in report.failures] == []
    assert (heard.errors, heard.warnings) == (0, 0), heard.findings


@pytest.mark.parametrize("school", ["102", "108"])
def test_the_longest_spanish_briefs_keep_their_pages_and_nine_points(spanish, school):
    (brief,) = build_briefs(spanish, [school])

    data = render_pdf(brief)

    assert len(PdfReader(BytesIO(data)).pages) == 3
    assert find_smallest_type(data)[0] > 8.99


@pytest.mark.parametrize("paper", ["letter", "a4"])
def test_groups_of_staff_nine_waves_and_the_longest_name_keep_the_pages(spanish, paper):
    (brief,) = build_briefs(spanish, ["103"])
    panels = tuple(
        replace(panel, points=(*panel.points, *panel.points, *panel.points))
        for panel in brief.panels
    )
    full = replace(brief, school="Escuela " * 15, panels=panels, roles=ROLES)

    data = render_pdf(full, look=Look(paper=paper))

    pages = [page.extract_text() for page in PdfReader(BytesIO(data)).pages]
    assert len(pages) == 3
    assert "Grupos de personal" in pages[2]
    assert find_smallest_type(data)[0] > 8.99


def test_labels_of_sixty_letters_take_no_further_page(spanish):
    (brief,) = build_briefs(spanish, ["103"])
    titles = tuple(panel.title for panel in brief.panels)
    rows = tuple(
        replace(
            row, name="Personal docente de todos los grados, con auxiliares y apoyo", scores=scores
        )
        for row in ROLES.rows
        for scores in [row.scores * len(titles)]
    )
    labelled = replace(brief, roles=replace(ROLES, titles=titles, rows=rows))

    assert len(PdfReader(BytesIO(render_pdf(labelled))).pages) == 3


def test_a_language_without_messages_is_refused_with_those_there_are(climatekit, study):
    config = study / "climatekit.toml"
    text = 'language = "ed"\nalso_in = ["ess"]\n' + config.read_text(encoding="utf-8")
    config.write_text(text, encoding="utf-8")

    done = climatekit("run", "--config", config)

    told = " ".join(done.err.split())
    assert done.code == 4
    assert "one of en, es" in told
    assert "'ed'" in told
    assert "'ess'" in told
