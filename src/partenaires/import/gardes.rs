//! What a folder must not write over, or take away: what pages keep, and what rows from elsewhere name.

use std::collections::HashSet;

use sqlx::types::Json;
use sqlx::{Postgres, Transaction};

use super::{ACTION, Chargement};
use crate::error::{Contexte, Error, Result};
use crate::partenaires::contenu::Contenu;

impl Chargement<'_> {
    /// What pages keep, that the folder must not write over. What it says otherwise of them is a remark.
    pub(super) async fn gardes(&mut self) -> Result<Gardes> {
        let declaration = self.declaration();
        let contenu = &mut self.contenu;
        let lus: Vec<(String, String, bool)> =
            sqlx::query_as(include_str!("../sql/lire_gardes.sql"))
                .bind(&contenu.declaration.code)
                .bind(Json(&contenu.partenaires))
                .bind(Json(&contenu.partenaires_themes))
                .bind(Json(&contenu.declarations))
                .bind(Json(&contenu.themes))
                .bind(Json(&contenu.fiches))
                .bind(Json(&contenu.fiches_partenaires))
                .bind(Json(declaration))
                .fetch_all(&mut *self.transaction)
                .await
                .pour(ACTION)?;
        contenu.remarques.extend(lus.iter().filter(|(.., identique)| !identique).map(
            |(objet, code, _)| {
                let article = if objet == "fiche" { "La" } else { "Le" };
                format!(
                    "{article} {objet} « {code} » a été changé dans les pages du coordinateur, et ce dossier en dit \
                     autre chose : ce que disent les pages est gardé. Exportez le réseau pour avoir le dossier à jour."
                )
            },
        ));
        let du = |voulu: &str| {
            let siens = lus.iter().filter(|(objet, ..)| objet == voulu);
            siens.map(|(_, code, _)| code.clone()).collect()
        };
        Ok(Gardes { partenaires: du("partenaire"), themes: du("thème"), fiches: du("fiche") })
    }

    /// Whether pages keep the perimeter. That the folder says another is a remark.
    pub(super) async fn perimetre_garde(&mut self) -> Result<bool> {
        let contenu = &mut self.contenu;
        let unites: Vec<String> =
            contenu.perimetre.iter().map(|u| format!("{}:{}", u.maille, u.code)).collect();
        let garde: Option<bool> = sqlx::query_scalar(
            "select (select count(*) from perimetre p where p.reseau = r.code) = cardinality($2)
               and not exists (
                 select from perimetre p where p.reseau = r.code and p.maille || ':' || p.code <> all ($2))
             from reseau r
             where r.code = $1 and r.perimetre_origine = 'page'",
        )
        .bind(&contenu.declaration.code)
        .bind(unites)
        .fetch_optional(&mut *self.transaction)
        .await
        .pour(ACTION)?;
        if garde == Some(false) {
            contenu.remarques.push(
                "Le périmètre a été changé dans les pages du coordinateur, et ce dossier en dit autre chose : ce que disent \
                 les pages est gardé. Exportez le réseau pour avoir le dossier à jour."
                    .into(),
            );
        }
        Ok(garde.is_some())
    }

    /// Stops when rows from elsewhere name what the folder no longer lists.
    pub(super) async fn exiger_retraits(&mut self, gardes: &Gardes) -> Result<()> {
        let contenu = &self.contenu;
        let avec = |listes: Vec<&str>, gardes: &HashSet<String>| {
            let listes = listes.into_iter().map(str::to_owned);
            listes.chain(gardes.iter().cloned()).collect::<Vec<_>>()
        };
        let cites: Vec<String> =
            sqlx::query_scalar(include_str!("../sql/lire_retraits_impossibles.sql"))
                .bind(&contenu.declaration.code)
                .bind(avec(codes(&contenu.partenaires, |p| &p.code), &gardes.partenaires))
                .bind(avec(codes(&contenu.themes, |theme| &theme.code), &gardes.themes))
                .bind(avec(codes(&contenu.fiches, |fiche| &fiche.code), &gardes.fiches))
                .bind(codes(&contenu.regroupements, |regroupement| &regroupement.code))
                .bind(codes(&contenu.beneficiaires, |beneficiaire| &beneficiaire.code))
                .fetch_all(&mut *self.transaction)
                .await
                .pour(ACTION)?;
        if cites.is_empty() {
            return Ok(());
        }
        Err(Error::Donnees(format!(
            "{} Remettez-les dans le dossier, ou changez d'abord ces demandes et ces zones. Rien n'a été \
             modifié.",
            cites.join(" ")
        )))
    }
}

/// Versions of zones that the folder must not write over: proposed apart from it, or decided since it was
/// written. What it says otherwise of them is a remark.
pub(super) async fn zones_gardees(
    transaction: &mut Transaction<'_, Postgres>,
    contenu: &mut Contenu,
) -> Result<HashSet<(String, i16)>> {
    let gardees: Vec<(String, i16, bool)> =
        sqlx::query_as(include_str!("../sql/lire_zones_gardees.sql"))
            .bind(&contenu.declaration.code)
            .bind(Json(&contenu.zones))
            .bind(Json(&contenu.unites_de_zones))
            .fetch_all(&mut **transaction)
            .await
            .pour(ACTION)?;
    contenu.remarques.extend(gardees.iter().filter(|(.., identique)| !identique).map(
        |(code, version, _)| {
            format!(
                "La zone « {code} », version {version}, a été proposée ou décidée à part de ce dossier : elle \
                 reste comme elle est. Exportez le réseau pour avoir le dossier à jour."
            )
        },
    ));
    Ok(gardees.into_iter().map(|(code, version, _)| (code, version)).collect())
}

/// Codes of what pages keep.
#[derive(Debug)]
pub(super) struct Gardes {
    partenaires: HashSet<String>,
    themes: HashSet<String>,
    fiches: HashSet<String>,
}

impl Contenu {
    /// Leaves out what pages keep, with its links; but a theme that a zone of the folder names is its partner's.
    pub(super) fn ecarter(&mut self, gardes: &Gardes) {
        let zones: HashSet<(&str, &str)> = self
            .zones
            .iter()
            .filter_map(|zone| Some((zone.partenaire.as_str(), zone.theme.as_deref()?)))
            .collect();
        self.partenaires_themes.retain(|lien| {
            !gardes.partenaires.contains(&lien.partenaire)
                || zones.contains(&(lien.partenaire.as_str(), lien.theme.as_str()))
        });
        self.partenaires.retain(|partenaire| !gardes.partenaires.contains(&partenaire.code));
        self.declarations.retain(|dite| !gardes.partenaires.contains(&dite.partenaire));
        self.themes.retain(|theme| !gardes.themes.contains(&theme.code));
        self.fiches.retain(|fiche| !gardes.fiches.contains(&fiche.code));
        self.fiches_partenaires.retain(|lien| !gardes.fiches.contains(&lien.fiche));
    }
}

/// The codes of rows.
pub(super) fn codes<T>(lignes: &[T], code: impl Fn(&T) -> &String) -> Vec<&str> {
    lignes.iter().map(|ligne| code(ligne).as_str()).collect()
}
