//! What the coordinator's pages show.

use std::sync::Arc;

use maud::{Markup, html};

use super::cette_annee;
use super::saisie::Saisie;
use crate::coordination::Reseau;
use crate::rapports::donnees::{Periode, Sujet, date};
use crate::rapports::page::{poids, texte};
use crate::rapports::publication::Publication;
use crate::rapports::textes::{CLES, Faute, Textes};
use crate::rapports::travaux::{Etat, Travail};

/// All that the page «Bilan annuel» shows.
#[derive(Debug)]
pub struct Bilan {
    pub reseau: Reseau,
    pub annee: i16,
    pub saisie: Saisie,
    /// Of the texts as they are kept.
    pub empreinte: String,
    /// What somebody else has kept since, otherwise than this form: words of the form, and text.
    pub autrement: Vec<(&'static str, String)>,
    pub fautes: Vec<Faute>,
    /// The file of the logo, if there is one.
    pub logo: Option<&'static str>,
    /// Whom a report may be about: value and name.
    pub sujets: Vec<(String, String)>,
    pub travaux: Vec<Arc<Travail>>,
    pub publications: Vec<Publication>,
}

impl Bilan {
    pub fn page(&self, fait: Option<&str>, refus: Option<&str>, apercu: Option<&Textes>) -> String {
        let code = &self.reseau.code;
        self.reseau.page(
            "bilan",
            "Bilan annuel",
            html! {
                @if let Some(phrase) = refus { p.erreur role="alert" { (phrase) } }
                @if let Some(phrase) = fait { p.secret role="status" { (phrase) } }
                @if !self.fautes.is_empty() {
                    div.erreur role="alert" {
                        p { "Rien n'est enregistré : il y a à corriger." }
                        ul { @for faute in &self.fautes { li { (faute.to_string()) } } }
                    }
                }
                (self.conflit())
                @if let Some(textes) = apercu { (montrer(textes)) }
                h2 { "Faire le bilan" }
                p { a href={ "/rapports/" (code) "/" (self.annee) } {
                    "Lire le bilan " (self.annee) " en page" @if !self.publie() { " (aperçu : il n'est pas publié)" } } }
                (self.lancer())
                (self.en_cours())
                h2 { "Publiés" }
                (self.publies())
                h2 id="textes" { "Ce que vous écrivez autour des chiffres" }
                (self.textes())
                h2 { "Logo" }
                (self.logo())
            },
        )
    }

    fn conflit(&self) -> Markup {
        html! { @if !self.autrement.is_empty() {
            div.erreur role="alert" {
                p { "Quelqu'un d'autre a enregistré ces textes depuis que vous les lisez : rien n'est enregistré. Ce que vous avez écrit est gardé \
                     plus bas ; voici ce qui est enregistré. Reprenez-en ce qu'il faut, puis enregistrez de nouveau." }
                dl { @for (libelle, texte) in &self.autrement {
                    dt { (libelle) }
                    dd.ecrit { @if texte.is_empty() { "(vide)" } @else { (texte) } }
                } }
            }
        } }
    }

    fn publie(&self) -> bool {
        self.publications.iter().any(|publication| publication.annee == self.annee)
    }

    fn lancer(&self) -> Markup {
        let groupe = |genre: &str| {
            let debut = format!("{genre}:");
            self.sujets
                .iter()
                .filter(move |(valeur, _)| valeur.starts_with(&debut))
                .collect::<Vec<_>>()
        };
        let groupes = [
            ("Un partenaire", groupe("partenaire")),
            ("Un EPCI", groupe("epci")),
            ("Dossier de réunion d'un regroupement", groupe("regroupement")),
        ];
        html! {
            form.saisie.large method="post" action={ "/espace/" (self.reseau.code) "/bilan/lancer" } {
                label for="annee" { "Année" }
                input type="number" id="annee" name="annee" min="1943" max=(cette_annee()) value=(self.annee) required;
                details {
                    summary { "D'un jour à l'autre, plutôt que d'une année" }
                    p { label for="du" { "Du" } input type="date" id="du" name="du"; }
                    p { label for="au" { "Au" } input type="date" id="au" name="au" aria-describedby="aide-au"; }
                    p.discret id="aide-au" { "Vide : jusqu'à aujourd'hui." }
                }
                label for="sujet" { "De qui" }
                select id="sujet" name="sujet" {
                    option value="" { "Tout le réseau" }
                    @for (nom, choix) in &groupes { @if !choix.is_empty() {
                        optgroup label=(nom) { @for (valeur, nom) in choix { option value=(valeur) { (nom) } } }
                    } }
                }
                label for="format" { "Papier" }
                select id="format" name="format" { option value="a4" { "A4" } option value="a3" { "A3" } }
                button { "Faire le document" }
            }
        }
    }

    fn en_cours(&self) -> Markup {
        html! {
            @if !self.travaux.is_empty() {
                h3 { "Documents de la dernière demi-heure" }
                ul { @for travail in &self.travaux { li {
                    a href={ "/espace/" (self.reseau.code) "/bilan/travaux/" (travail.id) } { (nom(travail)) }
                    " – " (ou(travail))
                } } }
            }
        }
    }

    fn publies(&self) -> Markup {
        html! {
            @if self.publications.is_empty() { p { "Aucun bilan n'est encore publié. Faites le document, relisez-le, puis publiez-le." } }
            @else {
                div.table tabindex="0" role="region" aria-label="Bilans publiés" { table {
                    thead { tr { th { "Bilan" } th { "Version" } th { "Édité le" } th { "Document" } th { "Ce qu'elle corrige" } } }
                    tbody { @for p in &self.publications { tr {
                        td { a href={ "/rapports/" (self.reseau.code) "/" (p.annee) "?version=" (p.version) } { (p.annee) } }
                        td.nombre { (p.version) }
                        td { (date(p.edition)) }
                        td { a href={ "/rapports/" (self.reseau.code) "/" (p.annee) ".pdf?version=" (p.version) } {
                            "PDF du bilan " (p.annee) ", version " (p.version) } " (" (poids(p.octets)) ")"
                            br; span.discret { "Empreinte SHA-256 : " (p.empreinte.get(..16).unwrap_or_default()) "…" } }
                        td { (p.note.as_deref().unwrap_or("")) }
                    } } }
                } }
                p.discret { "Un bilan publié ne change pas. Pour le corriger, faites de nouveau le document, et publiez-le avec une note." }
            }
        }
    }

    fn textes(&self) -> Markup {
        let s = &self.saisie;
        html! {
            form.saisie.large method="post" action={ "/espace/" (self.reseau.code) "/bilan/textes" } {
                input type="hidden" name="annee" value=(self.annee);
                input type="hidden" name="empreinte" value=(self.empreinte);
                (ligne("titre", "Titre de la couverture", &s.titre, "Vide : « Bilan » et l'année."))
                (ligne("sous_titre", "Sous-titre", &s.sous_titre, "Vide : le nom du réseau."))
                (ligne("couleur", "Couleur", &s.couleur, "Écrite #rrggbb, assez sombre pour se lire sur du blanc. Vide : celle du réseau."))
                (ligne("titre_avant_propos", "Titre de l'avant-propos", &s.titre_avant_propos, "Vide : « Avant-propos »."))
                (long("avant_propos", "Avant-propos", &s.avant_propos))
                (ligne("signataire_nom", "Qui signe", &s.signataire_nom, "Facultatif : c'est public."))
                (ligne("signataire_fonction", "Sa fonction", &s.signataire_fonction, "La présidente du Département…"))
                (ligne("titre_programme", "Titre du programme", &s.titre_programme, "Vide : « Le programme de l'année suivante »."))
                (long("programme", "Programme de l'année suivante", &s.programme))
                (ligne("logo_texte", "Ce que montre le logo", &s.logo_texte, "Pour qui ne le voit pas. Vide : le nom du réseau."))
                label for="budget" { "Budget, année par année" }
                textarea id="budget" name="budget" rows="4" maxlength="2000" aria-describedby="aide-budget" { (s.budget) }
                p.discret id="aide-budget" { "Facultatif. Une année par ligne, en euros : 2018 : 412 000. Le bilan d'une année compare son budget à celui d'avant." }
                details {
                    summary { "Comment écrire" }
                    p { "Une ligne vide sépare deux paragraphes. # Un titre. **gras**, *italique*. Une liste : chaque ligne commence par « - » ou par « 1. ». \
                         Un lien : [texte](https://adresse)." }
                    p { "Aucun chiffre ne s'écrit à la main : {demandes} est remplacé par celui du bilan, {demandes:evolution} par son changement depuis \
                         l'année précédente, {communes_servies:denominateur} par ce sur quoi il est compté." }
                    p { "Chiffres que l'on peut appeler : " @for (rang, cle) in CLES.iter().enumerate() {
                        @if rang > 0 { ", " } code { "{" (cle) "}" } } "." }
                }
                div.cote {
                    button name="action" value="apercu" { "Aperçu" }
                    button name="action" value="enregistrer" { "Enregistrer les textes" }
                }
            }
        }
    }

    fn logo(&self) -> Markup {
        let action = format!("/espace/{}/bilan/logo", self.reseau.code);
        html! {
            @match self.logo {
                Some(nom) => {
                    p { "Le logo est " code { (nom) } "." }
                    p { img src=(action) alt=(nom) height="60"; }
                },
                None => p { "Aucun logo." },
            }
            form.saisie.large method="post" enctype="multipart/form-data" action=(action) {
                label for="logo" { "Fichier SVG ou PNG, 500 Ko au plus" }
                input type="file" id="logo" name="logo" accept=".svg,.png,image/svg+xml,image/png" required;
                button { "Déposer le logo" }
            }
            @if self.logo.is_some() {
                form method="post" enctype="multipart/form-data" action=(action) {
                    input type="hidden" name="retirer" value="oui";
                    button { "Retirer le logo" }
                }
            }
        }
    }
}

fn ligne(nom: &str, libelle: &str, valeur: &str, aide: &str) -> Markup {
    let aide_id = format!("aide-{nom}");
    html! {
        label for=(nom) { (libelle) }
        input type="text" id=(nom) name=(nom) value=(valeur) maxlength="200" aria-describedby=(aide_id);
        p.discret id=(aide_id) { (aide) }
    }
}

fn long(nom: &str, libelle: &str, valeur: &str) -> Markup {
    html! {
        label for=(nom) { (libelle) }
        textarea id=(nom) name=(nom) rows="12" maxlength="15000" { (valeur) }
    }
}

/// The texts as they would be read: not saved.
fn montrer(textes: &Textes) -> Markup {
    let mots = &textes.reglages.mots;
    html! {
        section.avis aria-label="Aperçu des textes" {
            p role="status" { strong { "Aperçu : rien n'est enregistré encore." } }
            @if let Some(couleur) = &textes.reglages.couleur {
                p { svg viewBox="0 0 320 48" width="320" height="48" role="img" aria-label={ "La couleur " (couleur) ", sous un titre blanc" } {
                    rect width="320" height="48" rx="4" fill=(couleur) {}
                    text x="16" y="31" fill="#ffffff" font-size="20" { (mots.titre.as_deref().unwrap_or("Bilan annuel")) }
                } }
            }
            @if !textes.avant_propos.is_empty() {
                h2 { (mots.avant_propos.as_deref().unwrap_or("Avant-propos")) }
                (texte(&textes.avant_propos, 2))
                @if let Some(qui) = &textes.reglages.signataire { p { @if let Some(nom) = &qui.nom { (nom) ", " } (qui.fonction) } }
            }
            @if !textes.programme.is_empty() {
                h2 { (mots.programme.as_deref().unwrap_or("Le programme de l'année suivante")) }
                (texte(&textes.programme, 2))
            }
        }
    }
}

fn nom(travail: &Travail) -> String {
    let consigne = &travail.consigne;
    let Periode { annee, du, au } = consigne.periode;
    let quand = match annee {
        Some(annee) => annee.to_string(),
        None => format!("du {} au {}", date(du), date(au)),
    };
    match &consigne.sujet {
        Sujet::Reseau => format!("Bilan {quand}"),
        Sujet::Partenaire(code) => format!("Bilan {quand} du partenaire {code}"),
        Sujet::Epci(code) => format!("Bilan {quand} de l'EPCI {code}"),
        Sujet::Regroupement(code) => format!("Dossier de réunion {quand} : {code}"),
    }
}

fn ou(travail: &Travail) -> String {
    match travail.etat() {
        Etat::EnAttente => "en attente".into(),
        Etat::EnCours(etape, part) => format!("{} ({part}\u{a0}%)", etape.to_lowercase()),
        Etat::Fait(ouvrage, _) => {
            format!("fait, {}", poids(i32::try_from(ouvrage.pdf.len()).unwrap_or(i32::MAX)))
        }
        Etat::Echec(..) => "n'a pas pu être fait".into(),
    }
}

/// The page of a report that is being made, or was.
pub fn travail(
    reseau: &Reseau,
    travail: &Travail,
    publications: &[Publication],
    refus: Option<&str>,
) -> String {
    let adresse = format!("/espace/{}/bilan/travaux/{}", reseau.code, travail.id);
    let annee = travail.consigne.periode.annee;
    let correction = publications.iter().any(|publication| Some(publication.annee) == annee);
    reseau.page(
        "bilan",
        &nom(travail),
        html! {
            @if let Some(phrase) = refus { p.erreur role="alert" { (phrase) } }
            @match travail.etat() {
                Etat::EnAttente | Etat::EnCours(..) => {
                    @let part = match travail.etat() { Etat::EnCours(_, part) => part, _ => 0 };
                    p role="status" { "Le document se prépare : " (ou(travail)) ". Cette page se met à jour seule." }
                    progress max="100" value=(part) aria-label="Avancement" { (part) " %" }
                    form method="post" action={ (adresse) "/annuler" } { button { "Annuler" } }
                },
                Etat::Echec(phrase, _) => {
                    div.erreur role="alert" { @for ligne in phrase.lines() { p { (ligne) } } }
                    p { a href={ "/espace/" (reseau.code) "/bilan#textes" } { "Corriger les textes" } }
                },
                Etat::Fait(ouvrage, _) => {
                    p role="status" { "Le document est prêt." }
                    p { a.bouton href={ (adresse) "/bilan.pdf" } {
                        "Lire le document (PDF, " (poids(i32::try_from(ouvrage.pdf.len()).unwrap_or(i32::MAX))) ")" } }
                    p { "Les mêmes chiffres, avec leurs requêtes : " a href={ (adresse) "/bilan.xlsx" } { "en classeur (XLSX)" } ", "
                        a href={ (adresse) "/bilan.gpkg" } { "pour un SIG (GeoPackage)" } ". " a href={ (adresse) "/bilan" } {
                        "Lire en page" } ", avec chaque carte en SVG et en PNG." }
                    @if travail.consigne.sujet == Sujet::Reseau && annee.is_some() {
                        h2 { @if correction { "Publier une correction" } @else { "Publier" } }
                        p { "Ce qui est publié se lit à l'adresse " code { "/rapports/" (reseau.code) "/" (annee.unwrap_or_default()) }
                            ", et ne change plus : relisez d'abord." }
                        form method="post" action={ (adresse) "/publier" } {
                            @if correction {
                                label for="note" { "Ce que cette version corrige" }
                                textarea id="note" name="note" rows="3" maxlength="2000" required {}
                            }
                            button { @if correction { "Publier la correction" } @else { "Publier le bilan" } }
                        }
                    }
                    form method="post" action={ (adresse) "/annuler" } { button { "Ne pas garder ce document" } }
                },
            }
            p { a href={ "/espace/" (reseau.code) "/bilan" } { "Retour au bilan annuel" } }
        },
    )
}
