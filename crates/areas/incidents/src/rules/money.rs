//! Amounts of money: whole minor units of a currency of ISO 4217, read and said without a floating point.

/// Minor units that one amount can hold. A thousand of them still sum up within 64 bits.
const LIMIT: i64 = 1_000_000_000_000_000;

const NO_DIGITS: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
const THREE_DIGITS: &str = "BHD IQD JOD KWD LYD OMR TND";
const TWO_DIGITS: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF \
     CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS \
     INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD \
     NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP \
     SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW ZWG";

/// How many digits stand behind the point; `None` for what is no currency in use.
pub fn digits(currency: &str) -> Option<u32> {
    let among = |list: &str| currency.len() == 3 && list.split(' ').any(|known| known == currency);
    if among(TWO_DIGITS) {
        Some(2)
    } else if among(NO_DIGITS) {
        Some(0)
    } else if among(THREE_DIGITS) {
        Some(3)
    } else {
        None
    }
}

/// Reads what somebody typed, such as `1,234.50` or `1 234,5`. What can be meant in two ways is refused.
///
/// # Errors
/// A sentence for the person who typed it.
pub fn read(text: &str, currency: &str) -> Result<i64, String> {
    let digits = digits(currency).ok_or_else(|| format!("`{currency}` is no currency; write one as `EUR`"))?;
    let plain: String =
        text.trim().chars().filter(|c| !matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\'' | '’')).collect();
    let unread = || format!("`{}` is no amount; write it as `1234.50`", text.trim());
    if plain.is_empty() || !plain.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ',') {
        return Err(unread());
    }
    let last = plain.rfind(['.', ',']);
    let (whole, fraction) = match last {
        None => (plain.as_str(), ""),
        Some(at) => {
            let (mark, behind) = (&plain[at..=at], &plain[at + 1..]);
            let alone = plain.matches(['.', ',']).count() == 1;
            let repeated = plain.matches(mark).count() > 1;
            if repeated {
                (plain.as_str(), "")
            } else if alone && behind.len() == 3 && digits != 3 {
                return Err(format!(
                    "`{}` can be meant in two ways; write it without a sign for thousands",
                    text.trim()
                ));
            } else {
                (&plain[..at], behind)
            }
        }
    };
    if fraction.len() > digits as usize {
        return Err(format!("{currency} has {digits} digits behind the point"));
    }
    if last.is_some() && fraction.is_empty() && !whole.contains(['.', ',']) {
        return Err(unread());
    }
    let mut groups = whole.split(['.', ',']);
    let first = groups.next().unwrap_or_default();
    let grouped = whole.contains(['.', ',']);
    if first.is_empty()
        || grouped && first.len() > 3
        || !groups.clone().all(|group| group.len() == 3)
        || whole.contains('.') && whole.contains(',')
    {
        return Err(unread());
    }
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    let padded = format!("{whole}{fraction:0<width$}", width = digits as usize);
    match padded.parse::<i64>() {
        Ok(amount) if amount <= LIMIT => Ok(amount),
        _ => Err("that is more than an amount can hold".to_owned()),
    }
}

/// `1234.50`, for machines and forms.
pub fn plain(minor: i64, currency: &str) -> String {
    said_with(minor, currency, "")
}

/// `EUR 1,234.50`, for people.
pub fn said(minor: i64, currency: &str) -> String {
    format!("{currency} {}", said_with(minor, currency, ","))
}

fn said_with(minor: i64, currency: &str, between: &str) -> String {
    let digits = digits(currency).unwrap_or(2);
    let unit = 10_i64.pow(digits);
    let whole = (minor / unit).to_string();
    let mut out = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push_str(between);
        }
        out.push(digit);
    }
    if digits > 0 {
        out.push_str(&format!(".{:0width$}", minor % unit, width = digits as usize));
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        for (text, currency, minor) in [
            ("1234.50", "EUR", 123_450),
            ("1,234.5", "USD", 123_450),
            ("1.234,50", "EUR", 123_450),
            ("1 234 567,89", "EUR", 123_456_789),
            ("1'234.05", "CHF", 123_405),
            ("12,345,678", "USD", 1_234_567_800),
            ("0.07", "EUR", 7),
            ("5000", "JPY", 5_000),
            ("1.234", "KWD", 1_234),
            ("12", "TND", 12_000),
        ] {
            assert_eq!(read(text, currency), Ok(minor), "{text} {currency}");
        }
    }

    #[test]
    fn what_is_no_amount_or_two_is_refused() {
        for (text, currency) in [
            ("", "EUR"),
            ("-5", "EUR"),
            ("1e9", "EUR"),
            ("1,234", "EUR"),
            ("1.234", "USD"),
            ("1.2.3", "EUR"),
            ("1,23,456.00", "EUR"),
            ("12.345", "EUR"),
            ("5.1", "JPY"),
            (".5", "EUR"),
            ("5.", "EUR"),
            ("١٢", "EUR"),
            ("99999999999999999999", "EUR"),
            ("5", "EURO"),
            ("5", "XXX"),
            ("5", "eur"),
        ] {
            assert!(read(text, currency).is_err(), "{text} {currency}");
        }
    }

    #[test]
    fn amounts_are_said_with_their_digits() {
        assert_eq!(said(123_456_789, "EUR"), "EUR 1,234,567.89");
        assert_eq!(said(7, "EUR"), "EUR 0.07");
        assert_eq!(said(5_000, "JPY"), "JPY 5,000");
        assert_eq!(plain(1_234, "KWD"), "1.234");
    }

    proptest! {
        #[test]
        fn what_is_said_is_read_again(minor in 0..LIMIT, which in 0usize..4) {
            let currency = ["EUR", "JPY", "KWD", "USD"][which];
            prop_assert_eq!(read(&plain(minor, currency), currency), Ok(minor));
        }
    }
}
