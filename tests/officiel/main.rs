//! Reading official files, without a database.
//!
//! Apart from the tests that start one: PROJ holds a lock across `fork`, so that a program started while
//! another thread opens `proj.db` may never begin.

mod cog;
mod couches;
mod fabrique;
mod lecture;
mod refus;
