//! The pages by which help is asked for, and a demande is followed.

use maud::{Markup, html};

use super::cadre::Pret;
use super::saisie::{Fautes, Saisie};
use crate::demandes::en_ligne::{COURRIEL_MAX, NOM_MAX, OBJET_MAX, Suivie, TELEPHONE_MAX};
use crate::http::page::{erreur, page_publique};
use crate::partenaires::{Description, Reseau, Theme};
use crate::territoires::{Lieu, Resultat};
use crate::web::fiches::{FEUILLE, adresse, adresse_de_la_fiche, date_longue, page_du_partenaire};

/// A page that search engines leave alone.
fn page(titre: &str, corps: Markup) -> String {
    let tete =
        html! { meta name="robots" content="noindex"; link rel="stylesheet" href=(FEUILLE); };
    page_publique(titre, tete, html! { h1 { (titre) } (corps) })
}

/// What a link already says, to be said again by the next page.
fn cachees(saisie: &Saisie, autres: &[&str]) -> Markup {
    let champs = [
        ("reseau", &saisie.reseau),
        ("territoire", &saisie.territoire),
        ("theme", &saisie.theme),
        ("partenaire", &saisie.partenaire),
        ("fiche", &saisie.fiche),
    ];
    html! {
        @for (nom, valeur) in champs {
            @if !valeur.is_empty() && !autres.contains(&nom) { input type="hidden" name=(nom) value=(valeur); }
        }
    }
}

/// First of all, for whom.
pub fn choisir_le_lieu(saisie: &Saisie, trouves: &[Resultat], phrase: Option<&str>) -> String {
    page(
        "Demander de l’aide",
        html! {
            (erreur(phrase))
            form.saisie method="get" action="/demander" {
                (cachees(saisie, &["territoire"]))
                label {
                    "Votre commune ou votre intercommunalité"
                    input name="lieu" value=(saisie.lieu) required autocomplete="off" aria-describedby="aide-lieu";
                }
                p.discret id="aide-lieu" { "Son nom, son code postal ou son code Insee." }
                button { "Chercher" }
            }
            @if !trouves.is_empty() {
                h2 { "Laquelle ?" }
                ul { @for trouve in trouves {
                    li { a href=(vers(saisie, &trouve.unite)) { (trouve.nom) }
                        @if let Some(departement) = &trouve.departement { " (" (departement.nom) ")" } }
                } }
            }
        },
    )
}

fn vers(saisie: &Saisie, territoire: &str) -> String {
    let dit = |valeur: &'_ str| -> Option<String> {
        Some(valeur.to_owned()).filter(|valeur| !valeur.is_empty())
    };
    let [reseau, theme, partenaire, fiche] =
        [&saisie.reseau, &saisie.theme, &saisie.partenaire, &saisie.fiche]
            .map(|valeur| dit(valeur));
    adresse(
        "/demander",
        &[
            ("territoire", Some(territoire)),
            ("reseau", reseau.as_deref()),
            ("theme", theme.as_deref()),
            ("partenaire", partenaire.as_deref()),
            ("fiche", fiche.as_deref()),
        ],
    )
}

/// Then of whom, when several answer.
pub fn choisir_le_reseau(saisie: &Saisie, lieu: &Lieu, reseaux: &[Reseau]) -> String {
    page(
        "Demander de l’aide",
        html! {
            p { "Plusieurs réseaux répondent pour " (lieu.nom) ". À qui adressez-vous votre demande ?" }
            ul { @for reseau in reseaux {
                li { a href=(vers(&Saisie { reseau: reseau.code.clone(), ..saisie.clone() }, &lieu.unite.to_string())) { (reseau.nom) }
                    @if let Some(presentation) = &reseau.presentation { p.discret { (presentation) } } }
            } }
        },
    )
}

/// What is wrong with a field, read with it.
fn faute(fautes: &Fautes, champ: &'static str) -> Markup {
    html! { @if let Some(phrase) = fautes.get(champ) { p.faute id={ "faute-" (champ) } { (phrase) } } }
}

fn decrit(fautes: &Fautes, champ: &'static str) -> Option<String> {
    fautes.contains_key(champ).then(|| format!("faute-{champ}"))
}

/// A line of text.
struct Champ<'a> {
    nom: &'static str,
    titre: &'a str,
    valeur: &'a str,
    genre: &'a str,
    rempli_par: &'a str,
    longueur: usize,
    exige: bool,
}

fn champ(fautes: &Fautes, c: &Champ<'_>) -> Markup {
    html! {
        div {
            label for=(c.nom) { (c.titre) @if !c.exige { span.discret { " (facultatif)" } } }
            input id=(c.nom) name=(c.nom) type=(c.genre) value=(c.valeur) autocomplete=(c.rempli_par) maxlength=(c.longueur)
                required[c.exige] aria-invalid=[decrit(fautes, c.nom).map(|_| "true")] aria-describedby=[decrit(fautes, c.nom)];
            (faute(fautes, c.nom))
        }
    }
}

/// The whole form; values stay as they were typed. `avis`: why it was not sent, when nothing in it is wrong.
pub fn formulaire(pret: &Pret, saisie: &Saisie, fautes: &Fautes, avis: Option<Markup>) -> String {
    let (lieu, reseau) = (&pret.lieu, &pret.reseau.reseau);
    let fiche = pret.fiche(&saisie.fiche);
    let texte = |nom, titre, valeur, genre, rempli_par, longueur, exige| {
        champ(fautes, &Champ { nom, titre, valeur, genre, rempli_par, longueur, exige })
    };
    page(
        "Demander de l’aide",
        html! {
            @if reseau.demonstration { p.mention { "Réseau de démonstration : personne ne lira cette demande." } }
            @if !fautes.is_empty() {
                p.erreur role="alert" { "Votre demande n’est pas encore envoyée : "
                    @if fautes.len() == 1 { "un champ est à corriger." } @else { (fautes.len()) " champs sont à corriger." }
                    " Rien n’est perdu." }
            }
            @if let Some(avis) = avis { (avis) }
            dl.faits {
                dt { "Pour" } dd { a href=(adresse_de_la_fiche(&lieu.unite)) { (lieu.nom) }
                    " · " a href=(vers_un_autre_lieu(saisie)) { "changer" } }
                dt { "Réseau" } dd { (reseau.nom) }
                @if let Some(fiche) = fiche { dt { "Fiche" } dd { (fiche.titre) } }
            }
            @if let Some(remarque) = &lieu.remarque { p.discret { (remarque) } }
            form.saisie.demande method="post" action="/demander" novalidate {
                input type="hidden" name="reseau" value=(reseau.code);
                input type="hidden" name="territoire" value=(lieu.unite);
                @if fiche.is_some() { input type="hidden" name="fiche" value=(saisie.fiche); }
                div {
                    label for="theme" { "Thème" }
                    select id="theme" name="theme" required aria-invalid=[decrit(fautes, "theme").map(|_| "true")]
                        aria-describedby=[decrit(fautes, "theme")] {
                        option value="" { "Choisir" }
                        (themes(&pret.reseau.themes, &saisie.theme))
                    }
                    (faute(fautes, "theme"))
                }
                div {
                    label for="partenaire" { "À qui" }
                    select id="partenaire" name="partenaire" required[!pret.coordonne()] aria-invalid=[decrit(fautes, "partenaire").map(|_| "true")]
                        aria-describedby=[decrit(fautes, "partenaire")] {
                        option value="" { @if pret.coordonne() { "Le réseau choisira" } @else { "Choisir" } }
                        @for membre in pret.membres() { (option(&membre.identite.code, &membre.identite.nom, &saisie.partenaire)) }
                    }
                    (faute(fautes, "partenaire"))
                }
                div {
                    label for="objet" { "Ce dont vous avez besoin" }
                    textarea id="objet" name="objet" maxlength=(OBJET_MAX) required
                        aria-invalid=[decrit(fautes, "objet").map(|_| "true")]
                        aria-describedby=[decrit(fautes, "objet").or(Some("aide-objet".into()))] { (saisie.objet) }
                    p.discret id="aide-objet" { "En quelques phrases : le projet, où il en est, pour quand. N’y mettez pas de \
                        renseignements sur des particuliers." }
                    (faute(fautes, "objet"))
                }
                fieldset {
                    legend { "Qui rappeler" }
                    (texte("nom", "Nom", &saisie.nom, "text", "name", NOM_MAX, true))
                    (texte("fonction", "Fonction", &saisie.fonction, "text", "organization-title", NOM_MAX, false))
                    (texte("courriel", "Adresse électronique", &saisie.courriel, "email", "email", COURRIEL_MAX, true))
                    (texte("telephone", "Téléphone", &saisie.telephone, "tel", "tel", TELEPHONE_MAX, false))
                }
                div.leurre aria-hidden="true" {
                    label for="adresse_web" { "Laissez ce champ vide" }
                    input id="adresse_web" name="adresse_web" type="text" tabindex="-1" autocomplete="off";
                }
                @if let Some(phrase) = fautes.get("adresse_web") { p.faute { (phrase) } }
                p.discret { "Ces renseignements servent à vous répondre. Ils sont lus par le partenaire et le coordinateur du réseau, \
                    et effacés " (reseau_conserve(pret)) ". " a href="/donnees-personnelles" { "Vos droits" } "." }
                button { "Envoyer la demande" }
            }
        },
    )
}

fn reseau_conserve(pret: &Pret) -> String {
    match pret.reseau.reseau.conservation_mois {
        1 => "un mois après la fin de la demande".into(),
        mois => format!("{mois} mois après la fin de la demande"),
    }
}

fn vers_un_autre_lieu(saisie: &Saisie) -> String {
    let rempli = |valeur: &'_ String| Some(valeur.clone()).filter(|valeur| !valeur.is_empty());
    let (theme, partenaire, fiche) =
        (rempli(&saisie.theme), rempli(&saisie.partenaire), rempli(&saisie.fiche));
    adresse(
        "/demander",
        &[
            ("reseau", rempli(&saisie.reseau).as_deref()),
            ("theme", theme.as_deref()),
            ("partenaire", partenaire.as_deref()),
            ("fiche", fiche.as_deref()),
        ],
    )
}

/// Themes under those of the first level, in the order of the réseau.
fn themes(themes: &[Theme], choisi: &str) -> Markup {
    let sous = |code: &str| -> Vec<&Theme> {
        themes.iter().filter(|theme| theme.parent.as_deref() == Some(code)).collect()
    };
    html! {
        @for theme in themes.iter().filter(|theme| theme.parent.is_none()) {
            @let siens = sous(&theme.code);
            @if siens.is_empty() {
                (option(&theme.code, &theme.libelle, choisi))
            } @else {
                optgroup label=(theme.libelle) {
                    @for sien in siens { (option(&sien.code, &sien.libelle, choisi)) }
                    // One that is of none of these.
                    (option(&theme.code, &format!("{} : autre", theme.libelle), choisi))
                }
            }
        }
    }
}

fn option(valeur: &str, texte: &str, choisi: &str) -> Markup {
    html! { option value=(valeur) selected[valeur == choisi] { (texte) } }
}

/// Too many demandes: how long to wait, and who else may be asked meanwhile.
pub fn patience(reseau: &Description, duree: &str) -> Markup {
    html! {
        p.erreur role="alert" {
            "Trop de demandes ont été envoyées d’ici, ou pour cette commune : celle-ci n’est pas encore envoyée. Réessayez dans "
            (duree) ", sans fermer cette page : ce que vous avez écrit est ci-dessous."
            @if let Some(guichet) = &reseau.guichet {
                @if let Some(courriel) = &guichet.courriel {
                    " Ou écrivez à " (guichet.nom) " : " a href={ "mailto:" (courriel) } { (courriel) } "."
                } @else if let Some(telephone) = &guichet.telephone {
                    " Ou appelez " (guichet.nom) " : " (telephone) "."
                }
            }
        }
    }
}

/// A state in words.
fn etat(etat: &str) -> &'static str {
    match etat {
        "en_cours" => "Prise en charge : un partenaire s’en occupe.",
        "terminee" => "Terminée.",
        "abandonnee" => "Abandonnée.",
        "refusee" => "Le réseau n’y donne pas suite.",
        _ => "Reçue : le réseau la lit, puis dit qui y répond.",
    }
}

/// Where a demande is. `lien` when it has just been sent: the address to keep.
pub fn suivi(suivie: &Suivie, lieu: Option<&Lieu>, lien: Option<&str>) -> String {
    page(
        "Votre demande d’aide",
        html! {
            @if let Some(lien) = lien {
                div.secret role="status" {
                    p { "Votre demande est reçue. Cette adresse montre où elle en est, sans compte : gardez-la pour vous. Le service \
                        n’en garde pas de copie." }
                    p { code { (lien) } }
                }
            }
            @if suivie.demonstration { p.mention { (suivie.mention.as_deref().unwrap_or("Données de démonstration.")) } }
            p.reponse { (etat(&suivie.etat)) }
            dl.faits {
                dt { "Référence" } dd { (suivie.reference) }
                dt { "Envoyée le" } dd { (date_longue(suivie.date)) }
                @if let Some(reponse) = suivie.reponse { dt { "Première réponse le" } dd { (date_longue(reponse)) } }
                @if let Some(cloture) = suivie.cloture { dt { "Close le" } dd { (date_longue(cloture)) } }
                @if let Some(lieu) = lieu { dt { "Pour" } dd { a href=(adresse_de_la_fiche(&lieu.unite)) { (lieu.nom) } } }
                dt { "Thème" } dd { (suivie.theme) }
                @if let Some(fiche) = &suivie.fiche { dt { "Fiche" } dd { (fiche) } }
                dt { "Réseau" } dd { (suivie.reseau_nom) }
                dt { "Adressée à" } dd { ul { @for partenaire in suivie.partenaires.iter() {
                    li { a href=(page_du_partenaire(&suivie.reseau, &partenaire.code)) { (partenaire.nom) } }
                } } }
            }
        },
    )
}
