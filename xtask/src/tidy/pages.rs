//! Rules for page templates: the content security policy allows no script and no style inside a page, so a template
//! that holds one would be silently broken in the browser. Knows HTML only as far as that.

use super::Problem;

pub fn check(path: &str, text: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    let lower = text.to_ascii_lowercase();
    let line_of = |at: usize| text[..at].matches('\n').count() + 1;
    for (at, _) in lower.match_indices("<script") {
        let tag = &lower[at..lower[at..].find('>').map_or(lower.len(), |end| at + end)];
        if !has_attribute(tag, "src") {
            problems.push(Problem::at(path, line_of(at), "holds a script; put it into a file and name it by `src`"));
        }
    }
    for (at, _) in lower.match_indices("<style") {
        problems.push(Problem::at(path, line_of(at), "holds a style sheet; put it into the CSS file"));
    }
    for (at, _) in lower.match_indices("javascript:") {
        problems.push(Problem::at(path, line_of(at), "holds a script address; use a link or a form"));
    }
    for (at, name) in attributes(&lower) {
        if name == "style" {
            problems.push(Problem::at(path, line_of(at), "has a `style` attribute; give it a class"));
        } else if is_handler(name) {
            problems.push(Problem::at(path, line_of(at), format!("has the handler `{name}`; listen in a script file")));
        }
    }
    problems
}

fn has_attribute(tag: &str, name: &str) -> bool {
    attributes(tag).iter().any(|&(_, found)| found == name)
}

/// `onclick` and its kin, and htmx's `hx-on:click`, which evaluates its value.
fn is_handler(name: &str) -> bool {
    name.starts_with("hx-on")
        || name.strip_prefix("on").is_some_and(|event| event.len() > 2 && event.bytes().all(|b| b.is_ascii_lowercase()))
}

/// Names that stand where an attribute stands: after white space or a quotation mark, before `=`.
fn attributes(lower: &str) -> Vec<(usize, &str)> {
    let bytes = lower.as_bytes();
    let mut found = Vec::new();
    for (equals, _) in lower.match_indices('=') {
        let name_end = lower[..equals].trim_end().len();
        let is_name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b':' | b'_');
        let length = bytes[..name_end].iter().rev().take_while(|b| is_name(b)).count();
        let start = name_end - length;
        let quoted = lower[equals + 1..].trim_start().starts_with(['"', '\'', '{']);
        let before = start.checked_sub(1).map(|at| bytes[at]);
        if length > 0 && quoted && before.is_some_and(|b| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'}')) {
            found.push((start, &lower[start..name_end]));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_page_runs_or_styles_itself() {
        for page in [
            "<p style=\"color:red\">",
            "<p class='a' STYLE = 'x'>",
            "<button onclick=\"f()\">",
            "<button\n  onsubmit='f()'>",
            "<button hx-on:click=\"f()\">",
            "<script>f()</script>",
            "<script type=\"module\">f()</script>",
            "<style>p {}</style>",
            "<a href=\"javascript:f()\">",
        ] {
            assert_eq!(check("x.html", page).len(), 1, "{page}");
        }
    }

    #[test]
    fn files_classes_and_words_are_fine() {
        for page in [
            "<script src=\"/static/app.js\" defer></script>",
            "<p class=\"style\" data-style=\"a\" data-on=\"b\">style = calm, on = off</p>",
            "<option value=\"one\" {% if on == \"one\" %}selected{% endif %}>",
        ] {
            assert_eq!(check("x.html", page), [], "{page}");
        }
    }
}
