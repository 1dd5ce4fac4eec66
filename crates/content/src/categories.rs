use crate::Invalid;

/// Archives with their subjects.
///
/// Source: <https://arxiv.org/category_taxonomy>.
const ARCHIVES: [(&str, &str); 11] = [
    (
        "cs",
        "AI AR CC CE CG CL CR CV CY DB DC DL DM DS ET FL GL GR GT HC IR IT LG LO MA MM MS NA NE NI OH OS PF PL RO SC SD SE SI SY",
    ),
    ("econ", "EM GN TH"),
    ("eess", "AS IV SP SY"),
    (
        "math",
        "AC AG AP AT CA CO CT CV DG DS FA GM GN GR GT HO IT KT LO MG MP NA NT OA OC PR QA RA RT SG SP ST",
    ),
    ("astro-ph", "CO EP GA HE IM SR"),
    ("cond-mat", "dis-nn mes-hall mtrl-sci other quant-gas soft stat-mech str-el supr-con"),
    ("nlin", "AO CD CG PS SI"),
    (
        "physics",
        "acc-ph ao-ph app-ph atm-clus atom-ph bio-ph chem-ph class-ph comp-ph data-an ed-ph flu-dyn gen-ph geo-ph hist-ph ins-det med-ph optics plasm-ph pop-ph soc-ph space-ph",
    ),
    ("q-bio", "BM CB GN MN NC OT PE QM SC TO"),
    ("q-fin", "CP EC GN MF PM PR RM ST TR"),
    ("stat", "AP CO ME ML OT TH"),
];

/// Archives that are one category each.
const WHOLE: [&str; 9] =
    ["gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math-ph", "nucl-ex", "nucl-th", "quant-ph"];

/// Archives that took their last papers when others replaced them, in the nineties. Their papers are listed in them still.
///
/// Source: <https://arxiv.org/archive>, "subsumed".
const CLOSED: [&str; 18] = [
    "acc-phys", "adap-org", "alg-geom", "ao-sci", "atom-ph", "bayes-an", "chao-dyn", "chem-ph", "cmp-lg",
    "comp-gas", "dg-ga", "funct-an", "mtrl-th", "patt-sol", "plasm-ph", "q-alg", "solv-int", "supr-con",
];

/// The most categories in one list.
const MOST: usize = 40;

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

/// Which categories the papers of a list are in, as an address says it: `cs.LG`, `cs.LG,stat.ML`, `cs.LG+cs.CL-cs.CV`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CategoryTerms {
    /// In any of these. An archive (`cs`) stands for all of its categories.
    pub any: Vec<String>,
    /// In none of these.
    pub not: Vec<String>,
}

impl CategoryTerms {
    /// How this is best written in an address.
    ///
    /// ```
    /// let terms = content::CategoryTerms::parse("hep-th,cond-mat-CS.na")?;
    /// assert_eq!(terms.text(), "hep-th+cond-mat-math.NA");
    /// # Ok::<(), content::Invalid>(())
    /// ```
    pub fn text(&self) -> String {
        self.not.iter().fold(self.any.join("+"), |text, name| text + "-" + name)
    }

    /// Reads an address. Names that arXiv has are found whole, though they may hold the sign of a difference: of
    /// `cond-mat-hep-th` the longest name is `cond-mat`. Aliases become what they stand for.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let invalid = |why| Invalid::new("list of categories", text, why);
        let (mut terms, mut rest, mut minus) = (Self::default(), text.trim_end_matches(is_sign), false);
        if text.trim_start().starts_with('-') {
            return Err(invalid("begins with what is left out"));
        }
        rest = rest.trim_start_matches(is_sign);
        while !rest.is_empty() {
            let name = known_at(rest).unwrap_or_else(|| &rest[..rest.find(is_sign).unwrap_or(rest.len())]);
            let list = if minus { &mut terms.not } else { &mut terms.any };
            let spelled = canonical_category(&spelled(name)).to_owned();
            if !list.contains(&spelled) {
                list.push(spelled);
            }
            let after = &rest[name.len()..];
            rest = after.trim_start_matches(is_sign);
            minus = after[..after.len() - rest.len()].contains('-');
        }
        match terms.any.len() + terms.not.len() {
            _ if terms.any.is_empty() => Err(invalid("names none")),
            count if count > MOST => Err(invalid("names too many")),
            _ => Ok(terms),
        }
    }
}

/// A category of arXiv's as it is kept: with arXiv's capitals, and what it is an alias of. arXiv opens new ones, so that
/// a name that is not known is one all the same if it looks like `cs.LG`.
///
/// ```
/// assert_eq!(content::category(" CS.lg ")?, "cs.LG");
/// assert_eq!(content::category("cs.NA")?, "math.NA");
/// assert!(content::category("Machine Learning").is_err());
/// # Ok::<(), content::Invalid>(())
/// ```
pub fn category(text: &str) -> Result<String, Invalid> {
    let name = spelled(text.trim());
    // A minus in an unknown name would be the sign of a difference.
    let fits = |(archive, subject): (&str, &str)| {
        let letters = |text: &str| {
            !text.is_empty() && text.len() <= 20 && text.chars().all(|c| c.is_ascii_alphabetic())
        };
        letters(archive) && letters(subject) && archive.chars().all(|c| c.is_ascii_lowercase())
    };
    if is_category(&name) || name.split_once('.').is_some_and(fits) {
        return Ok(canonical_category(&name).to_owned());
    }
    Err(Invalid::new("category", text, "is not one like cs.LG or hep-th"))
}

/// Whether arXiv has a category or an archive of this name.
pub fn is_category(name: &str) -> bool {
    names().any(|known| known == name)
}

/// Whether a name is that of an archive with several categories.
pub fn is_archive(name: &str) -> bool {
    ARCHIVES.iter().any(|(archive, _)| *archive == name)
}

/// The archive with several categories that a name is of, if it is of one; an archive is of itself.
///
/// ```
/// assert_eq!(content::archive("cs.LG"), Some("cs"));
/// assert_eq!(content::archive("cond-mat"), Some("cond-mat"));
/// assert_eq!(content::archive("hep-th"), None);
/// ```
pub fn archive(category: &str) -> Option<&str> {
    Some(category.split('.').next()?).filter(|archive| is_archive(archive))
}

/// The longest known name that a text begins with, up to a sign.
fn known_at(text: &str) -> Option<&str> {
    let fits = |name: &String| {
        let begins = text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
        begins && (text.len() == name.len() || text[name.len()..].starts_with(is_sign))
    };
    let longest = names().filter(fits).map(|name| name.len()).max()?;
    Some(&text[..longest])
}

/// A name with arXiv's capitals.
fn spelled(name: &str) -> String {
    names().find(|known| known.eq_ignore_ascii_case(name)).unwrap_or_else(|| name.to_owned())
}

fn names() -> impl Iterator<Item = String> {
    let archive = |(archive, subjects): &(&str, &str)| {
        let subjects: Vec<_> = subjects.split(' ').map(|subject| format!("{archive}.{subject}")).collect();
        std::iter::once((*archive).to_owned()).chain(subjects)
    };
    ARCHIVES.iter().flat_map(archive).chain(WHOLE.iter().chain(&CLOSED).map(ToString::to_string))
}

fn is_sign(c: char) -> bool {
    matches!(c, ',' | '+' | '-') || c.is_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, any: &[&str], not: &[&str]) {
        let terms = CategoryTerms::parse(text).expect("categories");
        assert_eq!((terms.any.as_slice(), terms.not.as_slice()), (&own(any)[..], &own(not)[..]), "{text}");
        assert_eq!(CategoryTerms::parse(&terms.text()), Ok(terms), "{text}");
    }

    fn own(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn unions_and_differences() {
        check("cs.LG", &["cs.LG"], &[]);
        check("cs.LG,stat.ML", &["cs.LG", "stat.ML"], &[]);
        check("cs.LG+cs.CL-cs.CV", &["cs.LG", "cs.CL"], &["cs.CV"]);
        check("cs.LG stat.ML", &["cs.LG", "stat.ML"], &[]);
        check("cs.LG-cs.CV+cs.CL-cs.AI,math.OC", &["cs.LG", "cs.CL", "math.OC"], &["cs.CV", "cs.AI"]);
        check("cs.LG,,cs.LG,", &["cs.LG"], &[]);
    }

    #[test]
    fn names_that_hold_a_minus() {
        check("hep-th", &["hep-th"], &[]);
        check("cond-mat", &["cond-mat"], &[]);
        check("cond-mat-hep-th", &["cond-mat"], &["hep-th"]);
        check("cond-mat.dis-nn-cs.LG", &["cond-mat.dis-nn"], &["cs.LG"]);
        check("hep-th,quant-ph-gr-qc", &["hep-th", "quant-ph"], &["gr-qc"]);
        check("physics.flu-dyn+q-bio.NC", &["physics.flu-dyn", "q-bio.NC"], &[]);
        check("math-ph-math.AG", &["math-ph"], &["math.AG"]);
        check("math-math.AG", &["math"], &["math.AG"]);
    }

    #[test]
    fn aliases_and_capitals() {
        check("cs.NA", &["math.NA"], &[]);
        check("cs.na,math.NA", &["math.NA"], &[]);
        check("CS.lg", &["cs.LG"], &[]);
        check("Hep-Th", &["hep-th"], &[]);
        check("local.Names", &["local.Names"], &[]);
        check("alg-geom-math.AG", &["alg-geom"], &["math.AG"]);
    }

    #[test]
    fn categories_as_they_are_kept() {
        let kept = |text: &str| category(text).ok();
        let check = |text: &str, expected: &str| assert_eq!(kept(text).as_deref(), Some(expected), "{text}");
        check("cs.LG", "cs.LG");
        check("\tcs.lg\n", "cs.LG");
        check("Cond-Mat.Dis-NN", "cond-mat.dis-nn");
        check("math.IT", "cs.IT");
        check("math.mp", "math-ph");
        check("alg-geom", "alg-geom");
        check("econ.ZZ", "econ.ZZ");
        for text in [
            "",
            "Machine Learning",
            "cs/LG",
            "cs.",
            ".LG",
            "cs.LG.x",
            "Quilts.AB",
            "cs.foo-bar",
            "x".repeat(99).as_str(),
        ] {
            assert_eq!(kept(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_list() {
        for text in ["", " ", "-", "+,-", "-cs.LG"] {
            assert!(CategoryTerms::parse(text).is_err(), "{text:?}");
        }
        let many: Vec<_> = (0..50).map(|n| format!("x.{n}")).collect();
        assert!(CategoryTerms::parse(&many.join(",")).is_err());
    }
}
