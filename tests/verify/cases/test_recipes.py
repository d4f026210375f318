"""Every recipe gives shapes and attributes with which its row works, from operands of any shape."""

from __future__ import annotations

import math

import numpy as np
import pytest

from backproof.engine.functions import TABLE
from backproof.engine.vertices import vertex
from backproof.verify.cases.choices import seeded
from backproof.verify.cases.recipes import LARGEST, RECIPES, SHAPES, adapter


@pytest.mark.parametrize("rational", [True, False], ids=["rational", "real"])
@pytest.mark.parametrize("name", RECIPES)
def test_a_row_takes_what_its_recipe_asks_for(name: str, rational: bool) -> None:
    row, recipe = TABLE[name], RECIPES[name]
    for seed in range(60):
        choices = seeded(np.random.default_rng(seed))
        count = choices.integer(max(recipe.fewest, row.fewest), min(recipe.most, 5))
        given = [choices.pick(SHAPES) for _ in range(count)]
        fitted = recipe.fit(choices, given, rational)
        attributes = dict(vertex("v", name, (), **fitted.attributes).attributes)
        assert len(fitted.shapes) == count
        assert math.prod(row.shape(attributes, fitted.shapes)) >= 1
        for have, wanted in zip(given, fitted.shapes, strict=True):
            if have != wanted:
                function, how = adapter(choices, have, wanted)
                assert tuple(TABLE[function].shape(dict(vertex("v", function, (), **how).attributes), [have])) == wanted


def test_concatenation_keeps_within_the_largest_vector() -> None:
    for seed in range(40):
        choices = seeded(np.random.default_rng(seed))
        given = [choices.pick(SHAPES) for _ in range(choices.integer(1, LARGEST))]
        fitted = RECIPES["concatenate"].fit(choices, given, False)
        assert sum(shape[0] for shape in fitted.shapes) <= LARGEST
