//! The TeX that a paper was made of.

mod archive;
mod body;
mod colors;
mod formula;
mod looks;
mod names;
mod source;

pub(crate) use archive::{Files, Unpacked, is_packed, is_tex, unpack};
pub(crate) use formula::visible as visible_formula;

use crate::{Error, compose::Composed};

/// The text of a paper, given all files of its source that may hold some.
pub(crate) fn read(files: &Files) -> Result<Composed, Error> {
    let source = source::assembled(files).ok_or(Error::Unknown)?;
    Ok(body::read(&source))
}

#[cfg(test)]
mod tests;
