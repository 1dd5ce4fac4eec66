//! Nothing that mathematicians write every day is refused to visitors, papers and models.

/// One formula a line; `%` begins a heading.
const FORMULAS: &str = include_str!("../../../tests/formulas/benign.txt");

#[test]
fn benign_formulas_are_not_refused() {
    let formulas: Vec<_> = FORMULAS.lines().filter(|line| !line.starts_with('%')).collect();
    assert!(formulas.len() >= 500, "{}", formulas.len());
    let refused: Vec<_> = formulas.iter().filter_map(|tex| Some((tex, tex::refused(tex)?))).collect();
    assert!(refused.is_empty(), "{refused:#?}");
}
