//! Text from outside, made fit for paper. Knows characters, not what they mean.
//!
//! PDF/A and PDF/UA forbid a glyph that no font holds and a character without a mapping, so one stray character in a
//! counterparty's clause would cost the whole memo. We print the scripts that our faces draw well (Latin, Greek,
//! Cyrillic, and the usual signs); anything else becomes a visible box, and the paper says how many there are.

use typst_library::text::Font;

/// What stands for a character that the paper cannot show.
pub(crate) const BOX: char = '\u{25A1}';

/// A passage longer than this is cut: the memo is read, the contract is consulted.
const PASSAGE_CHARACTERS: usize = 1_200;

/// Without a break inside, one long word (a URL, a row of underscores) would run off the page.
const LONGEST_WORD: usize = 28;
pub(crate) const BREAK_HERE: char = '\u{200B}';

/// Blocks whose shaping keeps one character to one glyph, so that the text can be copied out of the PDF again.
const BLOCKS: &[(char, char)] = &[
    ('\u{20}', '\u{7E}'),
    ('\u{A0}', '\u{AC}'),
    ('\u{AE}', '\u{24F}'),
    ('\u{250}', '\u{2FF}'),
    ('\u{300}', '\u{36F}'),
    ('\u{370}', '\u{3FF}'),
    ('\u{400}', '\u{52F}'),
    ('\u{1E00}', '\u{1FFF}'),
    ('\u{2010}', '\u{2027}'),
    ('\u{2030}', '\u{205E}'),
    ('\u{2070}', '\u{209F}'),
    ('\u{20A0}', '\u{20BF}'),
    ('\u{2100}', '\u{218F}'),
    ('\u{2190}', '\u{22FF}'),
    ('\u{2500}', '\u{25FF}'),
    ('\u{FB00}', '\u{FB06}'),
];

/// Cleans the texts of one paper and counts what it had to replace.
pub(crate) struct Cleaner<'a> {
    fonts: &'a [Font],
    pub(crate) replaced: usize,
}

impl<'a> Cleaner<'a> {
    /// `fonts` are the faces of running text: a character counts as printable when each of them holds it, because the
    /// template may set any text upright, slanted or semibold.
    pub(crate) fn new(fonts: &'a [Font]) -> Self {
        Cleaner { fonts, replaced: 0 }
    }

    fn printable(&self, c: char) -> bool {
        BLOCKS.iter().any(|&(first, last)| (first..=last).contains(&c))
            && self.fonts.iter().all(|font| font.info().coverage.contains(u32::from(c)))
    }

    /// One line: every run of white space is one space.
    pub(crate) fn line(&mut self, text: &str) -> String {
        let paragraph = self.paragraph(text);
        if paragraph.is_empty() { "\u{2013}".to_owned() } else { paragraph }
    }

    /// Paragraphs, as blank lines part them. Single line breaks are the source's line width, not its meaning.
    pub(crate) fn paragraphs(&mut self, text: &str) -> Vec<String> {
        let text = text.replace("\r\n", "\n").replace('\u{2029}', "\n\n");
        let mut blocks = vec![String::new()];
        for line in text.split('\n') {
            match blocks.last_mut() {
                Some(block) if !line.trim().is_empty() => {
                    block.push_str(line);
                    block.push(' ');
                }
                _ => blocks.push(String::new()),
            }
        }
        blocks.iter().map(|block| self.paragraph(block)).filter(|block| !block.is_empty()).collect()
    }

    /// A quoted passage: paragraphs, cut at a word's end where they are long, and how many characters were left out.
    pub(crate) fn passage(&mut self, text: &str) -> (Vec<String>, usize) {
        let total = text.chars().count();
        if total <= PASSAGE_CHARACTERS {
            return (self.paragraphs(text), 0);
        }
        let head: String = text.chars().take(PASSAGE_CHARACTERS).collect();
        // A cut inside a word is accepted only where the last word is absurdly long.
        let cut = match head.rfind(char::is_whitespace) {
            Some(at) if head[at..].chars().count() < 100 => &head[..at],
            _ => &head,
        };
        let left_out = total - cut.chars().count();
        let mut paragraphs = self.paragraphs(cut);
        match paragraphs.last_mut() {
            Some(last) => last.push_str(" \u{2026}"),
            None => paragraphs.push("\u{2026}".to_owned()),
        }
        (paragraphs, left_out)
    }

    fn paragraph(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut word = 0;
        for c in text.chars() {
            if c.is_whitespace() && c != '\u{A0}' && c != '\u{202F}' {
                if !out.is_empty() && word > 0 {
                    out.push(' ');
                }
                word = 0;
                continue;
            }
            let c = match c {
                // Joiners, marks of direction and soft hyphens have no ink: leaving them out loses nothing on paper.
                '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' => {
                    continue;
                }
                '\u{FE00}'..='\u{FE0F}' => continue,
                '\u{202F}' => '\u{A0}',
                '\u{2011}' => '-',
                c if c.is_control() => continue,
                c if self.printable(c) => c,
                _ => {
                    self.replaced += 1;
                    BOX
                }
            };
            if word > 0 && word % LONGEST_WORD == 0 {
                out.push(BREAK_HERE);
            }
            out.push(c);
            word += 1;
        }
        let end = out.trim_end_matches(' ').len();
        out.truncate(end);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::typeset;

    fn clean(text: &str) -> (String, usize) {
        let mut cleaner = Cleaner::new(typeset::text_fonts());
        (cleaner.line(text), cleaner.replaced)
    }

    #[test]
    fn european_text_passes_unchanged() {
        for text in
            ["Größe, Übergabe – “§ 4.2”", "Σύμβαση παροχής", "Договор поставки № 5", "Příliš žluťoučký kůň", "€ 1 000"]
        {
            assert_eq!(clean(text), (text.to_owned(), 0));
        }
    }

    #[test]
    fn other_scripts_become_boxes_that_are_counted() {
        assert_eq!(clean("株式会社 Acme"), ("□□□□ Acme".to_owned(), 4));
        assert_eq!(clean("\u{E000}\u{1F600}"), ("□□".to_owned(), 2));
    }

    #[test]
    fn controls_and_inkless_marks_are_left_out() {
        assert_eq!(clean("a\u{0}b\u{200D}c\u{FEFF}\u{202E}d\u{AD}e"), ("abcde".to_owned(), 0));
        assert_eq!(clean("  a \t\r\n b  "), ("a b".to_owned(), 0));
    }

    #[test]
    fn an_empty_value_is_a_dash() {
        assert_eq!(clean(" \n "), ("–".to_owned(), 0));
    }

    #[test]
    fn a_long_word_may_break() {
        let (out, _) = clean(&"x".repeat(60));
        assert_eq!(out.split(BREAK_HERE).map(str::len).collect::<Vec<_>>(), [28, 28, 4]);
    }

    #[test]
    fn paragraphs_part_at_blank_lines_only() {
        let mut cleaner = Cleaner::new(typeset::text_fonts());
        assert_eq!(cleaner.paragraphs("one\ntwo\r\n\r\n\n three \n"), ["one two", "three"]);
        assert!(cleaner.paragraphs(" \n\n").is_empty());
    }

    #[test]
    fn a_long_passage_is_cut_at_a_word_and_says_what_is_missing() {
        let text = "word ".repeat(400);
        let mut cleaner = Cleaner::new(typeset::text_fonts());
        let (paragraphs, left_out) = cleaner.passage(&text);
        assert_eq!(paragraphs.len(), 1);
        assert!(paragraphs[0].ends_with("word …"), "{}", paragraphs[0]);
        let kept = paragraphs[0].chars().count() - " …".chars().count();
        assert_eq!(kept + left_out, text.chars().count());

        let short = "word ".repeat(100);
        assert_eq!(cleaner.passage(&short).1, 0);
        assert!(cleaner.passage(&"x".repeat(3_000)).1 >= 1_800, "one endless word is cut too");
    }
}
