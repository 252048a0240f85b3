//! A form as a page: each field with its label, its hint, what is wrong with it and what somebody else made of it.

use maud::{Markup, html};

use super::saisie::{Champ, Choix, Genre, LU, Saisie};

/// What a form does.
#[derive(Debug)]
pub struct Formulaire<'a> {
    pub action: &'a str,
    /// Of the button.
    pub verbe: &'a str,
    pub champs: &'a [Champ],
    pub saisie: &'a Saisie,
    /// Who changed it meanwhile, and when.
    pub auteur: Option<&'a str>,
}

impl Formulaire<'_> {
    pub fn ecrire(&self) -> Markup {
        html! {
            (self.resume())
            form.saisie.large method="post" action=(self.action) {
                @if let Some(lu) = &self.saisie.lu {
                    input type="hidden" name=(LU) value=(serde_json::to_string(lu).unwrap_or_default());
                }
                @for (pli, champs) in plis(self.champs) {
                    @match pli {
                        None => @for champ in champs { (self.champ(champ)) },
                        Some(titre) => details open[champs.iter().any(|c| self.a_voir(c))] {
                            summary { (titre) }
                            @for champ in champs { (self.champ(champ)) }
                        },
                    }
                }
                p { button { (self.verbe) } }
            }
        }
    }

    /// What is to be looked at before it is saved, read out as soon as the page is there.
    fn resume(&self) -> Markup {
        let saisie = self.saisie;
        let concernes = |dits: &std::collections::BTreeMap<String, String>| -> Vec<&Champ> {
            self.champs.iter().filter(|champ| dits.contains_key(&champ.nom)).collect()
        };
        html! {
            @if !saisie.fautes.is_empty() {
                div.erreur role="alert" {
                    p { "Rien n'est enregistré. À corriger :" }
                    ul { @for champ in concernes(&saisie.fautes) {
                        li { a href={ "#" (id(&champ.nom)) } { (champ.libelle) } " : " (saisie.fautes[&champ.nom]) }
                    } }
                }
            }
            @if !saisie.changements.is_empty() {
                div.avis role="alert" {
                    p {
                        "Rien n'est enregistré encore : "
                        (self.auteur.unwrap_or("quelqu'un")) " a changé cette page pendant que vous y écriviez. \
                         Regardez ces champs, puis enregistrez de nouveau."
                    }
                    ul { @for champ in concernes(&saisie.changements) {
                        li { a href={ "#" (id(&champ.nom)) } { (champ.libelle) } " : " (saisie.changements[&champ.nom]) }
                    } }
                }
            }
        }
    }

    fn a_voir(&self, champ: &Champ) -> bool {
        [&self.saisie.fautes, &self.saisie.changements]
            .iter()
            .any(|dits| dits.contains_key(&champ.nom))
            || self.saisie.valeurs.contains_key(&champ.nom)
    }

    fn champ(&self, champ: &Champ) -> Markup {
        let id = id(&champ.nom);
        let faute = self.saisie.fautes.get(&champ.nom);
        let change = self.saisie.changements.get(&champ.nom);
        let dits = [
            (!champ.aide.is_empty()).then(|| format!("{id}-aide")),
            faute.map(|_| format!("{id}-faute")),
            change.map(|_| format!("{id}-change")),
        ];
        let decrit = dits.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let decrit = (!decrit.is_empty()).then_some(decrit);
        let autour = html! {
            @if !champ.aide.is_empty() { span.discret id={ (id) "-aide" } { (champ.aide) } }
            @if let Some(phrase) = faute { span.faute id={ (id) "-faute" } { (phrase) } }
            @if let Some(phrase) = change { span.change id={ (id) "-change" } { (phrase) } }
        };
        match &champ.genre {
            Genre::Plusieurs(choix) => html! {
                fieldset id=(id) aria-describedby=[decrit] tabindex="-1" {
                    legend { (champ.libelle) }
                    (autour)
                    (self.cases(champ, choix))
                }
            },
            Genre::Case => html! {
                div.champ {
                    label.case {
                        input type="checkbox" name=(champ.nom) id=(id) value="oui" aria-describedby=[decrit]
                            checked[self.saisie.une(&champ.nom).is_some()];
                        (champ.libelle)
                    }
                    (autour)
                }
            },
            _ => html! {
                div.champ {
                    label for=(id) { (champ.libelle) @if champ.requis { span.discret { " (obligatoire)" } } }
                    (autour)
                    (self.entree(champ, &id, decrit.as_deref(), faute.is_some()))
                }
            },
        }
    }

    fn entree(&self, champ: &Champ, id: &str, decrit: Option<&str>, faux: bool) -> Markup {
        let valeur = self.saisie.une(&champ.nom).unwrap_or_default();
        let invalide = faux.then_some("true");
        let lignes =
            || self.saisie.valeurs.get(&champ.nom).map(|v| v.join("\n")).unwrap_or_default();
        let ligne = |genre: &str, max: usize| {
            html! {
                input type=(genre) name=(champ.nom) id=(id) value=(valeur) maxlength=(max) required[champ.requis]
                    aria-describedby=[decrit] aria-invalid=[invalide];
            }
        };
        match &champ.genre {
            Genre::Ligne(max) => ligne("text", *max),
            Genre::Courriel => ligne("email", 254),
            Genre::Telephone => ligne("tel", 40),
            Genre::Adresse => ligne("url", 500),
            Genre::Jour => ligne("date", 10),
            Genre::Couleur => html! {
                // Text: what the browser's own choice of colours cannot leave empty.
                input type="text" name=(champ.nom) id=(id) value=(valeur) maxlength="7" pattern="#[0-9a-fA-F]{6}"
                    aria-describedby=[decrit] aria-invalid=[invalide];
            },
            Genre::Nombre(min, max) => html! {
                input type="number" name=(champ.nom) id=(id) value=(valeur) min=(min) max=(max)
                    required[champ.requis] aria-describedby=[decrit] aria-invalid=[invalide];
            },
            Genre::Texte(max) => html! {
                textarea name=(champ.nom) id=(id) rows="6" maxlength=(max) required[champ.requis]
                    aria-describedby=[decrit] aria-invalid=[invalide] { (valeur) }
            },
            Genre::Liste(..) | Genre::Sites(_) => html! {
                textarea name=(champ.nom) id=(id) rows="4" aria-describedby=[decrit]
                    aria-invalid=[invalide] { (lignes()) }
            },
            Genre::Un(choix) => html! {
                select name=(champ.nom) id=(id) required[champ.requis] aria-describedby=[decrit]
                    aria-invalid=[invalide] {
                    @if !champ.requis { option value="" { "—" } }
                    @for c in choix { option value=(c.valeur) selected[c.valeur == valeur] { (c.libelle) } }
                }
            },
            Genre::Plusieurs(_) | Genre::Case => html! {},
        }
    }

    fn cases(&self, champ: &Champ, choix: &[Choix]) -> Markup {
        let cochee = |valeur: &str| {
            self.saisie.valeurs.get(&champ.nom).is_some_and(|v| v.iter().any(|c| c == valeur))
        };
        html! {
            @if choix.is_empty() { p.discret { "Il n'y en a pas encore." } }
            @for suite in choix.chunk_by(|un, autre| un.groupe == autre.groupe) {
                @match &suite[0].groupe {
                    Some(groupe) => p.groupe { (groupe) },
                    None if suite.len() < choix.len() => p.groupe { "Autres" },
                    None => {}
                }
                div.cases { @for c in suite {
                    label.case {
                        input type="checkbox" name=(champ.nom) value=(c.valeur) checked[cochee(&c.valeur)];
                        (c.libelle)
                    }
                } }
            }
        }
    }
}

/// Of a field, in the page.
fn id(nom: &str) -> String {
    format!("champ-{}", nom.replace(':', "-"))
}

/// Fields in their order, those of one fold together.
fn plis(champs: &[Champ]) -> Vec<(Option<&str>, &[Champ])> {
    champs
        .chunk_by(|un, autre| un.pli == autre.pli)
        .map(|suite| (suite.first().and_then(|champ| champ.pli.as_deref()), suite))
        .collect()
}
