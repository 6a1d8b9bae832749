#!/usr/bin/env python3
"""Writes the holiday calendars of this folder, one TOML file each, and nothing else.

Run by hand, never by the build. In a virtual environment outside the repository:

    pip install holidays==0.109
    python -B generate.py            # writes the files
    python -B generate.py --check    # compares them with what would be written, and asserts the facts of facts.py

The days come from the Python package `holidays` 0.109 (MIT, https://github.com/vacanza/holidays): its category
"public", names in English. What we decided otherwise stands in decisions.py, each override with its reason.

Our rule: in doubt a day is worked. A holiday that is missing makes an alarm come early; one that is invented makes a
notice late. So half days, days on which offices merely close, and days that a government has yet to announce are left
out, and the file says so under `doubts`. The output depends on these scripts and the package alone.
"""

import datetime as dt
import re
import sys
from pathlib import Path

import holidays

import facts
from decisions import calendars
from kinds import FROM, Add, Drop, Rename

PACKAGE = "0.109"
CHECKED_ON = dt.date(2026, 11, 22)
HERE = Path(__file__).resolve().parent

OBSERVED = [re.compile(r"(.*) \(observed\)"), re.compile(r"Alternative holiday for (.*)")]
SWAPPED = re.compile(r"Day off \(substituted from (\d\d)/(\d\d)/(\d{4})\)")


def part(name):
    """A name of the package as (name, observed)."""
    for form in OBSERVED:
        if found := form.fullmatch(name):
            return found.group(1), True
    if found := SWAPPED.fullmatch(name):
        month, day, year = found.groups()
        return f"Day off for {year}-{month}-{day}", False
    return name, False


def of_package(calendar):
    years = range(FROM, calendar.until + 1)
    found = holidays.country_holidays(
        calendar.country, subdiv=calendar.part, years=years, language="en_US", categories=calendar.categories
    )
    days = {}
    for day in found:
        if day.year in years:
            days[day] = [part(name) for name in found.get_list(day)]
    worked = sorted(day for day in found.weekend_workdays if day.year in years) if calendar.swaps else []
    if calendar.country == "JP":
        substitutes(days)
    return days, worked


def substitutes(days):
    """Japan's substitutes have a name of their own; here they get that of the holiday on the Sunday before."""
    for day in sorted(days):
        if ("Substitute Holiday", False) in days[day]:
            sunday = day - dt.timedelta(day.weekday() + 1)
            days[day] = [(name, True) for name, _ in days[sunday]]


def overridden(calendar, days):
    for change in calendar.overrides:
        hits = 0
        if isinstance(change, Add):
            for year in range(FROM, calendar.until + 1):
                parts = days.setdefault(change.day(year), [])
                if all(name != change.name for name, _ in parts):
                    parts.append((change.name, False))
                    hits += 1
        else:
            form = re.compile(change.name if isinstance(change, Drop) else re.escape(change.name))
            for day in sorted(days):
                kept = []
                for name, observed in days[day]:
                    hit = form.fullmatch(name)
                    if isinstance(change, Rename):
                        kept.append((change.to if hit else name, observed))
                    elif hit and change.when(day) and (observed or not change.observed):
                        pass
                    else:
                        kept.append((name, observed))
                hits += kept != days[day]
                days[day] = kept
        if not hits and not getattr(change, "observed", False):
            sys.exit(f"{calendar.id}: the override of `{change.name}` changes nothing; the package may have followed")
    return {day: parts for day, parts in days.items() if parts}


def table(calendar):
    """The holidays as (date, name, observed) in order, and the weekend days that are worked."""
    days, worked = of_package(calendar)
    rows = []
    for day, parts in sorted(overridden(calendar, days).items()):
        parts = sorted(set(parts))
        observed = all(seen for _, seen in parts)
        names = [name if observed or not seen else f"{name} (observed)" for name, seen in parts]
        rows.append((day, " / ".join(dict.fromkeys(names)), observed))
    return rows, worked


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def toml(calendar):
    rows, worked = table(calendar)
    how = f"days from the Python package holidays {PACKAGE} (MIT), made by generate.py"
    if calendar.compared:
        how += ", compared with date-holidays 3.37.0"
    lines = [
        "# Made by generate.py; do not edit. Days added or taken away by announcement are closures, not part of this table.",
        f"calendar = {quoted(calendar.id)}",
        f"title = {quoted(calendar.title)}",
        f"source = {quoted(f'{calendar.law} · {how}')}",
        f'made_with = "holidays {PACKAGE}"',
        f"checked_on = {CHECKED_ON}",
        f"from = {FROM}",
        f"until = {calendar.until}",
        'weekend = ["saturday", "sunday"]',
    ]
    if calendar.doubts:
        lines += ["doubts = [", *(f"    {quoted(doubt)}," for doubt in calendar.doubts), "]"]
    else:
        lines.append("doubts = []")
    if worked:
        lines += ["open = [", *(f"    {day}," for day in worked), "]"]
    for day, name, observed in rows:
        lines += ["", "[[holiday]]", f"date = {day}", f"name = {quoted(name)}"]
        if observed:
            lines.append('kind = "observed"')
    return "\n".join(lines) + "\n"


def main(arguments):
    if holidays.__version__ != PACKAGE:
        sys.exit(f"holidays {PACKAGE} is wanted, {holidays.__version__} is installed")
    if arguments not in ([], ["--check"]):
        sys.exit("usage: generate.py [--check]")
    files = {calendar.id: toml(calendar) for calendar in calendars()}
    facts.check(files)
    if arguments:
        there = {path.stem: path.read_text("utf-8") for path in HERE.glob("*.toml")}
        wrong = sorted(name for name in files.keys() | there.keys() if files.get(name) != there.get(name))
        if wrong:
            sys.exit(f"differ from what generate.py writes: {', '.join(wrong)}")
        print(f"{len(files)} calendars are as generate.py writes them, and the facts hold")
    else:
        for name, text in files.items():
            (HERE / f"{name}.toml").write_text(text, "utf-8", newline="\n")
        print(f"{len(files)} calendars written")


if __name__ == "__main__":
    main(sys.argv[1:])
