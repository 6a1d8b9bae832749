//! Numbers in the writing systems that legal numbering uses.

const ONES: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/// A number as a numbering format writes it. Formats that are not known are written in decimal, which
/// keeps the number right where only its look would be wrong.
pub(crate) fn write(value: u32, format: &str) -> String {
    match format {
        "none" => String::new(),
        "upperRoman" => roman(value),
        "lowerRoman" => roman(value).to_ascii_lowercase(),
        "upperLetter" => letters(value, b'A'),
        "lowerLetter" => letters(value, b'a'),
        "decimalZero" => format!("{value:02}"),
        "ordinal" => format!("{value}{}", ordinal_ending(value)),
        "cardinalText" => capital(&words(value)),
        "ordinalText" => capital(&ordinal_words(value)),
        "numberInDash" => format!("- {value} -"),
        "bullet" => "•".to_owned(),
        _ => value.to_string(),
    }
}

fn roman(value: u32) -> String {
    const STEPS: [(u32, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    if value == 0 || value > 10_000 {
        return value.to_string();
    }
    let mut left = value;
    let mut written = String::new();
    for (step, sign) in STEPS {
        while left >= step {
            written.push_str(sign);
            left -= step;
        }
    }
    written
}

/// A to Z, then AA to ZZ, then AAA: Word repeats the letter instead of counting in base 26.
fn letters(value: u32, first: u8) -> String {
    if value == 0 || value > 26 * 100 {
        return value.to_string();
    }
    let letter = char::from(first + ((value - 1) % 26) as u8);
    String::from(letter).repeat(((value - 1) / 26 + 1) as usize)
}

fn ordinal_ending(value: u32) -> &'static str {
    match (value % 10, value % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    }
}

fn words(value: u32) -> String {
    match value {
        0..20 => ONES[value as usize].to_owned(),
        20..100 if value.is_multiple_of(10) => TENS[(value / 10) as usize].to_owned(),
        20..100 => format!("{}-{}", TENS[(value / 10) as usize], ONES[(value % 10) as usize]),
        100..1000 if value.is_multiple_of(100) => format!("{} hundred", ONES[(value / 100) as usize]),
        100..1000 => format!("{} hundred {}", ONES[(value / 100) as usize], words(value % 100)),
        1000..1_000_000 if value.is_multiple_of(1000) => format!("{} thousand", words(value / 1000)),
        1000..1_000_000 => format!("{} thousand {}", words(value / 1000), words(value % 1000)),
        _ => value.to_string(),
    }
}

fn ordinal_words(value: u32) -> String {
    let words = words(value);
    let (lead, last) = match words.rfind([' ', '-']) {
        Some(at) => words.split_at(at + 1),
        None => ("", words.as_str()),
    };
    let last = match last {
        "one" => "first".to_owned(),
        "two" => "second".to_owned(),
        "three" => "third".to_owned(),
        "five" => "fifth".to_owned(),
        "eight" => "eighth".to_owned(),
        "nine" => "ninth".to_owned(),
        "twelve" => "twelfth".to_owned(),
        _ => match last.strip_suffix('y') {
            Some(stem) => format!("{stem}ieth"),
            None => format!("{last}th"),
        },
    };
    format!("{lead}{last}")
}

fn capital(words: &str) -> String {
    let mut characters = words.chars();
    characters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + characters.as_str())
}

#[cfg(test)]
mod tests {
    use super::write;

    #[test]
    fn each_format_writes_as_word_does() {
        let check = |value, format, want: &str| assert_eq!(write(value, format), want, "{format} {value}");
        check(4, "upperRoman", "IV");
        check(1994, "lowerRoman", "mcmxciv");
        check(1, "lowerLetter", "a");
        check(26, "upperLetter", "Z");
        check(27, "upperLetter", "AA");
        check(53, "lowerLetter", "aaa");
        check(7, "decimalZero", "07");
        check(12, "ordinal", "12th");
        check(22, "ordinal", "22nd");
        check(21, "cardinalText", "Twenty-one");
        check(30, "ordinalText", "Thirtieth");
        check(112, "ordinalText", "One hundred twelfth");
        check(2_019, "cardinalText", "Two thousand nineteen");
        check(5, "ideographTraditional", "5");
        check(u32::MAX, "upperRoman", "4294967295");
        check(0, "lowerLetter", "0");
    }
}
