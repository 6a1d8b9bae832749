//! The files that every page loads, inside the binary, under an address that changes with their content.

use std::{
    io::Write as _,
    sync::{LazyLock, OnceLock},
};

use axum::{
    extract::Path,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;

struct Asset {
    name: &'static str,
    content_type: &'static str,
    body: &'static [u8],
    /// The hash of the content, in hexadecimal.
    hash: String,
    url: String,
    gzipped: OnceLock<Bytes>,
}

impl Asset {
    fn new(name: &'static str, content_type: &'static str, body: &'static [u8]) -> Self {
        let hash = format!("{:016x}", fnv1a(body));
        let url = format!("/assets/{hash}/{name}");
        Self { name, content_type, body, hash, url, gzipped: OnceLock::new() }
    }

    /// Compressed at the first request and kept: 635 kB of CSS become 79 kB.
    fn gzipped(&self) -> Bytes {
        self.gzipped
            .get_or_init(|| {
                let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
                let packed = encoder.write_all(self.body).and_then(|()| encoder.finish());
                Bytes::from(packed.expect("writing into memory cannot fail"))
            })
            .clone()
    }
}

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

macro_rules! assets {
    ($($name:literal as $content_type:expr),* $(,)?) => {
        [$(Asset::new($name, $content_type, include_bytes!(concat!("../assets/", $name)))),*]
    };
}

static ASSETS: LazyLock<[Asset; 10]> = LazyLock::new(|| {
    assets![
        "tabler.min.css" as CSS,
        "countersign.css" as CSS,
        "difference.css" as CSS,
        "incidents.css" as CSS,
        "terms.css" as CSS,
        "countersign.js" as JS,
        "theme.js" as JS,
        "htmx.min.js" as JS,
        "icons.svg" as SVG,
        "logo.svg" as SVG,
    ]
});

/// FNV-1a, 64 bits: it only has to change when the content does; nobody is kept out by it.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The address of an asset, for templates: `{{ ui::asset("countersign.css") }}`. A name that is none of ours gives an
/// address that answers 404.
pub fn asset(name: &str) -> &'static str {
    ASSETS.iter().find(|asset| asset.name == name).map_or("/assets/0/unknown", |asset| asset.url.as_str())
}

/// The address of one icon in the sprite, for the `icon` macro.
pub fn icon_url(name: impl std::fmt::Display) -> String {
    format!("{}#{name}", asset("icons.svg"))
}

/// The names of all icons in the sprite.
pub fn icon_names() -> impl Iterator<Item = &'static str> {
    include_str!("../assets/icons.svg").split("<symbol id=\"").skip(1).filter_map(|rest| rest.split('"').next())
}

pub(crate) async fn serve(Path((hash, name)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.name == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    // A page from before an upgrade asks for the old hash. It gets today's file, but may not keep it.
    let cache = if hash == asset.hash { "public, max-age=31536000, immutable" } else { "no-cache" };
    let etag = format!("\"{}\"", asset.hash);
    let common = [
        (header::CACHE_CONTROL, cache.to_owned()),
        (header::ETAG, etag.clone()),
        (header::VARY, "accept-encoding".to_owned()),
        (header::CONTENT_TYPE, asset.content_type.to_owned()),
    ];
    let says = |name: header::HeaderName, part: &str| {
        headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains(part))
    };
    if says(header::IF_NONE_MATCH, &etag) {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    if says(header::ACCEPT_ENCODING, "gzip") {
        return (common, [(header::CONTENT_ENCODING, "gzip")], asset.gzipped()).into_response();
    }
    (common, Bytes::from_static(asset.body)).into_response()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_icon_that_a_template_names_is_in_the_sprite() {
        let known: BTreeSet<_> = icon_names().collect();
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
        let mut seen = 0;
        for file in std::fs::read_dir(folder).expect("the templates").flatten() {
            let text = std::fs::read_to_string(file.path()).unwrap_or_default();
            for call in text.split("icon(\"").skip(1) {
                let name = call.split('"').next().unwrap_or_default();
                assert!(known.contains(name), "`{name}` in {:?} is not in icons.svg", file.file_name());
                seen += 1;
            }
        }
        assert!(seen > 10);
        for mark in crate::Mark::ALL {
            assert!(known.contains(mark.icon), "`{}` is not in icons.svg", mark.icon);
        }
    }

    #[test]
    fn own_script_and_style_stay_small() {
        assert!(include_bytes!("../assets/countersign.js").len() < 16_000);
        assert!(include_bytes!("../assets/countersign.css").len() < 48_000);
        assert!(include_bytes!("../assets/difference.css").len() < 4_000);
        assert!(include_bytes!("../assets/incidents.css").len() < 12_000);
        assert!(include_bytes!("../assets/terms.css").len() < 4_000);
    }
}
