"""Bad inputs end as the catalogue says: code, exit status, words, and nothing lost.

The cases stand in catalogue_cases.py and catalogue_run_cases.py; rows 58, 59, 63, 64, 67, 68
and 88 need more than one command line, and have tests of their own below.
"""

import os
import re
import shutil
import signal
import sys
from pathlib import Path

import pytest
from catalogue_cases import CASES, quoted, school
from catalogue_run_cases import ELSEWHERE, RUN_CASES
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
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    if case.content is not None:
        (folder / case.export).write_bytes(case.content)
    if case.both is not None:
        for wave in (1, 2):
            (folder / "exports" / f"w{wave}.csv").write_bytes(case.both(wave))


@pytest.fixture
def machine_as_it_was():
    """Put back what a case changes of this process: signals, mask, time zone."""
    # Tests begun in the background have Ctrl-C ignored, those under nohup the hang-up.
    plain = {
        signal.SIGTERM: signal.SIG_DFL,
        signal.SIGHUP: signal.SIG_DFL,
        signal.SIGINT: signal.default_int_handler,
    }
    handlers = {number: signal.signal(number, handler) for number, handler in plain.items()}
    mask = os.umask(0)
    os.umask(mask)
    yield
    os.umask(mask)
    for number, handler in handlers.items():
        signal.signal(number, handler)


def keep_all_but(tree, leaves):
    return {path: content for path, content in tree.items() if not path.startswith(leaves)}


@pytest.mark.usefixtures("machine_as_it_was")
@pytest.mark.parametrize("case", [*CASES, *RUN_CASES], ids=lambda case: f"{case.row} {case.name}")
def test_each_input_ends_as_the_catalogue_says(case, climatekit, tmp_path, published, monkeypatch):
    lay_out(case, tmp_path, published)
    before = hash_tree(tmp_path)
    if case.prepare is not None:
        case.prepare(tmp_path, monkeypatch)

    ended = climatekit(*(case.args or (("run",) if case.exit else ("check",))))

    said = ended.err + ended.out
    assert ended.code == case.exit, said
    assert "Traceback" not in said
    for words in (case.code, *case.wanted):
        assert words in said
    leaves = (*case.leaves, "*")
    assert keep_all_but(hash_tree(tmp_path), leaves) == keep_all_but(before, leaves)
    assert not list(tmp_path.glob("*/.staging*")) + list(tmp_path.glob("*/.making*"))
    wrote = [path for path in tmp_path.glob("out/*") if case.wrote in path.read_text("utf-8")]
    assert bool(case.wrote) <= bool(wrote)
    if case.exit in range(3, 9):
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
    monkeypatch.setattr("climatekit.run.files.filenames._hash_id", lambda _school: "00000000")
    before = hash_tree(tmp_path)

    ended = climatekit("run")

    assert ended.code == 3
    assert "CK310" in ended.err
    assert hash_tree(tmp_path).keys() - before.keys() == {"briefs/.climatekit.lock"}


LIMITS = {
    "no more open files": "RLIMIT_NOFILE",
    "no larger file": "RLIMIT_FSIZE",
    "no more memory": "RLIMIT_AS",
}


@pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize("limit", LIMITS)
def test_88_what_the_machine_does_not_give_is_told_and_nothing_is_lost(limit, tmp_path, published):
    shutil.copytree(published, tmp_path, dirs_exist_ok=True)
    config = tmp_path / "climatekit.toml"
    config.write_text(config.read_text("utf-8").replace("06-01", "06-02"), encoding="utf-8")
    before = hash_tree(tmp_path)

    child = os.fork()
    if not child:
        os._exit(run_within(LIMITS[limit], tmp_path))
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    said = (tmp_path / "said").read_text(encoding="utf-8")
    assert code in {5, 6}, said
    assert said.splitlines()[-1].endswith(f"exit {code}")
    assert "Traceback" not in said
    assert keep_all_but(hash_tree(tmp_path), ("said",)) == before


def run_within(name, folder):
    """Run in a forked process in which a limit holds; return how it ended."""
    import resource

    from climatekit.cli import main

    said = os.open(folder / "said", os.O_WRONLY | os.O_CREAT, 0o600)
    os.dup2(said, 2)
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    os.chdir(folder)
    most = 2_000
    if name == "RLIMIT_NOFILE":  # one more, which the lock takes
        used = max(int(path.name) for path in Path("/proc/self/fd").iterdir())
        while (most := os.open(os.devnull, os.O_RDONLY) + 2) <= used + 2:
            pass
    elif name == "RLIMIT_AS":
        most = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[0]) * 4096
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(getattr(resource, name), (most, most))
    try:
        main(args=["run"])
    except SystemExit as end:
        sys.stderr.flush()
        return int(end.code or 0)
    return 99


@pytest.mark.parametrize("row", ELSEWHERE)
def test_a_row_that_is_held_elsewhere_is_held_there(row):
    path, _, name = ELSEWHERE[row].partition("::")

    source = (Path(__file__).parents[2] / path).read_text(encoding="utf-8")

    assert f"def {name}(" in source


def test_the_table_holds_every_row():
    own = {58, 59, 63, 64, 67, 68, 88}

    held = {case.row for case in (*CASES, *RUN_CASES)} | own | set(ELSEWHERE)

    assert held == set(range(1, 96))
