//! A table that is being loaded: what was understood of it, what it would change, what is wrong line by line.

use maud::{Markup, html};

use super::attente::EnAttente;
use crate::coordination::demandes::cadre::Espace;
use crate::coordination::demandes::etats::nommer;
use crate::coordination::demandes::fiche::Nomenclature;
use crate::demandes::import::{
    Bilan, Champ, Changement, Colonne, Doute, Lecture, Rendu, SansColonne,
};

/// The word of a heading that is left aside, in a choice.
pub const IGNORER: &str = "ignorer";

/// Where a table is chosen.
pub fn choisir(espace: &Espace, nomenclature: &Nomenclature, refus: Option<&str>) -> String {
    espace.page(
        "/import",
        "Importer des demandes",
        html! {
            @if let Some(phrase) = refus { p.erreur role="alert" { (phrase) } }
            p { "Votre tableau de suivi, avec les colonnes qu'il a : vous verrez ce qu'il changerait avant d'enregistrer quoi que ce soit." }
            (formulaire(espace, nomenclature))
            h2 { "Ce qu'il faut y trouver" }
            ul {
                li { "une ligne d'en-têtes, puis une demande par ligne ;" }
                li { "une date, un thème, et qui a demandé : code Insee, commune ou EPCI ;" }
                li { "de préférence une référence : la même demande chargée deux fois n'est comptée qu'une." }
            }
            p.discret {
                "CSV, Excel (.xlsx) ou LibreOffice (.ods) ; 8 Mo et 20 000 lignes au plus. Les demandes de particuliers sont \
                 comptées, sans rien garder qui les nomme. Votre fichier n'est pas conservé : il attend en mémoire, une \
                 demi-heure au plus, que vous ayez vu ce qu'il change."
            }
        },
    )
}

fn formulaire(espace: &Espace, nomenclature: &Nomenclature) -> Markup {
    html! {
        form.saisie method="post" action={ (espace.chemin()) "/import" } enctype="multipart/form-data" {
            @if espace.code().is_none() {
                label { "Demandes de"
                    select name="partenaire" {
                        option value="" { "plusieurs partenaires : le tableau dit lesquels" }
                        @for choix in &nomenclature.partenaires { option value=(choix.code) { (choix.libelle) } }
                    }
                }
            }
            label { "Fichier"
                input type="file" name="fichier" required
                    accept=".csv,.txt,.xlsx,.ods,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet,application/vnd.oasis.opendocument.spreadsheet";
            }
            p { button { "Voir ce qu'il changerait" } }
        }
    }
}

/// What a table would change, to be confirmed.
pub fn apercu(
    espace: &Espace,
    cle: &str,
    attente: &EnAttente,
    nomenclature: &Nomenclature,
    bilan: &Bilan,
    change: bool,
) -> String {
    let rendu = bilan.rendre();
    let ecartees = rendu.refusees + rendu.particuliers_illisibles.len();
    let a_ecrire =
        rendu.nouvelles + rendu.changees + i64::try_from(rendu.particuliers).unwrap_or(0);
    let chemin = format!("{}/import/{cle}", espace.chemin());
    espace.page(
        "/import",
        "Ce que ce tableau changerait",
        html! {
            @if change {
                p.avis role="alert" {
                    "Des demandes ont changé depuis que vous avez vu cette page : rien n'est enregistré. Regardez de nouveau, puis enregistrez."
                }
            }
            @for table in &rendu.tables { p { strong { (table.nom) } " — lignes : " (table.lignes) "." } }
            (comptes(&rendu))
            @if ecartees > 0 { (fautes(&rendu, &chemin, ecartees)) }
            @if !rendu.a_dire.is_empty() { (valeurs(&rendu, &chemin, nomenclature)) }
            (decision(&rendu, &chemin, bilan.empreinte(), ecartees, a_ecrire))
            @if !rendu.changements.is_empty() { (changements(&rendu.changements, rendu.changees)) }
            @if rendu.disparues > 0 {
                p {
                    "Déjà enregistrées et absentes de ce tableau : " (rendu.disparues) " ("
                    (rendu.disparues_par_annee.iter().map(|a| format!("{} : {}", a.annee, a.demandes)).collect::<Vec<_>>().join(" ; "))
                    "). Elles sont gardées."
                }
            }
            @if !rendu.remarques.is_empty() {
                h2 { "À savoir" }
                ul { @for remarque in &rendu.remarques { li { (remarque) } } }
            }
            h2 { "Les colonnes du tableau" }
            (colonnes(
                &chemin,
                rendu.tables.first().map_or(&[][..], |table| &table.colonnes),
                attente.codes,
                false,
            ))
            (recommencer(espace, nomenclature))
        },
    )
}

fn comptes(rendu: &Rendu) -> Markup {
    let lignes = [
        ("Nouvelles", rendu.nouvelles),
        ("Changées", rendu.changees),
        ("Identiques", rendu.identiques),
        ("Absentes du tableau", rendu.disparues),
        ("Lignes refusées", i64::try_from(rendu.refusees).unwrap_or(i64::MAX)),
        ("De particuliers", i64::try_from(rendu.particuliers).unwrap_or(i64::MAX)),
    ];
    html! {
        dl.comptes { @for (nom, nombre) in lignes {
            div { dt { (nom) } dd { (nombre) } }
        } }
    }
}

/// Each line that is refused: where, what it says, what to do.
fn fautes(rendu: &Rendu, chemin: &str, ecartees: usize) -> Markup {
    html! {
        h2 id="fautes" { "À corriger : " (ecartees) @if ecartees > 1 { " lignes" } @else { " ligne" } }
        div.table tabindex="0" role="region" aria-labelledby="fautes" { table.fautes {
            thead { tr { th scope="col" { "Ligne" } th scope="col" { "Colonne" } th scope="col" { "Ce qui est écrit" }
                th scope="col" { "Ce qui ne va pas, et quoi faire" } } }
            tbody {
                @for refus in &rendu.refus { tr {
                    th.nombre scope="row" { (refus.ligne) }
                    td { (refus.colonne) }
                    td { @if refus.valeur.is_empty() { span.discret { "(vide)" } } @else { (refus.valeur) } }
                    td { (refus.raison) }
                } }
                @for illisible in &rendu.particuliers_illisibles { tr {
                    th.nombre scope="row" { (illisible.ligne) }
                    td { "—" }
                    td { span.discret { "(demande d'un particulier)" } }
                    td { "Elle ne peut pas être comptée : " (illisible.raison) "." }
                } }
            }
        } }
        @if rendu.refusees > rendu.refus.len() { p { "… et " (rendu.refusees - rendu.refus.len()) " autres, dans le rapport." } }
        @if rendu.refusees > 0 {
            p {
                a href={ (chemin) "/rapport.csv" } download { "Emporter les lignes refusées (CSV)" }
                " : corrigez-les et chargez ce fichier, il n'ajoutera qu'elles."
            }
        }
    }
}

/// Words that nothing explains: what each stands for can be said once.
fn valeurs(rendu: &Rendu, chemin: &str, nomenclature: &Nomenclature) -> Markup {
    let dicibles: Vec<_> = rendu
        .a_dire
        .iter()
        .filter_map(|dit| Some((dit, nomenclature.choix(dit.champ)?)))
        .take(50)
        .collect();
    if dicibles.is_empty() {
        return html! {};
    }
    html! {
        h2 { "Des mots que nous ne connaissons pas" }
        p { "Dites ce qu'ils veulent dire : c'est retenu pour vos prochains tableaux." }
        form.saisie method="post" action=(chemin) {
            @for (dit, choix) in &dicibles {
                label {
                    "« " (dit.valeur) " » (" (Champ::de_nom(dit.champ).map_or(dit.champ, Champ::libelle)) ", lignes : " (dit.lignes) ")"
                    select name={ "valeur:" (dit.champ) ":" (dit.valeur) } {
                        option value="" { "— à corriger dans le tableau —" }
                        @for c in *choix { option value=(c.code) { (c.libelle) } }
                    }
                }
            }
            p { button name="geste" value="dire" { "Relire le tableau ainsi" } }
        }
    }
}

fn decision(rendu: &Rendu, chemin: &str, empreinte: u64, ecartees: usize, a_ecrire: i64) -> Markup {
    html! {
        form.decision method="post" action=(chemin) {
            input type="hidden" name="attendue" value=(empreinte);
            @if ecartees == 0 && a_ecrire == 0 && rendu.changees == 0 {
                p { "Rien à enregistrer : tout ce que dit ce tableau l'est déjà." }
            } @else if ecartees == 0 {
                p { button name="geste" value="enregistrer" { "Enregistrer ce tableau" } }
            } @else {
                p {
                    "Rien n'est enregistré. Corrigez votre tableau et chargez-le de nouveau ; ou gardez dès maintenant ce qui est bon, \
                     et laissez de côté ce qui est à corriger."
                }
                @if a_ecrire > 0 {
                    p { button name="geste" value="garder" {
                        "Garder les bonnes lignes (nouvelles : " (rendu.nouvelles) ", changées : " (rendu.changees) ")"
                    } }
                }
            }
            p { button.second name="geste" value="abandonner" { "Oublier ce tableau" } }
        }
    }
}

fn changements(dits: &[Changement], en_tout: i64) -> Markup {
    let autres = en_tout - i64::try_from(dits.len()).unwrap_or(0);
    html! {
        h2 id="changements" { "Ce qui change" }
        div.table tabindex="0" role="region" aria-labelledby="changements" { table {
            thead { tr { th scope="col" { "Demande" } th scope="col" { "Champ" } th scope="col" { "Avant" } th scope="col" { "Après" } } }
            tbody { @for dit in dits {
                @for champ in &dit.champs { tr {
                    th scope="row" { (dit.reference) }
                    td { (Champ::de_nom(champ).map_or(autre_champ(champ), |champ| champ.libelle())) }
                    @if let (Some(avant), Some(apres)) = (dit.avant.get(champ), dit.apres.get(champ)) {
                        td { (montrer(champ, avant)) } td { (montrer(champ, apres)) }
                    } @else if champ == "contact" {
                        td colspan="2" { "La personne à rappeler change." }
                    } @else {
                        td colspan="2" { "Elle avait été saisie ici, ou chargée avec le dossier : c'est le tableau qui la dit désormais." }
                    }
                } }
            } }
        } }
        @if autres > 0 { p { "… et " (autres) " autres demandes changées." } }
    }
}

fn autre_champ(champ: &str) -> &str {
    match champ {
        "partenaires" => "partenaires",
        "contact" => "contact",
        "origine" => "origine",
        autre => autre,
    }
}

/// A value as a sentence shows it.
fn montrer(champ: &str, valeur: &serde_json::Value) -> String {
    use serde_json::Value;
    match valeur {
        Value::Null => "rien".into(),
        Value::String(texte) if champ == "etat" => nommer(texte).to_owned(),
        Value::String(texte) => chrono::NaiveDate::parse_from_str(texte, "%Y-%m-%d")
            .map_or_else(|_| texte.clone(), crate::coordination::pages::jour),
        Value::Array(liste) => {
            liste.iter().map(|element| montrer("", element)).collect::<Vec<_>>().join(", ")
        }
        autre => autre.to_string().replace('.', ","),
    }
}

/// How the columns are read, to be corrected.
fn colonnes(chemin: &str, lues: &[Colonne], codes: Lecture, ouvertes: bool) -> Markup {
    let reconnues = lues.iter().filter(|colonne| colonne.champ.is_some()).count();
    html! {
        details.colonnes open[ouvertes] {
            summary { "Colonnes reconnues : " (reconnues) " sur " (lues.len()) }
            form method="post" action=(chemin) {
                div.table tabindex="0" role="region" aria-label="Colonnes" { table {
                    thead { tr { th scope="col" { "Votre colonne" } th scope="col" { "Ce qu'elle contient" } } }
                    tbody { @for colonne in lues { tr {
                        th scope="row" { (colonne.entete) }
                        td {
                            select name={ "colonne:" (colonne.entete) } aria-label={ "Ce que contient " (colonne.entete) } {
                                option value=(IGNORER) selected[colonne.champ.is_none()] { "— laissée de côté —" }
                                @for champ in Champ::tous() {
                                    option value=(champ.nom()) selected[colonne.champ == Some(champ.nom())] { (champ.libelle()) }
                                }
                            }
                        }
                    } } }
                } }
                (choix_des_codes(codes))
                p { button name="geste" value="dire" { "Relire le tableau ainsi" } }
            }
        }
    }
}

fn choix_des_codes(codes: Lecture) -> Markup {
    html! {
        fieldset {
            legend { "Codes à cinq chiffres" }
            div.cases {
                @for (valeur, nom, choisie) in [
                    ("", "le tableau le montre", codes == Lecture::Inconnue),
                    ("insee", "ce sont des codes Insee", codes == Lecture::Insee),
                    ("postaux", "ce sont des codes postaux ; le nom de la commune est à côté", codes == Lecture::Postaux),
                ] {
                    label.case { input type="radio" name="codes" value=(valeur) checked[choisie]; (nom) }
                }
            }
        }
    }
}

/// A table whose columns are not all found.
pub fn sans_colonne(
    espace: &Espace,
    cle: &str,
    attente: &EnAttente,
    nomenclature: &Nomenclature,
    manque: &SansColonne,
) -> String {
    let chemin = format!("{}/import/{cle}", espace.chemin());
    let lues: Vec<Colonne> = manque
        .entetes
        .iter()
        .filter(|entete| !entete.is_empty())
        .map(|entete| Colonne {
            entete: entete.clone(),
            champ: manque.lues.iter().find(|(connu, _)| connu == entete).map(|(_, champ)| *champ),
        })
        .collect();
    espace.page(
        "/import",
        "Quelles sont vos colonnes ?",
        html! {
            p.erreur role="alert" { (manque.phrase()) }
            (colonnes(&chemin, &lues, attente.codes, true))
            (recommencer(espace, nomenclature))
        },
    )
}

/// A table whose codes may be two things.
pub fn douteux(espace: &Espace, cle: &str, nomenclature: &Nomenclature, doute: &Doute) -> String {
    let chemin = format!("{}/import/{cle}", espace.chemin());
    espace.page(
        "/import",
        "Codes Insee, ou codes postaux ?",
        html! {
            p.erreur role="alert" { (doute.phrase()) }
            form method="post" action=(chemin) {
                (choix_des_codes(Lecture::Inconnue))
                p { button name="geste" value="dire" { "Relire le tableau ainsi" } }
            }
            (recommencer(espace, nomenclature))
        },
    )
}

fn recommencer(espace: &Espace, nomenclature: &Nomenclature) -> Markup {
    html! {
        h2 { "Importer un tableau corrigé" }
        (formulaire(espace, nomenclature))
    }
}
