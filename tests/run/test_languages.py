"""A language for each school, and every page in several languages in one run."""

import json
import re

import pytest

from climatekit.errors import InputError
from climatekit.ingest.roster import read_roster

ROSTER = """\
school_id,school_name,wave_id,staff_group,eligible,language
Oak,Oak School,w1,,14,
Oak,Oak School,w2,,14,
Elm,Elm School,w1,,14,es
Elm,Elm School,w2,,14,es
"""


@pytest.fixture
def bilingual(study):
    """Write a study whose school Elm reads Spanish; return its configuration's path."""
    config = study / "climatekit.toml"
    text = config.read_text(encoding="utf-8").replace('formats = ["json"]', 'formats = ["html"]')
    config.write_text(f'roster = "roster.csv"\n{text}', encoding="utf-8")
    (study / "roster.csv").write_text(ROSTER, encoding="utf-8")
    return config


def list_languages(release):
    """Return each web page's language by its name, without the hash in a school's name."""
    return {
        re.sub(r"-[0-9a-f]{8}", "", path.name): re.search(r'<html lang="(\w+)"', path.read_text())[
            1
        ]
        for path in release.glob("*.html")
    }


def test_each_school_has_its_brief_in_the_rosters_language(climatekit, bilingual):
    done = climatekit("run", "--config", bilingual)

    assert done.code == 0, done.err
    (release,) = bilingual.parent.glob("briefs/release-*")
    assert list_languages(release) == {
        "oak-school.html": "en",
        "elm-school.html": "es",
        "district.html": "en",
        "technical_note.html": "en",
    }


def test_every_page_is_written_in_both_languages_in_one_run(climatekit, bilingual):
    text = bilingual.read_text(encoding="utf-8")
    bilingual.write_text(f'also_in = ["es"]\n{text}', encoding="utf-8")

    done = climatekit("run", "--config", bilingual)

    assert done.code == 0, done.err
    (release,) = bilingual.parent.glob("briefs/release-*")
    assert list_languages(release) == {
        "oak-school.html": "en",
        "oak-school.es.html": "es",
        "elm-school.html": "es",
        "elm-school.en.html": "en",
        "district.html": "en",
        "district.es.html": "es",
        "technical_note.html": "en",
        "technical_note.es.html": "es",
    }
    assert {path.name for path in release.glob("*.xlsx")} == {"results.xlsx", "results.es.xlsx"}
    # Each district page leads to the briefs in its own language.
    for page, leads in (
        ("district.html", {"oak-school.html", "elm-school.en.html"}),
        ("district.es.html", {"oak-school.es.html", "elm-school.html"}),
    ):
        links = re.findall(r'href="([^"#]+)"', (release / page).read_text(encoding="utf-8"))
        assert {re.sub(r"-[0-9a-f]{8}", "", link) for link in links} == leads
        assert all((release / link).is_file() for link in links)
    # In each language, every number of every page is in the ledger.
    audited = climatekit("audit", release)
    assert audited.code == 0, audited.err
    again = climatekit("run", "--config", bilingual)
    assert "nothing to do" in again.err
    manifest = json.loads((release / "manifest.json").read_text(encoding="utf-8"))
    assert sum(name.endswith(".es.html") for name in manifest["outputs"]) == 3


def test_briefs_of_one_school_are_written_in_its_languages(climatekit, bilingual):
    text = bilingual.read_text(encoding="utf-8")
    bilingual.write_text(f'also_in = ["es"]\n{text}', encoding="utf-8")

    done = climatekit("brief", "--school", "Elm", "--format", "html", "--out", "made")

    assert done.code == 0, done.err
    assert list_languages(bilingual.parent / "made") == {
        "elm-school.html": "es",
        "elm-school.en.html": "en",
    }


def test_a_language_without_messages_is_refused_in_the_roster_with_the_closest(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text(ROSTER.replace(",es\n", ",ess\n"), encoding="utf-8")

    with pytest.raises(InputError) as caught:
        read_roster(path, waves=["w1", "w2"])

    assert {problem.code for problem in caught.value.problems} == {"CK335"}
    first = caught.value.problems[0]
    assert (first.column, first.closest) == ("language", "es")
    assert first.expected == "one of en, es"
