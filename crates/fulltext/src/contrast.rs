//! When a colour cannot be told from what is below it.

/// Red, green and blue from 0 to 255.
pub(crate) type Rgb = [u8; 3];

pub(crate) const WHITE: Rgb = [255; 3];

/// Below this ratio two colours are the same to a reader. White on #f5f5f5 has 1.09, the palest grey that anybody prints
/// text in on purpose has 1.3.
const SAME: f64 = 1.12;

/// Whether text of one colour cannot be seen on the other (the contrast ratio of WCAG 2.2).
pub(crate) fn is_unseen(text: Rgb, below: Rgb) -> bool {
    let (a, b) = (luminance(text), luminance(below));
    let near = text.iter().zip(below).all(|(a, b)| a.abs_diff(b) <= 24);
    near && (a.max(b) + 0.05) / (a.min(b) + 0.05) < SAME
}

fn luminance([r, g, b]: Rgb) -> f64 {
    let linear = |value: u8| {
        let value = f64::from(value) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pale_is_seen_and_paler_is_not() {
        let on_white = |level: u8| is_unseen([level; 3], WHITE);
        assert!(on_white(255) && on_white(250) && on_white(245));
        assert!(!on_white(230) && !on_white(200) && !on_white(0));
        assert!(is_unseen([0; 3], [4, 4, 4]) && !is_unseen([255, 255, 0], WHITE));
    }
}
