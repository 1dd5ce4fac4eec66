//! What the blocks of one document know of each other: the counter of equations, labels, notes, ids of headings.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};

use crate::cleaned;
use crate::context::{Context, Heading, Labels, Target, Trust};
use crate::reading::{self, Reading};
use crate::template::{NoteRef, Piece, Place, Template, label_href, labelled};

/// A top-level block of a document, or a few that were written together.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Block {
    pub(crate) template: Template,
    /// The notes defined in it, by name.
    pub(crate) notes: Vec<(String, Template)>,
    pub(crate) headings: Vec<Title>,
    /// Its plain text.
    pub(crate) text: Reading,
    /// Whether a teaser ends with it, as its author says.
    pub(crate) more: bool,
    /// The ids that its author gave.
    pub(crate) ids: Vec<String>,
}

/// A heading, until it has its id.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Title {
    pub(crate) level: u8,
    pub(crate) text: Reading,
    /// Its words without links.
    pub(crate) words: Template,
    /// The id that its author gave it.
    pub(crate) own: Option<String>,
}

/// How much code of one document is coloured, in bytes: it takes a third of a second. What does not fit is shown as it is.
const MAX_COLOURED: usize = 100_000;

/// The knowledge of a document up to some block. The order is: [`Known::define`] what blocks hold, then [`Known::place`] them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known<'k> {
    /// What was known before, if this is only on trial.
    base: Option<&'k Known<'static>>,
    prefix: String,
    anchored: bool,
    outer: Labels,
    equations: u32,
    pub(crate) labels: BTreeMap<String, Target>,
    pub(crate) repeated: Vec<String>,
    /// Names of notes that are defined.
    notes: HashSet<String>,
    /// Notes that are referred to, in the order of their numbers, with how often; first those of the base.
    referred: Vec<(String, u32)>,
    /// How often notes of the base are referred to once more.
    again: HashMap<usize, u32>,
    numbers: HashMap<String, usize>,
    anchors: HashMap<String, u32>,
    /// Labels of equations that have their place.
    placed: HashSet<String>,
    /// How many bytes of code may still be coloured.
    colours: usize,
    /// Labels and notes that a placed block asked for in vain.
    missed: HashSet<String>,
}

impl<'k> Known<'k> {
    pub(crate) fn new(trust: Trust, context: &Context) -> Self {
        Self {
            prefix: context.prefix.clone(),
            anchored: trust != Trust::Comment,
            outer: context.labels.clone(),
            colours: MAX_COLOURED,
            ..Self::default()
        }
    }

    /// The same knowledge, to which more can be added without a trace. Code is not coloured on trial.
    pub(crate) fn over(base: &'k Known<'static>) -> Self {
        Self {
            base: Some(base),
            prefix: base.prefix.clone(),
            anchored: base.anchored,
            equations: base.equations,
            ..Self::default()
        }
    }

    /// Learns what a block defines. Gives the counter of equations before it, and whether a block that was placed
    /// earlier had missed some of it.
    pub(crate) fn define(&mut self, block: &Block) -> (u32, bool) {
        let before = self.equations;
        let mut late = false;
        for equation in block.templates().flat_map(Template::equations) {
            for (label, number) in labelled(equation, self.equations) {
                let href = label_href(&self.prefix, label);
                let known = self.base.is_some_and(|base| base.labels.contains_key(label));
                match self.labels.entry(label.to_owned()) {
                    _ if known => self.repeated.push(label.to_owned()),
                    Entry::Occupied(_) => self.repeated.push(label.to_owned()),
                    Entry::Vacant(entry) => {
                        late |= self.missed.contains(label);
                        entry.insert(Target { number, href });
                    }
                }
            }
            self.equations += equation.numbering.counted;
        }
        for id in &block.ids {
            late |= self.anchors.insert(id.clone(), 1).is_some();
        }
        for (name, _) in &block.notes {
            late |= self.notes.insert(name.clone()) && self.missed.contains(&note_key(name));
        }
        (before, late)
    }

    /// The place of a block whose equations begin after `equations`.
    pub(crate) fn place(&mut self, block: &Block, equations: u32) -> Place {
        self.place_template(&block.template, equations)
    }

    pub(crate) fn place_template(&mut self, template: &Template, equations: u32) -> Place {
        let mut place = Place { prefix: self.prefix.clone(), equations, ..Place::default() };
        for piece in &template.pieces {
            match piece {
                Piece::Formula(equation) => {
                    place.labels.extend(equation.refs.iter().map(|label| self.label(label)));
                    place.ids.extend(equation.labels().map(|label| self.is_first(label)));
                }
                Piece::Reference { label, .. } => place.labels.push(self.label(label)),
                Piece::Note { name, .. } => place.notes.push(self.note(name)),
                Piece::Back(name) => place.backs.push(self.count(name)),
                Piece::Anchor(words) => place.anchors.push(self.anchor(words)),
                Piece::Code { text, .. } => place.colours.push(self.colour(text.len())),
                Piece::Html(_) | Piece::Raw(_) | Piece::Held { .. } => {}
            }
        }
        place
    }

    /// Whether a label means anything here.
    pub(crate) fn resolves(&self, label: &str) -> bool {
        self.labels.contains_key(label) || self.outer.0.contains_key(label)
    }

    /// Plain text with the numbers of its references.
    pub(crate) fn plain<'r>(&self, readings: impl Iterator<Item = &'r Reading> + Clone) -> String {
        let known = |label: &str| self.labels.get(label).or_else(|| self.outer.0.get(label));
        reading::plain(readings, |label| known(label).map(|target| target.number.as_str()))
    }

    fn label(&mut self, label: &str) -> Option<Target> {
        let own = self.labels.get(label).or_else(|| self.base?.labels.get(label));
        if own.is_none() {
            self.missed.insert(label.to_owned());
        }
        own.or_else(|| self.base.map_or(&self.outer, |base| &base.outer).0.get(label)).cloned()
    }

    fn note(&mut self, name: &str) -> Option<NoteRef> {
        if !self.notes.contains(name) && !self.base.is_some_and(|base| base.notes.contains(name)) {
            self.missed.insert(note_key(name));
            return None;
        }
        let before = self.base.map_or(0, |base| base.referred.len());
        let index = self.number_of(name).unwrap_or_else(|| {
            let index = before + self.referred.len();
            self.referred.push((name.to_owned(), 0));
            self.numbers.insert(name.to_owned(), index);
            index
        });
        match index.checked_sub(before) {
            Some(own) => self.referred[own].1 += 1,
            None => *self.again.entry(index).or_default() += 1,
        }
        Some(NoteRef { number: index as u32 + 1, occurrence: self.uses_of(index) })
    }

    fn number_of(&self, name: &str) -> Option<usize> {
        self.numbers.get(name).or_else(|| self.base?.numbers.get(name)).copied()
    }

    fn uses_of(&self, index: usize) -> u32 {
        let Some(base) = self.base else { return self.referred[index].1 };
        match index.checked_sub(base.referred.len()) {
            Some(own) => self.referred[own].1,
            None => base.referred[index].1 + self.again.get(&index).copied().unwrap_or(0),
        }
    }

    fn count(&self, name: &str) -> u32 {
        self.number_of(name).map_or(0, |index| self.uses_of(index))
    }

    fn anchor(&mut self, words: &str) -> Option<String> {
        if !self.anchored {
            return None;
        }
        let slug = slug(words);
        let mut uses = self.uses(&slug);
        let mut id = if uses == 0 { slug.clone() } else { format!("{slug}-{uses}") };
        while self.uses(&id) > 0 {
            uses += 1;
            id = format!("{slug}-{uses}");
        }
        self.anchors.insert(slug, uses + 1);
        self.anchors.entry(id.clone()).or_insert(1);
        Some(id)
    }

    /// Whether no equation placed before has this label.
    fn is_first(&mut self, label: &str) -> bool {
        !self.base.is_some_and(|base| base.placed.contains(label)) && self.placed.insert(label.to_owned())
    }

    fn colour(&mut self, bytes: usize) -> bool {
        let left = self.colours.checked_sub(bytes);
        self.colours = left.unwrap_or(self.colours);
        left.is_some()
    }

    fn uses(&self, id: &str) -> u32 {
        let uses = |known: &HashMap<String, u32>| known.get(id).copied();
        uses(&self.anchors).or_else(|| uses(&self.base?.anchors)).unwrap_or(0)
    }

    /// Whether any note is referred to.
    pub(crate) fn has_notes(&self) -> bool {
        !self.referred.is_empty()
    }

    /// The notes that are referred to, as one more block, or nothing.
    pub(crate) fn notes<'b>(
        &mut self,
        blocks: impl Iterator<Item = (&'b Block, u32)>,
        context: &Context,
    ) -> String {
        let mut bodies: HashMap<&str, (&Template, u32)> = HashMap::new();
        for (block, before) in blocks {
            let mut equations = before + counted(&block.template);
            for (name, body) in &block.notes {
                bodies.entry(name).or_insert((body, equations));
                equations += counted(body);
            }
        }
        let mut at = 0;
        let mut placed = Vec::new();
        // Notes may refer to notes: the list grows while it is walked.
        while let Some((name, _)) = self.referred.get(at).cloned() {
            if let Some((body, equations)) = bodies.get(name.as_str()).copied() {
                placed.push((name, body, self.place_template(body, equations)));
            }
            at += 1;
        }
        if placed.is_empty() {
            return String::new();
        }
        let mut out = String::from("<section class=\"fn footnotes\" role=\"doc-endnotes\">\n<ol>\n");
        for (name, body, mut place) in placed {
            place.backs.fill(self.count(&name));
            out.push_str(&format!("<li id=\"{}fn-{}\">\n", self.prefix, crate::template::note_id(&name)));
            out.push_str(&match body.is_raw() {
                true => cleaned::fill(std::iter::once((body, &place)), context),
                false => body.fill(&place),
            });
            out.push_str("</li>\n");
        }
        out + "</ol>\n</section>\n"
    }

    pub(crate) fn headings(&mut self, block: &Block, place: &Place) -> Vec<Heading> {
        let mut ids = place.anchors.iter();
        let heading = |title: &Title| {
            let made = |id: String| format!("{}{id}", self.prefix);
            let id = title.own.clone().or_else(|| ids.next().cloned().flatten().map(made));
            let place = self.place_template(&title.words, place.equations);
            let html = crate::html::Html::new(title.words.fill(&place));
            let text = self.plain(std::iter::once(&title.text)).trim().to_owned();
            Heading { level: title.level, id: id.unwrap_or_default(), text, html }
        };
        block.headings.iter().map(heading).collect()
    }
}

fn counted(template: &Template) -> u32 {
    template.equations().map(|equation| equation.numbering.counted).sum()
}

/// Labels and notes are missed in one set.
fn note_key(name: &str) -> String {
    format!("^{name}")
}

impl Block {
    /// This block with another after it.
    pub(crate) fn with(mut self, other: Block) -> Self {
        self.template.pieces.extend(other.template.pieces);
        self.notes.extend(other.notes);
        self.headings.extend(other.headings);
        self.text.append(&other.text);
        self.more |= other.more;
        self.ids.extend(other.ids);
        self
    }

    /// Whether any of it is HTML of the author.
    pub(crate) fn is_raw(&self) -> bool {
        self.templates().any(Template::is_raw)
    }

    fn templates(&self) -> impl Iterator<Item = &Template> {
        std::iter::once(&self.template).chain(self.notes.iter().map(|(_, note)| note))
    }
}

/// The id of a heading: its letters and digits, of any script, with hyphens for spaces.
fn slug(words: &str) -> String {
    let mut slug = String::new();
    for c in words.trim().chars() {
        match c {
            c if c.is_alphanumeric() || c == '_' || c == '-' => slug.extend(c.to_lowercase()),
            c if c.is_whitespace() => slug.push('-'),
            _ => {}
        }
    }
    let slug = slug.trim_matches('-');
    // So begin the ids of notes.
    let slug = &if slug.starts_with("fn-") || slug.starts_with("fnref-") {
        format!("h-{slug}")
    } else {
        slug.into()
    };
    if slug.is_empty() { "section".into() } else { slug.chars().take(80).collect() }
}
