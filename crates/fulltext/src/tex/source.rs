//! One text of many files: comments gone, inputs in their places, macros written out.

use std::collections::{BTreeMap, BTreeSet};

use tex::{Macros, Token, Tokens};

use super::{
    archive::{Files, name},
    colors::Colors,
    looks::points,
};
use crate::extract::decoded;

/// How deep files take in each other.
const DEPTH: usize = 12;
/// How often files are taken in.
const INPUTS: usize = 1000;
/// The longest text with all its inputs, in bytes.
const WHOLE: usize = 16 << 20;
/// Names that a paper's main file is given.
const NAMES: &[&str] = &["main.tex", "ms.tex", "paper.tex", "article.tex", "manuscript.tex", "arxiv.tex"];

/// A paper's TeX between the beginning and the end of its document.
#[derive(Debug, Default)]
pub(super) struct Source {
    pub(super) body: String,
    /// Colours of its own.
    pub(super) colors: Colors,
    /// Fonts of its own that are too small to be read.
    pub(super) tiny: BTreeSet<String>,
    /// Conditions of its own, by name with `if`, and whether they hold.
    pub(super) flags: BTreeMap<String, bool>,
    /// Environments that it declares comments.
    pub(super) left_out: BTreeSet<String>,
}

/// Finds the main file and puts everything into it. `None` without a file that looks like one.
pub(super) fn assembled(files: &Files) -> Option<Source> {
    let texts: Vec<(&str, String)> =
        files.iter().map(|(name, bytes)| (name.as_str(), without_comments(&decoded(bytes)))).collect();
    let main = main_file(&texts)?;
    let mut inputs = Inputs { texts: &texts, open: vec![main], left: INPUTS, room: WHOLE };
    let (whole, mut macros) = (inputs.inserted(text_of(&texts, main)?), Macros::default());
    let (preamble, body) = match whole.split_once("\\begin{document}") {
        Some((preamble, body)) => (preamble, body.split("\\end{document}").next().unwrap_or(body)),
        None => ("", whole.as_str()),
    };
    let packages = texts.iter().filter(|(name, _)| name.ends_with(".sty")).map(|(_, text)| text.as_str());
    for text in packages.chain([preamble]) {
        define(text, &mut macros);
    }
    let mut source = Source { body: written_out(body, &mut macros), ..Source::default() };
    texts.iter().for_each(|(_, text)| source.colors.learn(text));
    source.learn(&whole);
    Some(source)
}

impl Source {
    /// Learns what a text declares, the last word of which holds.
    fn learn(&mut self, text: &str) {
        let mut tokens = Tokens::of(text);
        while let Some((token, _)) = tokens.next() {
            let Token::Command(name) = token else { continue };
            match name {
                "newif" => {
                    if let Some((Token::Command(flag), _)) = tokens.next()
                        && flag != "if"
                        && !tokens.rest().starts_with('@')
                    {
                        self.flags.entry(flag.to_owned()).or_insert(false);
                    }
                }
                "font" => self.learn_font(&mut tokens),
                "excludecomment" => drop(self.left_out.insert(tokens.argument().trim().to_owned())),
                _ => self.learn_flag(name),
            }
        }
    }

    /// `\drafttrue`, `\draftfalse`
    fn learn_flag(&mut self, name: &str) {
        let said = name.strip_suffix("true").map(|flag| (flag, true));
        let Some((flag, holds)) = said.or_else(|| Some((name.strip_suffix("false")?, false))) else { return };
        if let Some(known) = self.flags.get_mut(&format!("if{flag}")) {
            *known = holds;
        }
    }

    /// `\font\name=cmr10 at 1pt`, `scaled 100`
    fn learn_font(&mut self, tokens: &mut Tokens<'_>) {
        tokens.skip_space();
        let Some((Token::Command(name), _)) = tokens.next() else { return };
        let line = tokens.rest().lines().next().unwrap_or_default();
        let said =
            |word: &str| line.split_once(word).map(|(_, size)| size.split('\\').next().unwrap_or(size));
        let scaled = said(" scaled ").and_then(|size| size.trim().parse::<f64>().ok());
        let size =
            said(" at ").and_then(|size| points(size.trim())).or(scaled.map(|per_mille| per_mille / 100.0));
        if size.is_some_and(|size| size < 2.0) {
            self.tiny.insert(name.to_owned());
        }
    }
}

/// The file that begins a document and is no part of another one.
fn main_file<'t>(texts: &[(&'t str, String)]) -> Option<&'t str> {
    let whole = |text: &str| text.contains("\\begin{document}") || text.contains("\\documentstyle");
    let score = |(name, text): &(&str, String)| {
        let short = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
        let usual = NAMES.iter().rev().position(|known| *known == short).map_or(0, |place| place + 1);
        (
            whole(text),
            name.ends_with(".tex") || name.ends_with(".ltx"),
            !text.contains("\\documentclass[tikz"),
            usual,
            text.len(),
        )
    };
    let best = texts
        .iter()
        .filter(|(name, _)| !name.ends_with(".sty") && !name.ends_with(".cls"))
        .max_by_key(|text| score(text))?;
    best.1.contains('\\').then_some(best.0)
}

fn text_of<'t>(texts: &'t [(&str, String)], name: &str) -> Option<&'t str> {
    texts.iter().find(|(known, _)| *known == name).map(|(_, text)| text.as_str())
}

/// Files while they are taken in.
struct Inputs<'t> {
    texts: &'t [(&'t str, String)],
    /// Names of the files that are being read: none is taken into itself.
    open: Vec<&'t str>,
    left: usize,
    room: usize,
}

impl<'t> Inputs<'t> {
    fn inserted(&mut self, text: &'t str) -> String {
        let (mut whole, mut copied) = (String::new(), 0);
        let mut tokens = Tokens::of(text);
        while let Some((token, range)) = tokens.next() {
            let Token::Command(
                command @ ("input" | "include" | "subfile" | "import" | "subimport" | "InputIfFileExists"),
            ) = token
            else {
                continue;
            };
            whole.push_str(&text[copied..range.start]);
            let folder = if command.ends_with("import") { tokens.argument() } else { "" };
            whole.push_str(&self.file(folder, file_name(&mut tokens)));
            copied = text.len() - tokens.rest().len();
            if whole.len() > WHOLE {
                return whole;
            }
        }
        whole.push_str(&text[copied..]);
        whole
    }

    fn file(&mut self, folder: &str, file: &str) -> String {
        let path = format!("{folder}/{}", file.trim().trim_matches('"'));
        let path = path.trim_start_matches('/');
        let found = [path.to_owned(), format!("{path}.tex")].iter().find_map(|path| {
            let wanted = name(path.as_bytes())?;
            self.texts.iter().find(|(known, _)| *known == wanted)
        });
        let Some((name, text)) = found else { return String::new() };
        let again = self.open.contains(name) || self.open.len() >= DEPTH;
        if again || self.left == 0 || self.room < text.len() {
            return String::new();
        }
        self.left -= 1;
        self.room -= text.len();
        self.open.push(name);
        let inserted = self.inserted(text);
        self.open.pop();
        format!("\n{inserted}\n")
    }
}

/// `{name}`, or plain TeX's `name` up to a space.
fn file_name<'t>(tokens: &mut Tokens<'t>) -> &'t str {
    let rest = tokens.rest().trim_start_matches([' ', '\t']);
    if rest.starts_with('{') {
        return tokens.argument();
    }
    let length = rest.find(|c: char| c.is_whitespace() || c == '\\').unwrap_or(rest.len());
    tokens.pass(tokens.rest().len() - rest.len() + length);
    &rest[..length]
}

/// A percent sign hides the rest of its line, with the line's end and the space before the next word.
fn without_comments(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut hidden = false;
    for line in text.split_inclusive('\n') {
        let line = line.strip_suffix('\n').map(|line| line.trim_end_matches('\r')).unwrap_or(line);
        let blank = line.trim().is_empty();
        let line = if hidden && !blank { line.trim_start() } else { line };
        if hidden && blank {
            // The comment took the end of its line; this one ends the paragraph all the same.
            kept.push('\n');
        }
        let comment = comment_at(line);
        kept.push_str(comment.map_or(line, |at| &line[..at]));
        hidden = comment.is_some();
        // A line that is a comment as a whole does not end a paragraph.
        if !hidden {
            kept.push('\n');
        }
    }
    kept
}

fn comment_at(line: &str) -> Option<usize> {
    let mut escaped = false;
    line.bytes().position(|byte| {
        let comment = byte == b'%' && !escaped;
        escaped = byte == b'\\' && !escaped;
        comment
    })
}

/// Reads the definitions of a preamble, and nothing else of it.
fn define(text: &str, macros: &mut Macros) {
    let names: BTreeSet<&str> =
        ["newcommand", "renewcommand", "providecommand", "DeclareMathOperator", "def", "gdef", "let"].into();
    let mut tokens = Tokens::of(text);
    while let Some((token, range)) = tokens.next() {
        let Token::Command(name) = token else { continue };
        if !names.contains(name) {
            continue;
        }
        let body_at = |tokens: &mut Tokens<'_>| {
            if tokens.rest().starts_with('*') {
                tokens.pass(1);
            }
            tokens.argument();
            match name {
                "let" => {
                    let rest = tokens.rest().trim_start().trim_start_matches('=');
                    tokens.pass(tokens.rest().len() - rest.len());
                }
                "def" | "gdef" => tokens.pass(tokens.rest().find(['{', '\n']).unwrap_or(0)),
                _ => while tokens.brackets().is_some() {},
            }
            tokens.argument();
        };
        body_at(&mut tokens);
        let end = text.len() - tokens.rest().len();
        let mut known = macros.clone();
        // What stands for structure is read as structure.
        let structure =
            ["\\input", "\\section", "@"].iter().any(|part| text[range.start..end].contains(part));
        if !structure && known.read(&text[range.start..end]).is_some() {
            *macros = known;
        }
    }
}

/// A body with its macros written out, paragraph by paragraph; one that cannot be stays as it is.
fn written_out(body: &str, macros: &mut Macros) -> String {
    let mut written = String::with_capacity(body.len());
    for paragraph in body.split("\n\n") {
        let read = macros.read(paragraph);
        written.push_str(read.as_deref().unwrap_or(paragraph));
        written.push_str("\n\n");
    }
    written
}
