//! A filter in SQL: operations, operands, geometries and dates.

use chrono::NaiveDate;
use cql2::{Expr, Geometry};
use sqlx::{Postgres, QueryBuilder};

use super::GEOMETRIE;
use crate::diffusion::catalogue::{Collection, Genre};
use crate::diffusion::crs::Crs;
use crate::diffusion::dates::jour;
use crate::diffusion::question::Enveloppe;
use crate::error::{Error, Result};

/// A filter being written in SQL.
pub struct Redaction<'r, 'c> {
    pub collection: &'c Collection,
    pub crs: Crs,
    pub requete: &'r mut QueryBuilder<Postgres>,
}

/// Comparisons that are the same in both languages.
const COMPARAISONS: [&str; 6] = ["=", "<>", "<", "<=", ">", ">="];
const CALCULS: [&str; 7] = ["+", "-", "*", "/", "%", "^", "div"];

/// Spatial predicates and the functions that answer them.
const SPATIAUX: [(&str, &str); 8] = [
    ("s_intersects", "st_intersects"),
    ("s_disjoint", "st_disjoint"),
    ("s_equals", "st_equals"),
    ("s_touches", "st_touches"),
    ("s_within", "st_within"),
    ("s_overlaps", "st_overlaps"),
    ("s_crosses", "st_crosses"),
    ("s_contains", "st_contains"),
];

/// Temporal predicates between [a, b] and [c, d], as OGC 21-065r2 (annex) defines them.
const TEMPORELS: [(&str, &str); 15] = [
    ("t_after", "{a} > {d}"),
    ("t_before", "{b} < {c}"),
    ("t_contains", "{a} < {c} and {b} > {d}"),
    ("t_disjoint", "({b} < {c} or {a} > {d})"),
    ("t_during", "{a} > {c} and {b} < {d}"),
    ("t_equals", "{a} = {c} and {b} = {d}"),
    ("t_finishedBy", "{a} < {c} and {b} = {d}"),
    ("t_finishes", "{a} > {c} and {b} = {d}"),
    ("t_intersects", "{a} <= {d} and {b} >= {c}"),
    ("t_meets", "{b} = {c}"),
    ("t_metBy", "{a} = {d}"),
    ("t_overlappedBy", "{a} > {c} and {a} < {d} and {b} > {d}"),
    ("t_overlaps", "{a} < {c} and {b} > {c} and {b} < {d}"),
    ("t_startedBy", "{a} = {c} and {b} > {d}"),
    ("t_starts", "{a} = {c} and {b} < {d}"),
];

impl Redaction<'_, '_> {
    pub fn condition(&mut self, expression: &Expr) -> Result<()> {
        match expression {
            Expr::Operation { op, args } => {
                let args: Vec<&Expr> = args.iter().map(AsRef::as_ref).collect();
                self.requete.push("(");
                self.operation(op, &args)?;
                self.requete.push(")");
                Ok(())
            }
            Expr::Bool(vrai) => {
                self.requete.push(vrai);
                Ok(())
            }
            Expr::Property { property } => {
                let champ = self.collection.champ(property)?;
                match champ.genre {
                    Genre::Booleen => self.valeur(expression, Genre::Booleen),
                    _ => Err(Error::Demande(format!(
                        "Dans le filtre, « {property} » n'est ni vrai ni faux : comparez-le à une valeur."
                    ))),
                }
            }
            autre => Err(inattendu(autre, "une condition")),
        }
    }

    fn operation(&mut self, op: &str, args: &[&Expr]) -> Result<()> {
        match (op, args) {
            ("and" | "or", [_, _, ..]) => {
                for (rang, arg) in args.iter().enumerate() {
                    if rang > 0 {
                        self.requete.push(format!(" {op} "));
                    }
                    self.condition(arg)?;
                }
                Ok(())
            }
            ("not", [seul]) => {
                self.requete.push("not ");
                self.condition(seul)
            }
            ("isNull", [Expr::Property { property }])
                if property == GEOMETRIE && self.collection.geometrie.is_some() =>
            {
                self.requete.push("o.geometrie is null");
                Ok(())
            }
            ("isNull", [seul]) => {
                let genre = self.genre(seul)?.unwrap_or(Genre::Texte);
                self.valeur(seul, genre)?;
                self.requete.push(" is null");
                Ok(())
            }
            ("like", [gauche, droite]) => {
                self.valeur(gauche, Genre::Texte)?;
                self.requete.push(" like ");
                self.valeur(droite, Genre::Texte)
            }
            ("between", [quoi, bas, haut]) => {
                let genre = self.genre_commun(args)?;
                self.valeur(quoi, genre)?;
                self.requete.push(" between ");
                self.valeur(bas, genre)?;
                self.requete.push(" and ");
                self.valeur(haut, genre)
            }
            ("in", [quoi, Expr::Array(valeurs)]) if !valeurs.is_empty() => {
                let mut tous = vec![*quoi];
                tous.extend(valeurs.iter().map(AsRef::as_ref));
                let genre = self.genre_commun(&tous)?;
                self.valeur(quoi, genre)?;
                self.requete.push(" in (");
                for (rang, valeur) in valeurs.iter().enumerate() {
                    if rang > 0 {
                        self.requete.push(", ");
                    }
                    self.valeur(valeur, genre)?;
                }
                self.requete.push(")");
                Ok(())
            }
            // A list of one is read as its value.
            ("in", [_, _]) => self.operation("=", args),
            (op, [gauche, droite]) if COMPARAISONS.contains(&op) => {
                let genre = self.genre_commun(args)?;
                self.valeur(gauche, genre)?;
                self.requete.push(format!(" {op} "));
                self.valeur(droite, genre)
            }
            (op, [gauche, droite]) => {
                if let Some((_, fonction)) = SPATIAUX.iter().find(|(nom, _)| *nom == op) {
                    self.requete.push(format!("{fonction}("));
                    self.forme(gauche)?;
                    self.requete.push(", ");
                    self.forme(droite)?;
                    self.requete.push(")");
                    Ok(())
                } else if let Some((_, modele)) = TEMPORELS.iter().find(|(nom, _)| *nom == op) {
                    let ((a, b), (c, d)) = (self.bornes(gauche)?, self.bornes(droite)?);
                    let termes = [("{a}", a), ("{b}", b), ("{c}", c), ("{d}", d)];
                    let ecrit = termes.iter().fold((*modele).to_owned(), |texte, (nom, terme)| {
                        texte.replace(nom, terme)
                    });
                    self.requete.push(ecrit);
                    Ok(())
                } else {
                    Err(inconnue(op))
                }
            }
            (op, _) => Err(inconnue(op)),
        }
    }

    /// What an operand is, when it says it: a text may be a date.
    fn genre(&self, expression: &Expr) -> Result<Option<Genre>> {
        Ok(match expression {
            Expr::Property { property } => Some(self.collection.champ(property)?.genre),
            Expr::Float(_) => Some(Genre::Decimal),
            Expr::Bool(_) => Some(Genre::Booleen),
            Expr::Date { .. } | Expr::Timestamp { .. } => Some(Genre::Date),
            Expr::Operation { op, .. } if CALCULS.contains(&op.as_str()) => Some(Genre::Decimal),
            Expr::Operation { op, .. } if ["casei", "accenti"].contains(&op.as_str()) => {
                Some(Genre::Texte)
            }
            _ => None,
        })
    }

    /// What operands are compared as.
    fn genre_commun(&self, expressions: &[&Expr]) -> Result<Genre> {
        let propriete = expressions.iter().find(|dite| matches!(dite, Expr::Property { .. }));
        for expression in propriete.into_iter().chain(expressions) {
            if let Some(genre) = self.genre(expression)? {
                return Ok(if genre == Genre::Entier { Genre::Decimal } else { genre });
            }
        }
        Ok(Genre::Texte)
    }

    fn valeur(&mut self, expression: &Expr, attendu: Genre) -> Result<()> {
        let nombre = |genre| matches!(genre, Genre::Entier | Genre::Decimal);
        match (expression, attendu) {
            (Expr::Property { property }, _) => {
                let champ = self.collection.champ(property)?;
                if champ.genre != attendu && !(nombre(champ.genre) && nombre(attendu)) {
                    return Err(Error::Demande(format!(
                        "Dans le filtre, « {property} » est {}, et {} est attendu.",
                        nommer(champ.genre),
                        nommer(attendu)
                    )));
                }
                self.requete.push(format!("o.\"{}\"", champ.nom));
            }
            (Expr::Float(valeur), Genre::Decimal | Genre::Entier) => {
                self.requete.push_bind(*valeur);
            }
            (Expr::Literal(texte), Genre::Texte) => {
                self.requete.push_bind(texte.clone());
            }
            (Expr::Bool(valeur), Genre::Booleen) => {
                self.requete.push_bind(*valeur);
            }
            (Expr::Literal(_) | Expr::Date { .. } | Expr::Timestamp { .. }, Genre::Date) => {
                let jour = date(expression)?;
                self.requete.push_bind(jour);
            }
            (Expr::Operation { op, args }, _) => match (op.as_str(), args.as_slice()) {
                ("casei", [seul]) if attendu == Genre::Texte => {
                    self.appel("lower(", seul, Genre::Texte)?;
                }
                ("accenti", [seul]) if attendu == Genre::Texte => {
                    self.appel("unaccent(", seul, Genre::Texte)?;
                }
                (op, [gauche, droite])
                    if CALCULS.contains(&op)
                        && matches!(attendu, Genre::Decimal | Genre::Entier) =>
                {
                    self.calcul(op, gauche, droite)?;
                }
                ("*" | "-", [seul]) => self.appel("-(", seul, Genre::Decimal)?,
                _ => return Err(inconnue(op)),
            },
            (autre, attendu) => return Err(inattendu(autre, nommer(attendu))),
        }
        Ok(())
    }

    fn appel(&mut self, ouverture: &str, argument: &Expr, genre: Genre) -> Result<()> {
        self.requete.push(ouverture);
        self.valeur(argument, genre)?;
        self.requete.push(")");
        Ok(())
    }

    /// In double precision, but for what PostgreSQL has on exact numbers alone.
    fn calcul(&mut self, op: &str, gauche: &Expr, droite: &Expr) -> Result<()> {
        let (avant, entre, apres) = match op {
            "%" => ("mod((", ")::numeric, (", ")::numeric)::float8"),
            "div" => ("div((", ")::numeric, (", ")::numeric)::float8"),
            "^" => ("power((", ")::float8, (", ")::float8)"),
            "+" => ("((", ")::float8 + (", ")::float8)"),
            "-" => ("((", ")::float8 - (", ")::float8)"),
            "*" => ("((", ")::float8 * (", ")::float8)"),
            _ => ("((", ")::float8 / (", ")::float8)"),
        };
        self.requete.push(avant);
        self.valeur(gauche, Genre::Decimal)?;
        self.requete.push(entre);
        self.valeur(droite, Genre::Decimal)?;
        self.requete.push(apres);
        Ok(())
    }

    fn forme(&mut self, expression: &Expr) -> Result<()> {
        match expression {
            Expr::Property { property }
                if property == GEOMETRIE && self.collection.geometrie.is_some() =>
            {
                self.requete.push("o.geometrie");
                Ok(())
            }
            Expr::Property { .. } if self.collection.geometrie.is_none() => {
                Err(Error::Demande(format!(
                    "La collection « {} » n'est pas dessinée : ses objets ne se filtrent pas par leur géométrie.",
                    self.collection.id
                )))
            }
            Expr::Property { property } => Err(Error::Demande(format!(
                "Dans le filtre, « {property} » n'est pas la géométrie : elle s'appelle {GEOMETRIE}."
            ))),
            Expr::Geometry(geometrie) => self.dessin(geometrie),
            Expr::BBox { bbox } => {
                let nombres: Option<Vec<f64>> = bbox
                    .iter()
                    .map(|borne| match borne.as_ref() {
                        Expr::Float(nombre) => Some(*nombre),
                        _ => None,
                    })
                    .collect();
                Enveloppe::nouvelle(&nombres.unwrap_or_default(), self.crs)?.ecrire(self.requete);
                Ok(())
            }
            autre => Err(inattendu(autre, "une géométrie")),
        }
    }

    /// A geometry that the filter gives, made valid and brought to the system of storage.
    fn dessin(&mut self, geometrie: &Geometry) -> Result<()> {
        let wkt = geometrie.to_wkt().map_err(|_| {
            Error::Demande("Une géométrie du filtre ne se lit pas : écrivez-la en WKT, comme POINT(5.05 44.55).".into())
        })?;
        let (avant, apres) = match self.crs.latitude_d_abord() {
            true => ("st_flipcoordinates(", ")"),
            false => ("", ""),
        };
        self.requete.push(format!("st_transform(st_makevalid({avant}st_geomfromtext("));
        self.requete.push_bind(wkt);
        self.requete.push(format!(", {}){apres}), 3857)", self.crs.srid()));
        Ok(())
    }

    /// First and last day, in SQL.
    fn bornes(&self, expression: &Expr) -> Result<(String, String)> {
        match expression {
            Expr::Property { property } => {
                let champ = self.collection.champ(property)?;
                if champ.genre != Genre::Date {
                    return Err(Error::Demande(format!(
                        "Dans le filtre, « {property} » est {}, et une date est attendue.",
                        nommer(champ.genre)
                    )));
                }
                let colonne = format!("o.\"{}\"", champ.nom);
                Ok((colonne.clone(), colonne))
            }
            Expr::Interval { interval } => match interval.as_slice() {
                [debut, fin] => {
                    Ok((self.borne(debut, "-infinity")?.0, self.borne(fin, "infinity")?.1))
                }
                _ => Err(inattendu(expression, "une période")),
            },
            autre => {
                let jour = format!("date '{}'", date(autre)?);
                Ok((jour.clone(), jour))
            }
        }
    }

    fn borne(&self, expression: &Expr, ouverte: &str) -> Result<(String, String)> {
        match expression {
            Expr::Literal(texte) if texte == ".." => {
                let sans_fin = format!("date '{ouverte}'");
                Ok((sans_fin.clone(), sans_fin))
            }
            autre => self.bornes(autre),
        }
    }
}

/// The day that an operand gives.
fn date(expression: &Expr) -> Result<NaiveDate> {
    let texte = match expression {
        Expr::Literal(texte) => Some(texte),
        Expr::Date { date: dit } | Expr::Timestamp { timestamp: dit } => match dit.as_ref() {
            Expr::Literal(texte) => Some(texte),
            _ => None,
        },
        _ => None,
    };
    texte.and_then(|texte| jour(texte)).ok_or_else(|| inattendu(expression, "une date"))
}

fn nommer(genre: Genre) -> &'static str {
    match genre {
        Genre::Texte => "un texte (entre apostrophes)",
        Genre::Entier | Genre::Decimal => "un nombre",
        Genre::Date => "une date, comme DATE('2019-01-01')",
        Genre::Booleen => "vrai ou faux (true, false)",
    }
}

fn inattendu(expression: &Expr, attendu: &str) -> Error {
    let ecrit = expression.to_text().unwrap_or_default();
    Error::Demande(format!("Dans le filtre, « {ecrit} » n'est pas {attendu}."))
}

fn inconnue(op: &str) -> Error {
    Error::Demande(format!(
        "Le filtre demande « {op} », qui n'est pas servi ainsi. Opérations : and, or, not, {}, like, between, in, \
         isNull, casei, accenti, {}, {}, {}.",
        COMPARAISONS.join(", "),
        CALCULS.join(", "),
        SPATIAUX.map(|(nom, _)| nom).join(", "),
        TEMPORELS.map(|(nom, _)| nom).join(", ")
    ))
}
