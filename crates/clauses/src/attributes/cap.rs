//! What limits a liability: money, fees and the months they are counted for, or only kinds of damage.

use super::{Attributes, window};
use crate::duration::{self, Unit};

pattern!(AMOUNT, r"(?i)(?:US\$|\$|€|£|USD|EUR|GBP)\s?\d(?:[\d,.]*\d)?(?:\s*(?:million|thousand|[mk]\b))?");
pattern!(
    FEES,
    r"(?i)\b(?:fees|amounts?|charges|sums?|payments?|price|consideration|compensation|commissions?|royalties)\b[^.;]{0,80}?\b(?:paid|payable|received|due|owed|invoiced)\b[^.;]{0,120}"
);
pattern!(
    CAP_WORDS,
    r"(?i)\b(?:exceed\w*|limited to|limit(?:ed)? (?:of|at)|maximum|aggregate|capped?|up to|no more than|greater of|cap amount|general cap|lesser of|amount greater than|in excess of|equal to)\b"
);
pattern!(
    INDIRECT,
    r"(?i)\b(?:indirect|consequential|incidental|special|punitive|exemplary|lost profits?|loss of (?:profits?|revenue|business|goodwill|data|use))\b"
);
pattern!(
    FEES_OF,
    r"(?i)\b(?:(?:one|two|three|four|six|nine|twelve|eighteen|\d{1,2})(?:\s*\(\d{1,2}\))?\s+months?['’]?s?['’]?\s+(?:worth\s+of\s+|of\s+)?|monthly\s+|quarterly\s+|annual\s+|yearly\s+|annualized\s+)(?:\w+\s+){0,3}?(?:fees?|charges?|payments?|subscriptions?|price|remuneration)\b|\bcontract(?:ual)?\s+value\b|\b(?:revenues?|amounts?)\b[^.;]{0,60}\bearned\b[^.;]{0,120}"
);
pattern!(NAMED, r"\b((?:General|Enhanced|Increased|Super|Aggregate|Liability|Damages)\s+(?:Liability\s+)?Cap)\b");
pattern!(NAMED_IS, r"(?i)\bcap\b\W{0,6}\s+(?:means|is)\s+([^.;]{3,120})");
pattern!(REDACTED, r"\[\s*\*+\s*\]|\*\*\*|_{4,}");
pattern!(
    TIMES,
    r"(?i)\b(one|two|three|four|five|six|ten|twelve|\d{1,2})(?:\s*\(\s*\d{1,2}x?\s*\))?(?:\s+times|x)\b|\b(twice|double)\b|\b(\d{2,3})\s*%|\((\d{2,3})\s*%\)"
);
pattern!(
    EACH_PERIOD,
    r"(?i)\b(?:preceding|previous|prior|past|last|current|each|any|per|same|that|applicable|relevant|one|a)[\s-]+(?:full\s+)?(?:contract\s+|calendar\s+|subscription\s+|fiscal\s+|billing\s+|agreement\s+)?(year|quarter|month)\b|\b(annual|yearly|annualized|quarterly|monthly|annually)\b"
);

pub(super) fn cap(body: &str) -> Attributes {
    let fees = if CAP_WORDS.is_match(body) { FEES.find(body).or_else(|| FEES_OF.find(body)) } else { None };
    let basis = if let Some(m) = fees {
        Some(shorten(m.as_str()))
    } else if CAP_WORDS.is_match(body) {
        let defined = || body.to_lowercase().contains("cap amount").then(|| "defined cap amount".to_owned());
        let amount = AMOUNT.find(body).map(|m| m.as_str().trim().to_owned());
        amount.or_else(defined).or_else(|| NAMED.find(body).map(|m| m.as_str().to_owned())).or_else(|| {
            let liable = body.to_lowercase().contains("liab");
            (liable && REDACTED.is_match(body)).then(|| "an amount left blank".to_owned())
        })
    } else {
        NAMED_IS.captures(body).and_then(|c| c.get(1)).map(|m| shorten(m.as_str()))
    };
    let basis = basis.or_else(|| INDIRECT.is_match(body).then(|| "exclusion of indirect damages only".to_owned()));
    Attributes { basis, fee_months: fees.and_then(|m| months(body, m.start(), m.end())), ..Attributes::default() }
}

fn shorten(words: &str) -> String {
    words.split_whitespace().take(18).collect::<Vec<_>>().join(" ")
}

/// How many months of fees the cap allows, with its multiple: "two times the fees paid in the preceding year" is 24.
/// Of the fees of a whole term nobody can say.
fn months(body: &str, start: usize, end: usize) -> Option<f64> {
    let near = {
        let head = window(body, start, 60, false);
        let from = start - head.len() + head.rfind(['.', ';']).map_or(0, |i| i + 1);
        let tail = window(body, end, 80, true);
        &body[from..end + tail.find(['.', ';']).unwrap_or(tail.len())]
    };
    let counted = duration::all(near).into_iter().find_map(|d| match d.unit {
        Unit::Months => Some(d.count),
        Unit::Years => Some(d.count * 12.0),
        Unit::Weeks if d.count >= 4.0 => Some((d.count / 4.345).round()),
        Unit::Days if d.count >= 28.0 => Some((d.count / 30.4).round()),
        _ => None,
    });
    let named = || {
        let c = EACH_PERIOD.captures(near)?;
        let word = c.get(1).or(c.get(2))?.as_str().to_lowercase();
        Some(match word.as_str() {
            "year" | "annual" | "yearly" | "annualized" | "annually" => 12.0,
            "quarter" | "quarterly" => 3.0,
            _ => 1.0,
        })
    };
    counted.or_else(named).map(|months| months * times(near))
}

/// The multiple of the fees: "two times", "150%", else 1.
fn times(words: &str) -> f64 {
    let Some(c) = TIMES.captures(words) else { return 1.0 };
    if let Some(number) = c.get(1) {
        let digits = number.as_str().parse().ok();
        return digits.or_else(|| duration::number_words(number.as_str()).map(f64::from)).unwrap_or(1.0);
    }
    if c.get(2).is_some() {
        return 2.0;
    }
    c.get(3).or(c.get(4)).and_then(|p| p.as_str().parse::<f64>().ok()).map_or(1.0, |p| p / 100.0)
}

/// The first amount of money.
pub(super) fn amount(body: &str) -> Option<String> {
    AMOUNT.find(body).map(|m| m.as_str().trim().to_owned())
}
