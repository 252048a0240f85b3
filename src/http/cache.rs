//! How long an answer may be kept. A handler names a policy; the header is written here.

use axum::http::{HeaderMap, HeaderValue, header};
use xxhash_rust::xxh3::xxh3_64;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Politique {
    /// The address names one version of the content: kept for ever.
    Immuable,
    /// May be kept for a day: changes with the program alone.
    Journee,
    /// May be kept, and must be checked before each use.
    Revalider,
    /// For whoever asked alone: their browser may keep it, and checks it before each use.
    Prive,
    /// Never kept.
    Jamais,
}

/// What an answer depends on beside its address: a cache between us and two people keeps them apart.
pub const VARIE: HeaderValue = HeaderValue::from_static("accept-encoding, authorization, cookie");

impl Politique {
    pub fn entete(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Immuable => "public, max-age=31536000, immutable",
            Self::Journee => "public, max-age=86400",
            Self::Revalider => "public, no-cache",
            Self::Prive => "private, no-cache",
            Self::Jamais => "no-store",
        })
    }

    /// The same answer, when it was made for one person.
    pub fn pour(self, prive: bool) -> Self {
        if prive { Self::Prive } else { self }
    }
}

/// A validator, as headers carry it.
pub type Etag = HeaderValue;

/// A strong validator: a hash of the bytes as they are sent.
pub fn etag(corps: &[u8]) -> Etag {
    HeaderValue::from_str(&format!("\"{:016x}\"", xxh3_64(corps)))
        .expect("hexadecimal is a header value")
}

/// Whether the client already holds what the validator names (`If-None-Match`).
pub fn inchange(entetes: &HeaderMap, etag: &Etag) -> bool {
    let Some(connus) = entetes.get(header::IF_NONE_MATCH).and_then(|valeur| valeur.to_str().ok())
    else {
        return false;
    };
    let etag = etag.to_str().unwrap_or_default();
    connus
        .split(',')
        .map(str::trim)
        .any(|connu| connu == "*" || connu.trim_start_matches("W/") == etag)
}
