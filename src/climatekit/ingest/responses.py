"""Responses: one row per respondent and wave, answers as declared codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

KEYS = ("wave", "school", "respondent", "role")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One export that was read: its name, hash, and what became of its rows.

    Attributes
    ----------
    dropped : mapping of str to int
        Rows left out, by the rule that left them out (``preview``, ``unfinished``,
        ``blank``, ``duplicate`` ...).
    """

    name: str
    sha256: str
    wave: str
    platform: str
    rows_read: int
    rows_kept: int
    dropped: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Responses:
    """What staff answered.

    Attributes
    ----------
    _frame : DataFrame
        One row per respondent and wave: ``wave``, ``school`` (id, or name where there
        is no roster), ``respondent``, ``role`` (text, may be empty), then one ``Int8``
        column per item id holding the declared code, ``<NA>`` where not answered.
        No item is reversed here.
    waves : tuple of str
        Wave ids in time order.
    items : tuple of str
        Item ids, the frame's item columns in order.
    asked : mapping of str to frozenset of str
        Wave id to the items that its exports asked.
    wording : mapping of str to mapping of str to str
        Wave id to item id to a short hash of the tidied wording that the export held,
        or ``""`` where it held none; equal hashes mean an unchanged item.
    seconds : ndarray of float, optional
        How long each row of the frame took to fill in, NaN where its export does not say;
        None where none does.
    weights : ndarray of float, optional
        Each row's weight, above 0, used by the scores that allow it; None where people are
        not weighted. Never leaves the program.
    changed : mapping of str to mapping of str to frozenset of str
        Wave id to item id to what the codebook says was changed: ``edited``,
        ``other_options``, ``other_referent``.
    links : tuple of str
        Each row's scrambled linking code, equal for one person in every wave and blank
        where there is none; empty where nothing is linked. Never leaves the program.
    """

    _frame: pd.DataFrame
    waves: tuple[str, ...]
    items: tuple[str, ...]
    asked: Mapping[str, frozenset[str]]
    wording: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    changed: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()
    seconds: npt.NDArray[np.float64] | None = None
    links: tuple[str, ...] = field(default=(), repr=False)
    weights: npt.NDArray[np.float64] | None = field(default=None, repr=False)

    # Rows numbered by a key column, kept by whoever numbers them first.
    _numbered: dict[str, Any] = field(default_factory=dict, init=False, repr=False)

    @property
    def frame(self) -> pd.DataFrame:
        """A shallow copy that the caller may change; the original stays."""
        return self._frame.copy(deep=False)
