//! A beneficiary found by its name, in the perimeter of the réseau, or by a post code and a name.

use chrono::NaiveDate;

use super::noms::{NomEpci, cle, cles, ecart};
use super::{Beneficiaire, Lieux, Refus, annee, autre_beneficiaire};
use crate::demandes::import::mots::mots;

impl Lieux {
    pub(super) fn par_son_code_postal(
        &self,
        postal: &str,
        nom: Option<&str>,
        date: NaiveDate,
    ) -> Refus<Beneficiaire> {
        let Some(rangs) = self.par_postal.get(postal) else {
            return Err(format!(
                "Aucune commune n'a le code postal « {postal} » : corrigez-le, ou écrivez le nom de la commune."
            ));
        };
        let nommees: Vec<usize> = match nom.map(cles) {
            None => rangs.clone(),
            Some(cles) => rangs
                .iter()
                .copied()
                .filter(|r| self.tous[*r].noms().any(|nom| cles.contains(&cle(nom))))
                .collect(),
        };
        match (nommees.as_slice(), nom) {
            ([rang], _) => Ok(self.dater(*rang, date)),
            ([], Some(nom)) => Err(format!(
                "Aucune commune de code postal « {postal} » ne s'appelle « {nom} » : {}.",
                self.lister(rangs)
            )),
            _ => Err(format!(
                "Le code postal « {postal} » est celui de plusieurs communes : écrivez le code Insee de la \
                 bonne ({}).",
                self.lister(rangs)
            )),
        }
    }

    pub(super) fn par_son_nom(
        &self,
        texte: &str,
        postal: Option<&str>,
        date: NaiveDate,
    ) -> Refus<Beneficiaire> {
        if let Some(autre) = self.autres.get(&mots(texte)) {
            return Ok(autre_beneficiaire(autre, date));
        }
        let mut ailleurs = Vec::new();
        let cles = cles(texte);
        for cle in &cles {
            let nommees = self.communes.get(cle).map(Vec::as_slice).unwrap_or_default();
            let (dedans, dehors): (Vec<usize>, Vec<usize>) =
                nommees.iter().copied().partition(|rang| self.tous[*rang].dans);
            ailleurs.extend(dehors);
            match self.choisir(&dedans, postal, date).as_slice() {
                [] => {}
                [rang] => return Ok(self.dater(*rang, date)),
                plusieurs => {
                    return Err(format!(
                        "« {texte} » peut être {} : écrivez le code Insee.",
                        self.lister(plusieurs)
                    ));
                }
            }
        }
        let lu = NomEpci::lire(texte);
        for convient in [NomEpci::est, NomEpci::abrege] {
            let mut dedans: Vec<usize> = self
                .epci
                .iter()
                .filter(|(rang, connu)| self.tous[*rang].dans && convient(&lu, connu))
                .map(|(rang, _)| *rang)
                .collect();
            dedans.dedup();
            match dedans.as_slice() {
                [] => {}
                [rang] => return Ok(self.dater(*rang, date)),
                plusieurs => {
                    return Err(format!(
                        "« {texte} » peut être {} : écrivez le Siren.",
                        self.lister(plusieurs)
                    ));
                }
            }
        }
        ailleurs.extend(self.epci.iter().filter(|(_, connu)| lu.est(connu)).map(|(rang, _)| *rang));
        Err(self.introuvable(texte, &cles, &ailleurs))
    }

    /// Of communes of one name, those that the post code, then the date, leave.
    fn choisir(&self, rangs: &[usize], postal: Option<&str>, date: NaiveDate) -> Vec<usize> {
        let mut restent = rangs.to_vec();
        let de_la_date = |rang: &usize| {
            let (lieu, annee) = (&self.tous[*rang], annee(date));
            lieu.depuis.is_none_or(|depuis| depuis <= annee)
                && lieu.jusqu.is_none_or(|jusqu| annee <= jusqu)
        };
        let du_postal = |rang: &usize| {
            postal.is_some_and(|code| self.tous[*rang].codes_postaux.iter().any(|c| c == code))
        };
        for garder in [&du_postal as &dyn Fn(&usize) -> bool, &de_la_date] {
            if restent.len() > 1 && restent.iter().any(garder) {
                restent.retain(garder);
            }
        }
        restent
    }

    fn introuvable(&self, texte: &str, cles: &[String], ailleurs: &[usize]) -> String {
        let mut phrase = format!(
            "Aucune commune, aucun EPCI ni autre bénéficiaire du périmètre ne s'appelle « {texte} »."
        );
        let mut voisines: Vec<(usize, usize)> = self
            .communes
            .iter()
            .filter_map(|(connue, rangs)| {
                let ecart = cles.iter().filter_map(|cle| ecart(cle, connue)).min()?;
                Some(rangs.iter().map(move |rang| (ecart, *rang)))
            })
            .flatten()
            .filter(|(_, rang)| self.tous[*rang].dans)
            .collect();
        voisines.sort_unstable();
        let voisines: Vec<usize> = voisines.into_iter().map(|(_, rang)| rang).collect();
        if !voisines.is_empty() {
            phrase += &format!(" Vouliez-vous dire {} ?", self.lister(&voisines));
        }
        if !ailleurs.is_empty() {
            phrase += &format!(" Hors du périmètre : {}.", self.lister(ailleurs));
        }
        phrase + " Écrivez son code Insee ou son Siren, ou corrigez le nom."
    }
}
