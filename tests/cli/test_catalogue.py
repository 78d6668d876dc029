"""Bad inputs end as the catalogue says: code, exit status, words, and nothing lost.

The cases stand in catalogue_cases.py; rows 58, 59, 63, 64, 67 and 68 are about names of
files and pages, and have tests of their own below.
"""

import os
import re
import shutil

import pytest
from catalogue_cases import CASES, quoted, school
from plain_files import CONFIG, hash_tree, make_rows, to_csv


@pytest.fixture(scope="session")
def published(tmp_path_factory):
    """Publish the small study once; each case works on a copy."""
    from climatekit.cli import main

    folder = tmp_path_factory.mktemp("published")
    (folder / "exports").mkdir()
    for wave in (0, 1):
        (folder / "exports" / f"w{wave + 1}.csv").write_bytes(to_csv(make_rows(wave=wave)))
    (folder / "climatekit.toml").write_text(CONFIG, encoding="utf-8")
    with pytest.raises(SystemExit) as end:
        main(args=["run", "--config", str(folder / "climatekit.toml")])
    assert not end.value.code
    return folder


def lay_out(case, folder, published):
    shutil.copytree(published, folder, dirs_exist_ok=True)
    os.mkfifo(folder / "pipe")
    config = folder / "climatekit.toml"
    text = config.read_text(encoding="utf-8")
    for old, new in case.edits:
        assert old in text
        text = text.replace(old, new)
    config.write_text(text + case.config, encoding="utf-8")
    for name, content in case.files:
        (folder / name).write_bytes(content)
    if case.content is not None:
        (folder / case.export).write_bytes(case.content)
    if case.both is not None:
        for wave in (1, 2):
            (folder / "exports" / f"w{wave}.csv").write_bytes(case.both(wave))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.row} {case.name}")
def test_each_input_ends_as_the_catalogue_says(case, climatekit, tmp_path, published):
    lay_out(case, tmp_path, published)
    before = hash_tree(tmp_path)

    ended = climatekit(*(case.args or (("run",) if case.exit else ("check",))))

    said = ended.err + ended.out
    assert ended.code == case.exit, said
    assert "Traceback" not in said
    for words in (case.code, *case.wanted):
        assert words in said
    assert hash_tree(tmp_path) == before
    if case.exit:
        assert ended.err.splitlines()[-1].endswith(f"exit {case.exit}")
        assert f"[{case.code}]" in ended.err


AWKWARD = (
    "../../x", "a/b", "a\\b", "/etc/passwd", "C:\\x", "\\\\?\\x", "..", ".",
    "CON", "aux.txt", "LPT1.", "NUL",
    "École", "ecole", "ÉCOLE", "Straße", "STRASSE", "İstanbul", "istanbul", "ﬁrst", "first",
    "é" * 200, "\U0001f3eb", "Oak\u200dHill",
    "-rf", "~user", "$HOME", "`id`", "%2e%2e%2f", "=1+1",
)  # fmt: skip


def test_58_59_61_62_67_every_name_gives_a_file_of_its_own_inside_the_folder(
    climatekit, tmp_path, published
):
    shutil.copytree(published, tmp_path, dirs_exist_ok=True)
    for wave in (1, 2):
        rows = make_rows(schools=AWKWARD, people=10, wave=wave - 1)
        (tmp_path / "exports" / f"w{wave}.csv").write_bytes(quoted(rows))
    shutil.rmtree(tmp_path / "briefs")
    before = set(hash_tree(tmp_path))

    ended = climatekit("run")

    assert ended.code == 0, ended.err
    made = sorted(set(hash_tree(tmp_path)) - before)
    assert {path.split("/")[0] for path in made} == {"briefs"}
    names = [path.rpartition("/")[2] for path in made if path.endswith(".json")]
    briefs = [name for name in names if re.search(r"-[0-9a-f]{8}[.]json$", name)]
    assert len(briefs) == len(AWKWARD)
    assert len({name.casefold() for name in briefs}) == len(AWKWARD)
    assert all(name.isascii() and len(name) <= 80 for name in briefs)
    assert "nearly equal" in ended.err


NAMES_LIKE_CODE = (
    "<script>alert(1)</script>",
    "</style><b>x",
    "{{7*7}}",
    "{% include 'x' %}",
    "${7*7}",
    '"><img src=x onerror=alert(1)>',
    '<link rel=attachment href="file:///etc/passwd">',
)


def test_63_64_names_like_code_are_printed_as_they_stand(climatekit, tmp_path, published):
    shutil.copytree(published, tmp_path, dirs_exist_ok=True)
    shutil.rmtree(tmp_path / "briefs")
    config = tmp_path / "climatekit.toml"
    config.write_text(config.read_text("utf-8").replace('["json"]', '["html"]'), "utf-8")
    for wave in (1, 2):
        rows = make_rows(schools=NAMES_LIKE_CODE, people=10, wave=wave - 1)
        (tmp_path / "exports" / f"w{wave}.csv").write_bytes(quoted(rows))

    ended = climatekit("run")

    assert ended.code == 0, ended.err
    pages = "".join(path.read_text("utf-8") for path in tmp_path.glob("briefs/*/*.html"))
    for name in NAMES_LIKE_CODE:
        escaped = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        assert escaped.replace("'", "&#39;").replace('"', "&#34;") in pages
        if "<" in name:
            assert name not in pages


def test_64_a_name_like_a_link_attaches_no_file_to_the_pdf(climatekit, tmp_path, published):
    import pypdf

    shutil.copytree(published, tmp_path, dirs_exist_ok=True)
    name = NAMES_LIKE_CODE[-1]
    for wave in (1, 2):
        (tmp_path / "exports" / f"w{wave}.csv").write_bytes(school(name)(wave))

    ended = climatekit("brief", "--school", name, "--format", "pdf", "--out", "out")

    assert ended.code == 0, ended.err
    (pdf,) = (tmp_path / "out").glob("*.pdf")
    reader = pypdf.PdfReader(pdf)
    assert not reader.attachments
    assert "rel=attachment" in reader.pages[0].extract_text()


def test_68_two_schools_of_one_file_name_are_refused_before_rendering(
    climatekit, tmp_path, published, monkeypatch
):
    shutil.copytree(published, tmp_path, dirs_exist_ok=True)
    shutil.rmtree(tmp_path / "briefs")
    monkeypatch.setattr("climatekit.run.filenames._hash_id", lambda _school: "00000000")
    before = hash_tree(tmp_path)

    ended = climatekit("run")

    assert ended.code == 3
    assert "CK310" in ended.err
    assert hash_tree(tmp_path).keys() - before.keys() == {"briefs/.climatekit.lock"}


def test_the_table_holds_every_row_of_its_part():
    own = {58, 59, 63, 64, 67, 68}

    assert {case.row for case in CASES} | own == set(range(1, 71))
