//! The authority's form: drawn from its schema, saved as far as it is, given out once it is valid.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State as Shared;
use db::{Cx, transact};
use kernel::Refusal;
use ui::{FormState, PageCx, PageForm, PagePath, PageResult, Shell, redirect_with_flash};

use super::{
    notice_list::counted,
    notice_sending::out,
    tabs::{Tab, TabLink, tabs},
};
use crate::{
    IncidentId, Incidents, NoticeId, can_edit, ensure_editable,
    notices::{
        self, Draft, Field, FieldKind, NoticeState, NoticeView, fields, form_problems, section_title, shown_field,
    },
};

/// A part of the form.
struct Part {
    number: String,
    title: &'static str,
    fields: Vec<&'static Field>,
}

#[derive(Template)]
#[template(path = "incidents_notice_form.html")]
struct Page {
    shell: Shell,
    tabs: Vec<TabLink>,
    base: String,
    parts: Vec<Part>,
    /// What keeps it from being valid, with the field.
    problems: Vec<(String, String)>,
    standing: String,
    started: bool,
    zone: String,
    revision: i64,
    can_edit: bool,
    form: FormState,
}

impl Page {
    fn kind(&self, field: &Field) -> &'static str {
        match field.kind {
            FieldKind::Text if is_long(field) => "words",
            FieldKind::Text => "line",
            FieldKind::Choice(_) => "choice",
            FieldKind::YesNo => "check",
            FieldKind::Count => "count",
            FieldKind::Day => "day",
            FieldKind::Moment => "moment",
        }
    }

    fn moment_hint(&self, field: &Field) -> String {
        format!("{} In the time of {}.", field.hint, self.zone).trim_start().to_owned()
    }

    fn options(&self, field: &Field) -> Vec<(String, String)> {
        match &field.kind {
            FieldKind::Choice(options) => options.clone(),
            _ => Vec::new(),
        }
    }
}

/// A description takes several lines, a name or an identifier one.
fn is_long(field: &Field) -> bool {
    let title = field.title.to_lowercase();
    ["description", "contact details", "reasons", "comments", "content", "measures", "list of", "information"]
        .iter()
        .any(|word| title.contains(word))
}

pub(super) async fn show(
    Shared(incidents): Shared<Incidents>,
    page: PageCx,
    PagePath((id, notice)): PagePath<(IncidentId, NoticeId)>,
) -> PageResult {
    let mut cx = incidents.store.read(&page.actor).await?;
    let view = notices::view(&mut cx, id, notice).await?;
    page.render(&drawn(&page, &mut cx, &view).await?)
}

async fn drawn(page: &PageCx, cx: &mut Cx, view: &NoticeView) -> Result<Page, Refusal> {
    let values = view.form().ok_or_else(|| Refusal::not_found("there is no form for this notice"))?;
    let zone = cx.world().zone();
    let problems: Vec<(String, String)> =
        form_problems(&values).into_iter().map(|problem| (problem.field, problem.message)).collect();
    let filled = fields().iter().filter_map(|field| Some((field, values.get(&field.name)?)));
    let stored =
        filled.fold(FormState::new(), |form, (field, value)| form.with(&field.name, shown_field(field, value, &zone)));
    let mut parts: Vec<Part> = Vec::new();
    for field in fields() {
        match parts.last_mut().filter(|part| part.number == field.section) {
            Some(part) => part.fields.push(field),
            None => parts.push(Part {
                number: field.section.clone(),
                title: section_title(&field.section),
                fields: vec![field],
            }),
        }
    }
    let base = format!("/incidents/{}/notices/{}", view.incident.id, view.notice.id);
    Ok(Page {
        shell: page
            .shell("The authority’s form")
            .crumb("Incidents", "/incidents")
            .crumb(format!("Incident {}", view.incident.number), format!("/incidents/{}", view.incident.id))
            .crumb(format!("Notice {}", view.notice.number), base.clone())
            .subtitle("The European Data Protection Board’s template v1.0 of June 2026"),
        tabs: tabs(cx, &view.incident, Tab::Notices).await?,
        parts,
        standing: if problems.is_empty() {
            "Every required field is filled in, and every value fits its field.".to_owned()
        } else {
            format!("{} to be filled in or mended before it is valid.", counted(problems.len(), "field", "fields"))
        },
        problems,
        started: view.notice.form.is_some(),
        zone: clocks::moment::zone_name(&zone),
        revision: view.notice.revision,
        can_edit: can_edit(cx, &view.incident) && !cx.actor.read_only && view.notice.state == NoticeState::Draft,
        base,
        form: stored,
    })
}

pub(super) async fn save(
    Shared(incidents): Shared<Incidents>,
    page: PageCx,
    PagePath((id, notice)): PagePath<(IncidentId, NoticeId)>,
    PageForm(sent, form): PageForm<BTreeMap<String, String>>,
) -> PageResult {
    let mut cx = incidents.store.read(&page.actor).await?;
    ensure_editable(&mut cx, id).await?;
    let view = notices::view(&mut cx, id, notice).await?;
    let zone = cx.world().zone();
    drop(cx);
    let typed = |name: &str| sent.get(name).cloned().unwrap_or_default();
    let anew = typed("do") == "anew";
    let values = match typed("do").as_str() {
        "anew" => Some(view.form_from_facts()),
        "aside" => None,
        _ => Some(notices::read_form(typed, &zone)),
    };
    let draft = Draft { form: Some(values), revision: typed("revision").parse().unwrap_or(0), ..Draft::default() };
    match transact!(incidents.store, &page.actor, |cx| notices::save(cx, id, notice, &draft).await) {
        Ok(()) => {
            let told = if anew { "Taken from the facts, and saved." } else { "Saved." };
            Ok(redirect_with_flash(&format!("/incidents/{id}/notices/{notice}/form"), told))
        }
        Err(refusal) => {
            let mut cx = incidents.store.read(&page.actor).await?;
            let view = notices::view(&mut cx, id, notice).await?;
            let again = drawn(&page, &mut cx, &view).await?;
            page.again(refusal, |refusal| Page { form: form.refused(refusal), ..again })
        }
    }
}

pub(super) async fn file(
    Shared(incidents): Shared<Incidents>,
    page: PageCx,
    PagePath((id, notice)): PagePath<(IncidentId, NoticeId)>,
) -> PageResult {
    out(incidents.notice_form(&page.actor, id, notice).await)
}
