//! E-mail addresses: what may be one, and when two are the same.

/// Characters of an address, after RFC 5321 §4.5.3.1.
const LONGEST: usize = 254;
/// Characters before the `@`, after the same section.
const LONGEST_NAME: usize = 64;

/// An address that mail could be sent to, as far as its form says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    shown: String,
    folded: String,
}

impl Email {
    /// # Errors
    /// One sentence that says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let refuse =
            |why: &str| Err(format!("`{}` is not an e-mail address: {why}", text.chars().take(80).collect::<String>()));
        if text.is_empty() {
            return Err("an e-mail address is needed".to_owned());
        }
        if text.chars().count() > LONGEST {
            return refuse("it is longer than 254 characters");
        }
        if text.chars().any(|letter| letter.is_whitespace() || letter.is_control() || "<>()[],;:\\\"".contains(letter))
        {
            return refuse("it holds a blank or a sign that no address has");
        }
        let Some((name, host)) = text.split_once('@') else { return refuse("the `@` is missing") };
        if name.is_empty() || name.chars().count() > LONGEST_NAME {
            return refuse("what stands before the `@` is missing or too long");
        }
        if host.is_empty()
            || host.contains('@')
            || host.starts_with(['.', '-'])
            || host.ends_with(['.', '-'])
            || host.contains("..")
        {
            return refuse("what stands after the `@` is no host");
        }
        Ok(Self { shown: text.to_owned(), folded: fold(text) })
    }

    /// As it was typed.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// As it is compared: no two accounts have the same.
    pub fn folded(&self) -> &str {
        &self.folded
    }
}

/// Text as it is compared and searched. Letter by letter, so that the place of a letter in its word changes nothing.
pub fn fold(text: &str) -> String {
    text.trim().chars().flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_an_address_and_what_is_not() {
        for good in
            ["ada@example.org", " Ada.Lovelace+sign@mail.example.org ", "counsel@intranet", "jörg@müller.example"]
        {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "ada",
            "@example.org",
            "ada@",
            "a b@example.org",
            "a@b@c",
            "ada@.org",
            "ada@org.",
            "<ada@example.org>",
            "ada@ex..org",
        ] {
            assert!(Email::parse(bad).is_err(), "{bad}");
        }
        assert!(Email::parse(&format!("{}@example.org", "a".repeat(65))).is_err());
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in ".{0,60}") {
            prop_assert_eq!(fold(&fold(&text)), fold(&text));
        }

        #[test]
        fn the_case_of_an_address_makes_no_second_account(name in "[a-zA-Z0-9.]{1,20}", host in "[a-zA-Z]{1,10}\\.[a-zA-Z]{2,3}") {
            let one = Email::parse(&format!("{name}@{host}")).unwrap();
            let other = Email::parse(&format!("  {}@{} ", name.to_uppercase(), host.to_lowercase())).unwrap();
            prop_assert_eq!(one.folded(), other.folded());
        }

        #[test]
        fn no_text_breaks_the_parser(text in any::<String>()) {
            let _ = Email::parse(&text);
        }
    }
}
