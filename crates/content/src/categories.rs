/// The category under which papers of an alias are kept: arXiv lists some subjects in two archives. In lower case for an
/// alias in lower case.
///
/// Source: <https://arxiv.org/category_taxonomy>, "alias for".
///
/// ```
/// assert_eq!(content::canonical_category("cs.NA"), "math.NA");
/// assert_eq!(content::canonical_category("math.it"), "cs.it");
/// assert_eq!(content::canonical_category("cs.LG"), "cs.LG");
/// ```
pub fn canonical_category(category: &str) -> &str {
    match category {
        "cs.NA" => "math.NA",
        "cs.na" => "math.na",
        "cs.SY" => "eess.SY",
        "cs.sy" => "eess.sy",
        "math.IT" => "cs.IT",
        "math.it" => "cs.it",
        "math.MP" | "math.mp" => "math-ph",
        "q-fin.EC" => "econ.GN",
        "q-fin.ec" => "econ.gn",
        "stat.TH" => "math.ST",
        "stat.th" => "math.st",
        _ => category,
    }
}
