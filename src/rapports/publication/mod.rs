//! Reports that were published: kept whole, never changed in silence. A correction is a new version with a note.
