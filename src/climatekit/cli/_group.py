"""The command group: which verbs there are, and how every error ends."""

from __future__ import annotations

import atexit
import codecs
import gc
import io
import os
import signal
import sys
from types import FrameType
from typing import Any, NoReturn

import click

from climatekit import __version__
from climatekit.cli import (
    audit,
    brief,
    check,
    compare,
    config,
    demo,
    doctor,
    explain,
    init,
    match,
    power,
    rate,
    reliability,
    rollback,
    run,
    scales,
    score,
    status,
    templates,
    verify,
)
from climatekit.cli._messages import show_crash, show_error, show_refusal, show_stop
from climatekit.errors import ClimatekitError, OutputError, tell_memory

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_SIGNALLED = 128  # an exit code above it tells which signal

_SHORT = """\
From a staff survey export to scores that hold and a brief per school.

  climatekit score export.csv        one row per school, wave and score
  climatekit init w1.csv w2.csv      start a study: its configuration and files
  climatekit run                     all of it, from climatekit.toml, for cron
  climatekit demo                    a made-up district, the whole way

Look first:   check, scales, config show, doctor, explain CODE
Look closer:  reliability, compare, rate, power, brief, audit, verify
Go on:        match (a new wave), status, rollback, templates
More:         climatekit --help, climatekit VERB --help"""

_EXIT_CODES = """\
\b
Exit codes:
  0  done, or nothing to do
  1  finished, but some schools or files were refused or failed;
     the rest is there
  2  wrong usage
  3  input refused        4  configuration refused   5  output or disk
  6  a limit was hit      7  privacy: refused        8  another run at work
  70 a fault of climatekit   129, 130, 143  hang-up, interrupted, terminated"""


class _Group(click.Group):
    """A group that ends every refusal with its own exit code and no traceback."""

    def main(self, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ANN401 (click's own signature)
        kwargs["standalone_mode"] = False
        # What a large district leaves is not looked through once more for what could be freed.
        atexit.register(gc.freeze)
        _end_on_signals()
        _use_one_thread()
        _write_any_letter()
        try:
            code = _run_safely(super().main, *args, **kwargs)
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 70
        if code > _SIGNALLED:
            show_stop(code)
        sys.exit(code)


def _use_one_thread() -> None:
    """Let arithmetic use one thread: more gain nothing here, and wait where a machine is busy."""
    for name in _THREADS:
        os.environ.setdefault(name, "1")


def _write_any_letter() -> None:
    """Let standard output take every letter, where its encoding is one of Windows or older.

    A file or a pipe gets UTF-8, unless the environment names an encoding; on a terminal what
    that cannot show is written out.
    """
    out = sys.stdout
    if isinstance(out, io.TextIOWrapper) and codecs.lookup(out.encoding).name != "utf-8":
        named = out.isatty() or os.environ.get("PYTHONIOENCODING")
        out.reconfigure(encoding=None if named else "utf-8", errors="backslashreplace")


def _run_safely(  # noqa: PLR0911 (one way out per exit code)
    call: Any,  # noqa: ANN401
    *args: Any,  # noqa: ANN401
    **kwargs: Any,  # noqa: ANN401
) -> int:
    try:
        result = call(*args, **kwargs)
        sys.stdout.flush()
    except ClimatekitError as error:
        show_error(error)
        return error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return _SIGNALLED + signal.SIGINT
    except BrokenPipeError:
        # The reader closed the pipe; quiet as any Unix filter.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
        return 0
    except MemoryError:
        full = tell_memory()
        show_error(full)
        return full.exit_code
    except OSError as error:
        # Whatever the disk, a stream or the machine refuses, and no verb knew better.
        show_refusal(error)
        return OutputError.exit_code
    except SystemExit:
        raise
    except BaseException as error:  # noqa: BLE001 (the last door; a panic in Rust is no Exception)
        show_crash(error)
        return 70
    return result if isinstance(result, int) else 0


def _end_on_signals() -> None:
    """Turn SIGTERM and SIGHUP into an orderly exit, so that staging is cleaned up.

    One that is ignored stays so: whoever began the run with nohup wants it to outlive them.
    """

    def stop(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(_SIGNALLED + number)

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, stop)


@click.group(
    cls=_Group,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    epilog=_EXIT_CODES,
)
@click.version_option(__version__, prog_name="climatekit")
@click.pass_context
def main(context: click.Context) -> None:
    """From a staff survey export to trustworthy scores and a brief per school.

    \b
    Examples:
      climatekit score export.csv
      climatekit check export.csv
      climatekit run --config climatekit.toml
    """
    if context.invoked_subcommand is None:
        click.echo(_SHORT)


for verb in (
    demo,
    init,
    match,
    check,
    score,
    reliability,
    compare,
    rate,
    power,
    brief,
    run,
    status,
    verify,
    audit,
    rollback,
    scales,
    templates,
    explain,
    config,
    doctor,
):
    main.add_command(verb.command)
