//! BibTeX files as they are found in the world.

#[path = "support"]
mod support {
    pub(crate) mod fuzzed;
}

use cite::bibtex::{self, Entry};
use proptest::prelude::*;

const FILE: &str = r##"% Encoding: UTF-8
@comment{jabref-meta: {a} databaseType:bibtex;}
@preamble{{\newcommand{\x}{y}}}
@string{acl = "Association for Computational Linguistics"}
@STRING{where = {Vienna, } # "Austria"}

@inproceedings{su-2024-rope,
    title = "{R}o{F}ormer: {Enhanced} Transformer with $x_{1}$ at 5\% cost",
    author = "Su, Jianlin  and
      Schr{\"o}dinger, Erwin and
      {ATLAS Collaboration}",
    booktitle = "Proceedings of the 62nd Annual Meeting",
    month = aug, year = "2024",
    address = WHERE,
    publisher = ACL # { (} # undefined # ")",
    url = {https://aclanthology.org/2024.acl-long.1\_a/},
    doi = "https://doi.org/10.18653/v1/2024.acl-long.1",
    pages = "1--17",
    keywords = {attention, {rotary position}; LLM},
    abstract = "It costs {\$}5 -- {\textbf{bold}}, in
       two lines.",
}

@article{missing-brace,
  title = {Never closed,
  year = 2024
}

@article{bad-number, title = {A}, pages = 12a}
@article{one, title={One}, year=2001} @misc{two, title={Two}, date={2002-03-04}}
@article{too-many, title = {Closed}}, year = 2024}
@article{one, title = {Again}}
@proceedings{conf, title = {The Conference}, year = 1999, publisher = acl}
@InProceedings{child, crossref = {Conf}, title = {The Child}, month = jan # "~5"}
Free text between entries, with an a@b.org.
@book(paren, title = {Not in this file})
@misc{last, title = {Last}, eprint = {2104.09864}, archivePrefix = {arXiv}
"##;

#[test]
fn a_file_is_read() {
    let reading = bibtex::read(FILE);
    let read: Vec<_> =
        reading.entries.iter().map(|entry| (entry.line, entry.kind.as_str(), entry.key.as_str())).collect();
    let expected = [
        (7, "inproceedings", "su-2024-rope"),
        (30, "article", "one"),
        (30, "misc", "two"),
        (33, "proceedings", "conf"),
        (34, "inproceedings", "child"),
    ];
    assert_eq!(read, expected);
    let rejected: Vec<_> = reading.rejected.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(rejected.join("\n"));
}

#[test]
fn fields_are_what_importing_needs() {
    let reading = bibtex::read(FILE);
    let entry = find(&reading.entries, "su-2024-rope");
    assert_eq!(entry.title().unwrap(), r"RoFormer: Enhanced Transformer with $x_{1}$ at 5\% cost");
    assert_eq!(entry.authors(), ["Jianlin Su", "Erwin Schrödinger", "ATLAS Collaboration"]);
    assert_eq!(entry.container().unwrap(), "Proceedings of the 62nd Annual Meeting");
    assert_eq!((entry.year(), entry.month()), (Some(2024), Some(8)));
    assert_eq!(entry.date().unwrap().to_string(), "2024-08-01");
    assert_eq!(entry.field("address"), Some("Vienna, Austria"));
    assert_eq!(entry.field("publisher"), Some("Association for Computational Linguistics (undefined)"));
    assert_eq!(entry.url().unwrap(), "https://aclanthology.org/2024.acl-long.1_a/");
    assert_eq!(entry.doi().unwrap(), "10.18653/v1/2024.acl-long.1");
    assert_eq!(entry.field("pages"), Some("1--17"));
    assert_eq!(entry.keywords(), ["attention", "rotary position", "LLM"]);
    assert_eq!(tex::text_mode(&entry.summary().unwrap()), r"It costs \$5 – bold, in two lines.");
}

#[test]
fn a_child_takes_what_its_parent_says() {
    let reading = bibtex::read(FILE);
    let child = find(&reading.entries, "child");
    assert_eq!(child.title().unwrap(), "The Child");
    assert_eq!(child.container().unwrap(), "The Conference");
    assert_eq!(child.date().unwrap().to_string(), "1999-01-01");
    assert_eq!(child.field("publisher"), Some("Association for Computational Linguistics"));
}

#[test]
fn names_made_of_names_do_not_grow_without_end() {
    let mut file = String::from("@string{a0 = \"0123456789\"}\n");
    (0..100).for_each(|i| file.push_str(&format!("@string{{a{} = a{i} # a{i} # a{i}}}\n", i + 1)));
    file.push_str("@misc{x, note = a100}");
    assert!(bibtex::read(&file).entries[0].field("note").unwrap().len() < 1 << 17);
}

proptest! {
    /// Whatever the file is, it is read, and every part of every entry can be asked for.
    #[test]
    fn nothing_panics(text in "([@{}\",=#\\\\$% \n(]|@misc\\{|[a-zé]{1,3}|year|and|[0-9]){0,60}") {
        support::fuzzed::bibtex(&text);
    }
}

fn find<'a>(entries: &'a [Entry], key: &str) -> &'a Entry {
    entries.iter().find(|entry| entry.key == key).expect("an entry with this key")
}
