use kernel::{Actor, RefusalKind};
use people::{Resolved, SecondFactor, Secret, SignedIn, rules};
use testkit::{TestApp, both_engines};

use crate::{PASSWORD, WRONG, administrator, app, cookie, field, from, join, key, ledger_text, sign_in, signed_in};

/// Turns the second factor on. Gives the secret and the recovery codes.
async fn enrol(app: &TestApp, actor: &Actor) -> (Vec<u8>, Vec<String>) {
    let enrolment = db::transact!(app.store, actor, |cx| people::begin_second_factor(cx, &key()).await).unwrap();
    let secret = secret_of(&enrolment.typed);
    let code = code_now(app, &secret);
    let codes = db::transact!(app.store, actor, |cx| people::confirm_second_factor(cx, &key(), &code).await).unwrap();
    (secret, codes)
}

/// Base32 as RFC 4648 has it, read by hand, so that the test does not ask the code that it tests.
pub fn secret_of(typed: &str) -> Vec<u8> {
    let (mut held, mut bits, mut bytes) = (0_u32, 0, Vec::new());
    for letter in typed.chars().filter(|letter| *letter != ' ') {
        let value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(letter).expect("a letter of base 32");
        held = (held << 5) | u32::try_from(value).unwrap();
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((held >> bits) & 255).unwrap());
        }
    }
    bytes
}

fn code_now(app: &TestApp, secret: &[u8]) -> String {
    rules::second_factor::code_at(secret, app.store.world.now()).unwrap()
}

async fn half_way(app: &TestApp) -> Secret {
    match sign_in(app, "Root", PASSWORD).await.unwrap() {
        SignedIn::CodeNeeded(secret) => secret,
        SignedIn::Fully(_) => panic!("the code was not asked for"),
    }
}

async fn enter(app: &TestApp, cookie: &Secret, code: &str) -> Result<Secret, kernel::Refusal> {
    people::enter_code(&app.store, &key(), cookie.reveal(), code, &from("198.51.100.7")).await
}

both_engines! {
    async fn a_password_alone_signs_nobody_in_and_a_code_holds_once(app: &TestApp) {
        let root = administrator(app).await;
        let (secret, _) = enrol(app, &root).await;
        app.world.advance_seconds(60);
        let half = half_way(app).await;
        assert!(signed_in(app, &half).await.is_none());
        assert!(matches!(people::resolve_session(&app.store, half.reveal()).await.unwrap(), Some(Resolved::CodeOpen(_))));
        let wrong = enter(app, &half, "000000").await.unwrap_err();
        assert_eq!(field(&wrong), "code");
        let code = code_now(app, &secret);
        let full = enter(app, &half, &code).await.unwrap();
        assert!(signed_in(app, &full).await.is_some());
        // The half-way cookie is worth nothing now, and neither is the code.
        assert!(signed_in(app, &half).await.is_none());
        assert_eq!(enter(app, &half, &code).await.unwrap_err().kind, RefusalKind::SignedOut);
        let next = half_way(app).await;
        assert_eq!(field(&enter(app, &next, &code).await.unwrap_err()), "code");
        app.world.advance_seconds(30);
        assert!(enter(app, &next, &code_now(app, &secret)).await.is_ok());
    }

    async fn one_code_lets_one_of_two_through(app: &TestApp) {
        let root = administrator(app).await;
        let (secret, _) = enrol(app, &root).await;
        app.world.advance_seconds(60);
        let (one, other) = (half_way(app).await, half_way(app).await);
        let code = code_now(app, &secret);
        let (first, second) = tokio::join!(enter(app, &one, &code), enter(app, &other, &code));
        assert_eq!(usize::from(first.is_ok()) + usize::from(second.is_ok()), 1, "{first:?} {second:?}");
    }

    async fn the_code_of_the_enrolment_does_not_sign_in(app: &TestApp) {
        let root = administrator(app).await;
        let (secret, _) = enrol(app, &root).await;
        let half = half_way(app).await;
        assert!(enter(app, &half, &code_now(app, &secret)).await.is_err());
    }

    async fn a_recovery_code_holds_once(app: &TestApp) {
        let root = administrator(app).await;
        let (_, codes) = enrol(app, &root).await;
        assert_eq!(codes.len(), 10);
        let full = enter(app, &half_way(app).await, &codes[3].to_lowercase()).await.unwrap();
        assert!(signed_in(app, &full).await.is_some());
        assert_eq!(field(&enter(app, &half_way(app).await, &codes[3]).await.unwrap_err()), "code");
        let left = people::second_factor(&mut app.store.read(&root).await.unwrap()).await.unwrap();
        assert_eq!(left, SecondFactor::On { recovery_codes_left: 9 });
        let fresh = people::renew_recovery_codes(&app.store, &root, PASSWORD).await.unwrap();
        assert!(enter(app, &half_way(app).await, &codes[4]).await.is_err());
        assert!(enter(app, &half_way(app).await, &fresh[0]).await.is_ok());
        let told = ledger_text(app).await;
        assert!(codes.iter().chain(&fresh).all(|code| !told.contains(code)));
    }

    async fn codes_are_not_guessed(app: &TestApp) {
        let root = administrator(app).await;
        let (secret, _) = enrol(app, &root).await;
        app.world.advance_seconds(60);
        let half = half_way(app).await;
        for _ in 0..5 {
            assert_eq!(enter(app, &half, "000000").await.unwrap_err().kind, RefusalKind::Invalid);
        }
        // A fresh password does not give fresh guesses.
        let again = half_way(app).await;
        assert_eq!(enter(app, &again, &code_now(app, &secret)).await.unwrap_err().kind, RefusalKind::TooMany);
    }

    async fn half_a_sign_in_ends_after_ten_minutes(app: &TestApp) {
        let root = administrator(app).await;
        let (secret, _) = enrol(app, &root).await;
        let half = half_way(app).await;
        app.world.advance_seconds(601);
        assert!(people::resolve_session(&app.store, half.reveal()).await.unwrap().is_none());
        assert_eq!(enter(app, &half, &code_now(app, &secret)).await.unwrap_err().kind, RefusalKind::SignedOut);
    }

    async fn it_counts_only_after_its_first_code_and_goes_only_with_the_password(app: &TestApp) {
        let root = administrator(app).await;
        db::transact!(app.store, &root, |cx| people::begin_second_factor(cx, &key()).await).unwrap();
        let wrong = db::transact!(app.store, &root, |cx| people::confirm_second_factor(cx, &key(), "123").await).unwrap_err();
        assert_eq!(field(&wrong), "code");
        cookie(app, "Root").await;
        let (secret, _) = enrol(app, &root).await;
        // Whoever finds the browser open cannot swap the authenticator or take it off.
        assert_eq!(db::transact!(app.store, &root, |cx| people::begin_second_factor(cx, &key()).await).unwrap_err().kind, RefusalKind::Conflict);
        assert_eq!(field(&people::turn_off_second_factor(&app.store, &root, WRONG).await.unwrap_err()), "off_password");
        assert_eq!(field(&people::renew_recovery_codes(&app.store, &root, WRONG).await.unwrap_err()), "codes_password");
        people::turn_off_second_factor(&app.store, &root, PASSWORD).await.unwrap();
        cookie(app, "Root").await;
        let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(!ledger_text(app).await.contains(&hex));
    }

    async fn the_secret_does_not_lie_open_in_the_store(app: &TestApp) {
        let root = administrator(app).await;
        let (secret, _) = enrol(app, &root).await;
        let row = app.store.read(&root).await.unwrap().one("select totp_secret from people", vec![]).await.unwrap();
        let sealed: Vec<u8> = row.get("totp_secret").unwrap();
        assert!(!sealed.windows(secret.len()).any(|window| window == secret));
        let half = half_way(app).await;
        app.world.advance_seconds(60);
        let other = people::ServerKey::new([6; 32]);
        let refusal = people::enter_code(&app.store, &other, half.reveal(), &code_now(app, &secret), &from("198.51.100.7")).await.unwrap_err();
        assert_eq!(refusal.kind, RefusalKind::Broken);
    }

    async fn an_administrator_takes_a_lost_one_off(app: &TestApp) {
        let root = administrator(app).await;
        let ada = join(app, &root, "Ada", &[]).await;
        enrol(app, &ada).await;
        enrol(app, &root).await;
        let refused = db::transact!(app.store, &ada, |cx| people::reset_second_factor(cx, root.person).await).unwrap_err();
        assert_eq!(refused.kind, RefusalKind::Forbidden);
        let own = db::transact!(app.store, &root, |cx| people::reset_second_factor(cx, root.person).await).unwrap_err();
        assert_eq!(own.kind, RefusalKind::Conflict);
        db::transact!(app.store, &root, |cx| people::reset_second_factor(cx, ada.person).await).unwrap();
        cookie(app, "Ada").await;
    }
}
