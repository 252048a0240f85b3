//! Jenks's natural breaks, exactly.

use super::moyenne_et_ecart;

/// Inner bounds of the partition with the least sum of squared deviations within classes (W. D. Fisher,
/// « On grouping for maximum homogeneity », 1958), over distinct values weighted by their counts.
///
/// The best start of the last class never goes back as values are added, so that each row of the
/// dynamic programme is solved by halving: n log n for each class.
pub fn jenks(triees: &[f64], distinctes: &[f64], nombre: usize) -> Vec<f64> {
    let n = distinctes.len();
    // Around the mean, so that squares keep their digits.
    let (moyenne, _) = moyenne_et_ecart(triees);
    let mut sommes = vec![(0.0, 0.0, 0.0); n + 1];
    let mut debut = 0;
    for (rang, valeur) in distinctes.iter().enumerate() {
        let fin = debut + triees[debut..].partition_point(|v| v <= valeur);
        #[expect(clippy::cast_precision_loss, reason = "far fewer than 2⁵² values")]
        let poids = (fin - debut) as f64;
        let x = valeur - moyenne;
        let (p, s, c) = sommes[rang];
        sommes[rang + 1] = (p + poids, s + poids * x, c + poids * x * x);
        debut = fin;
    }
    // Of the values from i to j, j excluded.
    let cout = |i: usize, j: usize| {
        let poids = sommes[j].0 - sommes[i].0;
        let somme = sommes[j].1 - sommes[i].1;
        (sommes[j].2 - sommes[i].2 - somme * somme / poids).max(0.0)
    };
    let mut precedent: Vec<f64> = (0..=n).map(|j| if j == 0 { 0.0 } else { cout(0, j) }).collect();
    let mut departs: Vec<Vec<usize>> = Vec::new();
    for classe in 1..nombre {
        let mut courant = vec![f64::INFINITY; n + 1];
        let mut depart = vec![classe; n + 1];
        let mut pile = vec![(classe + 1, n, classe, n - 1)];
        while let Some((bas, haut, depuis, jusqu)) = pile.pop() {
            if bas > haut {
                continue;
            }
            let milieu = bas.midpoint(haut);
            let (mut meilleur, mut ou) = (f64::INFINITY, depuis);
            let fin = jusqu.min(milieu - 1);
            for (i, avant) in precedent.iter().enumerate().take(fin + 1).skip(depuis) {
                let total = avant + cout(i, milieu);
                if total < meilleur {
                    (meilleur, ou) = (total, i);
                }
            }
            (courant[milieu], depart[milieu]) = (meilleur, ou);
            pile.push((bas, milieu - 1, depuis, ou));
            pile.push((milieu + 1, haut, ou, jusqu));
        }
        departs.push(depart);
        precedent = courant;
    }
    let mut bornes = Vec::new();
    let mut fin = n;
    for depart in departs.iter().rev() {
        fin = depart[fin];
        bornes.push(distinctes[fin]);
    }
    bornes.reverse();
    bornes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// The partition is at least as good as any other, tried on few values.
        #[test]
        fn jenks_is_the_best(entiers in prop::collection::btree_set(0_i32..1000, 4..12)) {
            let valeurs: Vec<f64> = entiers.into_iter().map(f64::from).collect();
            let ecart = |coupes: &[usize]| -> f64 {
                let mut bords = vec![0];
                bords.extend(coupes);
                bords.push(valeurs.len());
                bords.windows(2).map(|b| {
                    let groupe = &valeurs[b[0]..b[1]];
                    let (moyenne, _) = moyenne_et_ecart(groupe);
                    groupe.iter().map(|v| (v - moyenne).powi(2)).sum::<f64>()
                }).sum()
            };
            let mut meilleur = f64::INFINITY;
            for a in 1..valeurs.len() - 1 {
                for b in a + 1..valeurs.len() {
                    meilleur = meilleur.min(ecart(&[a, b]));
                }
            }
            let trouvees = jenks(&valeurs, &valeurs, 3);
            let coupes: Vec<usize> =
                trouvees.iter().map(|borne| valeurs.iter().position(|v| v == borne).unwrap()).collect();
            prop_assert!(ecart(&coupes) <= meilleur + 1e-6);
        }
    }
}
