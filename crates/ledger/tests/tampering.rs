//! Whatever is done to a ledger is found, and named; an untouched one is intact.

#![allow(clippy::unwrap_used, reason = "tests say what must hold by panicking")]

use std::sync::LazyLock;

use ledger::{
    Entry, Frontier, GENESIS, Problem, Report, Sealed, SigningKey, Verifier, checkpoint_line, entry_line, root_of,
    seal, sign_checkpoint, verify_export, withheld_line,
};
use proptest::{collection::vec, prelude::*, sample::Index};

fn key() -> &'static SigningKey {
    static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate([5; 32], "ledger.example").unwrap());
    &KEY
}

fn entry(seq: u64, text: &str) -> Entry {
    Entry {
        seq,
        at: 1_700_000_000_000_000 + seq as i64,
        actor: "01900000-0000-7000-8000-000000000001".to_owned(),
        actor_name: "Ada".to_owned(),
        side: seq.is_multiple_of(2).then(|| "legal".to_owned()),
        via: "session".to_owned(),
        action: "contract.edited".to_owned(),
        subject_kind: "contract".to_owned(),
        subject_id: format!("{}", seq % 3),
        wall: seq.is_multiple_of(5).then(|| format!("{}", seq % 3)),
        summary: text.to_owned(),
        detail: format!("{{\"after\":\"{seq}\"}}"),
    }
}

#[derive(Debug, Clone)]
struct Ledger {
    entries: Vec<Sealed>,
    checkpoints: Vec<String>,
}

impl Ledger {
    /// A checkpoint after each of the positions in `signed_at`, and always one at the end.
    fn new(texts: &[String], signed_at: &[Index]) -> Self {
        let mut signed_at: Vec<u64> = signed_at.iter().map(|at| at.index(texts.len()) as u64 + 1).collect();
        signed_at.push(texts.len() as u64);
        let mut ledger = Ledger { entries: Vec::new(), checkpoints: Vec::new() };
        let (mut prev, mut tree) = (GENESIS, Frontier::new());
        for (index, text) in texts.iter().enumerate() {
            let sealed = seal(&prev, entry(index as u64 + 1, text));
            prev = sealed.hash;
            tree.push(&prev);
            if signed_at.contains(&tree.size()) {
                ledger.checkpoints.push(sign_checkpoint(key(), tree.size(), &tree.root(), Some(&prev)));
            }
            ledger.entries.push(sealed);
        }
        ledger
    }

    /// Verifies twice, as the store does and as the reader of an export does, and expects the same answer.
    fn verify(&self) -> Report {
        let mut verifier = Verifier::new([key().verifier()], &self.checkpoints);
        for sealed in &self.entries {
            verifier.entry(sealed);
        }
        let report = verifier.finish(None);
        let lines: Vec<String> = self
            .checkpoints
            .iter()
            .map(|checkpoint| checkpoint_line(checkpoint))
            .chain(self.entries.iter().map(entry_line))
            .collect();
        let exported = verify_export(lines.join("\n").as_bytes(), &[key().verifier()], [""; 0]);
        assert_eq!(report, exported);
        report
    }

    /// What an attacker with the store but without the key does to cover up: number and hash everything anew.
    fn rehash(&mut self) {
        let mut prev = GENESIS;
        for (index, sealed) in self.entries.iter_mut().enumerate() {
            let entry = Entry { seq: index as u64 + 1, ..sealed.entry.clone() };
            *sealed = seal(&prev, entry);
            prev = sealed.hash;
        }
    }
}

fn ledgers(at_least: usize) -> impl Strategy<Value = Ledger> {
    (vec("[a-zäß\"\\\\\u{0}\n—]{0,6}", at_least..40), vec(any::<Index>(), 0..4))
        .prop_map(|(texts, signed_at)| Ledger::new(&texts, &signed_at))
}

/// Changes field number `field`; each is truly changed.
fn edit(sealed: &mut Sealed, field: usize) {
    let entry = &mut sealed.entry;
    let push = |text: &mut String| text.push('x');
    let toggle = |text: &mut Option<String>| *text = if text.is_some() { None } else { Some(String::new()) };
    match field {
        0 => entry.seq += 1,
        1 => entry.at -= 1,
        2 => push(&mut entry.actor),
        3 => push(&mut entry.actor_name),
        4 => toggle(&mut entry.side),
        5 => push(&mut entry.via),
        6 => push(&mut entry.action),
        7 => push(&mut entry.subject_kind),
        8 => push(&mut entry.subject_id),
        9 => toggle(&mut entry.wall),
        10 => push(&mut entry.summary),
        11 => push(&mut entry.detail),
        12 => sealed.prev[31] ^= 1,
        _ => sealed.hash[0] ^= 1,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn an_untouched_ledger_is_intact(ledger in ledgers(1)) {
        let report = ledger.verify();
        prop_assert!(report.is_intact(), "{:?}", report.problems);
        prop_assert_eq!(report.proven_to, ledger.entries.len() as u64);
        prop_assert_eq!(report.checkpoints_checked, ledger.checkpoints.len() as u64);
        let hashes: Vec<_> = ledger.entries.iter().map(|sealed| sealed.hash).collect();
        let mut tree = Frontier::new();
        hashes.iter().for_each(|hash| tree.push(hash));
        prop_assert_eq!(tree.root(), root_of(&hashes));
    }

    #[test]
    fn an_edit_is_found_where_it_is(mut ledger in ledgers(1), at in any::<Index>(), field in 0..14usize) {
        let at = at.index(ledger.entries.len());
        edit(&mut ledger.entries[at], field);
        let report = ledger.verify();
        prop_assert!(report.problems.contains(&Problem::Edited { seq: at as u64 + 1 }), "{:?}", report.problems);
    }

    #[test]
    fn a_deletion_is_found_where_it_is(mut ledger in ledgers(2), at in any::<Index>()) {
        let at = at.index(ledger.entries.len() - 1);
        ledger.entries.remove(at);
        let (report, seq) = (ledger.verify(), at as u64 + 1);
        prop_assert!(report.problems.contains(&Problem::Missing { from: seq, to: seq }), "{:?}", report.problems);
    }

    #[test]
    fn an_insertion_is_found_where_it_is(mut ledger in ledgers(2), at in any::<Index>(), seq in any::<Index>()) {
        let at = at.index(ledger.entries.len());
        let seq = seq.index(at + 1) as u64;
        let prev = at.checked_sub(1).map_or(GENESIS, |before| ledger.entries[before].hash);
        ledger.entries.insert(at, seal(&prev, entry(seq, "never happened")));
        let report = ledger.verify();
        prop_assert!(report.problems.contains(&Problem::Inserted { seq }), "{:?}", report.problems);
    }

    #[test]
    fn an_insertion_that_takes_a_number_is_found(mut ledger in ledgers(2), at in any::<Index>()) {
        let at = at.index(ledger.entries.len());
        let prev = at.checked_sub(1).map_or(GENESIS, |before| ledger.entries[before].hash);
        ledger.entries.insert(at, seal(&prev, entry(at as u64 + 1, "never happened")));
        let (report, seq) = (ledger.verify(), at as u64 + 1);
        prop_assert!(report.problems.contains(&Problem::Inserted { seq }), "{:?}", report.problems);
    }

    #[test]
    fn a_swap_is_found(mut ledger in ledgers(2), one in any::<Index>(), other in any::<Index>()) {
        let (one, other) = (one.index(ledger.entries.len()), other.index(ledger.entries.len()));
        prop_assume!(one != other);
        ledger.entries.swap(one, other);
        let (report, seq) = (ledger.verify(), one.min(other) as u64 + 1);
        prop_assert!(report.problems.contains(&Problem::Reordered { seq }), "{:?}", report.problems);
        let missing = report.problems.iter().any(|problem| matches!(problem, Problem::Missing { .. }));
        prop_assert!(!missing, "{:?}", report.problems);
    }

    #[test]
    fn truncation_below_a_checkpoint_is_found(mut ledger in ledgers(1), keep in any::<Index>()) {
        let signed = ledger.entries.len() as u64;
        ledger.entries.truncate(keep.index(ledger.entries.len()));
        let (report, entries) = (ledger.verify(), ledger.entries.len() as u64);
        let expected = Problem::Truncated { checkpoint: signed, entries };
        prop_assert!(report.problems.contains(&expected), "{:?}", report.problems);
    }

    /// The chain alone cannot tell; the signature does.
    #[test]
    fn a_rehashed_edit_is_found_by_the_next_checkpoint(
        mut ledger in ledgers(1), at in any::<Index>(), field in 1..12usize,
    ) {
        let at = at.index(ledger.entries.len());
        edit(&mut ledger.entries[at], field);
        ledger.rehash();
        let report = ledger.verify();
        let [Problem::RootMismatch { size, proven_to }] = report.problems[..] else {
            panic!("{:?}", report.problems)
        };
        prop_assert!((proven_to + 1..=size).contains(&(at as u64 + 1)));
    }

    #[test]
    fn a_rehashed_deletion_insertion_or_swap_is_found(
        mut ledger in ledgers(2), at in any::<Index>(), kind in 0..3,
    ) {
        let at = at.index(ledger.entries.len() - 1);
        match kind {
            0 => drop(ledger.entries.remove(at)),
            1 => ledger.entries.insert(at, seal(&GENESIS, entry(0, "never happened"))),
            _ => {
                ledger.entries.swap(at, at + 1);
            }
        }
        ledger.rehash();
        let report = ledger.verify();
        let found = |problem: &Problem| matches!(problem, Problem::RootMismatch { .. } | Problem::Truncated { .. });
        prop_assert!(report.problems.iter().any(found), "{:?}", report.problems);
    }

    /// Junk between, before and inside the lines: a report, never a panic, and never "intact".
    #[test]
    fn a_hostile_export_is_reported(ledger in ledgers(1), at in any::<Index>(), junk in vec(any::<u8>(), 1..40)) {
        let mut bytes = Vec::new();
        for line in ledger.checkpoints.iter().map(|text| checkpoint_line(text)).chain(ledger.entries.iter().map(entry_line)) {
            bytes.extend_from_slice(line.as_bytes());
            bytes.push(b'\n');
        }
        let at = at.index(bytes.len());
        prop_assume!(!junk.iter().all(u8::is_ascii_whitespace));
        bytes.splice(at..at, junk);
        let report = verify_export(&bytes[..], &[key().verifier()], [""; 0]);
        prop_assert!(!report.is_intact());
    }
}

#[test]
fn an_entry_behind_a_wall_is_chained_and_signed_all_the_same() {
    let texts: Vec<String> = (0..9).map(|number| number.to_string()).collect();
    let ledger = Ledger::new(&texts, &[]);
    let lines = |ledger: &Ledger| {
        let entries = ledger.entries.iter().map(|sealed| match &sealed.entry.wall {
            Some(_) => withheld_line(&sealed.withheld()),
            None => entry_line(sealed),
        });
        let lines: Vec<_> = ledger.checkpoints.iter().map(|text| checkpoint_line(text)).chain(entries).collect();
        lines.join("\n")
    };
    let report = verify_export(lines(&ledger).as_bytes(), &[key().verifier()], [""; 0]);
    assert!(report.is_intact(), "{:?}", report.problems);
    assert_eq!((report.entries, report.withheld, report.proven_to), (9, 1, 9));
    let mut forged = ledger.clone();
    forged.entries[4].hash[0] ^= 1;
    let report = verify_export(lines(&forged).as_bytes(), &[key().verifier()], [""; 0]);
    assert!(report.problems.contains(&Problem::ChainBroken { seq: 6 }), "{:?}", report.problems);
    assert!(report.problems.contains(&Problem::RootMismatch { size: 9, proven_to: 0 }), "{:?}", report.problems);
}

#[test]
fn a_checkpoint_kept_elsewhere_finds_what_the_export_hides() {
    let texts: Vec<String> = (0..9).map(|number| number.to_string()).collect();
    let ledger = Ledger::new(&texts, &[]);
    let cut: Vec<String> = ledger.entries[..6].iter().map(entry_line).collect();
    let hidden = verify_export(cut.join("\n").as_bytes(), &[key().verifier()], [""; 0]);
    assert!(hidden.is_intact());
    assert_eq!(hidden.proven_to, 0, "nothing is proven without a checkpoint");
    let found = verify_export(cut.join("\n").as_bytes(), &[key().verifier()], &ledger.checkpoints);
    assert_eq!(found.problems, [Problem::Truncated { checkpoint: 9, entries: 6 }]);
}

#[test]
fn the_head_of_the_store_must_be_the_last_entry() {
    let texts: Vec<String> = (0..3).map(|number| number.to_string()).collect();
    let ledger = Ledger::new(&texts, &[]);
    let verify = |head| {
        let mut verifier = Verifier::new([], [""; 0]);
        ledger.entries.iter().for_each(|sealed| verifier.entry(sealed));
        verifier.finish(Some(head)).problems
    };
    assert_eq!(verify((3, ledger.entries[2].hash)), []);
    assert_eq!(verify((3, GENESIS)), [Problem::HeadDiffers { expected: 3, found: 3 }]);
    assert_eq!(verify((4, GENESIS)), [Problem::HeadDiffers { expected: 4, found: 3 }]);
    assert_eq!(Verifier::new([], [""; 0]).finish(Some((0, GENESIS))).problems, []);
}

#[test]
fn checkpoints_that_cannot_be_believed_or_stand_too_late_are_problems() {
    let texts: Vec<String> = (0..3).map(|number| number.to_string()).collect();
    let ledger = Ledger::new(&texts, &[]);
    let mut verifier = Verifier::new([], &ledger.checkpoints);
    ledger.entries.iter().for_each(|sealed| verifier.entry(sealed));
    assert!(matches!(verifier.finish(None).problems[..], [Problem::BadSignature { after: 0, .. }]));

    let early = sign_checkpoint(key(), 1, &root_of(&[ledger.entries[0].hash]), None);
    let mut verifier = Verifier::new([key().verifier()], [""; 0]);
    for sealed in &ledger.entries {
        verifier.entry(sealed);
        if sealed.entry.seq < 3 {
            verifier.checkpoint(&early);
        }
    }
    let report = verifier.finish(None);
    assert_eq!(report.problems, [Problem::CheckpointLate { size: 1, after: 2 }]);
    assert_eq!(report.proven_to, 1);
}

#[test]
fn a_line_without_end_does_not_fill_the_memory() {
    let long = vec![b' '; ledger::MAX_LINE + 1];
    let report = verify_export(&long[..], &[], [""; 0]);
    assert!(matches!(report.problems[..], [Problem::Unreadable { line: 1, .. }]));
    let deep = vec![b'['; 100_000];
    assert!(!verify_export(&deep[..], &[], [""; 0]).is_intact());
}

#[test]
fn problems_are_listed_up_to_a_limit_and_said_in_words() {
    let mut verifier = Verifier::new([], [""; 0]);
    for seq in (1..=1000).map(|half| half * 2) {
        verifier.entry(&seal(&GENESIS, entry(seq, "")));
    }
    let report = verifier.finish(None);
    assert_eq!(report.problems.len(), ledger::MAX_PROBLEMS);
    assert_eq!(report.more_problems, 900);
    assert_eq!(report.problems[1].to_string(), "entry 3 is missing");
    assert_eq!(
        Problem::RootMismatch { size: 9, proven_to: 4 }.to_string(),
        "the ledger was rewritten between entries 5 and 9: they are not the ones that were signed"
    );
}
