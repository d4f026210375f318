"""The templates of this folder, filled: what comes from the results is inert in them.

>>> print(rendered("graph_fragment.html.jinja", picture="<svg>", omission="", style="", linked={}).count("&lt;svg&gt;"))
1
>>> rendered("nowhere.html.jinja")
Traceback (most recent call last):
    ...
FileNotFoundError: ...
"""

from __future__ import annotations

from functools import cache
from typing import Any

from backproof.reports.causes import digits_before_the_point, marked, pad, sides, widest, worst_entry
from backproof.reports.glossary import EVIDENCE, MEASURES, VERDICTS
from backproof.reports.html.assets import asset
from backproof.reports.html.mathematics import formula
from backproof.reports.text import (
    clip,
    comparison,
    entry_name,
    grouped,
    inert,
    looked_words,
    magnitude,
    matrix_text,
    not_run_words,
    path_names,
    replay_command,
    route_words,
    short,
    short_replay,
    with_subscripts,
)


def rendered(template: str, **given: Any) -> str:
    """A template of this folder, filled; what comes from the results is inert in it."""
    return _templates().get_template(template).render(**given)


@cache
def _templates() -> Any:
    import jinja2

    environment: Any = jinja2.Environment(
        loader=jinja2.FunctionLoader(asset),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        finalize=_finished,
    )
    environment.filters.update(
        clip=clip, comparison=comparison, entry=entry_name, grouped=grouped, magnitude=magnitude, matrix=matrix_text, path=path_names
    )
    environment.filters.update(not_run_words=not_run_words, replay=replay_command, route_words=route_words, short=short)
    environment.filters.update(subscripts=with_subscripts, looked=looked_words)
    environment.globals["glossary"] = {"verdicts": (*VERDICTS, EVIDENCE[-1]), "evidence": EVIDENCE[:-1], "measures": MEASURES}
    environment.filters.update(
        worst_entry=worst_entry, sides=sides, short_replay=short_replay, marked_beside=marked, pad=pad, widest=widest
    )
    environment.filters["digits_before_the_point"] = digits_before_the_point
    environment.globals["formula"] = _formula
    return environment


def _finished(value: Any) -> Any:
    """Every string from the results is made inert on its way into the page; markup made here passes."""
    return inert(value) if type(value) is str else value


def _formula(latex: str) -> Any:
    from markupsafe import Markup

    return Markup(formula(inert(latex)))
