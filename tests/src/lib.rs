//! A site to test from outside: the real program on a free port, with a real database.
//!
//! [`Site`] starts and stops `inkstone`; [`Model`] is a language model that speaks the wire format
//! from a script; [`Replay`] answers as a source of papers does; [`Smtp`] takes mail; [`Events`] reads an event stream; [`html`] takes pages apart. Nothing here knows a
//! crate of this workspace.

mod events;
pub mod html;
mod model;
mod postgres;
mod replay;
mod site;
mod smtp;
mod watched;

pub use events::{Event, Events};
pub use model::{End, KEY, Model};
pub use replay::{Replay, Reply};
pub use site::{Ended, Engine, Run, Site, inkstone};
pub use smtp::{Mail, Smtp};
