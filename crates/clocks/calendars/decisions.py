"""Which calendars there are, and where we decide otherwise than the package, each with its reason.

The rule of generate.py holds: in doubt a day is worked, and the file says so.
"""

from kinds import FRIDAY, MONDAY, Add, Calendar, Drop, Rename, easter, fixed, nth

# --- the United States ----------------------------------------------------------------------------------------------

NO_FRIDAY = "a holiday on a Saturday is not moved to the Friday before it"


def before_saturday(day):
    return day.weekday() == FRIDAY


def no_friday(why=NO_FRIDAY, when=before_saturday):
    return Drop(".*", why, when=when, observed=True)


STATE_NOT_READ = "The state's own law was not read. The days are those on which two independent lists of holidays agree, and the Monday after a holiday on a Sunday."
STATE_BUSINESS_DAY = (
    "Laws that count business days seldom say whose holidays interrupt them; the federal ones (us-federal) may be meant."
)
STATE_SATURDAY = (
    "A holiday on a Saturday is not moved to the Friday before it, though state offices often close then; "
    "a deadline comes out early rather than late."
)
OFFICES_ONLY = "state offices close, but the law of legal holidays does not name the day"

# The states of which a rule of ours may count business days. The law's text was read in a copy, on the day in `checked_on`,
# except where `read` is False.
STATES_READ = {
    "AL": dict(
        law="Ala. Code § 1-3-8",
        doubts=[
            "Juneteenth was added by a law of 2025; the copy that was read is older.",
            "Mardi Gras is a holiday in Baldwin and Mobile counties only and is left out.",
        ],
        friday=True,
    ),
    "CA": dict(
        law="https://leginfo.legislature.ca.gov/faces/codes_displayText.xhtml?lawCode=GOV&division=7.&title=1.&part=&chapter=7.&article= · Cal. Gov. Code §§ 6700, 6701",
        doubts=[
            "Left out although Gov. Code § 6700 names them, because state offices are open: Lunar New Year, Lincoln Day, Genocide Remembrance Day, Admission Day, Native American Day, Columbus Day, Diwali, Good Friday noon to three.",
            "The day after Thanksgiving is a holiday of state offices and courts, not of § 6700.",
        ],
        overrides=[
            Drop("Susan B. Anthony Day", "a day of observance, not a holiday"),
            Drop("Diwali", "offices are open; employees may take the day instead of another"),
            no_friday(
                "§ 6701 moves a Saturday to Friday for 11 November alone",
                when=lambda day: day.weekday() == FRIDAY and day.month != 11,
            ),
        ],
        friday=True,
        saturday="A holiday on a Saturday is not moved to Friday, except 11 November (§ 6701).",
    ),
    "IA": dict(
        law="Iowa Code §§ 1C.1, 4.1(34)",
        doubts=[
            "Juneteenth is not in § 1C.1 and is left out, as is the Friday after Thanksgiving, when state offices close (§ 1C.2).",
        ],
        overrides=[Drop("Juneteenth National Independence Day", "not a legal public holiday under § 1C.1")],
    ),
    "IL": dict(
        law="205 ILCS 630/17; state holidays of the Department of Central Management Services",
        read=False,
        doubts=[
            "Casimir Pulaski's birthday and Good Friday stand in statutes but state offices are open; both are left out.",
            "Election Day is made a holiday for single years; those of 2028 and 2030 are left out until they are.",
            "State offices also close on the Friday after Thanksgiving, which is left out.",
        ],
        overrides=[
            Drop("Casimir Pulaski Day", "state offices are open"),
            Drop("Election Day", "made a holiday for single years", when=lambda day: day.year > 2026),
        ],
    ),
    "ME": dict(
        law="https://legislature.maine.gov/statutes/4/title4sec1051.html · 4 M.R.S. § 1051",
        doubts=["State offices also close on the Friday after Thanksgiving, which § 1051 does not name; it is left out."],
    ),
    "MI": dict(
        law="MCL 435.101",
        read=False,
        doubts=[
            "State offices also close on Election Day in even years, the Friday after Thanksgiving, 24 and 31 December (civil service); these are left out.",
            "MCL 435.101 is said to name 12 February and Columbus Day too, when state offices are open; they are left out.",
        ],
        overrides=[
            Drop("Election Day|Day After Thanksgiving|Christmas Eve|New Year's Eve", OFFICES_ONLY),
        ],
    ),
    "NY": dict(
        law="https://www.nysenate.gov/legislation/laws/GCN/24 · N.Y. Gen. Constr. Law §§ 24, 25-a",
        doubts=["Bills of 2025 and 2026 would add public holidays; whether one became law was not checked."],
        overrides=[Drop("Susan B. Anthony Day", "not in § 24")],
    ),
    "PA": dict(
        law="44 P.S. § 11",
        read=False,
        doubts=[
            "44 P.S. § 11 is said to name Good Friday, Flag Day (14 June) and Election Day too, when offices are open; they are left out.",
            "State offices also close on the Friday after Thanksgiving, which is left out.",
        ],
        overrides=[Drop("Day After Thanksgiving", OFFICES_ONLY)],
    ),
    "TX": dict(
        law="https://statutes.capitol.texas.gov/Docs/GV/htm/GV.662.htm · Tex. Gov't Code §§ 662.003, 662.021",
        doubts=[
            "State offices work with fewer people, but are open, on 19 January, 2 March, 21 April, 19 June and 27 August. § 662.021 calls these days legal holidays; whoever wants to be safe counts by us-federal.",
            "Optional holidays (Good Friday, Rosh Hashanah, Yom Kippur, Cesar Chavez Day) are left out.",
        ],
        overrides=[
            Drop(".*", "Texas moves no holiday from a weekend", observed=True),
            Drop("Good Friday|Cesar Chavez Day", "optional holiday, § 662.003(c)"),
            Rename("Confederate Memorial Day", "Confederate Heroes Day"),
            Rename("Emancipation Day In Texas", "Emancipation Day in Texas"),
        ],
        friday=True,
        saturday="A holiday on a Saturday or Sunday is not moved to another day.",
    ),
    "VT": dict(
        law="https://legislature.vermont.gov/statutes/section/01/007/00371 · 1 V.S.A. § 371",
        doubts=["§ 371(b) moves a Saturday to Friday and a Sunday to Monday for state offices; for others it may not hold."],
        overrides=[Add("Indigenous Peoples' Day", "1 V.S.A. § 371(a)(9); the package does not have it", nth(10, MONDAY, 2))],
        friday=True,
        saturday=None,
    ),
}

# The other states: what two lists do not agree on is left out.
STATES_OTHER = {
    "CO": dict(overrides=[Drop("Cesar Chavez Day", "optional holiday")]),
    "FL": dict(overrides=[Drop("Susan B. Anthony Day", "state offices are open")]),
    "GA": dict(
        overrides=[
            Drop("State Holiday", "announced for each year", when=lambda day: day.year > 2026 and day.month in (3, 4)),
            Drop("Washington's Birthday", "announced for each year", when=lambda day: day.year > 2026),
        ],
        doubts=["The governor sets the state holiday of spring (Good Friday in 2026) and the day at Christmas on which Washington's birthday is kept; from 2027 both are left out."],
    ),
    "HI": dict(
        overrides=[Add("Good Friday", "Haw. Rev. Stat. § 8-1; the package does not have it", easter(-2))],
        doubts=["Good Friday was added by us (Haw. Rev. Stat. § 8-1)."],
    ),
    "IN": dict(
        overrides=[Drop("Washington's Birthday", "announced for each year")],
        doubts=["The day at Christmas on which Washington's birthday is kept is announced for each year and left out."],
    ),
    "KS": dict(overrides=[Drop("Washington's Birthday|Christmas Eve", "the lists disagree")]),
    "KY": dict(
        overrides=[
            Drop("Washington's Birthday", "the lists disagree"),
            Drop("Good Friday", "half a day"),
        ],
        doubts=["Good Friday is half a day off and is left out."],
    ),
    "MD": dict(doubts=["Election days are holidays of state offices and are left out."]),
    "NC": dict(
        overrides=[Drop("Washington's Birthday|Day After Christmas", "the lists disagree")],
        doubts=["State offices close for two or three days at Christmas, set for each year; only those on which the lists agree are in."],
    ),
    "SC": dict(
        overrides=[
            Drop("Confederate Memorial Day", "it is 10 May (S.C. Code § 53-5-10), not a Monday in April"),
            Add("Confederate Memorial Day", "S.C. Code § 53-5-10", fixed(5, 10)),
        ],
        doubts=["Confederate Memorial Day was set to 10 May by us (S.C. Code § 53-5-10); the package has a Monday in April."],
    ),
    "VA": dict(
        doubts=["Only the package has Election Day and the day after Thanksgiving; Va. Code § 2.2-3300 is said to name both."],
    ),
    "WA": dict(
        doubts=["Only the package has Native American Heritage Day, the day after Thanksgiving; RCW 1.16.050 is said to name it."],
    ),
    "WI": dict(
        overrides=[Drop("Susan B. Anthony Day|Christmas Eve|New Year's Eve", "the lists disagree")],
        doubts=["State offices also close on 24 and 31 December; both are left out."],
    ),
    "WV": dict(
        overrides=[Drop("Election Day", "the lists disagree")],
        doubts=["Days of general and primary elections may be holidays (W. Va. Code § 2-2-1); they are left out."],
    ),
    "PR": dict(
        doubts=["The second list had holidays that Puerto Rico abolished in 2014 and lacked Good Friday; here the package decides."],
    ),
}

STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia", "FL": "Florida", "GA": "Georgia",
    "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky",
    "LA": "Louisiana", "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota",
    "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada", "NH": "New Hampshire",
    "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York", "NC": "North Carolina", "ND": "North Dakota",
    "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania", "PR": "Puerto Rico", "RI": "Rhode Island",
    "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont",
    "VA": "Virginia", "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
}  # fmt: skip


def united_states():
    yield Calendar(
        "us-federal",
        "United States, federal holidays",
        "https://www.opm.gov/policy-data-oversight/pay-leave/federal-holidays/ · 5 U.S.C. § 6103, Executive Order 11582",
        "US",
        doubts=[
            "Closures by executive order are not in the table, for instance 9 January 2025 (day of mourning) and 24 and 26 December 2025. They are added as closures.",
            "Inauguration Day is a holiday around Washington only and is left out; 20 January 2029 is a Saturday.",
        ],
    )
    yield Calendar(
        "us-bank",
        "United States, holidays of the Federal Reserve Banks",
        "https://www.federalreserve.gov/aboutthefed/k8.htm · Federal Reserve Board, K.8",
        "US",
        compared=False,
        doubts=["Single Reserve Banks and private banks may close on other days."],
        overrides=[no_friday("Reserve Banks are open on the Friday before a Saturday holiday (K.8)")],
    )
    for code, name in STATES.items():
        read = STATES_READ.get(code)
        more = read or STATES_OTHER.get(code, {})
        overrides = list(more.get("overrides", []))
        if not more.get("friday"):
            overrides.append(no_friday())
        doubts = []
        if not (read and read.get("read", True)):
            doubts.append(STATE_NOT_READ)
        doubts += more.get("doubts", [])
        if "saturday" not in more:
            doubts += [] if more.get("friday") else [STATE_SATURDAY]
        elif more["saturday"]:
            doubts.append(more["saturday"])
        doubts.append(STATE_BUSINESS_DAY)
        law = more.get("law", f"{name}'s legal holidays")
        yield Calendar(f"us-{code.lower()}", f"{name}, legal holidays", law, "US", code, doubts=doubts, overrides=overrides)


# --- Europe ---------------------------------------------------------------------------------------------------------

NOT_READ = "The law itself was not read for this table."


def europe():
    def state(code, name, law, *doubts, overrides=(), title=None):
        said = [*doubts, NOT_READ]
        title = title or f"{name}, public holidays"
        return Calendar(code.lower(), title, law, code.upper(), doubts=said, overrides=list(overrides))

    yield state("at", "Austria", "Arbeitsruhegesetz § 7",
                "Good Friday and 24 December are no public holidays, though AVG § 33(2) moves the end of a period from them; they are left out.",
                "Patron saints' days of the Länder are left out.")
    yield state("be", "Belgium", "Law of 4 January 1974 on public holidays; Royal Decree of 18 April 1974",
                "Holidays of the Communities (11 July, 27 September, 15 November) are left out.")
    yield state("bg", "Bulgaria", "https://lex.bg/laws/ldoc/1594373121 · Labour Code art. 154",
                "The government may declare further days free, often late in the year; only those of 31 December 2025 and 2 January 2026 are known.",
                "Holidays on a weekend move to the next working days by art. 154(2); the second list does not know this.",
                overrides=[Rename("Non-working day", "Non-working day by decision of the Council of Ministers")])
    yield state("cy", "Cyprus", "https://www.centralbank.cy/en/the-bank/working-hours-bank-holidays · Central Bank of Cyprus",
                "Easter Tuesday is a holiday of banks only and is left out.",
                "The second list lacks Whit Monday and has Clean Monday on a Tuesday, which is an error.")
    yield state("cz", "Czechia", "Act No. 245/2000 Coll.")
    yield state("de", "Germany", "Unification Treaty art. 2(2) for 3 October; otherwise the laws of the Länder",
                "Only the nine days that are holidays in every Land are in. Each Land has more (Epiphany, Corpus Christi, Reformation Day, All Saints and others); where a Land's authority is the recipient, add them as closures.",
                title="Germany, public holidays of all Länder")
    yield state("dk", "Denmark", "Danish public holidays (helligdage); Act No. 214 of 2023 ended Store bededag",
                "5 June, 24 December and 31 December are no public holidays, but banks and offices mostly close; they are left out.")
    yield state("ee", "Estonia", "Pühade ja tähtpäevade seadus (Public Holidays and Days of National Importance Act)",
                "Working days before some holidays are three hours shorter; they count as working days.")
    yield state("es", "Spain", "Estatuto de los Trabajadores art. 37.2; the yearly list of working holidays in the Boletín Oficial del Estado",
                "Only days that are holidays in the whole country are in. Each autonomous community and town has more, and a community may replace some of the national days.")
    yield state("fi", "Finland", "Act 150/1930 § 5 on statutory periods; Act 388/1937 for 6 December",
                "Midsummer Eve and Christmas Eve are in: Act 150/1930 § 5 moves the end of a period from them. The second list has them as days on which banks close.")
    yield state("fr", "France", "https://www.service-public.fr/particuliers/vosdroits/F2405 · Code du travail art. L3133-1",
                "Good Friday and 26 December are holidays in Alsace and Moselle only and are left out, as are days of overseas departments.")
    yield state("gr", "Greece", "Law 4808/2021",
                "When 1 May falls on a weekend or near Easter the ministry moves it by a decision; the day to which 1 May 2027 will move is not known and is left out.",
                "Good Friday and Whit Monday are holidays of public offices by custom and special laws.",
                overrides=[Drop("Labor Day", "moved by a decision that is not out yet", observed=True)])
    yield state("hr", "Croatia", "Zakon o blagdanima, spomendanima i neradnim danima (NN 110/2019)")
    yield state("hu", "Hungary", "https://njt.hu/jogszabaly/2012-1-00-00 · Labour Code (Act I of 2012) § 102; Act LXXII of 2026 for 24 December",
                "Days off that a decree gives in exchange for a worked Saturday are no public holidays and are left out: 2 May, 24 October and 24 December 2025, 2 January and 21 August 2026. The Saturdays stay closed, as Regulation 1182/71 has it.",
                "24 December is in from 2026; the second list has it as optional.",
                overrides=[Drop("Day off .*", "exchanged by decree, not a public holiday")])
    yield state("ie", "Ireland", "https://www.irishstatutebook.ie/eli/1997/act/20/enacted/en/html · Organisation of Working Time Act 1997, Second Schedule",
                "Good Friday is no public holiday, though banks and courts close; it is left out.",
                "A public holiday on a weekend gives employees another day off but moves no date.")
    yield state("it", "Italy", "Law 260/1949; Law 151/2025 for 4 October",
                "The patron saint's day of each town is left out.")
    yield state("lt", "Lithuania", "Labour Code art. 123")
    yield state("lu", "Luxembourg", "Code du travail art. L. 232-2",
                "Where a holiday falls on a Sunday employees get another day; no date moves.")
    yield state("lv", "Latvia", "https://likumi.lv/doc.php?id=72608 · Law of 3 October 1990 on public holidays",
                "Days off that the Cabinet gives in exchange for a worked Saturday are no public holidays and are left out: 2 May and 17 November 2025, 2 January and 22 June 2026.",
                "The closing day of the Song and Dance Festival (next expected in 2028) is a holiday; its date is not known.",
                overrides=[Drop("Day off .*", "exchanged by the Cabinet, not a public holiday")])
    yield state("mt", "Malta", "https://legislation.mt/eli/cap/252/eng · National Holidays and Other Public Holidays Act, Cap. 252")
    yield state("nl", "Netherlands", "https://wetten.overheid.nl/BWBR0002448 · Algemene termijnenwet art. 3",
                "5 May is in for every year and Good Friday is in, as art. 3 of the law on periods has both; many employers work on them.",
                "The government may make further days equal to holidays, such as the Friday after Ascension; they are left out.",
                overrides=[Add("Liberation Day", "Algemene termijnenwet art. 3(1); the package has it every fifth year", fixed(5, 5))])
    yield state("pl", "Poland", "Act of 18 January 1951 on days free from work",
                "A holiday on a Saturday gives employees another day off but moves no date.")
    yield state("pt", "Portugal", "Código do Trabalho art. 234",
                "Carnival Tuesday and municipal holidays are optional and left out.")
    yield state("ro", "Romania", "Labour Code art. 139",
                "Bridge days that the government gives to public offices are left out.",
                "2 January is in by law; the second list lacks it.")
    yield state("se", "Sweden", "Lag (1989:253) om allmänna helgdagar",
                "Midsummer Eve, 24 December and 31 December are no public holidays, though lag (1930:173) § 2 moves the end of a period from them; they are left out.")
    yield state("si", "Slovenia", "Zakon o praznikih in dela prostih dnevih v Republiki Sloveniji")
    yield state("sk", "Slovakia", "https://www.slov-lex.sk/pravne-predpisy/SK/ZZ/1993/241/ · Act No. 241/1993; Acts 530/2023 and 261/2025",
                "8 May and 15 September are worked in 2026 and in again from 2027, as Act 261/2025 is understood; the second list has them worked for good. Watch for a change.")

    yield state("no", "Norway", "Lov 24 February 1995 No. 12 om helligdager; lov 26 April 1947 No. 1",
                "The afternoons before Christmas, New Year, Easter and Whitsun are half days and left out.")
    yield state("is", "Iceland", "Act No. 88/1971 art. 6",
                "24 and 31 December are free from noon or one o'clock only and are left out.")
    yield state("li", "Liechtenstein", "Labour law; list of the Liechtensteinische Landesbank",
                "2 February and 19 March are holidays by one list and days of observance by another; they are left out.",
                "2 January, Carnival Tuesday, Good Friday, 24 and 31 December are days on which banks close; they are left out.",
                overrides=[Drop("Candlemas|Saint Joseph's Day", "the lists disagree")])

    kingdom = "https://www.gov.uk/bank-holidays · Banking and Financial Dealings Act 1971"
    extra = "Bank holidays for single occasions are proclaimed when they come; only those known are in."
    yield Calendar("gb", "United Kingdom: England and Wales, bank holidays", kingdom, "GB", "ENG", doubts=[extra])
    yield Calendar("gb-sct", "United Kingdom: Scotland, bank holidays", kingdom + ", St Andrew's Day Bank Holiday (Scotland) Act 2007", "GB", "SCT",
                   doubts=[extra, "Bank holidays bind nobody in Scotland; councils set local holidays, and many offices close on Easter Monday instead."],
                   overrides=[Rename("Scotland's participation in the FIFA World Cup final", "Bank holiday for the men's football World Cup")])
    yield Calendar("gb-nir", "United Kingdom: Northern Ireland, bank holidays", kingdom, "GB", "NIR", doubts=[extra])
    yield Calendar("ch", "Switzerland, holidays of all cantons", "Federal Constitution art. 110(3) for 1 August; otherwise the laws of the cantons", "CH",
                   doubts=["Only 1 August is a holiday by federal law. New Year, Ascension and Christmas are holidays in every canton. Each canton has more, such as Good Friday, Easter Monday and Whit Monday in most; where a canton's office is the recipient, add them as closures.", NOT_READ])


# --- the rest of the world ------------------------------------------------------------------------------------------


def elsewhere():
    yield Calendar("au", "Australia, public holidays of all states and territories", "Fair Work Act 2009 s. 115", "AU",
                   doubts=["States and territories add days and set the substitutes for days at a weekend (for instance 28 December 2026); none of these are in.", NOT_READ])
    yield Calendar("au-act", "Australia: Australian Capital Territory, public holidays", "https://www.legislation.act.gov.au/a/1958-19/ · Holidays Act 1958 (ACT)", "AU", "ACT",
                   doubts=["The government may declare further days.", NOT_READ])
    yield Calendar("ca", "Canada, federal holidays", "https://laws-lois.justice.gc.ca/eng/acts/i-21/ · Interpretation Act s. 35(1) \"holiday\"; Holidays Act", "CA",
                   categories=("government", "public"),
                   doubts=["The days are those of the Interpretation Act, which governs the counting of time. The Canada Labour Code has Boxing Day, not Easter Monday, and moves days from a weekend; federal offices close then, but the days are left out.",
                           "Provinces and territories have holidays of their own.", NOT_READ],
                   overrides=[Drop("Boxing Day", "not in the Interpretation Act"),
                              Drop("(?!Canada Day).*", "the Interpretation Act moves no day", observed=True),
                              Drop("Canada Day", "the Holidays Act moves it from a Sunday only", observed=True,
                                   when=lambda day: day.day != 2),
                              Add("Easter Monday", "Interpretation Act s. 35(1)", easter(1))])
    yield Calendar("ca-qc", "Canada: Quebec, holidays", "https://www.legisquebec.gouv.qc.ca/en/document/cs/i-16 · Interpretation Act (Quebec) s. 61(23)", "CA", "QC",
                   doubts=["The Code of Civil Procedure treats Saturdays, 26 December and 2 January as holidays too; the two days are left out.", NOT_READ],
                   overrides=[Drop("(?!Canada Day).*", "s. 61(23) moves no other day", observed=True),
                              Drop("Canada Day", "moved from a Sunday only", observed=True, when=lambda day: day.day != 2),
                              Add("Easter Monday", "s. 61(23)(d)", easter(1))])
    yield Calendar("sg", "Singapore, public holidays", "https://www.mom.gov.sg/employment-practices/public-holidays · Holidays Act 1998", "SG", until=2027,
                   doubts=["The ministry announces the days about half a year ahead; 2027 is the last year announced. The second list has other days for 2027 and calculates them.",
                           "Hari Raya Puasa and Hari Raya Haji may still be moved."])
    yield Calendar("jp", "Japan, national holidays", "https://www8.cao.go.jp/chosei/shukujitsu/gaiyou.html · Act on National Holidays (Act 178 of 1948)", "JP", until=2027,
                   doubts=["The two equinox days become official in February of the year before; 2027 is the last such year.",
                           "Offices of the state are also closed on 29 to 31 December and 2 and 3 January; these days are left out."])
    yield Calendar("br", "Brazil, national holidays", "Laws 662/1949, 6.802/1980, 9.093/1995 and 14.759/2023", "BR",
                   doubts=["Carnival, Corpus Christi and other optional days (pontos facultativos), and holidays of states and towns, are left out.", NOT_READ])
    yield Calendar("in", "India, gazetted holidays of central government offices (Delhi)", "Department of Personnel and Training, yearly circular", "IN", until=2026,
                   compared=False,
                   doubts=["2026 is the last year of which the package has the circular; the one for 2027 may be out.",
                           "Days that follow the moon are confirmed or moved shortly before.",
                           "Each state has its own list, and offices outside Delhi choose three of the days themselves."])
    yield Calendar("cn", "China, public holidays as arranged by the State Council", "https://www.gov.cn/gongbao/2025/issue_12406/202511/content_7048922.htm · notice of the General Office of the State Council, November 2025", "CN", until=2026, swaps=True,
                   compared=False,
                   doubts=["2026 is the last year announced in the package; the notice for 2027 was due in November 2026.",
                           "Weekend days that are worked in exchange are under `open`."])
    yield Calendar("kr", "South Korea, public holidays", "Public Holidays Act (공휴일에 관한 법률), as amended in 2026", "KR", until=2027,
                   compared=False,
                   doubts=["1 May and 17 July are in from 2026, by the amendment of 2026; the second list does not have 1 May.",
                           "The government adds temporary holidays at short notice. Dates of the lunar calendar for 2027 are calculated.",
                           "Elections called early bring a holiday."])


def calendars():
    return [*united_states(), *europe(), *elsewhere()]
