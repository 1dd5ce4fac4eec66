//! Exponents, indices and the signs of notes: without their height `2¹⁰` would be a number of three digits.

use super::{device::Glyph, lines::Line};

/// Signs that Unicode has raised and lowered, in the same order, and those that it has only raised.
const SIGNS: &str = "0123456789+-=()aehijklmnoprstuvx";
const RAISED: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵉʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛˣ";
const LOWERED: &str = "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ";
const ONLY_RAISED: [(char, char); 8] =
    [('b', 'ᵇ'), ('c', 'ᶜ'), ('d', 'ᵈ'), ('f', 'ᶠ'), ('g', 'ᵍ'), ('w', 'ʷ'), ('y', 'ʸ'), ('z', 'ᶻ')];

/// Where a glyph stands in its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Height {
    Level,
    Raised,
    Lowered,
}

impl Height {
    /// Raised and lowered are small signs beside their line; small type on it is small type.
    pub(super) fn of(glyph: &Glyph, line: &Line) -> Self {
        let below = glyph.base - line.base;
        match glyph.size < 0.85 * line.size && below.abs() > 0.1 * line.size {
            true if below < 0.0 => Self::Raised,
            true => Self::Lowered,
            false => Self::Level,
        }
    }

    /// Writes the end of a text in signs of this height, if there are such signs for all of it.
    pub(super) fn write(self, text: &mut String, from: usize) {
        let written =
            text.get(from..).and_then(|end| end.chars().map(|c| self.sign(c)).collect::<Option<String>>());
        if let Some(written) = written {
            text.truncate(from);
            text.push_str(&written);
        }
    }

    fn sign(self, c: char) -> Option<char> {
        let plain = if c == '−' { '-' } else { c };
        let among =
            |signs: &str| SIGNS.chars().position(|sign| sign == plain).and_then(|at| signs.chars().nth(at));
        let only_raised = || ONLY_RAISED.iter().find(|(sign, _)| *sign == c).map(|(_, raised)| *raised);
        match self {
            _ if [' ', ','].contains(&c) => Some(c),
            Self::Level => None,
            Self::Raised => among(RAISED).or_else(only_raised),
            Self::Lowered => among(LOWERED),
        }
    }
}
