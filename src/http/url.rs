//! The public address of the service: from the settings, never from what a request claims.

use std::sync::Arc;

/// Scheme, host and port of absolute addresses, without a trailing slash.
#[derive(Debug, Clone)]
pub struct UrlPublique(pub Arc<str>);

impl UrlPublique {
    /// Whether browsers come by TLS.
    pub fn chiffree(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// What browsers send as `Origin`: without a path.
    pub fn origine(&self) -> &str {
        let hote = self.0.find("://").map_or(0, |debut| debut + 3);
        let fin = self.0[hote..].find('/').map_or(self.0.len(), |chemin| hote + chemin);
        &self.0[..fin]
    }
}
