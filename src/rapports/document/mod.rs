//! The printed document: data, texts and maps laid out by Typst, as a PDF that is archived (PDF/A-2u) and read aloud
//! (PDF/UA-1). Typst is used here and nowhere else; it reaches neither the disk nor the network.
