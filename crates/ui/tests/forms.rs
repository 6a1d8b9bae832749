//! The macros of `form.html` and `parts.html`, as an area calls them.

#![allow(clippy::unwrap_used, reason = "tests say what must hold by panicking")]

use askama::Template;
use kernel::{FieldProblem, Refusal};
use ui::{FormState, Mark};

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{% import "form.html" as fields %}{{ fields::summary(form) }}
{{ fields::text(form, "title", "Title", hint="As on the cover.", required=true) }}
{{ fields::textarea(form, "why", "Why", draft="7-why") }}
{{ fields::select(form, "kind", "Kind", kinds, empty="None") }}
{{ fields::checks(form, "classes", "Data", kinds) }}
{{ fields::text(form, "password", "Password", kind="password") }}"#
)]
struct Form {
    form: FormState,
    kinds: Vec<(u32, String)>,
}

fn draw(form: FormState) -> String {
    Form { form, kinds: vec![(1, "One".to_owned()), (2, "<Two>".to_owned())] }.render().expect("a form")
}

#[test]
fn what_was_sent_comes_back_with_each_problem_under_its_field() {
    let problem = |field: &str, message: &str| FieldProblem { field: field.to_owned(), message: message.to_owned() };
    let refusal = Refusal::fields(vec![problem("title", "`<x>` is too short"), problem("why", "say why")]);
    let sent = FormState::new()
        .with("title", "<x>\"")
        .with("why", "</textarea>")
        .with("kind", 2)
        .with("classes", 1)
        .with("classes", 2)
        .with("password", "hunter2")
        .refused(&refusal);
    let html = draw(sent);
    assert!(html.contains("2 fields need another look") && html.contains("href=\"#f-title\""));
    assert!(html.contains("value=\"&#60;x&#62;&#34;\"") && !html.contains("<x>"), "{html}");
    assert!(html.contains("aria-invalid=\"true\" aria-describedby=\"h-title e-title\""), "{html}");
    assert!(html.contains("id=\"e-title\"") && html.contains("aria-describedby=\"e-why\""));
    assert_eq!(html.matches("</textarea>").count(), 1);
    assert!(html.contains("<option value=\"2\" selected>&#60;Two&#62;</option>"));
    assert_eq!(html.matches(" checked").count(), 2);
    assert!(!html.contains("hunter2"), "a password never comes back");
}

#[test]
fn an_untouched_form_says_nothing_of_problems() {
    let html = draw(FormState::new());
    for words in ["aria-invalid", "role=\"alert\"", "is-bad", " selected", " checked"] {
        assert!(!html.contains(words), "{words}");
    }
    assert!(html.contains("aria-describedby=\"h-title\"") && html.contains("data-draft=\"7-why\""));
    assert_eq!(html.matches("for=\"f-").count(), html.matches("<input class=\"form-control\"").count() + 2);
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{% import "parts.html" as parts %}{{ parts::mark(mark) }}{{ parts::pager("", next) }}
{% call parts::confirm("void", "Void", "Void it?", "/x", "Yes") %}<p>why</p>{% endcall %}{{ parts::empty("inbox", "Nothing", "yet") }}"#
)]
struct Parts {
    mark: Mark,
    next: String,
}

#[test]
fn a_mark_says_its_state_by_word_icon_and_tone() {
    let html = Parts { mark: Mark::UNACCEPTABLE, next: "/x?after=1&y=2".to_owned() }.render().expect("parts");
    assert!(html.contains("tone-bad") && html.contains("#circle-x") && html.contains("Unacceptable"));
    assert!(html.contains("rel=\"next\" href=\"/x?after=1&#38;y=2\"") && !html.contains("First page"));
    assert!(html.contains("<dialog") && html.contains("<p>why</p>") && html.contains("data-dialog=\"void\""));
}
