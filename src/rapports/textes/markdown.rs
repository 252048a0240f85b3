//! Markdown, the little of it that is worth printing: headings, paragraphs, bold, italic, lists, links. Anything else is
//! refused with its line rather than printed as it was not meant.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TextMergeWithOffset};

use super::{Bloc, Faute, Segment, chiffre};
use crate::partenaires::{est_adresse, est_courriel};

/// Deepest list: beyond, nobody reads it.
const PROFONDEUR_MAX: usize = 3;

/// Reads a text. What is wrong is added to `fautes`.
pub fn lire(fichier: &str, texte: &str, fautes: &mut Vec<Faute>) -> Vec<Bloc> {
    let evenements =
        TextMergeWithOffset::new(Parser::new_ext(texte, Options::empty()).into_offset_iter());
    let mut lecteur = Lecteur {
        evenements: evenements.collect::<Vec<_>>().into_iter(),
        texte,
        fichier,
        fautes,
        niveau: 0,
        profondeur: 0,
    };
    lecteur.blocs()
}

struct Lecteur<'a> {
    evenements: std::vec::IntoIter<(Event<'a>, Range<usize>)>,
    texte: &'a str,
    fichier: &'a str,
    fautes: &'a mut Vec<Faute>,
    /// Of the last heading.
    niveau: u8,
    /// Of the list that is being read.
    profondeur: usize,
}

impl Lecteur<'_> {
    /// Up to the end of what holds them.
    fn blocs(&mut self) -> Vec<Bloc> {
        let mut blocs = Vec::new();
        // A line of a list stands in no paragraph.
        let mut ligne = Vec::new();
        while let Some((evenement, lieu)) = self.evenements.next() {
            let bloc = match evenement {
                Event::End(_) => break,
                Event::Start(Tag::Paragraph) => Bloc::Paragraphe { texte: self.segments() },
                Event::Start(Tag::Heading { level, .. }) => self.titre(level, lieu),
                Event::Start(Tag::List(premier)) => self.liste(premier.is_some(), lieu),
                autre => {
                    self.segment(autre, lieu, &mut ligne);
                    continue;
                }
            };
            if !ligne.is_empty() {
                blocs.push(Bloc::Paragraphe { texte: std::mem::take(&mut ligne) });
            }
            blocs.push(bloc);
        }
        if !ligne.is_empty() {
            blocs.push(Bloc::Paragraphe { texte: ligne });
        }
        blocs
    }

    fn titre(&mut self, level: HeadingLevel, lieu: Range<usize>) -> Bloc {
        let niveau = level as u8;
        if self.profondeur > 0 {
            self.refuser(lieu, "un titre est dans une liste. Mettez-le avant ou après.");
        } else if niveau > 3 {
            self.refuser(lieu, "ce titre est trop profond : un, deux ou trois « # » au plus.");
        } else if niveau > self.niveau + 1 {
            let attendu = "#".repeat(usize::from(self.niveau) + 1);
            let phrase = format!(
                "ce titre saute un niveau, ce qui égare qui l'écoute. Écrivez-le avec « {attendu} »."
            );
            self.refuser(lieu, &phrase);
        }
        self.niveau = niveau.min(3);
        Bloc::Titre { niveau: self.niveau, texte: self.segments() }
    }

    fn liste(&mut self, numerotee: bool, lieu: Range<usize>) -> Bloc {
        self.profondeur += 1;
        if self.profondeur > PROFONDEUR_MAX {
            self.refuser(
                lieu,
                "une liste est dans une liste, trop de fois. Remontez-la d'un cran.",
            );
        }
        let mut elements = Vec::new();
        while let Some((Event::Start(Tag::Item), _)) = self.evenements.next() {
            elements.push(self.blocs());
        }
        self.profondeur -= 1;
        Bloc::Liste { numerotee, elements }
    }

    /// Up to the end of what holds them.
    fn segments(&mut self) -> Vec<Segment> {
        let mut segments = Vec::new();
        while let Some((evenement, lieu)) = self.evenements.next() {
            if matches!(evenement, Event::End(_)) {
                break;
            }
            self.segment(evenement, lieu, &mut segments);
        }
        segments
    }

    fn segment(&mut self, evenement: Event<'_>, lieu: Range<usize>, dans: &mut Vec<Segment>) {
        match evenement {
            Event::Text(texte) => self.mots(&texte, lieu, dans),
            Event::SoftBreak => dans.push(Segment::texte(" ")),
            Event::HardBreak => dans.push(Segment::Saut),
            Event::Start(Tag::Strong) => dans.push(Segment::Gras { texte: self.segments() }),
            Event::Start(Tag::Emphasis) => dans.push(Segment::Italique { texte: self.segments() }),
            Event::Start(Tag::Link { dest_url, .. }) => {
                let adresse = dest_url.to_string();
                let courriel = adresse.strip_prefix("mailto:").is_some_and(est_courriel);
                if !courriel && !est_adresse(&adresse) {
                    let phrase = format!(
                        "le lien mène à « {adresse} ». Une adresse commence par https://, http:// ou mailto:."
                    );
                    self.refuser(lieu, &phrase);
                }
                dans.push(Segment::Lien { adresse, texte: self.segments() });
            }
            Event::Html(_) | Event::InlineHtml(_) => self.refuser(
                lieu,
                "les balises HTML ne sont pas admises. Écrivez **gras**, *italique* ou [texte](https://adresse).",
            ),
            Event::Code(_) => {
                self.refuser(lieu, "les accents graves (`) ne sont pas admis. Écrivez des guillemets « ».");
            }
            Event::Rule => self.refuser(
                lieu,
                "une ligne de tirets ou d'étoiles n'est pas admise. Séparez par un titre ou une ligne vide.",
            ),
            Event::Start(tag) => {
                let phrase = match tag {
                    Tag::Image { .. } => {
                        "une image n'est pas admise ici. Le logo se met dans logo.svg ou logo.png."
                    }
                    Tag::BlockQuote(_) => {
                        "une citation (« > » en début de ligne) n'est pas admise. Mettez-la entre guillemets."
                    }
                    Tag::CodeBlock(_) => {
                        "cette ligne commence par quatre espaces, ou par des accents graves. Retirez-les."
                    }
                    Tag::HtmlBlock => {
                        "les balises HTML ne sont pas admises. Écrivez **gras**, *italique* ou [texte](https://adresse)."
                    }
                    _ => "cette écriture n'est pas admise. Restent les titres, le gras, l'italique, les listes et les liens.",
                };
                self.refuser(lieu, phrase);
                self.sauter();
            }
            _ => {}
        }
    }

    /// Words, and the figures that stand between them. A brace that is one is written twice.
    fn mots(&mut self, texte: &str, lieu: Range<usize>, dans: &mut Vec<Segment>) {
        let mut libre = String::new();
        let mut reste = texte;
        while let Some(place) = reste.find(['{', '}']) {
            let (avant, apres) = reste.split_at(place);
            libre.push_str(avant);
            if apres.starts_with("{{") || apres.starts_with("}}") {
                libre.push_str(&apres[..1]);
                reste = &apres[2..];
                continue;
            }
            if let Some(suite) = apres.strip_prefix('}') {
                libre.push('}');
                reste = suite;
                continue;
            }
            let Some(fin) = apres.find('}') else {
                self.refuser(lieu, "« { » ouvre un chiffre que rien ne ferme. Écrivez {demandes}, ou {{ pour une accolade.");
                return;
            };
            match chiffre::lire(&apres[1..fin]) {
                Ok((cle, champ)) => {
                    if !libre.is_empty() {
                        dans.push(Segment::texte(std::mem::take(&mut libre)));
                    }
                    dans.push(Segment::Chiffre { cle, champ });
                }
                Err(phrase) => {
                    let nom = &apres[..=fin];
                    let brut = self.texte.get(lieu.clone()).unwrap_or_default();
                    let debut = lieu.start + brut.find(nom).unwrap_or_default();
                    self.refuser(debut..lieu.end, &phrase);
                }
            }
            reste = &apres[fin + 1..];
        }
        libre.push_str(reste);
        if !libre.is_empty() {
            dans.push(Segment::texte(libre));
        }
    }

    /// Leaves out all that something holds.
    fn sauter(&mut self) {
        let mut ouverts = 1;
        while ouverts > 0 {
            match self.evenements.next() {
                Some((Event::Start(_), _)) => ouverts += 1,
                Some((Event::End(_), _)) => ouverts -= 1,
                Some(_) => {}
                None => return,
            }
        }
    }

    fn refuser(&mut self, lieu: Range<usize>, phrase: &str) {
        let avant = self.texte.get(..lieu.start).unwrap_or_default();
        self.fautes.push(Faute {
            fichier: self.fichier.to_owned(),
            ligne: Some(avant.matches('\n').count() + 1),
            phrase: phrase.to_owned(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bon(texte: &str) -> Vec<Bloc> {
        let mut fautes = Vec::new();
        let blocs = lire("avant-propos.md", texte, &mut fautes);
        assert_eq!(fautes, []);
        blocs
    }

    fn fautes(texte: &str) -> Vec<(usize, String)> {
        let mut fautes = Vec::new();
        lire("avant-propos.md", texte, &mut fautes);
        fautes.into_iter().map(|faute| (faute.ligne.unwrap(), faute.phrase)).collect()
    }

    #[test]
    fn a_text_becomes_blocks() {
        let blocs = bon(
            "# Un titre\n\nEn {annee}, **{communes_servies} communes** et un [lien](https://exemple.fr).\n\n- un\n- deux\n  1. trois\n",
        );
        let [
            Bloc::Titre { niveau: 1, .. },
            Bloc::Paragraphe { texte },
            Bloc::Liste { numerotee: false, elements },
        ] = &blocs[..]
        else {
            panic!("{blocs:?}");
        };
        assert_eq!(texte[0], Segment::texte("En "));
        assert_eq!(texte[1], Segment::Chiffre { cle: "annee".into(), champ: None });
        assert!(
            matches!(&texte[3], Segment::Gras { texte } if texte[0] == Segment::Chiffre { cle: "communes_servies".into(), champ: None })
        );
        assert!(matches!(&elements[1][1], Bloc::Liste { numerotee: true, .. }));
    }

    #[test]
    fn braces_that_are_braces_are_written_twice() {
        let [Bloc::Paragraphe { texte }] = &bon("Un {{ et deux }}.")[..] else { panic!() };
        assert_eq!(texte[..], [Segment::texte("Un { et deux }.")]);
    }

    #[test]
    fn what_is_not_admitted_is_refused_with_its_line() {
        for (texte, ligne, mot) in [
            ("Bonjour.\n\n![photo](x.png)\n", 3, "image"),
            ("Bonjour.\n<b>gras</b>\n", 2, "HTML"),
            ("Un [lien](javascript:alert)\n", 1, "https://"),
            ("# Un\n\n### Trois\n", 3, "saute un niveau"),
            ("Un mot.\n\n> cité\n", 3, "citation"),
            ("Un mot.\n\n    décalé\n", 3, "quatre espaces"),
            ("Un `code`.\n", 1, "accents graves"),
            ("Avant\n\n***\n", 3, "ligne de tirets"),
            ("Une ligne\nune autre {demandes\n", 2, "rien ne ferme"),
            ("Une ligne\nun {budget} et {epcii}\n", 2, "{epcii}"),
        ] {
            let dites = fautes(texte);
            let derniere = dites.last().unwrap_or_else(|| panic!("{texte}"));
            assert_eq!(derniere.0, ligne, "{texte} {dites:?}");
            assert!(derniere.1.contains(mot), "{texte} {dites:?}");
        }
    }
}
