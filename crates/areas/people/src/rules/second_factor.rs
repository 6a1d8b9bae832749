//! The second factor: six digits of an authenticator (RFC 6238), or one of ten codes on paper.

use kernel::{Instant, PersonId, Refusal};
use qrcode::{Color, QrCode};
use totp_rs::{Builder, Secret, Totp};

use super::secret::hash;

pub const RECOVERY_CODES: usize = 10;
/// Random bytes of a recovery code.
pub const RECOVERY_BYTES: usize = 10;
/// Bytes of an authenticator's secret, as RFC 4226 recommends.
pub const SECRET_BYTES: usize = 20;
/// Digits and capitals that are not taken for one another.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// What someone sees while setting up an authenticator.
#[derive(Debug, Clone)]
pub struct Enrolment {
    /// For typing, in groups of four.
    pub typed: String,
    /// `otpauth://…`, for a click on the same device.
    pub url: String,
    /// A `<svg>` element.
    pub picture: String,
}

fn authenticator(secret: &[u8], account: &str) -> Result<Totp, Refusal> {
    // A colon separates issuer and account in the address, so the account cannot have one.
    Builder::new()
        .with_secret(secret.to_vec())
        .with_account_name(account.replace(':', " "))
        .with_issuer(Some("Countersign"))
        .build()
        .map_err(Refusal::broken)
}

/// The step of the code, where the code is right and its step is later than the last one taken (RFC 6238 §5.2: once
/// only). The clocks may differ by one step of 30 seconds.
pub fn step_of(secret: &[u8], code: &str, last_step: Option<i64>, now: Instant) -> Result<Option<i64>, Refusal> {
    let code: String = code.chars().filter(char::is_ascii_digit).collect();
    let seconds = u64::try_from(now.micros() / 1_000_000).unwrap_or(0);
    let step = authenticator(secret, "check")?.check(&code, seconds).and_then(|step| i64::try_from(step).ok());
    Ok(step.filter(|step| last_step.is_none_or(|last| *step > last)))
}

/// The code of an instant, for the tests of this and other areas.
pub fn code_at(secret: &[u8], now: Instant) -> Result<String, Refusal> {
    let seconds = u64::try_from(now.micros() / 1_000_000).unwrap_or(0);
    Ok(authenticator(secret, "check")?.generate(seconds).to_string())
}

pub fn enrolment(secret: &[u8], email: &str) -> Result<Enrolment, Refusal> {
    let url = authenticator(secret, email)?.to_url().map_err(Refusal::broken)?;
    let typed = Secret::from(secret.to_vec()).to_base32();
    let groups: Vec<String> =
        typed.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    Ok(Enrolment { typed: groups.join(" "), picture: picture(&url)?, url })
}

/// One path in one element, with its own white ground, so that it can be read on a dark page, too.
fn picture(text: &str) -> Result<String, Refusal> {
    const MARGIN: usize = 4;
    let code = QrCode::new(text).map_err(Refusal::broken)?;
    let width = code.width();
    let mut path = String::new();
    for (at, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            path.push_str(&format!("M{} {}h1v1h-1z", at % width + MARGIN, at / width + MARGIN));
        }
    }
    let side = width + 2 * MARGIN;
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" width=\"232\" height=\"232\" role=\"img\" \
         aria-label=\"QR code for your authenticator\" shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/>\
         <path fill=\"#000\" d=\"{path}\"/></svg>"
    ))
}

/// A recovery code as it is shown: `ABCD-EFGH-JKMN-PQRS`.
pub fn recovery_code(bytes: [u8; RECOVERY_BYTES]) -> String {
    let mut letters = String::new();
    let (mut held, mut bits) = (0_u32, 0);
    for byte in bytes {
        held = (held << 8) | u32::from(byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            if !letters.is_empty() && letters.len() % 5 == 4 {
                letters.push('-');
            }
            letters.push(char::from(LETTERS[(held >> bits) as usize & 31]));
        }
    }
    letters
}

/// What the store holds of a recovery code. Blanks, hyphens and case do not count, and `O`, `I`, `L` are read as the
/// digits that they look like.
pub fn recovery_hash(person: PersonId, code: &str) -> Vec<u8> {
    let read: String = code
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_uppercase)
        .map(|letter| match letter {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    hash(&format!("{person}:{read}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECRET: &[u8; 20] = b"12345678901234567890";

    #[test]
    fn the_codes_of_rfc_6238() {
        // Appendix B has eight digits; the last six of them are the code of six digits.
        for (seconds, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")]
        {
            assert_eq!(code_at(SECRET, Instant::from_micros(seconds * 1_000_000)).unwrap(), code);
        }
    }

    #[test]
    fn a_step_is_taken_once_and_one_step_of_drift_is_forgiven() {
        let now = Instant::from_micros(1_795_251_600_000_000);
        let step = now.micros() / 1_000_000 / 30;
        let code = code_at(SECRET, now).unwrap();
        assert_eq!(step_of(SECRET, &code, None, now).unwrap(), Some(step));
        assert_eq!(
            step_of(SECRET, &format!(" {} {}", &code[..3], &code[3..]), None, now.plus_seconds(30)).unwrap(),
            Some(step)
        );
        assert_eq!(step_of(SECRET, &code, None, now.plus_seconds(60)).unwrap(), None);
        assert_eq!(step_of(SECRET, &code, Some(step), now).unwrap(), None);
        assert_eq!(step_of(SECRET, "", None, now).unwrap(), None);
        assert_eq!(step_of(SECRET, "12345678901234567890", None, now).unwrap(), None);
    }

    #[test]
    fn the_picture_is_one_element_without_style() {
        let enrolment = enrolment(SECRET, "ada@example.org").unwrap();
        assert!(enrolment.picture.starts_with("<svg ") && !enrolment.picture.contains("style"));
        assert!(
            enrolment.url.starts_with("otpauth://totp/Countersign:ada%40example.org?secret=GEZDGNBV"),
            "{}",
            enrolment.url
        );
        assert_eq!(enrolment.typed, "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
    }

    proptest! {
        #[test]
        fn a_recovery_code_is_read_however_it_is_typed(bytes in any::<[u8; RECOVERY_BYTES]>(), id in any::<u128>()) {
            let person = PersonId(kernel::Uuid::from_u128(id));
            let code = recovery_code(bytes);
            prop_assert_eq!(code.len(), 19);
            let typed = code.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
            prop_assert_eq!(recovery_hash(person, &typed), recovery_hash(person, &code));
        }

        #[test]
        fn two_people_have_no_code_in_common(bytes in any::<[u8; RECOVERY_BYTES]>(), one in any::<u128>(), other in any::<u128>()) {
            prop_assume!(one != other);
            let person = |id| PersonId(kernel::Uuid::from_u128(id));
            let code = recovery_code(bytes);
            prop_assert_ne!(recovery_hash(person(one), &code), recovery_hash(person(other), &code));
        }
    }
}
