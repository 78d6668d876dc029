"""Calendar days: months and term time."""

from __future__ import annotations

import calendar
from datetime import date, timedelta


def add_months(day: date, months: int) -> date:
    """Return the same day `months` later (earlier if negative); month ends are kept short.

    Examples
    --------
    >>> add_months(date(2026, 4, 24), 15)
    datetime.date(2027, 7, 24)
    >>> add_months(date(2026, 1, 31), 1)
    datetime.date(2026, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def count_term_days(start: date, end: date, *, out_from: str, out_to: str) -> int:
    """Return the days from `start` to `end` without those out of term.

    Parameters
    ----------
    out_from, out_to : str
        First and last day out of term as month-day, such as ``"06-15"``; the span lies
        within one calendar year.
    """
    days = (end - start).days
    for year in range(start.year, end.year + 1):
        first = max(date.fromisoformat(f"{year}-{out_from}"), start + timedelta(days=1))
        last = min(date.fromisoformat(f"{year}-{out_to}"), end)
        days -= max(0, (last - first).days + 1)
    return days
