"""History: what the evidence log tells of the time since the last survey, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from climatekit.ingest.evidence_log import EvidenceRow
from climatekit.knowledge.wording import Messages
from climatekit.report.phrases import write_date

# Newest matter first in the reader's mind: what was aimed at, begun, reviewed, decided.
_TOLD = ("goal", "action", "review", "decision")
_MOST = 4


def tell_history(log: Sequence[EvidenceRow], *, as_of: date, messages: Messages) -> tuple[str, ...]:
    """Return up to four sentences, newest last, from dated rows that happened.

    Only the event, its day and its construct are told: free text, roles included, may
    hold names and is never printed.

    Parameters
    ----------
    log : sequence of EvidenceRow
        One school's rows.
    as_of : date
        Later events are left out.
    """
    constructs = {row.goal_id: row.construct for row in log if row.event == "goal" and row.goal_id}
    told = []
    for row in log:
        if row.event not in _TOLD or row.date is None or row.date > as_of:
            continue
        if row.status in ("planned", "did_not_happen"):
            continue
        event = row.event
        if event == "action":
            event = "action_done" if row.status == "done" else "action_started"
        construct = row.construct or constructs.get(row.goal_id, "")
        form = "named" if construct else "plain"
        topic = messages.say(f"construct_name.{construct}") if construct else ""
        sentence = messages.say(
            f"history.{event}.{form}", day=write_date(row.date, messages), construct=topic
        )
        told.append((row.date, row.line, sentence))
    return tuple(dict.fromkeys(sentence for _, _, sentence in sorted(told)[-_MOST:]))
