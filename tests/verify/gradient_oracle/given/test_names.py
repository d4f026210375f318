"""What an argument is called."""

from __future__ import annotations

from backproof.verify.gradient_oracle.given.names import argument, entry_of, named


def test_names_hold_inside_and_no_longer() -> None:
    with named(("x", "params['W']")):
        assert entry_of(argument(1), (3, 2)) == "params['W'][3, 2]"
        with named(()):
            assert argument(1) == "argument 1"
        assert argument(1) == "params['W']"
    assert argument(0) == "argument 0"
    assert argument(0, ("y",)) == "y"
    assert entry_of("x", ()) == "x"
