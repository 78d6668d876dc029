"""The technical note: whole, accessible, and equal to the tables."""

import re
from dataclasses import replace
from io import BytesIO

import outloud
import page as page_validation
import pytest
from printed_pages import find_smallest_type
from pypdf import PdfReader

from climatekit.run.pages.note_files import build_note, render_note
from climatekit.run.publishing.manifest import digest_bytes
from climatekit.run.tables import tables


@pytest.fixture(scope="module")
def study(demo_study):
    return demo_study


@pytest.fixture(scope="module")
def note(study):
    return build_note(study, {"climatekit": "1"}, {"exports/a.csv": digest_bytes(b"a")})


def find(note, kind, place=0):
    return [section for section in note.sections if section.kind == kind][place]


def test_reliability_is_that_of_the_table(study, note):
    rows = tables.list_reliability(study)

    told = find(note, "reliability").rows
    assert [row[-1] for row in told] == [row[-1] for row in rows]
    place = tables.RELIABILITY_COLUMNS.index("alpha")
    assert [row[5] for row in told] == [
        "" if row[place] is None else f"{row[place]:.2f}" for row in rows
    ]


def test_waves_are_called_by_their_names_and_the_page_speaks_one_language(study, note):
    spanish = build_note(study, {}, {}, language="es")
    screened = next(one for one in spanish.sections if "descuidadas" in one.title)

    assert {row[0] for row in find(note, "reliability").rows} == {
        "Spring 2024", "Spring 2025", "Spring 2026"
    }  # fmt: skip
    assert {row[0] for row in find(spanish, "reliability").rows} == {
        "Primavera de 2024", "Primavera de 2025", "Primavera de 2026"
    }  # fmt: skip
    assert screened.texts[0].startswith("Primavera de 2026: ")
    assert ", comprobada], " in find(spanish, "scales").texts[0]
    assert "Confianza en la clave: alta (" in find(spanish, "scales").texts[0]
    assert ".; " not in " ".join(find(note, "scales").texts)


def test_each_score_tells_its_key_and_each_definition_its_source(study, note):
    scales = find(note, "scales")
    trust = next(row for row in scales.rows if "students" in row[0].casefold())

    assert len(scales.rows) == sum(len(scale.scores) for scale in study.scales)
    assert trust[1] == study.scales[0].version
    assert all(re.search(r"\d{4}", source) for _, _, source in find(note, "definitions").rows)


def test_settings_versions_and_inputs_are_told(note):
    told = dict(row for row in find(note, "settings", 1).rows)

    assert told["disclosure.min_n"] == "10"
    assert told["version.climatekit"] == "1"
    assert find(note, "settings", 2).rows == (("exports/a.csv", "ca978112ca1bbdca…"),)


def test_the_pdf_passes_every_rule_of_pdf_ua_and_the_page_calls_nowhere(note, tmp_path):
    files = render_note(note, ("pdf",))

    report = page_validation.validate_pdf_bytes(files["technical_note.pdf"])
    assert [failure.message for failure in report.failures] == []
    (tmp_path / "note.pdf").write_bytes(files["technical_note.pdf"])
    assert find_smallest_type(files["technical_note.pdf"])[0] > 8.99
    told = [
        one
        for one in outloud.check(str(tmp_path / "note.pdf")).findings
        # Headings of a table that are said again on each of its pages.
        if one.severity in ("error", "warning") and one.rule != "PAG-001"
    ]
    assert not told
    text = PdfReader(BytesIO(files["technical_note.pdf"])).pages[0].extract_text()
    assert "Scales" in text
    page = files["technical_note.html"].decode()
    assert not re.findall(r'src="(?:https?:)?//', page)
    assert not re.findall(r"<(?!a )[^>]*https?://", page), "only citations lead elsewhere"


def test_a_hostile_district_comes_out_as_text(note):
    hostile = replace(note, district="</title><script>alert(1)</script>")

    assert "<script>" not in render_note(hostile, ())["technical_note.html"].decode()
