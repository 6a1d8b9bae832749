//! Files on their way out: always as a download, never as something that a browser would run.

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::Response,
};
use bytes::Bytes;

/// An attachment. `media_type` is one that we wrote ourselves (a PDF memo) or `application/octet-stream`.
pub fn attachment(name: &str, media_type: &'static str, bytes: Bytes) -> Response {
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CONTENT_DISPOSITION, disposition(name));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    response
}

/// RFC 6266: a plain name for the old and the real one, percent-encoded, for the rest.
fn disposition(name: &str) -> HeaderValue {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "._- ".contains(c) { c } else { '_' }).collect();
    let real: String = name
        .bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() || b"._-".contains(&b) { (b as char).to_string() } else { format!("%{b:02X}") }
        })
        .collect();
    HeaderValue::try_from(format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{real}"))
        .unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_full_of_markup_stays_a_name() {
        let value = disposition("\"><script>\r\nx: y\u{202e}.pdf");
        let text = value.to_str().unwrap();
        assert!(!text.contains('<') && !text.contains('\n'));
        assert!(text.ends_with("filename*=UTF-8''%22%3E%3Cscript%3E%0D%0Ax%3A%20y%E2%80%AE.pdf"));
    }
}
