//! Progress of long work: a bar on a terminal, plain lines in a log.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

#[derive(Debug)]
pub struct Progres {
    barre: Option<ProgressBar>,
    debut: Instant,
}

impl Default for Progres {
    fn default() -> Self {
        let barre = std::io::stderr().is_terminal().then(|| {
            let barre = ProgressBar::new_spinner();
            barre.enable_steady_tick(Duration::from_millis(120));
            barre
        });
        Self { barre, debut: Instant::now() }
    }
}

impl Progres {
    /// A new step, of unknown length.
    pub fn etape(&self, message: &'static str) {
        match &self.barre {
            Some(barre) => barre.set_message(message),
            None => eprintln!("[{:>5.1} s] {message}", self.debut.elapsed().as_secs_f64()),
        }
    }

    /// A step of which `faits` out of `total` are done.
    pub fn avance(&self, message: &'static str, faits: usize, total: usize) {
        match &self.barre {
            Some(barre) => {
                let modele = "{spinner} {msg} [{bar:30}] {pos}/{len}";
                if let Ok(style) = ProgressStyle::with_template(modele) {
                    barre.set_style(style);
                }
                barre.set_length(total as u64);
                barre.set_position(faits as u64);
                barre.set_message(message);
            }
            None if faits == total => self.etape(message),
            None => {}
        }
    }

    pub fn fin(&self) {
        if let Some(barre) = &self.barre {
            barre.finish_and_clear();
        }
    }
}
