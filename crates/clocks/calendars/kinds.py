"""What a calendar and an override are, and days by rule. Used by generate.py, decisions.py and facts.py."""

import datetime as dt
from dataclasses import dataclass, field

FROM, UNTIL = 2025, 2030
MONDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = 0, 3, 4, 5, 6


@dataclass
class Drop:
    """Leaves out days of the package by name. `when` narrows it; `observed` means substitute days only."""

    name: str
    why: str
    when: object = lambda day: True
    observed: bool = False


@dataclass
class Add:
    """Adds a day in every year: `day` gives it for a year."""

    name: str
    why: str
    day: object


@dataclass
class Rename:
    name: str
    to: str


@dataclass
class Calendar:
    id: str
    title: str
    law: str
    country: str
    part: str | None = None
    until: int = UNTIL
    doubts: list = field(default_factory=list)
    overrides: list = field(default_factory=list)
    categories: tuple = ("public",)
    compared: bool = True
    swaps: bool = False  # whether worked weekend days and the days off for them count


def fixed(month, day):
    return lambda year: dt.date(year, month, day)


def nth(month, weekday, count):
    """The `count`th such weekday of a month; -1 is the last."""

    def day(year):
        if count > 0:
            first = dt.date(year, month, 1)
            return first + dt.timedelta((weekday - first.weekday()) % 7 + 7 * (count - 1))
        last = dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(1)
        return last - dt.timedelta((last.weekday() - weekday) % 7)

    return day


def easter(shift):
    """Days from western Easter Sunday (anonymous Gregorian computus)."""

    def day(year):
        a, b, c = year % 19, year // 100, year % 100
        h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
        k = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
        m = (a + 11 * h + 22 * k) // 451
        n = h + k - 7 * m + 114
        return dt.date(year, n // 31, n % 31 + 1) + dt.timedelta(shift)

    return day
