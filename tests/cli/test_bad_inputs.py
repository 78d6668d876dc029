"""Bad inputs end as the catalogue says: right exit code, no traceback, nothing lost."""

import os

import pytest
from plain_files import hash_tree, make_rows, to_csv

GOOD = make_rows(wave=1)
CSV = to_csv(GOOD)


def change(row, column, value):
    rows = [list(cells) for cells in GOOD]
    rows[row][column] = value
    return to_csv(rows)


def with_rows(rows):
    return to_csv([*GOOD, *rows])


def insert(line, text):
    lines = CSV.splitlines(keepends=True)
    lines.insert(line, text)
    return b"".join(lines)


CASES = {
    "1 empty file": (b"", 3, "is empty", ()),
    "2 only a byte mark": (b"\xef\xbb\xbf", 3, "is empty", ()),
    "2 only blank lines": (b"\n\n\n", 3, "is empty", ()),
    "3 header without rows": (to_csv(GOOD[:1]), 3, "no answers", ()),
    "5 cp1252, strict": (CSV.replace(b"Oak", "Chên".encode("cp1252")), 3, "cp1252", ("strict",)),
    "10 NUL in a field": (CSV.replace(b"Elm", b"E\0m", 1), 3, "NUL", ()),
    "15 unclosed quote on line 2": (
        CSV.splitlines(keepends=True)[0] + b'"open,' + CSV[60:] * 50,
        3,
        "line 2",
        (),
    ),
    "16 stray quote": (CSV.replace(b"Oak", b'O"ak', 1), 3, "line 2", ()),
    "17 text after a closing quote": (CSV.replace(b"Oak", b'"Oa"k', 1), 3, "line 2", ()),
    "18 all rows one field longer": (
        b"\n".join(
            line + (b",3" if number else b"") for number, line in enumerate(CSV.splitlines())
        ),
        3,
        "the rows below have 11",
        (),
    ),
    "19 one row longer": (insert(3, b"px,Oak,1,1,1,1,1,1,1,1,1\n"), 3, "line 4", ()),
    "19 one row shorter": (insert(3, b"px,Oak,1,1\n"), 3, "line 4", ()),
    "20 trailing comma, filled": (
        b"\n".join(
            line + (b",7" if number else b",") for number, line in enumerate(CSV.splitlines())
        ),
        3,
        "heading",
        (),
    ),
    "23 duplicate header": (CSV.replace(b"bscs_2", b"bscs_1", 1), 3, "bscs_1", ()),
    "27 a second line of question text": (
        insert(
            1,
            b"Id,School,"
            + b",".join(b"Please say how far you agree %d" % n for n in range(8))
            + b"\n",
        ),
        3,
        "",
        (),
    ),
    "38 answer 0": (change(3, 4, "0"), 3, "line 4", ()),
    "38 answer 6": (change(3, 4, "6"), 3, "1", ()),
    "38 answer 99": (change(3, 4, "99"), 3, "99", ()),
    "40 an unknown wording": (change(3, 4, "Strongly  agre"), 3, "Strongly agree", ()),
    "47 one id, different answers": (
        with_rows([["p0-0", "Oak", *(["1"] * 8)]]),
        3,
        "--duplicates",
        (),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_bad_input_is_refused_and_the_last_release_stays(name, climatekit, study):
    content, code, words, flags = CASES[name]
    assert climatekit("run").code == 0
    before = hash_tree(study / "briefs")
    (study / "exports" / "w2.csv").write_bytes(content)
    if flags:
        config = study / "climatekit.toml"
        config.write_text(config.read_text() + "\n[reading]\nstrict = true\n")

    ended = climatekit("run")

    assert ended.code == code
    assert "Traceback" not in ended.err
    assert words in ended.err
    assert f"exit {code}" in ended.err.splitlines()[-1]
    assert hash_tree(study / "briefs") == before


def test_4_a_folder_a_missing_file_and_a_pipe_each_have_their_own_words(climatekit, tmp_path):
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")

    ends = [climatekit("score", name) for name in ("folder.csv", "missing.csv", "pipe.csv")]

    assert [ended.code for ended in ends] == [3, 3, 3]
    assert len({ended.err.splitlines()[0] for ended in ends}) == 3


def test_20_an_empty_trailing_column_is_read_with_a_warning(climatekit, study):
    lines = CSV.splitlines()
    (study / "exports" / "w2.csv").write_bytes(b"\n".join(line + b"," for line in lines))

    ended = climatekit("run")

    assert ended.code == 0
    assert "warning[" in ended.err


def test_47_one_id_with_the_same_answers_counts_once(climatekit, study):
    (study / "exports" / "w2.csv").write_bytes(with_rows([GOOD[1]]))

    ended = climatekit("score")

    assert ended.code == 0
    assert [line.split(",")[5] for line in ended.out.splitlines() if ",w2,bscs.total" in line] == [
        "12",
        "12",
    ]


@pytest.mark.parametrize("name", ["None", "NA", "null", "nan", "TRUE", "1E5", "00123"])
def test_56_a_school_with_an_awkward_name_is_a_school_like_any_other(name, climatekit, study):
    for wave in ("w1", "w2"):
        (study / "exports" / f"{wave}.csv").write_bytes(
            to_csv(make_rows(schools=(name, "Elm"))).replace(b"p0", wave.encode())
        )

    ended = climatekit("score")

    assert ended.code == 0
    assert any(line.startswith(f"{name},{name},w2,bscs.total") for line in ended.out.splitlines())


@pytest.mark.parametrize(
    "name",
    ["../../x", "a/b", "a\\b", "/etc/passwd", "C:\\x", "\\\\?\\x", "CON", "aux.txt", "..", "."],
)
def test_58_a_school_named_like_a_path_stays_in_the_output_folder(name, climatekit, study):
    outside = hash_tree(study)
    for wave in ("w1", "w2"):
        rows = make_rows(schools=(name, "Elm"), wave=int(wave[1]))
        (study / "exports" / f"{wave}.csv").write_bytes(to_csv(rows))

    ended = climatekit("run")

    assert ended.code == 0
    made = set(hash_tree(study)) - set(outside)
    assert made
    assert all(path.startswith("briefs/") for path in made)


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        "</style><b>x",
        "{{7*7}}",
        "{% include 'x' %}",
        "${7*7}",
        "<img src=x onerror=alert(1)>",
    ],
)
def test_63_a_school_named_like_code_is_printed_literally(name, climatekit, study):
    config = study / "climatekit.toml"
    config.write_text(config.read_text().replace('["json"]', '["html"]'))
    for wave in ("w1", "w2"):
        rows = make_rows(schools=(name, "Elm"), wave=int(wave[1]))
        (study / "exports" / f"{wave}.csv").write_bytes(to_csv(rows))

    ended = climatekit("run")

    assert ended.code == 0
    pages = "".join(path.read_text(encoding="utf-8") for path in study.glob("briefs/**/*.html"))
    escaped = (
        name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;")
    )
    assert escaped in pages
    assert "<script>alert" not in pages
    assert "49" not in pages.partition("<h1")[2].partition("</h1>")[0]
