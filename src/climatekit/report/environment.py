"""Environment: how templates are found and filled, with nothing but released values in reach."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup, escape

from climatekit.errors import Problem
from climatekit.knowledge.resources import shipped
from climatekit.release.released import Released
from climatekit.report.brief import Panel, RoleTable, Shown
from climatekit.report.fit import LONGEST_NAME
from climatekit.report.strings import capitalize_first, find_direction, shorten_text

_LONGEST_TEXT = 1_000_000
_LARGEST_POWER = 100

MINUS = "\N{MINUS SIGN}"

# A web address in a citation; what closes the sentence does not belong to it.
_ADDRESS = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:)\]]")

# What a template can raise while it is read or filled, besides Jinja's own errors.
FILLING_ERRORS = (TypeError, ValueError, LookupError, AttributeError, OverflowError)


def open_environment(kind: str, template_folder: Path | None = None) -> SandboxedEnvironment:
    """Return the environment of one kind of page.

    A template that a district brought runs in a sandbox: it reaches the values that it is
    given, and neither Python's insides nor any file outside its folders.

    Parameters
    ----------
    kind : {"school_brief", "district_page", "technical_note"}
        Folder of the shipped templates.
    template_folder : Path, optional
        Files here replace the shipped ones of the same name.
    """
    # A relative folder means another place when the working folder changes.
    return _open(kind, template_folder.resolve() if template_folder else None)


class _Sandbox(SandboxedEnvironment):
    """A sandbox in which no single operation makes more than a page could hold."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401
        """Multiply or raise to a power, unless the result would be enormous."""
        if operator == "**" and not abs(right) <= _LARGEST_POWER:
            raise SecurityError(f"a power above {_LARGEST_POWER}")
        for text, times in ((left, right), (right, left)):
            if hasattr(text, "__len__") and len(text) * times > _LONGEST_TEXT:
                raise SecurityError(f"a text of more than {_LONGEST_TEXT:,} characters")
        return super().call_binop(context, operator, left, right)


@cache
def _open(kind: str, template_folder: Path | None) -> SandboxedEnvironment:
    folders = [shipped("report_templates") / kind]
    if template_folder is not None:
        folders.insert(0, template_folder)
    environment = _Sandbox(
        loader=FileSystemLoader(folders, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {
        "direction": find_direction,
        "name": lambda text: shorten_text(text, LONGEST_NAME),
        "shorten": shorten_text,
        "signed": write_signed,
        "end": write_end,
        "some_shown": show_any,
        "some_roles": show_roles,
        "count_waves": count_waves,
        "opening": capitalize_first,
        "without_opening": drop_opening,
        "link": link_addresses,
    }
    environment.tests |= {"released": lambda shown: isinstance(shown, Released)}
    return environment


def read_template_file(kind: str, name: str, template_folder: Path | None = None) -> str:
    """Return one file of a kind of page as it stands: a style sheet or a script."""
    environment = open_environment(kind, template_folder)
    if environment.loader is None:  # pragma: no cover - the loader is set above
        return ""
    return environment.loader.get_source(environment, name)[0]


def read_page_style(kind: str, template_folder: Path | None = None) -> str:
    """Return the style sheet of the district's page or the note: what they share, then its own."""
    shared = read_template_file("shared", "pages.css")
    return shared + read_template_file(kind, "page.css", template_folder)


def explain_template_error(error: Exception, kind: str, name: str) -> Problem:
    """Return what is wrong with a template: file, line and, where known, the variable."""
    # Only Jinja's own messages are free of the page's content.
    reason = error.message if isinstance(error, TemplateError) else None
    line = getattr(error, "lineno", None)
    file = getattr(error, "name", None) or name
    place = _find_template_line(error)
    if line is None and place is not None:
        file, line = place
    return Problem(
        code="CK461",
        message=f"the template cannot be filled: {reason or type(error).__name__}",
        file=file,
        line=line,
        mend=f"compare your template with the shipped one in report_templates/{kind}",
    )


def _find_template_line(error: Exception) -> tuple[str, int] | None:
    """Return the innermost template and line that an error passed through."""
    found = None
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename.endswith((".j2", ".css")):
            found = code.co_filename, trace.tb_lineno
        trace = trace.tb_next
    if found is None:
        return None
    path = Path(found[0])
    name = f"parts/{path.name}" if path.parent.name == "parts" else path.name
    return name, found[1]


def write_signed(shown: Shown | None) -> str:
    """Return a released difference with its sign, a true minus; empty if there is none."""
    if not isinstance(shown, Released):
        return ""
    text = shown.text.replace("-", MINUS)
    if shown.value > 0 and text[:1].isdigit():
        return f"+{text}"
    return text


def write_end(value: float) -> str:
    """Return one end of a difference's interval as a signed whole number."""
    return f"{value:+.0f}".replace("-", MINUS) if round(value) else "0"


def show_any(panels: Iterable[Panel]) -> bool:
    """Return whether any panel has a score that is shown."""
    return any(isinstance(point.score, Released) for panel in panels for point in panel.points)


def show_roles(table: RoleTable | None) -> bool:
    """Return whether any group of staff is shown by itself."""
    return table is not None and any(isinstance(row.answered, Released) for row in table.rows)


def count_waves(panels: Iterable[Panel]) -> int:
    """Return how many waves the longest panel shows."""
    return max((len(panel.points) for panel in panels), default=0)


def drop_opening(sentence: str, word: str) -> str:
    """Return what of `sentence` is printed after the verdict `word` that it may begin with."""
    if sentence[: len(word)].casefold() == word.casefold():
        return sentence[len(word) :]
    return f" {sentence}"


def link_addresses(text: str, english: Iterable[str] = ()) -> Markup:
    """Return `text` escaped, each web address in it a link to itself.

    Parts of it that are among `english` are marked as such, for a page in another language.
    """
    longest_first = "|".join(map(re.escape, sorted(english, key=len, reverse=True)))
    known = re.compile(rf"(?<!\w)({longest_first or '(?!)'})(?!\w)")
    # Every other piece is what the pattern took hold of.
    pieces = [_link(piece) for piece in known.split(text)]
    pieces[1::2] = [f'<span lang="en">{piece}</span>' for piece in pieces[1::2]]
    return Markup("".join(pieces))  # noqa: S704 - all parts are escaped


def _link(text: str) -> str:
    parts, at = [], 0
    for found in _ADDRESS.finditer(text):
        address = escape(found.group())
        parts += [escape(text[at : found.start()]), f'<a href="{address}">{address}</a>']
        at = found.end()
    return "".join([*parts, escape(text[at:])])
