"""Resources: where the shipped scales and report templates lie."""

from __future__ import annotations

from pathlib import Path

from climatekit.errors import InstallError, Problem

_PACKAGE = Path(__file__).resolve().parents[1]
_CHECKOUT = _PACKAGE.parents[1]


def shipped(kind: str) -> Path:
    """Return the folder of shipped `kind` files.

    Parameters
    ----------
    kind : {"scales", "report_templates"}

    Raises
    ------
    InstallError
        If the folder is missing from the installation.
    """
    inside = _PACKAGE / "_data" / kind
    if inside.is_dir():
        return inside
    if (_CHECKOUT / "pyproject.toml").is_file() and (_CHECKOUT / kind).is_dir():
        return _CHECKOUT / kind
    raise InstallError(
        Problem(
            code="CK901",
            message=f"climatekit was installed without its {kind} folder",
            mend="install climatekit again from its release",
        )
    )
