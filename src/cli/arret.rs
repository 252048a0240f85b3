//! Requests to stop, heard from the first moment: what was started is always stopped.

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::error::{Error, Result};

/// Whether the process was asked to end (Ctrl-C, SIGTERM, or its terminal closed).
#[derive(Debug, Clone)]
pub struct Arret(watch::Receiver<bool>);

impl Arret {
    /// From here on these signals no longer kill the process: whoever holds this value must look.
    pub fn ecouter() -> Result<Self> {
        let (dire, entendre) = watch::channel(false);
        for genre in [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()] {
            let mut signaux = signal(genre).map_err(|erreur| {
                Error::Installation(format!("Signaux indisponibles : {erreur}"))
            })?;
            let dire = dire.clone();
            tokio::spawn(async move {
                if signaux.recv().await.is_some() {
                    dire.send_replace(true);
                }
            });
        }
        Ok(Self(entendre))
    }

    pub fn demande(&self) -> bool {
        *self.0.borrow()
    }

    /// Returns once the process was asked to end.
    pub async fn attendre(mut self) {
        // The senders live as long as the runtime.
        let _ = self.0.wait_for(|demande| *demande).await;
    }
}
