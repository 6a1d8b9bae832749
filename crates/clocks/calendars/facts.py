"""Facts that we know of the calendars. generate.py asserts them before it writes and with --check."""

import datetime as dt
import tomllib

from kinds import FROM, MONDAY, SATURDAY, SUNDAY, THURSDAY, UNTIL, fixed, nth


def federal_by_law(year):
    """5 U.S.C. § 6103(a), written a second time and without the package."""
    days = [
        fixed(1, 1), nth(1, MONDAY, 3), nth(2, MONDAY, 3), nth(5, MONDAY, -1), fixed(6, 19), fixed(7, 4),
        nth(9, MONDAY, 1), nth(10, MONDAY, 2), fixed(11, 11), nth(11, THURSDAY, 4), fixed(12, 25),
    ]  # fmt: skip
    return {day(year) for day in days}


def check(files):
    read = {name: tomllib.loads(text) for name, text in files.items()}
    closed = {name: {row["date"]: row for row in data["holiday"]} for name, data in read.items()}

    def expect(what, held):
        assert held, what

    for name, data in read.items():
        dates = [row["date"] for row in data["holiday"]]
        expect(f"{name}: in order, each day once", dates == sorted(set(dates)))
        expect(f"{name}: every year has holidays", {day.year for day in dates} == set(range(FROM, data["until"] + 1)))
        expect(f"{name}: nothing estimated", all("estimated" not in row["name"] for row in data["holiday"]))
        for year in range(FROM, data["until"] + 1):
            expect(f"{name}: New Year {year}", dt.date(year, 1, 1) in dates or name == "in")
            expect(f"{name}: Christmas {year}", dt.date(year, 12, 25) in dates or name in ("jp", "cn"))
        for day in data.get("open", []):
            expect(f"{name}: {day} is at a weekend", day.weekday() >= SATURDAY and day not in dates)

    # Federal and Reserve Bank days, whole, against the law written out above.
    federal, bank = set(), set()
    for year in range(FROM, UNTIL + 2):
        for day in federal_by_law(year):
            federal.add(day), bank.add(day)
            if day.weekday() == SATURDAY:
                federal.add(day - dt.timedelta(1))
            elif day.weekday() == SUNDAY:
                federal.add(day + dt.timedelta(1)), bank.add(day + dt.timedelta(1))
    within = lambda days: {day for day in days if FROM <= day.year <= UNTIL}
    expect("us-federal is 5 U.S.C. 6103", set(closed["us-federal"]) == within(federal))
    expect("us-bank is K.8", set(closed["us-bank"]) == within(bank))

    def has(name, *days):
        for day in days:
            day = dt.date.fromisoformat(day)
            expect(f"{name}: {day} is a holiday", day in closed[name])

    def lacks(name, *days):
        for day in days:
            day = dt.date.fromisoformat(day)
            expect(f"{name}: {day} ({closed[name].get(day, {}).get('name')}) is no holiday", day not in closed[name])

    has("us-federal", "2026-07-03", "2026-10-12", "2026-11-11", "2026-11-26", "2026-12-25", "2027-06-18", "2027-12-24", "2027-12-31")
    lacks("us-federal", "2026-04-03", "2026-11-27", "2026-12-24", "2026-11-03")
    lacks("us-bank", "2026-07-03", "2027-06-18", "2027-12-31", "2028-11-10")
    has("us-bank", "2027-07-05")
    expect("us-federal: observed", closed["us-federal"][dt.date(2027, 12, 31)]["kind"] == "observed")
    expect("fifty states, DC, Puerto Rico", sum(len(name) == 5 and name.startswith("us-") for name in read) == 52)

    has("us-al", "2026-07-03", "2026-04-27", "2026-06-01")
    has("us-ca", "2026-03-31", "2026-11-27", "2028-11-10", "2027-07-05")
    lacks("us-ca", "2026-07-03", "2028-02-15", "2026-10-12", "2027-10-29", "2027-12-24")
    has("us-ia", "2026-02-12", "2027-07-05")
    lacks("us-ia", "2026-06-19", "2026-07-03", "2026-10-12", "2026-11-27")
    has("us-me", "2026-04-20", "2026-06-19", "2026-10-12")
    lacks("us-me", "2026-07-03", "2026-11-27")
    lacks("us-mi", "2026-07-03", "2026-11-27", "2026-12-24", "2026-12-31", "2026-11-03")
    has("us-ny", "2026-02-12", "2026-11-03", "2027-11-02", "2027-07-05")
    lacks("us-ny", "2028-02-15", "2026-07-03")
    has("us-tx", "2027-01-19", "2026-03-02", "2026-04-21", "2026-06-19", "2026-08-27", "2026-11-27", "2026-12-24")
    lacks("us-tx", "2026-04-03", "2026-03-31", "2026-07-03", "2027-07-05", "2026-10-12", "2027-12-23")
    has("us-vt", "2026-03-03", "2026-07-03", "2026-08-17", "2026-10-12", "2028-08-16")
    has("us-sc", "2027-05-10")
    has("us-hi", "2026-04-03")

    has("ie", "2026-02-02", "2026-12-26", "2030-02-01", "2026-03-17")
    lacks("ie", "2026-04-03", "2026-12-28")
    has("de", "2026-04-03", "2026-10-03", "2026-05-25")
    lacks("de", "2026-01-06", "2026-06-04", "2026-10-31", "2026-12-24")
    has("fr", "2026-07-14", "2026-11-11", "2026-05-25")
    lacks("fr", "2026-04-03", "2026-12-26")
    has("nl", "2026-04-27", "2025-04-26", "2026-05-05", "2027-05-05", "2026-04-03")
    has("at", "2026-10-26", "2026-06-04")
    lacks("at", "2026-04-03", "2026-12-24")
    has("be", "2026-07-21")
    has("bg", "2026-05-25", "2026-09-07", "2026-12-28", "2026-04-13", "2026-01-02", "2027-12-28")
    has("cy", "2026-06-01", "2026-02-23")
    has("cz", "2026-11-17", "2026-04-03")
    lacks("dk", "2026-06-05", "2026-05-01", "2027-04-23")
    has("dk", "2026-04-02", "2026-05-14")
    has("ee", "2026-02-24", "2026-06-23")
    has("es", "2026-10-12", "2026-01-06", "2026-04-03")
    lacks("es", "2026-04-02", "2026-04-06")
    has("fi", "2026-06-19", "2026-12-24")
    lacks("se", "2026-06-19", "2026-12-24")
    has("se", "2026-01-06", "2026-06-06")
    has("gr", "2026-04-13", "2026-10-28", "2026-02-23")
    lacks("gr", "2026-04-06", "2027-05-04")
    has("hr", "2026-05-30", "2026-11-18")
    has("hu", "2026-12-24", "2026-10-23", "2026-08-20")
    lacks("hu", "2026-08-21", "2025-12-24", "2026-01-02")
    has("it", "2026-10-04", "2027-10-04", "2026-06-02")
    lacks("it", "2025-10-04")
    has("lt", "2026-02-16", "2026-11-02")
    has("lu", "2026-06-23", "2026-05-09")
    has("lv", "2026-11-18", "2026-06-23")
    lacks("lv", "2026-06-22")
    has("mt", "2026-02-10", "2026-09-08")
    has("pl", "2025-12-24", "2026-11-11", "2026-06-04")
    has("pt", "2026-06-10", "2026-12-01")
    lacks("pt", "2026-02-17")
    has("ro", "2026-01-02", "2026-01-06", "2026-12-01", "2026-06-01")
    has("si", "2026-02-08", "2026-06-25")
    lacks("sk", "2026-05-08", "2026-09-15", "2026-11-17", "2026-09-01")
    has("sk", "2027-09-15", "2025-05-08")
    has("no", "2026-04-02", "2027-05-17")
    has("is", "2026-04-23", "2026-06-17")
    lacks("is", "2026-12-24")
    lacks("li", "2026-02-02", "2026-03-19", "2026-04-03")
    has("gb", "2026-12-28", "2026-08-31", "2026-04-06", "2027-12-28", "2028-01-03")
    lacks("gb", "2026-06-15", "2026-11-30")
    has("gb-sct", "2026-11-30", "2026-08-03", "2026-01-02", "2026-06-15")
    lacks("gb-sct", "2026-04-06", "2026-08-31")
    has("gb-nir", "2026-03-17", "2026-07-13", "2026-08-31")
    expect("ch: four days a year", len(closed["ch"]) == 4 * (UNTIL - FROM + 1))
    has("au", "2026-01-26", "2026-04-25")
    has("au-act", "2026-03-09", "2026-12-28")
    has("ca", "2026-09-30", "2026-10-12", "2026-11-11", "2026-04-06", "2026-05-18", "2029-07-02")
    lacks("ca", "2027-12-27", "2026-12-28", "2028-07-03", "2028-11-13", "2026-12-26")
    has("ca-qc", "2026-06-24", "2026-04-06", "2026-04-03")
    lacks("ca-qc", "2026-09-30", "2027-12-27", "2026-11-11")
    has("sg", "2026-11-09", "2026-08-10", "2027-02-08")
    has("jp", "2026-05-06", "2026-09-22", "2027-03-22")
    expect("jp: name of a substitute", closed["jp"][dt.date(2026, 5, 6)]["name"] == "Constitution Day")
    has("br", "2026-11-20", "2026-09-07")
    lacks("br", "2026-02-17", "2026-06-04")
    has("cn", "2026-02-16", "2026-10-07")
    expect("cn: open", dt.date(2026, 10, 10) in read["cn"]["open"] and dt.date(2026, 2, 14) in read["cn"]["open"])
    has("in", "2026-01-26", "2026-08-15")
    has("kr", "2026-03-02", "2026-08-17", "2027-02-09")
    lasts = {name: data["until"] for name, data in read.items() if data["until"] != UNTIL}
    expect("last years", lasts == {"cn": 2026, "in": 2026, "jp": 2027, "kr": 2027, "sg": 2027})
