"""Eight schools whose briefs between them show every kind of page, written by hand."""

# ruff: noqa: E501, ISC004, RUF001 - sentences and letters as they are printed

from dataclasses import replace

from report_samples import (
    CHANGES,
    DATA_USE,
    LEVELS,
    MOVERS,
    PANELS,
    SUB_ROWS,
    USUAL,
    all_withheld,
    ask,
    one_wave,
    points,
    trend,
)

from climatekit.release.released import Released
from climatekit.report.brief import EvidenceRow, LevelBox, NextStep, Note, Participation

_VERDICTS = {
    "rose": ("up", "Rose"),
    "fell": ("down", "Fell"),
    "held_steady": ("steady", "Held steady"),
    "too_close": ("unclear", "Too close to call"),
}
_STEADY = (
    "Held steady at about {after}. Any change is very likely smaller than 5 points either way."
)
_CLOSE = (
    "Went from {before} to {after}, too close to call. To be sure, a school our size would need a "
    "move of about 9 points. This does not mean that nothing changed."
)
_ROSE = (
    "Rose from {before} to {after}. Allowing for who answered and for ordinary wobble in answers, the "
    "rise is likely between {low} and {high} points."
)
_FELL = (
    "Fell from {before} to {after}. Allowing for who answered and for ordinary wobble in answers, the "
    "fall is likely between {low} and {high} points. This is a signal to talk about, not a verdict on "
    "any person."
)
_SENTENCES = {"rose": _ROSE, "fell": _FELL, "held_steady": _STEADY, "too_close": _CLOSE}


def _judge(brief, *moves, headline):
    """Return a brief with a move (before, after, verdict) for each of its three measures."""
    panels, rows = [], []
    for panel, row, (before, after, verdict) in zip(brief.panels, CHANGES, moves, strict=True):
        symbol, word = _VERDICTS[verdict]
        size = after - before
        low, high = sorted((abs(size) - 6, abs(size) + 6))
        sentence = _SENTENCES[verdict].format(before=before, after=after, low=low, high=high)
        told = trend(before - 2, before, after, district=(66, 67, 68))
        alt = f"{panel.title} on a scale of 0 to 100: Fall 2025 {before}; Spring 2026 {after}. {word}."
        panels.append(replace(panel, points=told, sentence=sentence, alt=alt, note=None))
        rows.append(
            replace(
                row,
                before=points(before, before - 5, before + 5),
                after=points(after, after - 5, after + 5),
                difference=Released(
                    value=size, text=f"{size}", unit="points", low=size - 6, high=size + 6
                ),
                verdict=verdict,
                symbol=symbol,
                word=word,
                sentence=sentence,
            )
        )
    return replace(brief, panels=tuple(panels), changes=(*rows, *SUB_ROWS), headline=headline)


def rose():
    return _judge(
        replace(USUAL, school="Larkspur Elementary", questions=ask(9, 8, 7)),
        (64, 74, "rose"),
        (66, 67, "held_steady"),
        (60, 61, "held_steady"),
        headline="Trust among colleagues rose since Fall 2025. Professional community and collective "
        "efficacy held steady.",
    )


def fell():
    return _judge(
        replace(USUAL, school="Birch Hill Middle School"),
        (70, 68, "too_close"),
        (72, 60, "fell"),
        (68, 55, "fell"),
        headline="Professional community and collective efficacy fell since Fall 2025. Trust among "
        "colleagues is too close to call.",
    )


def too_close():
    brief = _judge(
        replace(USUAL, school="Juniper Flats School"),
        (68, 64, "too_close"),
        (56, 58, "too_close"),
        (58, 60, "too_close"),
        headline="Trust among colleagues, professional community and collective efficacy are too close "
        "to call.",
    )
    return replace(
        brief,
        movers=(),
        movers_note="Questions one by one are shown when at least 20 people answered in both waves.",
        since_last_time=(),
    )


def not_rated():
    """Nothing is on file: no level, no evidence, three first records to add."""
    brief = _judge(
        replace(USUAL, school="Alder Grove Elementary"),
        (70, 70, "held_steady"),
        (66, 67, "held_steady"),
        (62, 63, "held_steady"),
        headline="Trust among colleagues, professional community and collective efficacy held steady.",
    )
    return replace(
        brief,
        since_last_time=(),
        data_use=replace(
            DATA_USE,
            headline="Not rated: nothing on file yet",
            completeness="0 of 11 indicators have evidence.",
            levels=tuple(replace(box, state="later", state_label="") for box in LEVELS),
            evidence=tuple(
                replace(row, mark="open", status="Not on file.", detail="Due by August 22, 2026.")
                for row in DATA_USE.evidence
            ),
        ),
    )


def draft_scale():
    """Two of three measures rest on keys that nobody has checked against the author's form."""
    brief = rose()
    first, *others = brief.panels
    caution = "Its scoring key has not yet been checked against the author's own form."
    return replace(
        brief,
        school="Harbour View Elementary",
        panels=(first, *(replace(panel, note=caution) for panel in others)),
        movers=MOVERS[:2],
    )


def spanish():
    titles = ("Confianza entre colegas", "Sentido de comunidad", "Eficacia colectiva")
    questions = (
        "¿Confían entre sí los adultos de esta escuela?",
        "¿Siente el personal que forma parte de una comunidad?",
        "¿Cree el personal que, unido, puede llegar a cada estudiante?",
    )
    words = ("Subió", "No se puede afirmar", "Bajó")
    sentences = (
        "Subió de 68 a 76. Teniendo en cuenta quiénes respondieron y la variación normal, la subida está "
        "probablemente entre 1 y 14 puntos. Es como si 4 de cada 10 de nosotros hubieran subido un paso en "
        "sus respuestas.",
        "Pasó de 67 a 69: no se puede afirmar un cambio. En una escuela de nuestro tamaño haría falta un "
        "movimiento de unos 9 puntos. Esto no quiere decir que nada haya cambiado.",
        "Bajó de 71 a 62. Teniendo en cuenta quiénes respondieron y la variación normal, la bajada está "
        "probablemente entre 2 y 16 puntos. Es una señal para conversar, no un juicio sobre ninguna persona.",
    )
    lights = (
        "Fiabilidad: buena (α 0.89)",
        "Fiabilidad: aceptable (α 0.76)",
        "Fiabilidad: débil (α 0.66)",
    )
    labels = ("Otoño de 2024", "Primavera de 2025", "Otoño de 2025", "Primavera de 2026")
    asked = ask(
        6,
        5,
        words=(
            "La dirección antepone al personal",
            "Contar con los colegas en lo difícil",
            "Verse enseñar unos a otros",
            "Recelo entre el personal (en desacuerdo)",
        ),
    )
    return replace(
        USUAL,
        language="es",
        school="Escuela Primaria Los Álamos",
        district="Distrito Escolar Unificado de Riverbend",
        wave_label=labels[-1],
        previous_label=labels[-2],
        wave_dates="del 13 de abril al 1 de mayo de 2026",
        participation=Participation(
            answered=USUAL.participation.answered,
            eligible=USUAL.participation.eligible,
            rate=USUAL.participation.rate,
            floor=40,
            sentence="Suficiente para hablar por el personal. En Otoño de 2025 fue del 88%.",
        ),
        headline="Confianza entre colegas: subió desde Otoño de 2025. Eficacia colectiva: bajó desde Otoño de "
        "2025. Sentido de comunidad: no se puede afirmar un cambio.",
        subline="Encuesta abierta del 13 de abril al 1 de mayo de 2026. Comparada con los resultados de esta "
        "escuela en Otoño de 2025.",
        panels=tuple(
            replace(
                panel,
                title=title,
                question=question,
                points=tuple(
                    replace(point, label=label)
                    for point, label in zip(panel.points, labels, strict=True)
                ),
                reliability_text=light,
                sentence=sentence,
                alt=f"{title} en una escala de 0 a 100: Primavera de 2026 {panel.points[-1].score.text}. {word}.",
                note=None,
            )
            for panel, title, question, light, sentence, word in zip(
                PANELS, titles, questions, lights, sentences, words, strict=True
            )
        ),
        changes=tuple(
            replace(row, title=title, word=word, sentence=sentence)
            for row, title, word, sentence in zip(CHANGES, titles, words, sentences, strict=True)
        ),
        movers=tuple(
            replace(row, label=label)
            for row, label in zip(
                MOVERS,
                (
                    "La dirección antepone al personal",
                    "Contar con los colegas en lo difícil",
                    "Verse enseñar unos a otros",
                    "Llegar a cada estudiante",
                ),
                strict=True,
            )
        ),
        data_use=replace(
            DATA_USE,
            headline="Nivel 2 con evidencia. Nivel 3 si existen los registros que faltan.",
            disclaimer="Es la lectura que hace climatekit de este criterio (versión 1.0.0), no una valoración "
            "oficial de CASEL.",
            completeness="7 de 9 indicadores tienen evidencia.",
            levels=tuple(
                LevelBox(level=level, title=title, text=text, state=state, state_label=label)
                for level, title, text, state, label in (
                    (1, "Aún no", "No se pregunta al personal.", "reached", "Alcanzado"),
                    (
                        2,
                        "Iniciado",
                        "El uso de los resultados está empezando.",
                        "here",
                        "Con evidencia",
                    ),
                    (
                        3,
                        "En gran parte",
                        "El personal ve una meta y una acción.",
                        "possible",
                        "Si hay registros",
                    ),
                    (4, "Del todo", "Todo, para cada meta, medido de nuevo.", "later", ""),
                )
            ),
            evidence=tuple(
                EvidenceRow(
                    indicator=row.indicator,
                    question="¿Se hace la encuesta con regularidad?"
                    if row.indicator.startswith("C")
                    else "¿Se fijó una meta sobre lo medido?",
                    mark=row.mark,
                    status="Nivel 3." if row.mark == "yes" else "No consta.",
                    detail="El plazo era el 22 de agosto de 2026.",
                )
                for row in DATA_USE.evidence
            ),
            next_steps=(
                NextStep(
                    lead="Añadan para quién fue",
                    text="en el registro de la comunicación de los resultados. Entonces puede verse el nivel 3.",
                    who_when="Responsable de datos, para el 15 de noviembre de 2026.",
                ),
            ),
        ),
        since_last_time=("20 de agosto de 2025: se fijó una meta de comunidad.",),
        prompts=(
            "¿Qué vemos aquí, antes de explicarlo?",
            "¿Qué podría explicarlo y qué mirada nos falta?",
            "¿Qué es lo que más nos importa ahora?",
            "¿Qué probaremos, quién lo empieza y cuándo sabremos si funcionó?",
        ),
        notes=(
            Note(
                title="Lo que estos números pueden decir y lo que no.",
                text="Dicen cómo ve su escuela el personal que respondió. No dicen por qué, y nunca hablan de "
                "una sola persona. Hay personas que llegan y que se van, así que quizá no respondieron las "
                "mismas.",
            ),
            Note(
                title="Cómo se juzga un cambio.",
                text="Una puntuación es el promedio de las preguntas respondidas, llevado de 0 a 100. Solo se "
                "habla de un cambio cuando es mayor de lo que explican quiénes respondieron y la variación "
                "normal. Las barras muestran el rango probable (19 de cada 20 veces).",
            ),
            Note(
                title="Privacidad.",
                text="No se muestra nada sobre menos de 10 personas. Este informe es para mejorar, no para "
                "juzgar a nadie.",
            ),
        ),
        questions=replace(
            asked,
            tied=("Hay 2 preguntas más igual de altas.", "Hay 1 pregunta más igual de alta."),
            groups=tuple(
                replace(group, title=title)
                for group, title in zip(asked.groups, titles, strict=False)
            ),
        ),
        footer="climatekit 0.1 · valorado con fecha 1 de noviembre de 2026 · estudio 4f1a22c09b7e",
    )


TELLING = {
    "rose": rose,
    "fell": fell,
    "too_close": too_close,
    "withheld": all_withheld,
    "first_wave": one_wave,
    "not_rated": not_rated,
    "draft_scale": draft_scale,
    "spanish": spanish,
}
