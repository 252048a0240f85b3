//! What a column of a partner's table can hold, and the headings that usually say it.

/// A field of a demande. A row here is all it takes to read one more heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Champ {
    Reference,
    Date,
    Theme,
    Partenaire,
    Associes,
    Fiche,
    Code,
    Beneficiaire,
    Commune,
    Epci,
    CodePostal,
    Maille,
    Millesime,
    Objet,
    Etat,
    Niveau,
    Reponse,
    Cloture,
    Suite,
    Jours,
    ContactNom,
    ContactFonction,
    ContactCourriel,
    ContactTelephone,
    Demandeur,
}

use Champ::*;

/// A field, its name in `--colonnes`, and usual headings, the surest first, without articles: separated
/// by commas.
const CHAMPS: [(Champ, &str, &str); 25] = [
    (
        Reference,
        "reference",
        "reference, reference demande, reference dossier, ref, ref demande, ref dossier, numero \
         demande, numero dossier, n demande, n dossier, no demande, no dossier, num dossier, num \
         demande, numero affaire, n affaire, code dossier, code affaire, identifiant, id demande, \
         id dossier, dossier, numero, n, no, num, id",
    ),
    (
        Date,
        "date",
        "date, date demande, demande date, date reception, date saisine, date sollicitation, date \
         depot, date ouverture, date creation, date arrivee, date entree, date premier contact, \
         date contact, date enregistrement, recu, recue, jour, horodateur",
    ),
    (
        Theme,
        "theme",
        "theme, themes, thematique, thematiques, theme demande, theme principal, thematique \
         principale, thematique demande, domaine, domaines, domaine intervention, competence, \
         categorie",
    ),
    (
        Partenaire,
        "partenaire",
        "partenaire, partenaires, partenaire principal, partenaire chef file, partenaire pilote, \
         organisme, structure, chef file, pilote, agence, operateur, service instructeur",
    ),
    (
        Associes,
        "partenaires_associes",
        "partenaires associes, partenaire associe, autres partenaires, autre partenaire, \
         partenaires secondaires, associes, co intervenants",
    ),
    (Fiche, "fiche", "fiche, code fiche, fiche service, fiche action, fiche bouquet"),
    (
        Code,
        "code",
        "code insee, insee, code insee commune, code commune, code commune insee, commune insee, \
         insee commune, n insee, numero insee, depcom, codgeo, code geo, code insee siren, code \
         siren, siren, n siren, numero siren, siret, n siret, code beneficiaire, code \
         collectivite, code territoire, code",
    ),
    (
        Beneficiaire,
        "beneficiaire",
        "beneficiaire, nom beneficiaire, collectivite, nom collectivite, collectivite demandeuse, \
         collectivite beneficiaire, demandeur, nom demandeur, organisme demandeur, structure \
         demandeuse, maitre ouvrage, maitrise ouvrage, mairie, commune epci, entite, \
         commanditaire, client, territoire",
    ),
    (
        Commune,
        "commune",
        "commune, nom commune, communes, commune demandeuse, commune beneficiaire, commune \
         concernee, libelle commune, libgeo, ville, localite, municipalite, nom",
    ),
    (Epci, "epci", "epci, nom epci, intercommunalite, interco, communaute communes, libepci"),
    (CodePostal, "code_postal", "code postal, codepostal, cp, c p, code post"),
    (Maille, "maille", "maille"),
    (Millesime, "millesime", "millesime"),
    (
        Objet,
        "objet",
        "objet, objet demande, objet dossier, objet projet, sujet, intitule, intitule demande, \
         intitule projet, libelle, libelle demande, titre, description, descriptif, description \
         demande, projet, nom projet, nature projet, resume, question, besoin, demande, motif \
         demande",
    ),
    (
        Etat,
        "etat",
        "etat, statut, etat demande, statut demande, etat dossier, statut dossier, avancement, \
         etat avancement, etat actuel, situation",
    ),
    (
        Niveau,
        "niveau",
        "niveau, niveau aide, niveau accompagnement, niveau intervention, niveau demande",
    ),
    (
        Reponse,
        "reponse",
        "reponse, date reponse, date premiere reponse, date 1ere reponse, premiere reponse, date \
         prise charge, date retour, repondu",
    ),
    (
        Cloture,
        "cloture",
        "cloture, date cloture, cloturee, date fin, date fin accompagnement, fin, clos, close, \
         date achevement, date solde",
    ),
    (Suite, "suite", "suite, suites, suite donnee, suites donnees, resultat, issue, conclusion"),
    (
        Jours,
        "jours",
        "jours, jours passes, nombre jours, nb jours, nbre jours, nb jour, temps passe, temps \
         passe jours, temps passe j, jours consacres, duree jours, charge jours",
    ),
    (
        ContactNom,
        "contact_nom",
        "contact, nom contact, contact nom, personne contact, interlocuteur, nom interlocuteur, \
         referent, nom referent",
    ),
    (
        ContactFonction,
        "contact_fonction",
        "fonction, fonction contact, contact fonction, fonction interlocuteur, qualite, qualite \
         contact",
    ),
    (
        ContactCourriel,
        "contact_courriel",
        "courriel, courriel contact, contact courriel, mail, email, e mail, mel, adresse mail, \
         adresse email, adresse e mail, adresse courriel, adresse electronique, mail contact, \
         email contact, e mail contact",
    ),
    (
        ContactTelephone,
        "contact_telephone",
        "telephone, telephone contact, contact telephone, tel, tel contact, numero telephone, n \
         telephone, n tel, portable, mobile",
    ),
    (
        Demandeur,
        "demandeur",
        "type demandeur, nature demandeur, categorie demandeur, statut demandeur, qualite \
         demandeur, type beneficiaire, nature beneficiaire, categorie beneficiaire, statut \
         beneficiaire, type public, public, profil, type collectivite, nature collectivite, type \
         structure, nature structure",
    ),
];

/// The usual headings of a field.
fn usuels(liste: &'static str) -> impl Iterator<Item = &'static str> {
    liste.split(", ")
}

impl Champ {
    pub const NOMBRE: usize = CHAMPS.len();

    /// All of them.
    pub fn tous() -> impl Iterator<Item = Self> {
        CHAMPS.iter().map(|(champ, ..)| *champ)
    }

    /// Its name in `--colonnes` and `--valeurs`.
    pub fn nom(self) -> &'static str {
        CHAMPS[self as usize].1
    }

    /// As people who have never seen `--colonnes` call it.
    pub fn libelle(self) -> &'static str {
        match self {
            Reference => "référence de la demande",
            Date => "date de la demande",
            Theme => "thème",
            Partenaire => "partenaire",
            Associes => "partenaires associés",
            Fiche => "fiche",
            Code => "code Insee ou Siren",
            Beneficiaire => "bénéficiaire",
            Commune => "commune",
            Epci => "EPCI",
            CodePostal => "code postal",
            Maille => "maille",
            Millesime => "millésime",
            Objet => "objet",
            Etat => "état",
            Niveau => "niveau",
            Reponse => "date de réponse",
            Cloture => "date de clôture",
            Suite => "suite donnée",
            Jours => "jours passés",
            ContactNom => "contact : nom",
            ContactFonction => "contact : fonction",
            ContactCourriel => "contact : courriel",
            ContactTelephone => "contact : téléphone",
            Demandeur => "type de demandeur",
        }
    }

    /// The field of this name.
    pub fn de_nom(nom: &str) -> Option<Self> {
        Self::tous().find(|champ| champ.nom() == nom)
    }

    /// The field that a heading usually stands for (articles and accents aside), and how surely: 0 first.
    pub fn d_entete(mots: &str) -> Option<(Self, usize)> {
        CHAMPS.iter().find_map(|(champ, _, liste)| {
            usuels(liste).position(|usuel| usuel == mots).map(|rang| (*champ, rang))
        })
    }

    /// The names, for a sentence.
    pub fn noms() -> String {
        CHAMPS.map(|(_, nom, _)| nom).join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demandes::import::mots::mots_pleins;

    #[test]
    fn fields_stand_in_the_order_of_their_table() {
        for (rang, champ) in Champ::tous().enumerate() {
            assert_eq!(champ as usize, rang, "{}", champ.nom());
            assert_eq!(Champ::de_nom(champ.nom()), Some(champ));
        }
    }

    #[test]
    fn usual_headings_say_their_field() {
        for (entete, champ) in [
            ("Date de la demande", Date),
            ("N° dossier", Reference),
            ("Réf.", Reference),
            ("Code INSEE", Code),
            ("Commune", Commune),
            ("Thématique", Theme),
            ("Nature du demandeur", Demandeur),
            ("Partenaires associés", Associes),
            ("Maître d'ouvrage", Beneficiaire),
            ("Clôturé le", Cloture),
            ("Nb. de jours", Jours),
            ("E-mail", ContactCourriel),
            ("N° de Tél.", ContactTelephone),
        ] {
            let trouve = Champ::d_entete(&mots_pleins(entete)).map(|(champ, _)| champ);
            assert_eq!(trouve, Some(champ), "{entete}");
        }
    }

    #[test]
    fn no_usual_heading_stands_for_two_fields() {
        for (champ, _, liste) in CHAMPS {
            for usuel in usuels(liste) {
                assert_eq!(mots_pleins(usuel), usuel, "compared without articles");
                assert_eq!(Champ::d_entete(usuel).map(|(c, _)| c), Some(champ), "{usuel}");
            }
        }
    }
}
