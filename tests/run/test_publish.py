"""Publishing: whole or not at all, whatever the disk does."""

import contextlib
import errno
import json
import os
import stat
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st

from climatekit.errors import (
    BusyError,
    ClimatekitError,
    DefinitionError,
    InputError,
    OutputError,
)
from climatekit.run.files.filenames import file_slug, is_safe_name, name_files
from climatekit.run.publishing.manifest import (
    build_manifest,
    digest_bytes,
    digest_file,
    verify_release,
)
from climatekit.run.publishing.output_folder import lock_output, prepare_output
from climatekit.run.publishing.publish import publish_release
from climatekit.run.publishing.shelf import find_current, find_latest

FILES = {"alder-1.pdf": b"%PDF one", "pages/alder-1.html": b"<html>", "data/a/b.json": b"{}"}
NEXT_FILES = {**FILES, "alder-1.pdf": b"%PDF two", "birch-2.pdf": b"%PDF three"}
STEPS = ("mkdir", "open", "write", "fsync", "rename", "replace")

HOSTILE_NAMES = (
    "None", "NA", "null", "nan", "TRUE", "1E5",
    "", "   ", "\u00a0",
    "../../x", "a/b", "a\\b", "/etc/passwd", "C:\\x", "\\\\?\\C:\\x", "..", ".", "~",
    "CON", "aux.txt", "LPT1.", "NUL", "com1", "x.", "x ",
    "École", "ecole", "ÉCOLE", "Straße", "STRASSE", "İstanbul", "istanbul", "ﬁrst", "first",
    "x" * 300, "é" * 200, "😀", "\u202eabc", "a\u200db",
    "<script>", "</style>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "{% include %}", "${7*7}",
    "<link rel=attachment href=file:///etc/passwd>",
    "e" + "\u0301" * 10_000, "w" * 5_000,
    "a\nb", "a\tb", "\a", "\x1b[31mred", "a\x00b", "\ud800",
    "-rf", "~user", "$HOME", "`id`", "%2e%2e%2f", "latest.json", "manifest.json",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _usual_umask():
    before = os.umask(0o022)
    yield
    os.umask(before)


def manifest_for(content="one", refused=None):
    return build_manifest(
        {"spring.csv": digest_bytes(content.encode())},
        {"as_of": "2026-11-01"},
        {"climatekit": "0.1.0"},
        refused=refused,
    )


def snapshot(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
        if path.name != ".climatekit.lock"
    }


def fail_at(monkeypatch, step, number, error, *, onwards=False):
    """Let the `number`-th call of os.<step> fail; return a list that grows when it does."""
    real = getattr(os, step)
    calls = []
    failed = []

    def call(*args, **kwargs):
        calls.append(args)
        if len(calls) == number or (onwards and len(calls) > number):
            failed.append(args)
            raise error
        return real(*args, **kwargs)

    monkeypatch.setattr(os, step, call)
    return failed


@pytest.fixture
def output(tmp_path):
    folder = tmp_path / "briefs"
    prepare_output(folder, [])
    return folder


# Publishing


def test_a_release_holds_its_files_and_a_manifest_that_verifies(output):
    published = publish_release(output, FILES, manifest_for(), keep=3)

    assert published.path.name == f"release-1-{manifest_for()['run_key'][:8]}"
    assert not published.unchanged
    assert {name: (published.path / name).read_bytes() for name in FILES} == FILES
    assert verify_release(published.path) == ()
    assert find_latest(output) == published.path


def test_files_are_0640_and_folders_0750(output):
    published = publish_release(output, FILES, manifest_for(), keep=3)

    modes = {
        stat.S_IMODE(path.stat().st_mode)
        for path in (published.path, *published.path.rglob("*"))
        if path.is_dir()
    }
    assert modes == {0o750}
    assert {
        stat.S_IMODE(path.stat().st_mode) for path in published.path.rglob("*") if path.is_file()
    } == {0o640}
    assert stat.S_IMODE(output.stat().st_mode) == 0o750


def test_a_stricter_umask_is_respected(output):
    os.umask(0o077)
    published = publish_release(output, FILES, manifest_for(), keep=3)

    assert stat.S_IMODE(published.path.stat().st_mode) == 0o700
    assert stat.S_IMODE((published.path / "alder-1.pdf").stat().st_mode) == 0o600


def test_nobody_else_can_look_into_the_staging_folder(output, monkeypatch):
    os.umask(0)
    seen = []
    real = os.fsync

    def look(file):
        seen.extend(stat.S_IMODE(path.stat().st_mode) for path in output.glob(".staging-*"))
        real(file)

    monkeypatch.setattr(os, "fsync", look)
    publish_release(output, FILES, manifest_for(), keep=3)

    assert set(seen) == {0o700}


def list_times(output):
    # Older versions of filelock touch the empty lock file each time they take it.
    return {path: path.stat().st_mtime_ns for path in output.rglob("*") if path.suffix != ".lock"}


def test_the_same_again_writes_no_byte(output):
    first = publish_release(output, FILES, manifest_for(), keep=3)
    before = list_times(output)

    second = publish_release(output, FILES, manifest_for(), keep=3)

    assert second.unchanged
    assert second.path == first.path
    assert list_times(output) == before


def test_the_same_input_gives_the_same_bytes_in_another_folder(tmp_path):
    for name in ("one", "two"):
        prepare_output(tmp_path / name, [])
        publish_release(tmp_path / name, FILES, manifest_for(), keep=3)

    assert snapshot(tmp_path / "one") == snapshot(tmp_path / "two")


def test_new_input_gives_the_next_release_and_leaves_the_old_one(output):
    first = publish_release(output, FILES, manifest_for("one"), keep=3)
    second = publish_release(output, NEXT_FILES, manifest_for("two"), keep=3)

    assert second.path.name.startswith("release-2-")
    assert find_latest(output) == second.path
    assert verify_release(first.path) == ()


def test_a_damaged_release_is_made_anew(output):
    first = publish_release(output, FILES, manifest_for(), keep=3)
    (first.path / "alder-1.pdf").write_bytes(b"%PDF bad")

    second = publish_release(output, FILES, manifest_for(), keep=3)

    assert not second.unchanged
    assert second.path != first.path
    assert verify_release(second.path) == ()


def test_a_school_that_was_refused_is_published_when_it_works(output):
    fewer = {"pages/alder-1.html": b"<html>"}
    publish_release(output, fewer, manifest_for(refused={"102": "CK611"}), keep=3)
    key = manifest_for()["run_key"]

    assert find_current(output, key) is None
    published = publish_release(output, FILES, manifest_for(), keep=3)
    assert not published.unchanged
    assert find_current(output, key) == published.path


def test_old_releases_go_and_the_newest_stay(output):
    for number in range(1, 6):
        published = publish_release(output, FILES, manifest_for(str(number)), keep=2)

    names = sorted(path.name[:9] for path in output.glob("release-*"))
    assert names == ["release-4", "release-5"]
    assert published.problems == ()


def test_the_current_release_stays_after_a_step_back(output):
    made = [
        publish_release(output, FILES, manifest_for(str(number)), keep=9).path
        for number in range(3)
    ]
    # Going back: the same input as the first time.
    back = publish_release(output, FILES, manifest_for("0"), keep=2)

    assert back.path == made[0]
    assert find_latest(output) == made[0]
    assert sorted(output.glob("release-*")) == [made[0], made[2]]


def test_an_old_release_that_will_not_go_is_a_warning(output, monkeypatch):
    publish_release(output, FILES, manifest_for("one"), keep=1)
    fail_at(monkeypatch, "rename", 2, OSError(errno.EACCES, "Permission denied"))
    published = publish_release(output, NEXT_FILES, manifest_for("two"), keep=1)

    assert [problem.code for problem in published.problems] == ["CK516"]
    assert published.problems[0].severity == "warning"
    assert find_latest(output) == published.path


def test_an_unreadable_pointer_does_not_stop_a_release(output):
    publish_release(output, FILES, manifest_for("one"), keep=3)
    (output / "latest.json").write_text("{broken")

    published = publish_release(output, FILES, manifest_for("two"), keep=3)

    assert find_latest(output) == published.path


@pytest.mark.parametrize("release", ["../..", "/etc", "release-1-zz", 7, None])
def test_a_pointer_that_leads_elsewhere_is_not_followed(output, release):
    pointer = {"schema": "climatekit/latest/1", "run_key": "k", "manifest_sha256": "s"}
    (output / "latest.json").write_text(json.dumps({**pointer, "release": release}))

    assert find_latest(output) is None


@pytest.mark.parametrize(
    "name", ["../x.pdf", "/x.pdf", "a\\b.pdf", "", "a//b", "manifest.json", "con.pdf", "a/./b"]
)
def test_an_unsafe_file_name_is_refused_before_anything_is_written(output, name):
    with pytest.raises(ClimatekitError) as caught:
        publish_release(output, {name: b"x"}, manifest_for(), keep=1)

    assert caught.value.problems[0].code == "CK903"
    assert snapshot(output) == {}


def test_names_that_a_case_folding_disk_would_merge_are_refused(output):
    with pytest.raises(ClimatekitError):
        publish_release(output, {"a.pdf": b"x", "A.pdf": b"y"}, manifest_for(), keep=1)


def test_keep_below_one_is_refused(output):
    with pytest.raises(ValueError, match="at least 1"):
        publish_release(output, FILES, manifest_for(), keep=0)


# When the disk refuses


@pytest.mark.parametrize("first", [True, False], ids=["first release", "second release"])
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO], ids=["full", "broken"])
def test_a_refusal_at_any_step_leaves_what_was_there(tmp_path, monkeypatch, step, first, number):
    refusals = 0
    for call in range(1, 100):
        output = tmp_path / str(call)
        prepare_output(output, [])
        if not first:
            publish_release(output, FILES, manifest_for("one"), keep=3)
        before = snapshot(output)
        published = None
        with monkeypatch.context() as patch:
            failed = fail_at(patch, step, call, OSError(number, os.strerror(number)))
            try:
                published = publish_release(output, NEXT_FILES, manifest_for("two"), keep=3)
            except OutputError as error:
                problem = error.problems[0]
        if published is None:
            refusals += 1
            assert os.strerror(number) in problem.message
            assert problem.file
            assert snapshot(output) == before
        else:
            assert verify_release(published.path) == ()
            assert find_latest(output) == published.path
        if not failed:
            break

    assert refusals > 0
    assert not failed


@pytest.mark.parametrize("step", ["write", "fsync", "rename"])
def test_a_disk_that_stays_full_leaves_what_was_there(output, monkeypatch, step):
    publish_release(output, FILES, manifest_for("one"), keep=3)
    before = snapshot(output)
    for call in range(1, 100):
        with monkeypatch.context() as patch:
            full = OSError(errno.ENOSPC, "No space left on device")
            failed = fail_at(patch, step, call, full, onwards=True)
            with contextlib.suppress(OutputError):
                publish_release(output, NEXT_FILES, manifest_for("two"), keep=3)
        if not failed:
            break
        assert snapshot(output) == before


def test_a_pointer_that_cannot_be_put_back_still_names_a_whole_release(output, monkeypatch):
    publish_release(output, FILES, manifest_for("one"), keep=3)
    broken = OSError(errno.EIO, "Input/output error")
    real_replace, real_fsync = os.replace, os.fsync
    swapped = []

    def replace(*args):
        if swapped:
            raise broken
        real_replace(*args)
        swapped.append(args)

    def fsync(file):
        if swapped:
            raise broken
        real_fsync(file)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", replace)
        patch.setattr(os, "fsync", fsync)
        with pytest.raises(OutputError):
            publish_release(output, NEXT_FILES, manifest_for("two"), keep=3)

    latest = find_latest(output)
    assert latest is not None
    assert verify_release(latest) == ()


@pytest.mark.parametrize("step", ["write", "fsync", "rename", "replace"])
def test_an_interrupt_leaves_what_was_there(output, monkeypatch, step):
    publish_release(output, FILES, manifest_for("one"), keep=3)
    before = snapshot(output)
    with monkeypatch.context() as patch:
        fail_at(patch, step, 1, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            publish_release(output, NEXT_FILES, manifest_for("two"), keep=3)

    assert snapshot(output) == before


_KILLED = """
import os, sys
from pathlib import Path
from climatekit.run.publishing.manifest import build_manifest, digest_bytes
from climatekit.run.publishing.publish import publish_release

output, step, number = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
real, calls = getattr(os, step), []

def call(*args, **kwargs):
    calls.append(1)
    if len(calls) == number:
        os._exit(9)
    return real(*args, **kwargs)

setattr(os, step, call)
manifest = build_manifest(
    {"spring.csv": digest_bytes(b"two")}, {"as_of": "2026-11-01"}, {"climatekit": "0.1.0"}
)
publish_release(output, {"alder-1.pdf": b"%PDF two"}, manifest, keep=3)
"""


@pytest.mark.parametrize(
    ("step", "number"),
    [("mkdir", 2), ("write", 3), ("fsync", 4), ("rename", 1), ("fsync", 6), ("replace", 1)],
)
def test_a_killed_run_is_cleared_up_by_the_next_one(output, step, number):
    old = publish_release(output, FILES, manifest_for("one"), keep=3)
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, str(output), step, str(number)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert killed.returncode == 9
    assert find_latest(output) == old.path
    assert verify_release(old.path) == ()

    published = publish_release(output, {"alder-1.pdf": b"%PDF two"}, manifest_for("two"), keep=3)

    assert verify_release(published.path) == ()
    assert published.path.name.startswith("release-2-")
    assert sorted(path.name for path in output.iterdir()) == sorted(
        [".climatekit.lock", "latest.json", old.path.name, published.path.name]
    )


def test_every_byte_is_flushed_before_the_rename_and_the_names_after(output, monkeypatch):
    log = []
    real = {step: getattr(os, step) for step in ("fsync", "rename", "replace")}

    def fsync(file):
        log.append(("fsync", str(Path(f"/proc/self/fd/{file}").readlink())))
        real["fsync"](file)

    def move(step):
        def call(old, new):
            log.append((step, str(new)))
            real[step](old, new)

        return call

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "rename", move("rename"))
    monkeypatch.setattr(os, "replace", move("replace"))
    published = publish_release(output, FILES, manifest_for(), keep=3)

    renamed = log.index(("rename", str(published.path)))
    swapped = log.index(("replace", str(output / "latest.json")))
    inside = [path.relative_to(published.path) for path in published.path.rglob("*")]
    flushed = {place.split("/release/", 1)[-1] for step, place in log[:renamed] if step == "fsync"}
    assert {path.as_posix() for path in inside} <= flushed
    assert ("fsync", str(output)) in log[renamed:swapped]
    assert ("fsync", str(output)) in log[swapped:]


# The lock


def test_a_second_run_is_refused_while_the_first_is_at_work(output):
    before = snapshot(output)
    with FileLock(output / ".climatekit.lock"), pytest.raises(BusyError) as caught:
        publish_release(output, FILES, manifest_for(), keep=3)

    assert caught.value.exit_code == 8
    assert caught.value.problems[0].code == "CK801"
    assert snapshot(output) == before


def test_a_run_may_look_first_and_then_publish_under_one_lock(output):
    with lock_output(output):
        published = publish_release(output, FILES, manifest_for(), keep=3)
        with pytest.raises(BusyError), _other_run(output):
            pass

    assert verify_release(published.path) == ()


def _other_run(output):
    lock = FileLock(output / ".climatekit.lock")
    try:
        lock.acquire(timeout=0)
    except TimeoutError as error:
        raise BusyError([]) from error
    return lock


# The output folder


def test_a_new_output_folder_is_made_with_its_parents(tmp_path):
    assert prepare_output(tmp_path / "a" / "b", []) == ()
    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_an_output_folder_may_lie_beside_its_input_files(tmp_path):
    export = tmp_path / "spring.csv"
    export.write_text("x")

    assert prepare_output(tmp_path / "briefs", [export]) == ()


@pytest.mark.parametrize(
    ("place", "word"),
    [
        ("/", "root"),
        ("home", "home"),
        ("file", "not a folder"),
        ("link", "link"),
        ("inputs", "input folder"),
        ("inputs/briefs", "input folder"),
        (".", "input folder"),
        ("exports", "input file"),
    ],
)
def test_an_output_folder_that_would_do_harm_is_refused(tmp_path, monkeypatch, place, word):
    for folder in ("home", "inputs", "exports", "elsewhere"):
        (tmp_path / folder).mkdir()
    (tmp_path / "file").write_text("x")
    (tmp_path / "exports" / "spring.csv").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    before = snapshot(tmp_path)
    with pytest.raises(DefinitionError) as caught:
        prepare_output(tmp_path / place, [tmp_path / "inputs", tmp_path / "exports" / "spring.csv"])

    assert any(word in problem.message for problem in caught.value.problems)
    assert {problem.code for problem in caught.value.problems} == {"CK440"}
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("place", ["/proc/climatekit", "/dev/null/briefs", "n" * 300])
def test_an_output_folder_that_cannot_be_written_to_is_refused(tmp_path, place):
    with pytest.raises(OutputError) as caught:
        prepare_output(tmp_path / place, [])

    assert caught.value.problems[0].code == "CK510"
    assert caught.value.problems[0].file


def test_an_account_without_a_home_can_publish(tmp_path, monkeypatch):
    def no_home():
        raise RuntimeError("no home")

    monkeypatch.setattr(Path, "home", no_home)

    assert prepare_output(tmp_path / "briefs", []) == ()


def test_a_folder_open_to_all_is_a_warning(tmp_path):
    folder = tmp_path / "briefs"
    folder.mkdir()
    folder.chmod(0o777)
    problems = prepare_output(folder, [])

    assert [(problem.code, problem.severity) for problem in problems] == [("CK517", "warning")]


@pytest.mark.parametrize("replaced", ["gone", "link", "file"])
def test_an_output_folder_that_was_replaced_meanwhile_is_refused(tmp_path, output, replaced):
    other = tmp_path / "other"
    other.mkdir()
    output.rmdir()
    if replaced == "link":
        output.symlink_to(other)
    elif replaced == "file":
        output.write_text("x")
    with pytest.raises(OutputError):
        publish_release(output, FILES, manifest_for(), keep=3)

    assert [path.name for path in other.iterdir() if path.name != ".climatekit.lock"] == []


# The manifest


def test_the_manifest_tells_inputs_outputs_settings_and_versions(output):
    manifest = build_manifest(
        {"exports/spring.csv": digest_bytes(b"a")},
        {"district": "Cédar", "min_n": 10},
        {"python": "3.11.2"},
        withheld={"104": ["min-n"]},
        refused={"102": "CK611"},
    )
    published = publish_release(output, {"a.json": b"{}"}, manifest, keep=1)

    told = json.loads((published.path / "manifest.json").read_text(encoding="utf-8"))
    # The sha256 of "a" and of "{}" as published tables have them.
    assert told["inputs"]["exports/spring.csv"] == {
        "sha256": "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
    }
    assert told["outputs"]["a.json"] == {
        "sha256": "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
        "size": 2,
    }
    assert told["schema"] == "climatekit/manifest/1"
    assert told["settings"]["district"] == "Cédar"
    assert told["withheld"] == {"104": ["min-n"]}
    assert told["refused"] == {"102": "CK611"}


@pytest.mark.parametrize("part", ["inputs", "settings", "versions"])
def test_the_run_key_follows_inputs_settings_and_versions(part):
    parts = {
        "inputs": {"a.csv": digest_bytes(b"a")},
        "settings": {"min_n": 10},
        "versions": {"python": "3.11"},
    }
    changed = {
        "inputs": {"a.csv": digest_bytes(b"b")},
        "settings": {"min_n": 11},
        "versions": {"python": "3.12"},
    }
    key = build_manifest(**parts)["run_key"]

    assert build_manifest(**parts)["run_key"] == key
    assert build_manifest(**{**parts, part: changed[part]})["run_key"] != key
    assert build_manifest(**parts, refused={"1": "CK611"})["run_key"] == key


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda path: (path / "alder-1.pdf").unlink(), "CK514"),
        (lambda path: (path / "alder-1.pdf").write_bytes(b"%PDF ONE"), "CK514"),
        (lambda path: (path / "new.txt").write_text("x"), "CK515"),
        (lambda path: (path / "link").symlink_to("/etc"), "CK515"),
        (lambda path: (path / "manifest.json").unlink(), "CK513"),
        (lambda path: (path / "manifest.json").write_text("[" * 100_000), "CK513"),
        (lambda path: (path / "manifest.json").write_bytes(b"\xff"), "CK513"),
        (lambda path: (path / "manifest.json").write_text("{}"), "CK513"),
        (lambda path: _edit(path, settings={"as_of": "2027-01-01"}), "CK513"),
        (lambda path: _edit(path, outputs={"../x": {"sha256": "0", "size": 0}}), "CK513"),
        (lambda path: _edit(path, outputs=[]), "CK513"),
    ],
)
def test_verifying_finds_what_was_changed(output, damage, code):
    published = publish_release(output, FILES, manifest_for(), keep=1)
    damage(published.path)

    assert [problem.code for problem in verify_release(published.path)] == [code]


def _edit(path, **changes):
    manifest = json.loads((path / "manifest.json").read_text())
    (path / "manifest.json").write_text(json.dumps({**manifest, **changes}))


def test_a_file_put_in_place_of_another_by_a_link_is_found(output, tmp_path):
    published = publish_release(output, FILES, manifest_for(), keep=1)
    copy = tmp_path / "copy.pdf"
    copy.write_bytes(FILES["alder-1.pdf"])
    (published.path / "alder-1.pdf").unlink()
    (published.path / "alder-1.pdf").symlink_to(copy)

    assert [problem.code for problem in verify_release(published.path)] == ["CK514"]


def test_a_missing_input_is_refused_by_name(tmp_path):
    with pytest.raises(InputError) as caught:
        digest_file(tmp_path / "spring.csv")

    assert caught.value.problems[0].code == "CK103"


# File names


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=lambda name: ascii(name)[:20])
def test_a_hostile_name_gives_a_safe_file_name_inside_the_folder(output, name):
    slug = file_slug(name, name)
    published = publish_release(output, {f"{slug}.pdf": b"x"}, manifest_for(), keep=1)

    assert is_safe_name(f"{slug}.pdf")
    assert len(f"{slug}.html".encode()) <= 80
    assert (published.path / f"{slug}.pdf").resolve().parent == published.path.resolve()


def test_hostile_names_never_share_a_file_even_on_a_case_folding_disk():
    slugs = {name: file_slug(name, name) for name in HOSTILE_NAMES}

    assert len({slug.casefold() for slug in slugs.values()}) == len(HOSTILE_NAMES)


def test_a_file_name_can_be_read_by_people():
    # The eight digits are the start of the sha256 of the id, here of "105".
    assert file_slug("École Lachlan", "105") == "ecole-lachlan-1253e937"
    assert file_slug("a" * 59 + " b", "105") == "a" * 59 + "-1253e937"


@given(st.text(), st.text())
def test_any_text_gives_a_safe_file_name(name, school):
    assert is_safe_name(file_slug(name, school))


@given(st.lists(st.text(max_size=20), unique_by=lambda text: unicodedata.normalize("NFC", text)))
def test_schools_with_different_ids_never_share_a_file(ids):
    slugs = name_files(dict.fromkeys(ids, "One Name"))

    assert len({slug.casefold() for slug in slugs.values()}) == len(ids)


def test_ids_that_differ_only_in_unicode_spelling_are_refused():
    with pytest.raises(InputError) as caught:
        name_files({"\u00c9": "École", "E\u0301": "École"})

    assert caught.value.problems[0].code == "CK310"
    assert caught.value.problems[0].message.isascii()
