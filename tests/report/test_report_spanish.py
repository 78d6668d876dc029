"""The brief in Spanish: whole, on two pages, tagged in its language."""

import outloud
import page as page_validation
import pytest
from printed_pages import find_smallest_type
from pypdf import PdfReader

from climatekit.run.district import write_district


@pytest.fixture
def district(tmp_path):
    write_district(tmp_path)
    config = tmp_path / "climatekit.toml"
    text = config.read_text(encoding="utf-8").replace('language = "en"', 'language = "es"')
    for year in (2024, 2025, 2026):
        label = f'label = "Spring {year}"'
        text = text.replace(label, f'{label}\nlabels = {{ es = "Primavera de {year}" }}')
    config.write_text(text, encoding="utf-8")
    return config


def test_a_spanish_brief_is_two_pages_whole_and_tagged_in_spanish(climatekit, district):
    done = climatekit("brief", "--config", district, "--school", "101", "--out", "made")
    (path,) = district.parent.glob("made/*.pdf")
    reader = PdfReader(path)
    text = " ".join(" ".join(one.extract_text() for one in reader.pages).split())
    report = page_validation.validate_pdf_bytes(path.read_bytes())
    heard = outloud.check(str(path))

    assert done.code == 0
    assert len(reader.pages) == 2
    assert find_smallest_type(path.read_bytes())[0] > 8.99
    assert reader.root_object["/Lang"] == "es"
    assert "Lo que nos dijo el personal" in text
    assert "Qué cambió desde Primavera de 2025" in text
    assert "en Primavera de 2026 y el" in text, "the data-use page names the wave in Spanish too"
    assert "Spring" not in text
    assert "Confianza entre colegas subió desde Primavera de 2025" in text
    assert "Integridad de los colegas" in text, "questions have Spanish labels"
    for english in ("Trust", "Sense of", "efficacy", "Peers", "Candour"):
        assert english not in text.partition("Medidas.")[0]
    assert [failure.message for failure in report.failures] == []
    assert (heard.errors, heard.warnings) == (0, 0), heard.findings


def test_a_language_without_messages_is_refused_with_those_there_are(climatekit, district):
    text = district.read_text(encoding="utf-8").replace('language = "es"', 'language = "ed"')
    district.write_text(text, encoding="utf-8")

    done = climatekit("run", "--config", district)

    assert done.code == 4
    assert "one of en, es" in " ".join(done.err.split())
