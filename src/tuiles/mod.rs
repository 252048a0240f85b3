//! Vector tiles: layers as SQL functions, served through martin-core's `Source`.

mod couches;

pub use couches::installer;
