//! Characters that Word stores as places in a symbol font instead of as Unicode.

/// What a reader sees for a character of the private use area, where Symbol and Wingdings put theirs.
pub(crate) fn visible(character: char) -> char {
    let code = u32::from(character);
    if !(0xF000..=0xF0FF).contains(&code) {
        return character;
    }
    match code - 0xF000 {
        0x20 => ' ',
        0x2D | 0xBE => '–',
        0xA3 => '≤',
        0xB3 => '≥',
        0xB0 => '°',
        0xB1 => '±',
        0xB4 => '×',
        0xD2 => '®',
        0xD3 => '©',
        0xD4 => '™',
        0xE0 | 0xE8 | 0xF0 => '→',
        0x6F | 0x71 | 0xA8 | 0x72 => '☐',
        0xFC | 0x50 => '✓',
        0xFE | 0x52 => '☑',
        0xFD | 0xFB | 0x51 | 0x53 | 0x54 | 0x78 => '☒',
        // Everything else in these fonts that appears in agreements is some kind of bullet.
        _ => '•',
    }
}

/// What a reader sees for a `w:sym`, whose code is written in hexadecimal.
pub(crate) fn of_code(code: &str) -> Option<char> {
    let code = u32::from_str_radix(code.trim(), 16).ok()?;
    // Codes below the private use area mean the same place in the symbol font.
    let code = if code < 0x100 { code + 0xF000 } else { code };
    char::from_u32(code).map(visible)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_and_bullets_become_visible() {
        assert_eq!(of_code("F0A8"), Some('☐'));
        assert_eq!(of_code("00FE"), Some('☑'));
        assert_eq!(of_code("F0B7"), Some('•'));
        assert_eq!(of_code("2014"), Some('—'));
        assert_eq!(of_code("nonsense"), None);
        assert_eq!(visible('§'), '§');
    }
}
