//! The figures of a report as files to compute with, XLSX and GeoPackage: exactly those that are printed, and the query of each.
