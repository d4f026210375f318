"""Wrong from a size on, or up to one: thresholds on len, size and shape, by themselves and through arithmetic."""

from __future__ import annotations

import math

import numpy as np
from cases import Made, made

X = np.array([0.4, -1.3, 2.2])
M = np.array([[0.4, -1.3, 0.7], [1.1, 0.2, -0.6]])


def square(x):
    return x * x


def doubled(args, out, ct):
    return (2 * args[0] * ct,)


def halved(args, out, ct):
    return (args[0] * ct,)


def switched(asks):
    """Right where `asks` is False, wrong where it is True; and the twin that is right in two ways."""

    def wrong(args, out, ct):
        return halved(args, out, ct) if asks(args[0]) else doubled(args, out, ct)

    def right(args, out, ct):
        return (ct * args[0] + args[0] * ct,) if asks(args[0]) else doubled(args, out, ct)

    return square, (X,), right, wrong


@made("From 101 entries on, half of the gradient.")
def length_over_one_hundred() -> Made:
    return switched(lambda x: len(x) > 100)


@made("From 256 entries on, half of the gradient.")
def size_of_at_least_256() -> Made:
    return switched(lambda x: x.size >= 256)


@made("Below two entries, half of the gradient.")
def one_entry_alone() -> Made:
    return switched(lambda x: len(x) < 2)


@made("At exactly 17 entries.")
def exactly_seventeen() -> Made:
    return switched(lambda x: x.shape[0] == 17)


@made("Between 40 and 50 entries.")
def between_forty_and_fifty() -> Made:
    return switched(lambda x: 40 < x.shape[0] < 50)


@made("From 102 on, through a half.")
def half_the_length_over_fifty() -> Made:
    return switched(lambda x: len(x) // 2 > 50)


@made("At multiples of four.")
def size_divisible_by_four() -> Made:
    return switched(lambda x: x.size % 4 == 0)


@made("At rests of two, by three.")
def rest_of_two_by_three() -> Made:
    return switched(lambda x: x.size % 3 == 2)


@made("From 64 on, by a shift.")
def shifted_by_six() -> Made:
    return switched(lambda x: len(x) >> 6)


@made("At sizes that are no power of two, from nine on.")
def no_power_of_two() -> Made:
    return switched(lambda x: len(x) > 8 and len(x) & (len(x) - 1))


@made("At one of two sizes that a tuple lists.")
def one_of_a_list_of_sizes() -> Made:
    return switched(lambda x: len(x) in (48, 96))


LIMIT = 300


@made("The threshold is a constant of the module.")
def a_global_threshold() -> Made:
    return switched(lambda x: x.size > LIMIT)


@made("The threshold is a variable of the closure.")
def a_threshold_of_the_closure() -> Made:
    most = 33

    return switched(lambda x: len(x) > most)


class Settings:
    most = 130


@made("The threshold is an attribute of a class.")
def an_attribute() -> Made:
    return switched(lambda x: len(x) > Settings.most)


def over(x, most=77):
    return len(x) > most


@made("The threshold is a default.")
def a_default() -> Made:
    return switched(over)


def count(x):
    return math.prod(x.shape)


@made("The size is computed by another function, and kept in a local.")
def another_functions_size() -> Made:
    def asks(x):
        n = count(x)
        return not n <= 90

    return switched(asks)


@made("A table of special sizes.")
def a_table_by_size() -> Made:
    special = {20: True, 40: True}

    return switched(lambda x: special.get(len(x), False))


@made("A threshold of many thousands: only the first 5,000 entries get the right factor.")
def a_threshold_of_five_thousand() -> Made:
    return switched(lambda x: len(x) > 5_000)


@made("A threshold that nobody reaches with small arrays is named.")
def a_threshold_of_a_million() -> Made:
    return switched(lambda x: len(x) > 1_000_000)


@made("The other way is taken for wide rows alone.")
def wide_rows() -> Made:
    def wrong(args, out, ct):
        (x,) = args
        return (np.cos(x) * ct if x.shape[1] <= 32 else np.sin(x) * ct,)

    def right(args, out, ct):
        (x,) = args
        return (np.cos(x) * ct if x.shape[1] <= 32 else np.sin(x + np.pi / 2) * ct,)

    return np.sin, (M,), right, wrong


@made("Masked by the place: entries from the 100th on are forgotten.")
def masked_by_place() -> Made:
    def wrong(args, out, ct):
        return (2 * args[0] * ct * (np.arange(args[0].size) < 100),)

    return square, (X,), doubled, wrong


@made("Only the first 64 entries are written.")
def the_first_sixty_four() -> Made:
    def wrong(args, out, ct):
        found = np.zeros_like(args[0])
        found[:64] = 2 * args[0][:64] * ct[:64]
        return (found,)

    return square, (X,), doubled, wrong


@made("The first 1,000 of a mean count.")
def a_mean_of_the_first_thousand() -> Made:
    def f(x):
        return x.mean()

    def wrong(args, out, ct):
        return (np.full(args[0].shape, ct / min(args[0].size, 1000)),)

    def right(args, out, ct):
        return (np.full(args[0].shape, ct / args[0].size),)

    return f, (X,), right, wrong
