//! Dates as spreadsheets and GIS files write them.

use chrono::{Days, NaiveDate};

/// A date rewritten as `2018-12-31`, when it is a spreadsheet's number of days, has slashes after the year, or
/// a time after it. None when it is written otherwise.
pub fn normaliser(cellule: &str) -> Option<String> {
    let jour = cellule.split([' ', 'T']).next()?;
    if let Ok(jours) = jour.parse::<u64>() {
        // 1954 to 2119: a year alone is no date.
        let depuis_1900 = NaiveDate::from_ymd_opt(1899, 12, 30)?;
        return (20_000..80_000)
            .contains(&jours)
            .then(|| depuis_1900.checked_add_days(Days::new(jours)))?
            .map(|date| date.to_string());
    }
    ["%Y-%m-%d", "%Y/%m/%d", "%d/%m/%Y"]
        .iter()
        .find_map(|forme| NaiveDate::parse_from_str(jour, forme).ok())
        .map(|date| date.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_as_spreadsheets_and_gis_files_write_it() {
        for cellule in ["2018-12-31", "31/12/2018", "43465", "2018/12/31", "2018-12-31 00:00:00"] {
            assert_eq!(normaliser(cellule).as_deref(), Some("2018-12-31"), "{cellule}");
        }
        for cellule in ["", "2018", "31 décembre", "n.c."] {
            assert_eq!(normaliser(cellule), None, "{cellule}");
        }
    }
}
