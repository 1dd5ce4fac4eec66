//! TeX in text: where formulas are, what they are numbered, what macros stand for, how they read as words,
//! and which are refused.
//!
//! [`formulas`] finds the formulas of a plain text; [`Scanner`] answers the same question at one position, for a
//! caller that knows more about the text, and says when only more text could tell.

mod allowed;
mod formulas;
mod macros;
mod mathml;
mod numbering;
mod refused;
mod text_mode;
mod text_symbols;
mod tokens;
mod words;

pub use formulas::{Found, MAX_FORMULA, Opener, Scanner, Span, formulas};
pub use macros::{Macros, WrongMacro};
pub use mathml::mathml;
pub use numbering::{Number, Numbering, Row, numbering};
pub use refused::{Refusal, refused};
pub use text_mode::text_mode;
pub use tokens::{Token, Tokens};
pub use words::words;
