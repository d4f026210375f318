"""The templates of this folder, filled: what comes from the results is inert in them.

>>> print(rendered("graph_fragment.html.jinja", picture="<svg>", omission="", style="", linked={}).count("&lt;svg&gt;"))
1
>>> rendered("nowhere.html.jinja")
Traceback (most recent call last):
    ...
FileNotFoundError: ...
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from backproof.reports.causes import digits_before_the_point, marked, pad, sides, widest, worst_entry
from backproof.reports.glossary import EVIDENCE, MEASURES, VERDICTS
from backproof.reports.html.assets import asset
from backproof.reports.html.held import with_held
from backproof.reports.html.letters import letters
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

BREAKS = re.compile(r"[-+0-9.]+e-[0-9]+")  # a number that a browser breaks where its exponent begins

END = "</html>"
"""In which a page ends, and no part of one."""


def rendered(template: str, **given: Any) -> str:
    """A template of this folder, filled; what comes from the results is inert in it. A whole page ends in the second copy
    of its numbers."""
    text = _templates().get_template(template).render(**given)
    return with_held(text) if text.endswith(END) else text


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
        clip=clip, comparison=comparison, entry=entry_name, grouped=grouped, magnitude=magnitude, matrix=unbroken_matrix, path=path_names
    )
    environment.filters.update(not_run_words=not_run_words, replay=replay_command, route_words=route_words, short=short)
    environment.filters.update(subscripts=with_subscripts, looked=looked_words, letters=letters)
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


def unbroken_matrix(matrix: Any) -> Any:
    """Every number of a matrix, in columns; those that a browser would break at the sign of their exponent are kept
    whole.

    >>> unbroken_matrix([["1.5e-10", "2.0"]])
    Markup('<span class="whole">1.5e-10</span>  2.0')
    """
    from markupsafe import Markup, escape

    return Markup(BREAKS.sub(r'<span class="whole">\g<0></span>', str(escape(inert(matrix_text(matrix))))))


def _formula(latex: str) -> Any:
    from markupsafe import Markup

    return Markup(formula(inert(latex)))
