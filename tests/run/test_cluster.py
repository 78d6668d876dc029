"""A cluster makes the same bytes: a real scheduler and workers, as processes on loopback."""

import contextlib
import datetime as dt
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import Future
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path

import pytest
from click.testing import CliRunner
from plain_files import hash_tree, write_study
from report.samples import random_brief

from climatekit.cli import main
from climatekit.errors import DefinitionError, OutputError
from climatekit.report.look import Look
from climatekit.run import diagnosis
from climatekit.run.publishing import machine
from climatekit.run.publishing.machine import describe_rendering
from climatekit.run.workshop import batch, cluster, rendering
from climatekit.run.workshop.rendering import Job
from climatekit.run.workshop.workers import Limits

pytest.importorskip("distributed", reason="the extra climatekit[cluster] is not installed")

SCHOOLS = 40


def list_briefs(count=SCHOOLS):
    return [
        replace(random_brief(number), school_id=str(number), school=f"School {number}")
        for number in range(count)
    ]


def write_certificate(folder):
    """Write a key and a certificate of its own; return dask's settings that name them."""
    pytest.importorskip("cryptography")
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "made up")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    start = "DASK_DISTRIBUTED__COMM__TLS__"
    settings = {f"{start}CA_FILE": "cert.pem"}
    for role in ("SCHEDULER", "WORKER", "CLIENT"):
        settings |= {f"{start}{role}__CERT": "cert.pem", f"{start}{role}__KEY": "key.pem"}
    return {name: str(folder / file) for name, file in settings.items()}


@contextlib.contextmanager
def start_cluster(folder, settings):
    """Start a scheduler and two workers; give its address and the workers' processes."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{free.getsockname()[1]}"
    host, _, port = place.rpartition(":")
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    program = [sys.executable, "-m", "distributed.cli"]
    commands = [
        [*program[:2], f"{program[2]}.dask_scheduler", "--protocol", "tls", "--host", host,
         "--port", port, "--no-dashboard"],
        *(
            [*program[:2], f"{program[2]}.dask_worker", f"tls://{place}", "--no-nanny",
             "--nthreads", "2", "--no-dashboard", "--host", host,
             "--local-directory", str(folder / name)]
            for name in ("one", "two")
        ),
    ]  # fmt: skip
    running = []
    try:
        running += [
            subprocess.Popen(command, env=env | settings, cwd=folder, stderr=subprocess.DEVNULL)
            for command in commands
        ]
        yield f"dask://{place}", running[1:]
    finally:
        for process in running:
            process.kill()
            process.wait()


def wait_for_workers(address, count):
    from distributed import Client

    end = time.monotonic() + 90
    while time.monotonic() < end:
        with (
            contextlib.suppress(OSError, TimeoutError),
            Client(address.replace("dask", "tls"), timeout=5, set_as_default=False) as client,
        ):
            client.wait_for_workers(count, timeout=60)
            return
    pytest.fail("the cluster does not start")


@contextlib.contextmanager
def show_certificate(settings):
    """Let this process speak to a cluster that is started with these settings."""
    import dask

    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        dask.config.refresh()
        yield
    dask.config.refresh()


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cluster")
    settings = write_certificate(folder)
    with start_cluster(folder, settings) as (address, workers):
        with show_certificate(settings):
            wait_for_workers(address, 2)
        yield address, workers, settings


@pytest.fixture
def live(started):
    """Give the address of a scheduler, and its two workers' processes."""
    address, workers, settings = started
    with show_certificate(settings):
        yield address, workers


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_the_command_line_has_a_cluster_make_its_briefs(live, climatekit, tmp_path, monkeypatch):
    write_study(tmp_path, schools=[f"School {number}" for number in range(20)])
    output = tmp_path / "briefs"
    with monkeypatch.context() as patch:
        patch.setattr(batch, "make_files", pytest.fail)  # not one is made in this process
        there = climatekit("run", "--executor", live[0])
    made = hash_tree(output)
    shutil.rmtree(output)
    here = climatekit("run", "--executor", "serial")

    assert (there.code, here.code) == (0, 0), there.err
    assert "20 of 20 briefs published" in there.err
    assert made == hash_tree(output)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_cluster_that_loses_a_worker_gives_the_bytes_of_this_machine(live, tmp_path, monkeypatch):
    address, workers = live
    style = Path(__file__).parents[2] / "report_templates" / "school_brief" / "brief.css"
    (tmp_path / "brief.css").write_text(style.read_text("utf-8") + "/* our own */\n", "utf-8")
    look = Look(templates=tmp_path)
    briefs = list_briefs()

    def kill_one(done, _total, failed):
        assert not failed
        if done == 2:
            workers[0].send_signal(signal.SIGKILL)

    made = batch.render_briefs(
        briefs, ["html"], look=look, limits=Limits(executor=address), progress=kill_one
    )
    killed = workers[0].wait(5)
    (told,) = diagnosis._check_cluster(address)
    with monkeypatch.context() as patch:
        patch.setitem(describe_rendering(), "fonts", "others")  # of this machine alone
        with pytest.raises(DefinitionError) as caught, cluster.open_cluster(address):
            pass

    assert killed == -signal.SIGKILL
    assert (told.word, told.text) == ("ok", "1 worker like this machine")
    assert made.problems == ()
    assert made.files == batch.render_briefs(briefs, ["html"], look=look).files
    assert b"/* our own */" in next(iter(made.files.values()))
    (stranger,) = caught.value.problems
    assert stranger.code == "CK553"
    assert stranger.found == f"fonts {describe_rendering()['fonts']}, here others"


def test_nothing_goes_in_the_clear_to_another_machine():
    with pytest.raises(DefinitionError) as caught, cluster.open_cluster("dask://192.0.2.7:8786"):
        pass

    assert [problem.code for problem in caught.value.problems] == ["CK552"]
    told = {"tcp://127.0.0.1:1": {}, "tls://192.0.2.8:1": {}, "tcp://192.0.2.9:1": {}}
    assert [one.file for one in cluster._find_open_lines(told)] == ["tcp://192.0.2.9:1"]


@pytest.mark.parametrize(
    ("host", "own"),
    [("localhost", True), ("127.0.0.9", True), ("[::1]", True), ("10.0.0.1", False),
     ("localhost.example.org", False), ("0.0.0.0", False)],
)  # fmt: skip
def test_loopback_is_this_machine_alone(host, own):
    assert cluster.is_loopback(host) == own


def test_a_cluster_that_does_not_answer_is_refused(monkeypatch):
    monkeypatch.setattr(cluster, "_CONNECT_SECONDS", 0.5)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"dask://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(OutputError) as caught, cluster.open_cluster(address):
            pass

    assert [problem.code for problem in caught.value.problems] == ["CK551"]


def test_without_dask_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)

    with pytest.raises(DefinitionError) as caught, cluster.open_cluster("dask://127.0.0.1:1"):
        pass

    assert caught.value.problems[0].code == "CK550"
    assert "climatekit[cluster]" in caught.value.problems[0].mend


class Vanishing:
    """A cluster that takes two jobs, makes one and is gone."""

    def __init__(self):
        self.asked, self.taken = 0, 0

    def nthreads(self):
        self.asked += 1
        if self.asked > 1:
            raise OSError
        return {"tcp://127.0.0.1:1": 1}

    def submit(self, task, parcel):
        self.taken += 1
        future = Future()
        if self.taken == 1:
            future.set_result(task(parcel))
        return future


def test_what_a_cluster_did_not_give_back_is_made_here(monkeypatch):
    gone = Vanishing()

    @contextlib.contextmanager
    def open_vanishing(_address):
        yield cluster.Cluster(gone, gone, describe_rendering())

    monkeypatch.setattr(cluster, "open_cluster", open_vanishing)
    monkeypatch.setattr(cluster, "_LOOK_EACH", 0.01)
    briefs = list_briefs(20)

    made = batch.render_briefs(briefs, ["json"], limits=Limits(executor="dask://127.0.0.1:1"))

    assert len(made.files) == 20
    assert [(one.code, one.severity) for one in made.problems] == [("CK555", "warning")]
    assert "the last 19 briefs" in made.problems[0].message


@pytest.mark.parametrize(("harm", "failure"), [("loop", "time"), ("hoard", "memory")])
def test_a_job_that_goes_wrong_in_a_cluster_ends_as_on_this_machine(monkeypatch, harm, failure):
    def go_wrong(_brief):
        if harm == "hoard":
            raise MemoryError
        while True:
            pass

    monkeypatch.setattr(rendering, "to_json", go_wrong)
    parcel = cluster.Parcel(Job(random_brief(1), "one", ("json",)), {}, describe_rendering(), 0.2)

    assert cluster.make_parcel(parcel) == (failure, None)


def test_a_worker_that_came_late_and_is_another_makes_nothing():
    parcel = cluster.Parcel(Job(random_brief(1), "one", ("json",)), {}, {"fonts": "others"}, 9)

    assert cluster.make_parcel(parcel) == ("stranger", None)


def test_each_job_carries_its_own_school_and_nothing_of_the_study(tmp_path):
    import pickle

    (tmp_path / "brief.css").write_text("p {}", "utf-8")
    one, _ = list_briefs(2)
    job = Job(one, "one", ("json",), Look(templates=tmp_path))

    sent = pickle.dumps(cluster._pack(job, 9, describe_rendering()))

    assert b"School 0" in sent
    assert b"School 1" not in sent
    assert str(tmp_path).encode() not in sent


@pytest.mark.parametrize("who", ["dask://", "ray://127.0.0.1:1", "dask://a b:1", "threads"])
def test_an_executor_that_is_none_is_wrong_usage(who):
    assert CliRunner().invoke(main, ["run", "--executor", who]).exit_code == 2


def test_what_decides_a_byte_is_told_of_each_machine():
    facts = machine.describe_rendering()

    assert {"climatekit", "weasyprint", "fonts", "templates", "PDF engine"} <= set(facts)
    assert all(facts.values())
