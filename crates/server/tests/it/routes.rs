//! Every route of the product: the endpoints from the OpenAPI document, the pages from the sources themselves, because a
//! router of axum does not tell what it holds.
//!
//! The reader of the sources understands `.route("path", get(x).post(y))` and nothing more; whatever else adds a route is
//! an error and not an omission.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// A method and a path, such as `GET /contracts/{id}`.
pub type Route = String;

/// Paths that stand in the sources as a constant.
const CONSTANTS: &[(&str, &str)] = &[("ui::api_docs::DOCUMENT_URL", ui::api_docs::DOCUMENT_URL)];
const METHODS: &[&str] = &["get", "post", "put", "patch", "delete", "head", "options"];
/// These hang something on a route and add none.
const ADDS_NO_METHOD: &[&str] = &["layer", "route_layer", "with_state"];
/// These add routes in ways that are not read here.
const UNREADABLE: &[&str] = &[".nest(", ".nest_service(", ".route_service(", ".fallback_service("];

/// Blanks comments and the insides of strings and letters, byte for byte, so that brackets can be counted.
fn masked(source: &str) -> Vec<u8> {
    let bytes = source.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    let blank = |out: &mut Vec<u8>, from: usize, to: usize| {
        for byte in &mut out[from..to.min(bytes.len())] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    };
    while at < bytes.len() {
        let rest = &bytes[at..];
        let raw = rest[0] == b'r' && (at == 0 || !bytes[at - 1].is_ascii_alphanumeric() && bytes[at - 1] != b'_');
        let hashes = if raw { rest[1..].iter().take_while(|byte| **byte == b'#').count() } else { 0 };
        let end = if rest.starts_with(b"//") {
            let end = at + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
            blank(&mut out, at, end);
            end
        } else if rest.starts_with(b"/*") {
            let end = at + rest.windows(2).position(|pair| pair == b"*/").map_or(rest.len(), |end| end + 2);
            blank(&mut out, at, end);
            end
        } else if raw && rest.get(1 + hashes) == Some(&b'"') {
            let close: Vec<u8> = std::iter::once(b'"').chain(std::iter::repeat_n(b'#', hashes)).collect();
            let from = at + 2 + hashes;
            let end = from
                + bytes[from..].windows(close.len()).position(|window| window == close).unwrap_or(bytes.len() - from);
            blank(&mut out, from, end);
            end + close.len()
        } else if rest[0] == b'"' {
            let mut end = at + 1;
            while end < bytes.len() && bytes[end] != b'"' {
                end += if bytes[end] == b'\\' { 2 } else { 1 };
            }
            blank(&mut out, at + 1, end);
            end + 1
        } else if rest[0] == b'\'' {
            // A letter, unless it is a lifetime.
            let escaped = rest.get(1) == Some(&b'\\');
            let close = rest.iter().skip(if escaped { 3 } else { 2 }).take(12).position(|byte| *byte == b'\'');
            match close {
                Some(found) if escaped => {
                    blank(&mut out, at, at + found + 4);
                    at + found + 4
                }
                Some(found)
                    if found < 4
                        && std::str::from_utf8(&rest[1..found + 2]).is_ok_and(|letter| letter.chars().count() == 1) =>
                {
                    blank(&mut out, at, at + found + 3);
                    at + found + 3
                }
                _ => at + 1,
            }
        } else {
            at + 1
        };
        at = end.max(at + 1);
    }
    out
}

/// Where the bracket that is open before `from` closes.
fn close(masked: &[u8], from: usize) -> Option<usize> {
    let mut depth = 1_usize;
    for (at, byte) in masked.iter().enumerate().skip(from) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

fn find(masked: &[u8], what: &str, from: usize) -> Option<usize> {
    masked[from..].windows(what.len()).position(|window| window == what.as_bytes()).map(|at| from + at)
}

/// Takes the modules of tests out: their routers are not the product's.
fn without_tests(masked: &mut [u8]) {
    let mut from = 0;
    while let Some(at) = find(masked, "#[cfg(test)]", from) {
        from = at + 1;
        let after = at + "#[cfg(test)]".len();
        let is_module = String::from_utf8_lossy(&masked[after..]).trim_start().starts_with("mod ");
        let Some(open) =
            masked[after..].iter().position(|byte| *byte == b'{' || *byte == b';').map(|open| after + open)
        else {
            continue;
        };
        if is_module && masked[open] == b'{' {
            let end = close(masked, open + 1).unwrap_or(masked.len());
            masked[at..end].fill(b' ');
        }
    }
}

/// The routes that one file adds.
///
/// # Errors
/// Names the first thing that is not understood.
fn routes_in(source: &str) -> Result<Vec<Route>, String> {
    let mut masked = masked(source);
    without_tests(&mut masked);
    if let Some(way) = UNREADABLE.iter().find(|way| find(&masked, way, 0).is_some()) {
        return Err(format!("`{way}` adds routes in a way that this test cannot read"));
    }
    let mut routes = Vec::new();
    let mut from = 0;
    while let Some(at) = find(&masked, ".route(", from) {
        from = at + ".route(".len();
        let line = source[..at].matches('\n').count() + 1;
        let fail = |why: &str| Err(format!("line {line}: {why}"));
        let Some(end) = close(&masked, from) else { return fail("the bracket of `.route(` does not close") };
        let Some(comma) = top_level_comma(&masked, from, end) else { return fail("`.route(` has one argument") };
        let path = source[from..comma].trim();
        let path = match path.strip_prefix('"').and_then(|path| path.strip_suffix('"')) {
            Some(path) => path.to_owned(),
            None => match CONSTANTS.iter().find(|(name, _)| *name == path) {
                Some((_, value)) => (*value).to_owned(),
                None => return fail(&format!("`{path}` is neither a path nor a constant that this test knows")),
            },
        };
        let methods = methods_in(&masked[comma + 1..end]).or_else(|why| fail(&why))?;
        routes.extend(methods.into_iter().map(|method| format!("{method} {path}")));
    }
    Ok(routes)
}

fn top_level_comma(masked: &[u8], from: usize, end: usize) -> Option<usize> {
    let mut depth = 0_usize;
    (from..end).find(|at| {
        match masked[*at] {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth -= 1,
            _ => {}
        }
        depth == 0 && masked[*at] == b','
    })
}

/// `get(x).post(y)`
fn methods_in(masked: &[u8]) -> Result<Vec<String>, String> {
    let mut methods = Vec::new();
    let mut at = 0;
    loop {
        while at < masked.len()
            && (masked[at].is_ascii_whitespace()
                || (masked[at] == b',' && !methods.is_empty())
                || (masked[at] == b'.' && !methods.is_empty()))
        {
            at += 1;
        }
        if at == masked.len() {
            return if methods.is_empty() { Err("a route without a method".to_owned()) } else { Ok(methods) };
        }
        let length =
            masked[at..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"_:".contains(byte)).count();
        let word = String::from_utf8_lossy(&masked[at..at + length]).into_owned();
        let name = word.rsplit("::").next().unwrap_or_default();
        if masked.get(at + length) != Some(&b'(') {
            return Err(format!("`{word}` is no method of a route"));
        }
        if METHODS.contains(&name) {
            methods.push(name.to_uppercase());
        } else if !ADDS_NO_METHOD.contains(&name) || methods.is_empty() {
            return Err(format!("`{word}` is no method that this test knows"));
        }
        at = close(masked, at + length + 1).ok_or("a bracket does not close")? + 1;
    }
}

fn rust_files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, into);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            into.push(path);
        }
    }
}

/// What the sources of all areas, the shell and the server add.
pub fn of_the_sources() -> BTreeSet<Route> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned();
    let mut folders = vec![crates.join("ui/src"), crates.join("server/src")];
    for area in std::fs::read_dir(crates.join("areas")).unwrap() {
        folders.push(area.unwrap().path().join("src"));
    }
    let mut files = Vec::new();
    for folder in &folders {
        rust_files(folder, &mut files);
    }
    let mut routes = BTreeSet::new();
    for file in files {
        let source = std::fs::read_to_string(&file).unwrap();
        match routes_in(&source) {
            Ok(found) => routes.extend(found),
            Err(why) => panic!("{}: {why}", file.display()),
        }
    }
    routes
}

/// What the served description of the API names.
pub fn of_the_document(document: &serde_json::Value) -> BTreeSet<Route> {
    let paths = document["paths"].as_object().expect("the document has paths");
    let operations = paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().expect("an item of a path").keys().filter(|key| METHODS.contains(&key.as_str()));
        methods.map(move |method| format!("{} {path}", method.to_uppercase()))
    });
    operations.collect()
}

#[test]
fn routes_are_read_as_they_are_written() {
    let source = r#"
        //! .route("/no", get(x))
        fn f<'a>(c: char) -> Router { if c == '(' || c == '\'' { let s = "(.route("; }
            Router::new()
                .route("/a/{id}", get(show).post(save)) // .route("/no", get(x))
                .route(
                    "/b",
                    axum::routing::delete(|State(x): State<X>| async move { (x, 1) }).layer(limit(3)),
                )
                .route(ui::api_docs::DOCUMENT_URL, get(x))
        }
        #[cfg(test)]
        mod tests { fn g() { Router::new().route("/test", get(x)); } }
    "#;
    assert_eq!(routes_in(source).unwrap(), ["GET /a/{id}", "POST /a/{id}", "DELETE /b", "GET /api/openapi.json"]);
}

#[test]
fn what_cannot_be_read_is_an_error() {
    for source in [
        r#".route(&format!("/{x}"), get(y))"#,
        r#".route("/x", any(y))"#,
        r#".route("/x", service)"#,
        r#".route("/x", get(y).something(z))"#,
        r#".route("/x")"#,
        r#".nest("/x", other)"#,
    ] {
        assert!(routes_in(source).is_err(), "{source}");
    }
}
