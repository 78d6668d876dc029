"""Demo evidence log: what each made-up school has on file, another story for each."""

from __future__ import annotations

from collections.abc import Sequence

from climatekit.ingest.evidence_log import HEADINGS
from climatekit.run.demo.schools import ROLES, WINDOWS, DemoSchool

_EVERYBODY = ";".join(ROLES)
_W24, _W25, _W26 = (window.id for window in WINDOWS)


def list_log(schools: Sequence[DemoSchool]) -> list[tuple[str, ...]]:
    """Return the evidence log's rows, in the order of its headings."""
    known = {school.id for school in schools}
    return [
        tuple(row.get(heading, "") for heading in HEADINGS)
        for row in _list_events()
        if row["school_id"] in known
    ]


def _event(school: str, wave: str, event: str, day: str, **more: str) -> dict[str, str]:
    row = {"school_id": school, "wave_id": wave, "event": event, "date": day, "status": "done"}
    return row | more


def _list_events() -> list[dict[str, str]]:
    return [
        *_everything_done("101"),
        *_fields_missing("102"),
        *_mostly_done("103"),
        *_done_by_a_few("104"),
        *_gap_in_the_middle("105"),
        *_just_started("106"),
        _event("107", _W26, "shared_back", "", status=""),  # pre-filled, never filled in
        *_too_late("108"),
    ]


def _everything_done(school: str) -> list[dict[str, str]]:
    shared = {
        "audience": "all_staff",
        "staff_groups": _EVERYBODY,
        "owner_role": "principal",
        "protocol": "response rate and limits shown",
    }
    session = {
        "audience": "all_staff",
        "staff_groups": _EVERYBODY,
        "owner_role": "teacher leader",
        "protocol": "data dialogue with stated norms",
    }
    goal = {"construct": "trust", "goal_id": "AG-1", "owner_role": "climate team"}
    next_goal = {
        "construct": "collective_efficacy",
        "goal_id": "AG-2",
        "owner_role": "climate team",
    }
    rows = [
        _event(school, _W25, "shared_back", "2025-05-20", **shared, doc_ref="slides-2025-05"),
        _event(school, _W25, "sense_making", "2025-06-03", **session, doc_ref="agenda-2025-06-03"),
        _event(
            school,
            _W25,
            "goal",
            "2025-06-10",
            **goal,
            target="+5 points",
            target_date="2026-04-24",
            doc_ref="plan-2025",
        ),
        _event(school, _W25, "action", "2025-08-25", **goal, status="started", doc_ref="plan-2025"),
        _event(school, _W25, "action", "2026-03-10", **goal, doc_ref="plan-2025"),
    ]
    for review, told in (
        ("2025-06-20", "2025-06-24"),
        ("2025-09-24", "2025-09-26"),
        ("2025-12-10", "2025-12-12"),
        ("2026-02-20", "2026-02-27"),
    ):
        rows += [
            _event(school, _W25, "review", review, goal_id="AG-1", doc_ref=f"minutes-{review}"),
            _event(
                school, _W25, "staff_update", told, audience="all_staff", doc_ref=f"note-{told}"
            ),
        ]
    return [
        *rows,
        _event(
            school,
            _W25,
            "decision",
            "2026-06-15",
            goal_id="AG-1",
            target="continue",
            doc_ref="minutes-2026-06-15",
        ),
        _event(school, _W26, "shared_back", "2026-05-14", **shared, doc_ref="slides-2026-05"),
        _event(school, _W26, "sense_making", "2026-06-02", **session, doc_ref="agenda-2026-06-02"),
        _event(
            school,
            _W26,
            "goal",
            "2026-06-09",
            **next_goal,
            target="+4 points",
            target_date="2027-04-23",
            doc_ref="plan-2026",
        ),
        _event(
            school, _W26, "action", "2026-08-24", **next_goal, status="started", doc_ref="plan-2026"
        ),
        _event(school, _W26, "action", "2026-10-16", **next_goal, doc_ref="plan-2026"),
    ]


def _mostly_done(school: str) -> list[dict[str, str]]:
    rows = []
    for wave, shared, session, goal, started, target_date in (
        (_W25, "2025-06-06", "2025-08-20", "2025-08-20", "2025-09-08", "2026-04-24"),
        (_W26, "2026-06-05", "2026-08-19", "2026-08-19", "2026-09-01", "2027-04-23"),
    ):
        about = {"construct": "collective_efficacy", "goal_id": f"G-{shared[:4]}"}
        rows += [
            _event(
                school, wave, "shared_back", shared, audience="all_staff", owner_role="principal"
            ),
            _event(
                school, wave, "sense_making", session, audience="all_staff", staff_groups=_EVERYBODY
            ),
            _event(
                school, wave, "goal", goal, **about, target="+4 points", target_date=target_date
            ),
            _event(
                school,
                wave,
                "action",
                started,
                **about,
                owner_role="department heads",
                status="started",
            ),
        ]
    return [
        *rows,
        _event(school, _W25, "review", "2025-11-05", goal_id="G-2025"),
        _event(school, _W25, "staff_update", "2025-11-12", audience="all_staff"),
        _event(school, _W25, "decision", "2026-06-24", goal_id="G-2025", target="adapt"),
    ]


def _done_by_a_few(school: str) -> list[dict[str, str]]:
    return [
        *_mostly_done(school),
        _event(school, _W24, "context", "2024-11-12", note="flood closed the school for two weeks"),
    ]


def _fields_missing(school: str) -> list[dict[str, str]]:
    about = {"construct": "community", "goal_id": "BH-1"}
    return [
        _event(school, _W25, "shared_back", "2025-06-02", audience="all_staff"),
        _event(
            school,
            _W25,
            "sense_making",
            "2025-08-18",
            audience="all_staff",
            staff_groups=_EVERYBODY,
        ),
        _event(
            school,
            _W25,
            "goal",
            "2025-08-20",
            **about,
            target="+4 points",
            target_date="2026-04-24",
        ),
        _event(school, _W25, "action", "2025-09-10", goal_id="BH-1", status="started"),
        _event(school, _W26, "shared_back", "2026-06-01"),  # with whom is not said
        _event(school, _W26, "sense_making", "2026-08-17", audience="leaders"),
        _event(school, _W26, "goal", "2026-08-20", goal_id="BH-2", target="a better climate"),
        _event(school, _W26, "action", "2026-09-14", goal_id="BH-2", status="started"),
        _event(school, _W26, "review", "2026-12-01", goal_id="BH-2", status="planned"),
    ]


def _gap_in_the_middle(school: str) -> list[dict[str, str]]:
    about = {"construct": "collective_efficacy", "goal_id": "EL-1"}
    return [
        _event(school, _W24, "shared_back", "2024-06-04", audience="all_staff"),
        _event(school, _W24, "context", "2025-04-10", note="strike during the survey window"),
        _event(school, _W25, "shared_back", "2025-06-10", audience="leaders"),
        _event(
            school, _W26, "shared_back", "2026-05-29", audience="all_staff", doc_ref="slides-2026"
        ),
        _event(
            school,
            _W26,
            "sense_making",
            "2026-06-09",
            audience="all_staff",
            staff_groups=_EVERYBODY,
        ),
        _event(
            school,
            _W26,
            "goal",
            "2026-06-11",
            **about,
            target="+5 points",
            target_date="2027-04-23",
        ),
        _event(
            school,
            _W26,
            "action",
            "2026-08-27",
            **about,
            owner_role="vice-principal",
            status="started",
        ),
    ]


def _just_started(school: str) -> list[dict[str, str]]:
    return [
        _event(school, _W26, "shared_back", "2026-05-27", audience="leaders"),
        _event(school, _W26, "schedule", "2027-04-05", status="planned", owner_role="principal"),
    ]


def _too_late(school: str) -> list[dict[str, str]]:
    about = {"construct": "community", "goal_id": "TJ-1"}
    return [
        _event(school, _W24, "shared_back", "2024-10-02", audience="all_staff"),
        _event(school, _W25, "context", "2025-08-01", note="new principal"),
        _event(school, _W25, "shared_back", "2025-09-22", audience="all_staff"),
        _event(school, _W25, "review", "2026-02-02", status="did_not_happen"),
        _event(school, _W26, "shared_back", "2026-09-10", audience="all_staff"),
        _event(
            school,
            _W26,
            "sense_making",
            "2026-09-18",
            audience="all_staff",
            staff_groups=_EVERYBODY,
        ),
        _event(
            school,
            _W26,
            "goal",
            "2026-09-22",
            **about,
            target="+5 points",
            target_date="2027-04-23",
        ),
        _event(
            school, _W26, "action", "2026-10-05", **about, owner_role="principal", status="started"
        ),
    ]
