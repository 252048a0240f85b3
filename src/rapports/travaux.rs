//! Reports that are being made: in the background, a few at once, each once whoever asks for it.
