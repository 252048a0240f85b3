//! Named sets of communes.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::{Contenu, succession};
use crate::partenaires::nomenclature::Nomenclature;
use crate::partenaires::table::Table;
use crate::territoires::Maille;

#[derive(Debug, Serialize)]
pub struct Regroupement {
    pub code: String,
    nom: String,
    genre: Option<String>,
    regle: Option<String>,
    source: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct CommuneDeRegroupement {
    regroupement: String,
    commune: String,
    millesime: i16,
    partagee: bool,
}

impl Contenu {
    pub(super) fn regroupements(&mut self, table: &Table) {
        let mut pris = HashSet::new();
        for rang in table.rangs() {
            let mut lu = || {
                let code = rang.identifiant("code")?.to_owned();
                if !pris.insert(code.clone()) {
                    return Err(rang
                        .refuser("code", format!("Le code « {code} » est déjà pris plus haut.")));
                }
                let texte = |colonne: &str| rang.rempli(colonne).map(str::to_owned);
                Ok(Regroupement {
                    code,
                    nom: rang.exiger("nom")?.to_owned(),
                    genre: texte("genre"),
                    regle: texte("regle"),
                    source: texte("source"),
                })
            };
            match lu() {
                Ok(regroupement) => self.regroupements.push(regroupement),
                Err(rejet) => self.rejets.push(rejet),
            }
        }
    }

    pub(super) fn communes_des_regroupements(
        &mut self,
        table: &Table,
        nomenclature: &Nomenclature,
    ) {
        let douteuse = nomenclature.colonne_douteuse(table, "commune");
        let mut vues = HashSet::new();
        for rang in table.rangs() {
            let mut lu = || {
                let code = rang.exiger("regroupement")?;
                if !self.regroupements.iter().any(|regroupement| regroupement.code == code) {
                    return Err(rang.refuser(
                        "regroupement",
                        format!("« {code} » n'est pas dans regroupements.csv. Ajoutez-l'y, ou corrigez-le."),
                    ));
                }
                let unite = nomenclature.unite(rang, Maille::Commune, "commune", douteuse)?;
                if !vues.insert((code.to_owned(), unite.code.clone())) {
                    return Err(rang
                        .refuser("commune", format!("« {} » y est déjà plus haut.", unite.code)));
                }
                let millesime = rang.millesime(self.declaration.millesime)?;
                Ok((code.to_owned(), unite, millesime, rang.oui("partagee")?))
            };
            match lu() {
                Ok((regroupement, unite, millesime, partagee)) => {
                    self.remarques.extend(succession(rang, &unite, "la commune"));
                    self.communes_des_regroupements.push(CommuneDeRegroupement {
                        regroupement,
                        commune: unite.code,
                        millesime,
                        partagee,
                    });
                }
                Err(rejet) => self.rejets.push(rejet),
            }
        }
        self.partager();
    }

    /// A commune of several regroupements of one kind is shared: it counts whole in each, and the kind says
    /// so or is told to.
    fn partager(&mut self) {
        let genres: HashMap<&str, (&str, bool)> = self
            .regroupements
            .iter()
            .filter_map(|r| Some((r.code.as_str(), (r.genre.as_deref()?, r.regle.is_some()))))
            .collect();
        let mut membres: HashMap<(&str, &str), usize> = HashMap::new();
        for lien in &self.communes_des_regroupements {
            if let Some((genre, _)) = genres.get(lien.regroupement.as_str()) {
                *membres.entry((genre, lien.commune.as_str())).or_default() += 1;
            }
        }
        let mut muets = HashSet::new();
        let partagees: Vec<bool> = self
            .communes_des_regroupements
            .iter()
            .map(|lien| {
                let Some((genre, dit)) = genres.get(lien.regroupement.as_str()) else {
                    return false;
                };
                let partagee = membres.get(&(genre, lien.commune.as_str())).is_some_and(|n| *n > 1);
                if partagee && !dit {
                    muets.insert((*genre).to_owned());
                }
                partagee
            })
            .collect();
        for (lien, partagee) in self.communes_des_regroupements.iter_mut().zip(partagees) {
            lien.partagee |= partagee;
        }
        self.remarques.extend(muets.into_iter().map(|genre| {
            format!(
                "Des communes sont dans plusieurs regroupements du genre « {genre} » : elles comptent entières \
                 dans chacun. Dites-le dans la colonne « regle » de regroupements.csv."
            )
        }));
    }
}
