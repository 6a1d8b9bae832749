//! The log: decisions, who is told, costs, lessons and actions.

use askama::Template;
use axum::extract::State as Shared;
use db::{Cx, transact};
use kernel::Refusal;
use serde::Deserialize;
use ui::{FormState, PageCx, PageError, PageForm, PagePath, PageResult, Shell, redirect_with_flash};

use super::{
    super::{
        tabs::{Tab, TabLink, tabs},
        words::when,
    },
    Fields,
    actions::ActionRow,
    chosen, field, mendable, of_form, open, others, seen, shortened,
};
use crate::{
    IncidentId, Incidents, can_edit,
    incidents::readable,
    logbook::{self, NewAction, NewChannel, NewCost, NewDecision, NewTold},
    rules::{CostCategory, CostKind, money},
};

struct DecisionRow {
    tone: &'static str,
    title: String,
    at: String,
    when: String,
    what: String,
    why: String,
    alternatives: String,
    note: String,
}

struct ChannelRow {
    number: i64,
    name: String,
    reach: String,
    people: String,
    independent: bool,
    since: String,
    ended: String,
    revision: i64,
}

struct ToldRow {
    who: String,
    what: String,
    when: String,
    by: String,
    channel: String,
}

struct CostRow {
    what: String,
    category: &'static str,
    kind: &'static str,
    day: String,
    amount: String,
    struck: String,
}

type Choices = Vec<(String, String)>;

#[derive(Template)]
#[template(path = "incidents_log.html")]
struct Page {
    shell: Shell,
    tabs: Vec<TabLink>,
    base: String,
    is_exercise: bool,
    can_edit: bool,
    zone: String,
    form: FormState,
    open: String,
    people: Choices,
    decisions: Vec<DecisionRow>,
    standing: Choices,
    channels: Vec<ChannelRow>,
    channel_choices: Choices,
    told: Vec<ToldRow>,
    costs: Vec<CostRow>,
    sums: Vec<String>,
    strikable: Choices,
    categories: Vec<(&'static str, &'static str)>,
    kinds: Vec<(&'static str, &'static str)>,
    lessons: Vec<logbook::Lesson>,
    lesson_choices: Choices,
    actions: Vec<ActionRow>,
    replannable: Choices,
}

pub(super) async fn show(
    Shared(log): Shared<Incidents>,
    page: PageCx,
    PagePath(id): PagePath<IncidentId>,
) -> PageResult {
    let mut cx = log.store.read(&page.actor).await?;
    let form = FormState::new().with("cost_kind", CostKind::Estimate);
    page.render(&drawn(&page, &mut cx, id, form).await?)
}

async fn drawn(page: &PageCx, cx: &mut Cx, id: IncidentId, form: FormState) -> Result<Page, Refusal> {
    let incident = readable(cx, id).await?;
    let can_edit = can_edit(cx, &incident);
    let people = if can_edit { others(cx).await? } else { Vec::new() };
    let decisions = logbook::decisions(cx, id).await?;
    let channels = logbook::channels(cx, id).await?;
    let told = logbook::told(cx, id).await?;
    let (costs, sums) = logbook::costs(cx, id).await?;
    let lessons = logbook::lessons(cx, id).await?;
    let actions = logbook::actions(cx, id).await?;
    let tabs = tabs(cx, &incident, Tab::Log).await?;
    let choice = |number: i64, words: &str| (number.to_string(), format!("{number}. {}", shortened(words)));
    let seen = |number: i64, revision: i64, words: &str| {
        (format!("{number}-{revision}"), format!("{number}. {}", shortened(words)))
    };
    Ok(Page {
        shell: page
            .shell(format!("Log of incident {}", incident.number))
            .crumb("Incidents", "/incidents")
            .crumb(format!("Incident {}", incident.number), format!("/incidents/{id}"))
            .subtitle(incident.title.clone()),
        tabs,
        base: format!("/incidents/{id}"),
        is_exercise: incident.is_exercise,
        can_edit,
        zone: clocks::moment::zone_name(&cx.world().zone()),
        open: open(&form),
        people,
        standing: decisions
            .iter()
            .filter(|decision| decision.revoked_by.is_none())
            .map(|decision| choice(decision.number, &decision.what))
            .collect(),
        decisions: decisions.into_iter().map(|decision| decision_row(cx, decision)).collect(),
        channel_choices: channels.iter().map(|channel| choice(channel.number, &channel.name)).collect(),
        channels: channels
            .into_iter()
            .map(|channel| ChannelRow {
                number: channel.number,
                since: when(cx, channel.used_since),
                ended: channel.ended_at.map(|at| when(cx, at)).unwrap_or_default(),
                name: channel.name,
                reach: channel.reach,
                people: channel.people,
                independent: channel.independent,
                revision: channel.revision,
            })
            .collect(),
        told: told
            .into_iter()
            .map(|entry| ToldRow {
                when: when(cx, entry.told_at),
                who: entry.who,
                what: entry.what,
                by: entry.told_by,
                channel: entry.channel.unwrap_or_default(),
            })
            .collect(),
        strikable: costs
            .iter()
            .filter(|cost| cost.counts())
            .map(|cost| {
                let words = format!("{}, {}", money::said(cost.amount, &cost.currency), cost.what);
                seen(cost.number, cost.revision, &words)
            })
            .collect(),
        sums: sums.iter().map(said).collect(),
        costs: costs
            .into_iter()
            .map(|cost| CostRow {
                category: cost.category.label(),
                kind: cost.kind.label(),
                day: cost.dated.long(),
                amount: money::said(cost.amount, &cost.currency),
                what: format!("{}. {}", cost.number, cost.what),
                struck: cost.struck,
            })
            .collect(),
        categories: CostCategory::ALL.iter().map(|category| (category.as_str(), category.label())).collect(),
        kinds: CostKind::ALL.iter().map(|kind| (kind.as_str(), kind.label())).collect(),
        lesson_choices: lessons.iter().map(|lesson| choice(lesson.number, &lesson.lesson)).collect(),
        lessons,
        replannable: actions.iter().map(|action| seen(action.number, action.revision, &action.what)).collect(),
        actions: actions.into_iter().map(|action| ActionRow::of(cx, action)).collect(),
        form,
    })
}

fn decision_row(cx: &Cx, decision: logbook::Decision) -> DecisionRow {
    let mut notes = vec![format!("entered by {}, {}", decision.entered_by_name, when(cx, decision.entered_at))];
    notes.extend(decision.revokes.map(|earlier| format!("takes back decision {earlier}")));
    notes.extend(decision.revoked_by.map(|later| format!("taken back by decision {later}")));
    let taken_back = if decision.revoked_by.is_some() { " (taken back)" } else { "" };
    DecisionRow {
        tone: if decision.revoked_by.is_some() { "quiet" } else { "good" },
        title: format!("Decision {}, {}{taken_back}", decision.number, decision.decided_by_name),
        at: decision.decided_at.to_string(),
        when: when(cx, decision.decided_at),
        what: decision.what,
        why: decision.why,
        alternatives: decision.alternatives,
        note: notes.join(" · "),
    }
}

fn said(sum: &logbook::Sum) -> String {
    let part = |minor| money::said(minor, &sum.currency);
    format!("{} in all: {} invoiced, {} estimated", part(sum.total()), part(sum.invoiced), part(sum.estimated))
}

/// On to the page with a notice, or back to the form with what is wrong.
async fn answer(
    log: &Incidents,
    page: &PageCx,
    id: IncidentId,
    (name, at): (&str, &str),
    form: FormState,
    done: Result<String, Refusal>,
) -> PageResult {
    match done {
        Ok(told) => Ok(redirect_with_flash(&format!("/incidents/{id}/log#{at}"), &told)),
        Err(refusal) if mendable(&refusal) => {
            let refusal = of_form(refusal, name);
            let mut cx = log.store.read(&page.actor).await?;
            let drawn = drawn(page, &mut cx, id, form.refused(&refusal)).await?;
            page.again(refusal, |_| drawn)
        }
        Err(refusal) => Err(PageError(refusal)),
    }
}

pub(super) async fn decide(
    Shared(log): Shared<Incidents>,
    page: PageCx,
    PagePath(id): PagePath<IncidentId>,
    PageForm(sent, form): PageForm<Fields>,
) -> PageResult {
    let of = |name: &str| field(&sent, "decision", name);
    let new = NewDecision {
        what: of("what"),
        why: of("why"),
        alternatives: of("alternatives"),
        decided_by: of("decided_by"),
        decided_at: of("decided_at"),
        revokes: chosen(&sent, "decision", "revokes"),
    };
    let done = transact!(log.store, &page.actor, |cx| logbook::decide(cx, id, &new).await);
    let told = done.map(|number| format!("Decision {number} is in the log."));
    answer(&log, &page, id, ("decision", "decisions"), form, told).await
}

pub(super) async fn open_channel(
    Shared(log): Shared<Incidents>,
    page: PageCx,
    PagePath(id): PagePath<IncidentId>,
    PageForm(sent, form): PageForm<Fields>,
) -> PageResult {
    let of = |name: &str| field(&sent, "channel", name);
    let new = NewChannel {
        name: of("name"),
        reach: of("reach"),
        people: of("people"),
        independent: of("independent") == "yes",
        used_since: of("used_since"),
    };
    let done = transact!(log.store, &page.actor, |cx| logbook::open_channel(cx, id, &new).await);
    answer(&log, &page, id, ("channel", "told"), form, done.map(|_| "The channel is open.".to_owned())).await
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Revised {
    revision: String,
    proof: String,
}

impl Revised {
    /// What is no number was seen in no revision: the use case says so, after it has asked who may.
    fn revision(&self) -> i64 {
        self.revision.parse().unwrap_or(0)
    }
}

pub(super) async fn end_channel(
    Shared(log): Shared<Incidents>,
    page: PageCx,
    PagePath((id, number)): PagePath<(IncidentId, i64)>,
    PageForm(sent, form): PageForm<Revised>,
) -> PageResult {
    let revision = sent.revision();
    let done = transact!(log.store, &page.actor, |cx| logbook::end_channel(cx, id, number, revision).await);
    answer(&log, &page, id, ("", "told"), form, done.map(|()| "The channel is no longer used.".to_owned())).await
}

pub(super) async fn tell(
    Shared(log): Shared<Incidents>,
    page: PageCx,
    PagePath(id): PagePath<IncidentId>,
    PageForm(sent, form): PageForm<Fields>,
) -> PageResult {
    let of = |name: &str| field(&sent, "told", name);
    let new = NewTold {
        who: of("who"),
        what: of("what"),
        told_at: of("told_at"),
        told_by: of("told_by"),
        channel: chosen(&sent, "told", "channel"),
    };
    let done = transact!(log.store, &page.actor, |cx| logbook::tell(cx, id, &new).await);
    answer(&log, &page, id, ("told", "told"), form, done.map(|()| "Noted.".to_owned())).await
}

pub(super) async fn enter_cost(
    Shared(log): Shared<Incidents>,
    page: PageCx,
    PagePath(id): PagePath<IncidentId>,
    PageForm(sent, form): PageForm<Fields>,
) -> PageResult {
    let of = |name: &str| field(&sent, "cost", name);
    let new = NewCost {
        what: of("what"),
        category: of("category"),
        amount: of("amount"),
        currency: of("currency"),
        dated: of("dated"),
        kind: of("kind"),
    };
    let done = transact!(log.store, &page.actor, |cx| logbook::enter_cost(cx, id, &new).await);
    answer(&log, &page, id, ("cost", "costs"), form, done.map(|number| format!("Cost {number} is entered."))).await
}

pub(super) async fn strike_cost(
    Shared(log): Shared<Incidents>,
    page: PageCx,
    PagePath(id): PagePath<IncidentId>,
    PageForm(sent, form): PageForm<Fields>,
) -> PageResult {
    let why = field(&sent, "strike", "why");
    crate::ensure_editable(&mut log.store.read(&page.actor).await?, id).await?;
    let done = match seen(&sent, "strike", "cost") {
        Ok((number, revision)) => {
            transact!(log.store, &page.actor, |cx| logbook::strike_cost(cx, id, number, &why, revision).await)
        }
        Err(refusal) => Err(refusal),
    };
    answer(&log, &page, id, ("strike", "costs"), form, done.map(|()| "It no longer counts.".to_owned())).await
}

pub(super) async fn learn(
    Shared(log): Shared<Incidents>,
    page: PageCx,
    PagePath(id): PagePath<IncidentId>,
    PageForm(sent, form): PageForm<Fields>,
) -> PageResult {
    let lesson = field(&sent, "lesson", "lesson");
    let done = transact!(log.store, &page.actor, |cx| logbook::learn(cx, id, &lesson).await);
    answer(&log, &page, id, ("lesson", "actions"), form, done.map(|_| "The lesson is entered.".to_owned())).await
}

pub(super) async fn plan_action(
    Shared(log): Shared<Incidents>,
    page: PageCx,
    PagePath(id): PagePath<IncidentId>,
    PageForm(sent, form): PageForm<Fields>,
) -> PageResult {
    let of = |name: &str| field(&sent, "action", name);
    let new =
        NewAction { what: of("what"), lesson: chosen(&sent, "action", "lesson"), owner: of("owner"), due: of("due") };
    let done = transact!(log.store, &page.actor, |cx| logbook::plan_action(cx, id, &new).await);
    answer(&log, &page, id, ("action", "actions"), form, done.map(|_| "The action is planned.".to_owned())).await
}

pub(super) async fn replan_action(
    Shared(log): Shared<Incidents>,
    page: PageCx,
    PagePath(id): PagePath<IncidentId>,
    PageForm(sent, form): PageForm<Fields>,
) -> PageResult {
    let of = |name: &str| field(&sent, "replan", name);
    let new = NewAction { owner: of("owner"), due: of("due"), ..NewAction::default() };
    crate::ensure_editable(&mut log.store.read(&page.actor).await?, id).await?;
    let done = match seen(&sent, "replan", "action") {
        Ok((number, revision)) => {
            transact!(log.store, &page.actor, |cx| logbook::replan_action(cx, id, number, &new, revision).await)
        }
        Err(refusal) => Err(refusal),
    };
    answer(&log, &page, id, ("replan", "actions"), form, done.map(|()| "The action is planned anew.".to_owned())).await
}

pub(super) async fn finish_action(
    Shared(log): Shared<Incidents>,
    page: PageCx,
    PagePath((id, number)): PagePath<(IncidentId, i64)>,
    PageForm(sent, form): PageForm<Revised>,
) -> PageResult {
    crate::ensure_editable(&mut log.store.read(&page.actor).await?, id).await?;
    let revision = sent.revision();
    let done = transact!(log.store, &page.actor, |cx| {
        let action = logbook::action_numbered(cx, id, number).await?;
        logbook::finish_action(cx, action, &sent.proof, revision).await
    });
    answer(&log, &page, id, ("", "actions"), form, done.map(|_| "Done.".to_owned())).await
}
