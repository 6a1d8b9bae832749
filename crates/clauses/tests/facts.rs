//! Facts of a contract as a paralegal would enter them: dates, term, renewal, notice, law. Texts of our own.

use clauses::facts::{Fact, Facts, facts};
use clauses::segment::segment;

fn read(text: &str) -> Facts {
    facts(text, &segment(text, &[]))
}

fn value(fact: &Option<Fact>) -> &str {
    fact.as_ref().map_or("-", |f| &f.value)
}

const OPENING: &str = "SUPPLY AGREEMENT\n\nThis Supply Agreement (the \"Agreement\") is made as of March 1, 2010 (the \"Effective Date\") by and between Alder Ltd, a company of England (\"Supplier\"), and Birch GmbH (\"Customer\").\n\nWHEREAS, the parties wish to trade;\n\n";

/// The end that a term clause gives to a contract of 1 March 2010.
fn ends(cases: &[(&str, &str)]) {
    let got = cases.iter().map(|(clause, _)| {
        let text = format!("{OPENING}7. Term and Termination\n\n7.1 {clause}\n\n8. General");
        (*clause, value(&read(&text).expiration_date).to_owned())
    });
    agree(got, cases.iter().map(|(_, want)| (*want).to_owned()));
}

/// Says every case that differs, not the first alone.
fn agree<'a>(got: impl Iterator<Item = (&'a str, String)>, want: impl Iterator<Item = String>) {
    let wrong: Vec<String> = got
        .zip(want)
        .filter(|((_, got), want)| got != want)
        .map(|((case, got), want)| format!("{case}\n  got {got}, want {want}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_term_has_an_end() {
    ends(&[
        (
            "The term of this Agreement shall be for a period of three (3) years from the date of execution.",
            "2013-03-01",
        ),
        ("This Agreement shall be for a term of two (2) years, commencing on January 1, 2011.", "2013-01-01"),
        ("This Agreement will have a term of five years from the Effective Date.", "2015-03-01"),
        ("The initial term of this Agreement (the \"Initial Term\") is three years.", "2013-03-01"),
        ("This Agreement shall commence on the date hereof and end on December 31, 2010.", "2010-12-31"),
        (
            "The Term of this Agreement shall begin on the Effective Date and shall terminate three (3) years thereafter.",
            "2013-03-01",
        ),
        (
            "This Agreement shall remain in effect for an initial period of 24 months, unless terminated earlier.",
            "2012-03-01",
        ),
        ("The Agreement shall be valid until 31 December 2015.", "2015-12-31"),
        ("Term. The term (the \"Term\") shall be five years commencing as of the Effective Date.", "2015-03-01"),
        ("This Agreement shall continue for five (5) years after the Effective Date.", "2015-03-01"),
        (
            "\"Term\" means the period commencing on the Effective Date and ending on the fifth anniversary thereof.",
            "2015-03-01",
        ),
        ("This Agreement shall expire on the date that is ten (10) years after the Effective Date.", "2020-03-01"),
        ("This Agreement shall expire at midnight on June 30, 2010.", "2010-06-30"),
        ("This Agreement shall continue until the tenth (10th) anniversary of the Effective Date.", "2020-03-01"),
        ("The term of this Agreement is from January 1, 2010 through December 31, 2012 (the \"Term\").", "2012-12-31"),
        (
            "This Agreement shall take effect on the Effective Date and shall continue in force for a period of thirty-six (36) months.",
            "2013-03-01",
        ),
        ("The Agreement is effective upon signing and shall run for one year.", "2011-03-01"),
        (
            "Unless earlier terminated as provided herein, the term of this Agreement shall extend from the Effective Date to and including June 30, 2014.",
            "2014-06-30",
        ),
        (
            "This Agreement shall be effective as of the Effective Date and shall remain in full force and effect for a period of ten years from the date hereof.",
            "2020-03-01",
        ),
        (
            "This Agreement commences on the Effective Date and will continue for a period of seven (7) years (the \"Initial Term\") and thereafter until terminated.",
            "2017-03-01",
        ),
        ("This Agreement will terminate on the third anniversary of the date of this Agreement.", "2013-03-01"),
        ("The initial term shall be 18 months from the Effective Date.", "2011-09-01"),
        (
            "The term hereof shall commence on the date first written above and shall continue for a period of four (4) years.",
            "2014-03-01",
        ),
        (
            "Subject to earlier termination, this Agreement shall have an initial term commencing on the Effective Date and continuing for three years.",
            "2013-03-01",
        ),
        ("This Agreement shall be in effect for 90 days from the Effective Date.", "2010-05-30"),
        ("This Agreement shall be effective for a one (1) year term, beginning on the Effective Date.", "2011-03-01"),
        (
            "This Second Amendment shall be effective from the Second Amendment Effective Date and shall expire on December 31, 2021.",
            "2021-12-31",
        ),
        ("Term: November 1, 2014 to October 31, 2017", "2017-10-31"),
        ("Term. Three (3) years from the Effective Date.", "2013-03-01"),
        ("The parties agree that this Agreement shall last two years, beginning on the Effective Date.", "2012-03-01"),
        (
            "The services shall be provided for an initial term commencing on the Effective Date and ending on May 31, 2012.",
            "2012-05-31",
        ),
        (
            "This Agreement shall be binding upon execution and shall expire five years from the date of execution.",
            "2015-03-01",
        ),
        ("This Agreement is entered into for a fixed period of 12 months.", "2011-03-01"),
        ("The Term shall be for three (3) years, commencing on April 1, 2010.", "2013-04-01"),
        (
            "The term of this Agreement shall commence on April 1, 2010 and shall continue for five (5) years.",
            "2015-04-01",
        ),
        ("This Agreement shall have a duration of two years starting 1 June 2010.", "2012-06-01"),
        ("The duration of this Agreement shall be two (2) years.", "2012-03-01"),
        ("This Agreement starts on the Effective Date and lasts for three years.", "2013-03-01"),
    ]);
}

#[test]
fn a_term_without_an_end() {
    ends(&[
        ("This Agreement shall remain in effect until terminated by either party.", "perpetual"),
        ("This Agreement shall continue in perpetuity.", "perpetual"),
        ("The term of this Agreement commences on the Effective Date and shall continue indefinitely.", "perpetual"),
        (
            "This Agreement shall be effective on the Effective Date and shall continue until terminated as provided in Section 8.",
            "perpetual",
        ),
    ]);
}

#[test]
fn an_end_is_never_guessed() {
    ends(&[
        ("The term of this Agreement shall be [***] years from the Effective Date.", "-"),
        ("This Agreement shall continue for three (3) years from the first commercial sale.", "-"),
        ("This Agreement shall terminate on _________, 20__.", "-"),
        ("This Agreement shall expire on the later of June 30, 2014 and the last payment.", "-"),
        ("This Agreement shall continue until the last patent expires.", "-"),
        ("This Agreement shall terminate on February 30, 2014.", "-"),
        ("The Supplier shall keep records for five (5) years after the end of the term.", "-"),
        ("The warranty period is two years from delivery.", "-"),
        ("This Agreement shall commence on the Closing Date and shall continue for five (5) years.", "-"),
        ("The term of this Agreement is five years from the Launch Date.", "-"),
    ]);
}

/// The renewal term and the notice that stops it.
fn renews(cases: &[(&str, &str, &str)]) {
    let got = cases.iter().map(|(clause, _, _)| {
        let text = format!("{OPENING}7. Term and Termination\n\n7.1 {clause}\n\n8. General");
        let facts = read(&text);
        (*clause, format!("{}, {}", value(&facts.renewal_term), value(&facts.notice_to_stop_renewal)))
    });
    agree(got, cases.iter().map(|(_, term, notice)| format!("{term}, {notice}")));
}

#[test]
fn a_contract_renews() {
    renews(&[
        (
            "This Agreement shall automatically renew for successive one (1) year terms unless either party gives notice of non-renewal at least sixty (60) days prior to the end of the then-current term.",
            "successive 1 year",
            "60 days",
        ),
        (
            "At the Customer's option, this Agreement may be renewed for one additional two (2) year term.",
            "2 years",
            "-",
        ),
        (
            "Thereafter, this Agreement shall continue from year to year until terminated by either party on ninety days' written notice.",
            "successive 1 year",
            "90 days",
        ),
        ("After the Initial Term this Agreement shall continue on a month-to-month basis.", "successive 1 month", "-"),
        (
            "The Agreement will be extended automatically for further periods of twelve (12) months each unless terminated in writing three months before its expiry.",
            "successive 12 months",
            "3 months",
        ),
        (
            "The term shall automatically renew for an additional five-year period. Either party may prevent the renewal by written notice given not less than 180 days before the expiration of the term.",
            "5 years",
            "180 days",
        ),
        (
            "This Agreement may be renewed for additional one-year periods upon the mutual written agreement of the parties.",
            "successive 1 year",
            "-",
        ),
        ("The Initial Term shall be extended for consecutive two-year periods.", "successive 2 years", "-"),
        (
            "This Agreement will automatically renew for one-year periods unless cancelled by either party upon 30 days written notice prior to the end of the term.",
            "successive 1 year",
            "30 days",
        ),
        (
            "The term shall renew automatically each year unless either party gives sixty (60) days' notice before the anniversary date.",
            "successive 1 year",
            "60 days",
        ),
        (
            "Upon expiration of the Initial Term, this Agreement shall be renewed automatically for additional terms of one year each, unless either party notifies the other, at least ninety (90) days before the end of the then current term, of its intention not to renew.",
            "successive 1 year",
            "90 days",
        ),
        (
            "The Customer shall have the option to extend the term of this Agreement for two (2) additional periods of five (5) years each.",
            "successive 5 years",
            "-",
        ),
        ("The term will be automatically extended for an additional twelve months.", "12 months", "-"),
        (
            "After the initial term this Agreement renews annually unless either party objects in writing at least 45 days before the renewal date.",
            "successive 1 year",
            "45 days",
        ),
        (
            "This Agreement shall be automatically extended on a year-to-year basis unless terminated by not less than six months' prior written notice.",
            "successive 1 year",
            "6 months",
        ),
        ("The Term may be extended by mutual agreement for a further three (3) years.", "3 years", "-"),
        (
            "This Agreement shall continue for an initial term of three (3) years and shall automatically renew thereafter for successive terms of one (1) year each unless either party gives written notice of its intent to terminate no later than one hundred twenty (120) days prior to expiration.",
            "successive 1 year",
            "120 days",
        ),
        (
            "The initial term is two years. Thereafter, this Agreement shall be automatically renewed for one (1) year terms until terminated by either party on thirty (30) days' notice.",
            "successive 1 year",
            "30 days",
        ),
        (
            "This Agreement shall be automatically renewed for additional one (1) year periods unless terminated by either party by giving written notice to the other at least two months in advance.",
            "successive 1 year",
            "2 months",
        ),
        (
            "The agreement shall be extended for one (1) year at a time unless a party gives notice six (6) months before expiry.",
            "successive 1 year",
            "6 months",
        ),
        (
            "Unless either party gives notice to the contrary at least ninety (90) days prior to the end of the initial term, this Agreement shall renew for a second term of five (5) years.",
            "5 years",
            "90 days",
        ),
        (
            "If neither party gives notice of termination thirty (30) days before the end of the term, the term shall be deemed renewed for another year.",
            "1 year",
            "30 days",
        ),
        ("The Supplier may extend the time for delivery by thirty (30) days.", "-", "-"),
        ("The Customer shall renew the insurance for periods of one year.", "-", "-"),
        ("This Agreement shall continue for three (3) years from the Effective Date.", "-", "-"),
    ]);
}

/// The governing law that a clause chooses.
fn governs(cases: &[(&str, &str)]) {
    let got = cases.iter().map(|(clause, _)| {
        let text = format!("{OPENING}12. Governing Law\n\n12.1 {clause}\n\n13. General");
        (*clause, value(&read(&text).governing_law).to_owned())
    });
    agree(got, cases.iter().map(|(_, want)| (*want).to_owned()));
}

#[test]
fn a_law_governs() {
    governs(&[
        (
            "This Agreement shall be governed by and construed in accordance with the laws of the State of New York, without regard to conflicts of law.",
            "New York",
        ),
        (
            "This Agreement is governed by the laws of the Province of Ontario and the federal laws of Canada applicable therein.",
            "Ontario, Canada",
        ),
        (
            "This Agreement is governed by English law and the parties submit to the courts of England.",
            "England and Wales",
        ),
        ("The laws of England and Wales govern this Agreement.", "England and Wales"),
        ("This Agreement shall be interpreted under the laws of the Commonwealth of Massachusetts.", "Massachusetts"),
        ("This Agreement shall be construed in accordance with Delaware law.", "Delaware"),
        ("This Agreement is made in the State of Nevada and shall be governed by the laws thereof.", "Nevada"),
        ("This Agreement shall be governed by the laws of West Virginia.", "West Virginia"),
        (
            "This Agreement shall be governed by the laws of the People's Republic of China.",
            "People's Republic of China",
        ),
        ("This Agreement shall be governed by the laws of the United States and the State of Florida.", "Florida"),
        ("This Agreement shall be governed by German law, excluding the UN Convention.", "Germany"),
        (
            "This Agreement and all questions concerning its validity shall be determined under the law of the State of Illinois.",
            "Illinois",
        ),
        ("THIS AGREEMENT SHALL BE GOVERNED BY THE INTERNAL LAWS OF THE STATE OF TEXAS.", "Texas"),
        ("The substantive laws of Switzerland shall apply to this Agreement.", "Switzerland"),
        ("This contract is subject to Dutch law.", "Netherlands"),
        ("This Agreement is governed by the law of England.", "England and Wales"),
        (
            "The validity, interpretation and performance of this Agreement shall be controlled by and construed under the laws of the State of Georgia.",
            "Georgia",
        ),
        ("Governing law: State of Ohio.", "Ohio"),
        ("The applicable law shall be that of the Republic of Ireland.", "Ireland"),
        ("This Agreement shall be governed exclusively by Hong Kong law.", "Hong Kong"),
        ("The parties agree that the laws of Japan shall govern.", "Japan"),
        (
            "This Agreement shall be deemed to be a contract made under the laws of the State of Utah and for all purposes shall be construed in accordance with those laws.",
            "Utah",
        ),
        ("Dieses Dokument wird von niemandem regiert.", "-"),
        ("The Supplier is a corporation organized under the laws of Delaware.", "-"),
    ]);
}

/// Agreement date and effective date of an opening.
fn dated(cases: &[(&str, &str, &str)]) {
    let got = cases.iter().map(|(opening, _, _)| {
        let facts = read(opening);
        (*opening, format!("{}, {}", value(&facts.agreement_date), value(&facts.effective_date)))
    });
    agree(got, cases.iter().map(|(_, agreement, effective)| format!("{agreement}, {effective}")));
}

#[test]
fn a_contract_is_dated() {
    dated(&[
        ("This Agreement is made this 8th day of May, 2014, by and between A Ltd and B Ltd.", "2014-05-08", "-"),
        (
            "This Agreement, dated January 28, 2005, effective as of October 15, 2004 (\"Effective Date\"), is between A and B.",
            "2005-01-28",
            "2004-10-15",
        ),
        (
            "This Agreement is entered into as of 1 July 2020 (the \"Effective Date\") by A and B.",
            "2020-07-01",
            "2020-07-01",
        ),
        (
            "This Agreement is made as of May 1, 2015.\n\n2. Term. This Agreement shall become effective on the date first written above.",
            "2015-05-01",
            "2015-05-01",
        ),
        (
            "This Agreement is made as of May 1, 2015.\n\n1.1 \"Effective Date\" means June 1, 2015.",
            "2015-05-01",
            "2015-06-01",
        ),
        (
            "THIS AGREEMENT (\"Agreement\") is entered into effective the 1st day of January, 2012 by A and B.",
            "2012-01-01",
            "2012-01-01",
        ),
        (
            "LICENSE AGREEMENT\n\nEffective Date: March 15, 2011\n\nThis License Agreement is between A and B.",
            "2011-03-15",
            "2011-03-15",
        ),
        ("This Agreement is made and effective as of April 4, 2006 between A and B.", "2006-04-04", "2006-04-04"),
        (
            "This agreement (the \"Agreement\") is made on the 3rd of June 2004 and takes effect from 1 July 2004.",
            "2004-06-03",
            "2004-07-01",
        ),
        (
            "This Agreement is dated May 2, 2008.\n\n3. Term. The term of this Agreement shall commence on June 1, 2008 and end on May 31, 2009.",
            "2008-05-02",
            "2008-06-01",
        ),
        (
            "This Agreement (this \"Agreement\") dated as of the 2nd day of May, 2008 (the \"Execution Date\"), is made by A and B.\n\n3. This Agreement shall come into force on the Execution Date.",
            "2008-05-02",
            "2008-05-02",
        ),
        (
            "This Agreement is entered into as of May 2, 2008.\n\n3. This Agreement shall be effective upon execution by both parties.",
            "2008-05-02",
            "2008-05-02",
        ),
        (
            "This First Amendment to the Supply Agreement dated April 1, 2017 is made this 22 day of June 2018 by A and B.",
            "2018-06-22",
            "-",
        ),
        (
            "AGREEMENT\n\nbetween A and B.\n\n1. Scope\n\nIN WITNESS WHEREOF the parties have signed.\n\nBy: C. Title: CEO Date: 8/1/2019\n\nBy: D. Title: CFO Date: 8/4/2019",
            "2019-08-04",
            "-",
        ),
    ]);
}

#[test]
fn an_effective_date_that_is_an_event_starts_no_term() {
    let text = "This Agreement is made as of March 1, 2010 by A and B.\n\n1.1 \"Effective Date\" means the date on which the competent authority approves the plan.\n\n2. Term\n\n2.1 This Agreement shall commence on the Effective Date and shall continue for five (5) years.";
    let facts = read(text);
    assert_eq!(value(&facts.agreement_date), "2010-03-01");
    assert_eq!((value(&facts.effective_date), value(&facts.expiration_date)), ("-", "-"));
}

#[test]
fn a_blank_is_no_date() {
    dated(&[
        (
            "This Agreement is made this ___ day of ______, 20__ by and between A Ltd and B Ltd.\n\nThe parties refer to the plan of May 8, 2014.",
            "-",
            "-",
        ),
        (
            "This Agreement is entered into as of the [ ] day of [ ], 2020 (the \"Effective Date\") by A and B.",
            "-",
            "-",
        ),
        ("This Agreement is made as of September ___, 2019 by A and B.", "-", "-"),
        ("This Agreement is made as of February 30, 2015 by A and B.", "-", "-"),
        ("This Agreement is made in May 2015 by A and B.", "-", "-"),
    ]);
}

#[test]
fn the_parties_and_the_name() {
    let facts = read(OPENING);
    assert_eq!(value(&facts.document_name), "SUPPLY AGREEMENT");
    let names: Vec<(&str, Option<&str>)> =
        facts.parties.iter().map(|p| (p.name.as_str(), p.short.as_deref())).collect();
    assert_eq!(names, [("Alder Ltd", Some("Supplier")), ("Birch GmbH", Some("Customer"))]);
    for p in &facts.parties {
        assert_eq!(&OPENING[p.start..p.end], p.name);
    }
}

#[test]
fn words_are_those_of_the_text() {
    let text = format!(
        "{OPENING}9. Law\n\nThis Agreement is governed by the laws of “Québec”.\n\n10. Term\n\nThis Agreement ends on 1 July 2020."
    );
    let facts = read(&text);
    for fact in [
        &facts.document_name,
        &facts.agreement_date,
        &facts.effective_date,
        &facts.expiration_date,
        &facts.governing_law,
    ] {
        let fact = fact.as_ref().expect("a fact");
        assert_eq!(text[fact.start..fact.end], fact.text);
    }
    assert_eq!(value(&facts.governing_law), "Quebec, Canada");
}

#[test]
fn what_is_absent_is_not_written() {
    assert_eq!(serde_json::to_string(&read("")).expect("plain data"), "{}");
}
