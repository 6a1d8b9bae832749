//! The incidents that are asked about: what is reported of them, and what counsel directs beside them.

use db::transact;
use incidents::{
    NewFact, Report, State, counsel,
    exercises::{self, NewExercise},
    notices, own_law, plan,
    rules::privilege::{Basis, Kind},
};
use kernel::Refusal;
use serde_json::{Value, json};

use crate::stage::Stage;

/// Stands in a fact of the incident and nowhere else.
pub const FACT: &str = "sassafras";
/// Stands in everything that counsel directs and nowhere else.
pub const PRIVILEGED: &str = "tamarisk";

const OWN_RULE: &str = include_str!("../../../areas/incidents/tests/own_rule.toml");

const SCENARIO: &str = include_str!("../../../areas/incidents/scenarios/misdirected-mail.toml");

impl Stage {
    /// One that goes on and one that has ended, both conducted by Security.
    async fn exercises(&self, store: &db::Store) -> (String, String) {
        let samira = self.actor("samira@demo.example").await;
        let priya = self.person("priya@demo.example").await;
        let mut made = Vec::new();
        for _ in 0..2 {
            let new = NewExercise {
                scenario: "misdirected-mail".into(),
                planned_for: "2026-12-01".into(),
                facilitator: None,
            };
            let id = transact!(store, &samira, |cx| exercises::plan(cx, &new).await).unwrap();
            transact!(store, &samira, |cx| exercises::seat(cx, id, priya, "privacy").await).unwrap();
            transact!(store, &samira, |cx| exercises::start(cx, id, 0, 1).await).unwrap();
            made.push(id);
        }
        transact!(store, &samira, |cx| exercises::end(cx, made[1], 2).await).unwrap();
        (made[0].to_string(), made[1].to_string())
    }

    /// Makes them, and says what the routes' parameters and fields stand for.
    pub(crate) async fn incidents(&mut self, store: &db::Store) -> Vec<(&'static str, &'static str, String)> {
        let jonas = self.actor("jonas@demo.example").await;
        let named = self.person("nadia@demo.example").await;
        let told = Report { title: "A lost laptop".into(), what: "On a train.".into(), noticed: Value::Null };
        let incident = transact!(store, &jonas, |cx| incidents::report(cx, &told).await).unwrap();
        let opened = transact!(store, &jonas, |cx| {
            let id = incidents::report(cx, &told).await?;
            incidents::set_state(cx, id, State::Open, "", 1).await?;
            Ok::<_, Refusal>(id)
        })
        .unwrap()
        .to_string();
        transact!(store, &jonas, |cx| plan::begin(cx).await).unwrap();
        let draft = plan::draft(&mut store.read(&jonas).await.unwrap()).await.unwrap().unwrap();
        let (role, step) = (draft.plan.document.roles[0].id, draft.plan.document.steps[0].id);
        let fact = NewFact {
            path: "flags.risk_unlikely".into(),
            value: json!(false),
            source: format!("call about {FACT}"),
            seen: 0,
        };
        transact!(store, &jonas, |cx| incidents::enter_fact(cx, incident, &fact).await).unwrap();
        let notice = transact!(store, &jonas, |cx| notices::draft(cx, incident, "eu-gdpr/authority").await).unwrap();
        let purpose = format!("advice on {PRIVILEGED}");
        let track = transact!(store, &jonas, |cx| counsel::open(cx, incident, &purpose, &purpose).await).unwrap();
        transact!(store, &jonas, |cx| counsel::name(cx, track, named, &purpose).await).unwrap();
        // A colleague of Legal, who reads it at the page and by no token.
        let mara = self.person("mara@demo.example").await;
        transact!(store, &jonas, |cx| counsel::name(cx, track, mara, &purpose).await).unwrap();
        let paper = counsel::NewItem {
            kind: Kind::Advice,
            basis: Basis::LegalAdvice,
            description: format!("memorandum on {PRIVILEGED}"),
            text: format!("Of {PRIVILEGED}."),
        };
        transact!(store, &jonas, |cx| counsel::write(cx, track, &paper).await).unwrap();
        let rules = transact!(store, &jonas, |cx| own_law::save(cx, None, "insurer", OWN_RULE, true).await).unwrap();
        transact!(store, &jonas, |cx| own_law::close(cx, "us-federal", "2027-03-03", "mourning", "order").await)
            .unwrap();
        let (running, ended) = self.exercises(store).await;
        let mut cx = store.read(&jonas).await.unwrap();
        let (_, days) = own_law::all(&mut cx).await.unwrap();
        let log = self.log_book(store, incident).await;
        let incident = incident.to_string();
        let mut out = vec![
            ("/incidents/{id}", "id", incident.clone()),
            ("/api/v1/incidents", "id", incident),
            ("/incidents/rules/own", "id", rules.to_string()),
            ("/incidents/rules/own/{id}/reopen", "id", days[0].id.to_string()),
            ("/incidents/counsel", "track", track.to_string()),
            ("/incidents/plan/draft", "revision", draft.plan.version.revision.to_string()),
            ("/incidents/plan/draft", "role", role.to_string()),
            ("/incidents/plan/draft", "step", step.to_string()),
            ("/incidents/plan/draft", "hash", draft.hash),
            ("/incidents/{id}/plan", "id", opened.clone()),
            ("/incidents/{id}/notices", "notice", notice.to_string()),
            ("/api/v1/incidents/{id}/notices", "notice", notice.to_string()),
            ("/incidents/{id}/notices", "revision", "1".to_owned()),
            ("/api/v1/incidents/{id}/steps", "id", opened),
            ("/incidents/exercises", "id", running.clone()),
            ("/incidents/exercises/{id}/report", "id", ended.clone()),
            ("/api/v1/incidents/exercises", "id", running),
            ("/api/v1/incidents/exercises/{id}/report", "id", ended),
            ("/incidents/exercises/scenarios", "text", SCENARIO.replace("misdirected-mail", "probe")),
        ];
        out.push(("/incidents/rules/own/new", "text", OWN_RULE.replace("own-insurer", "own-probe")));
        for (under, name, value) in [
            ("/incidents/{id}", "kind", "flag"),
            ("/incidents/{id}", "flag", "high_risk"),
            ("/incidents/{id}", "answer", "yes"),
            ("/incidents/{id}", "source", "the probe"),
            ("/incidents/{id}", "state", "open"),
            ("/incidents/{id}", "rule", "eu-gdpr/authority"),
            ("/incidents/{id}", "purpose", "advice"),
            ("/incidents/{id}", "engagement", "none"),
            ("/incidents/{id}/notices", "side", "legal"),
            ("/incidents/{id}/triage", "side", "legal"),
            ("/incidents/{id}/triage", "impact", "low"),
            ("/incidents/{id}/triage", "words", "the probe"),
            ("/incidents/{id}/triage", "seen", "0"),
            ("/incidents/new", "what", "On a train."),
            ("/incidents/rules", "regime", "eu-gdpr"),
            ("/incidents/rules", "duty", "authority"),
            ("/incidents/rules/own", "calendar", "us-federal"),
            ("/incidents/rules/own", "day", "2027-03-04"),
            ("/incidents/rules/own", "why", "mourning"),
            ("/incidents/rules/own", "source", "the probe"),
            ("/incidents/rules/own", "file", "probe"),
            ("/incidents/rules/own", "text", OWN_RULE),
            ("/incidents/rules/own", "revision", "1"),
            ("/incidents/plan/draft", "side", "technical"),
            ("/incidents/plan/draft", "track", "technical"),
            ("/incidents/plan/draft", "what", "Do as the probe says."),
            ("/incidents/plan/draft", "unit", "hours"),
            ("/incidents/plan/draft", "way", "down"),
            ("/incidents/plan/draft", "review_by", "2027-06-30"),
            ("/incidents/plan/draft/sign", "side", "Legal"),
            ("/incidents/exercises", "scenario", "lost-laptop"),
            ("/incidents/exercises", "planned_for", "2026-12-01"),
            ("/incidents/exercises", "facilitator", ""),
            ("/incidents/exercises/{id}", "kind", "note"),
            ("/incidents/exercises/{id}", "note", "the probe"),
            ("/incidents/{id}/plan", "act", "done"),
            ("/api/v1/incidents/{id}/steps", "act", "done"),
            ("/incidents/counsel", "act", "write"),
            ("/incidents/counsel", "kind", "advice"),
            ("/incidents/counsel", "basis", "legal_advice"),
            ("/incidents/counsel", "description", "the probe"),
            ("/incidents/counsel", "text", "the probe"),
        ] {
            out.push((under, name, value.to_owned()));
        }
        out.extend(log);
        out
    }
}
