/// Cuts one reply into the sections it answers, at marker lines: a heading (or bold line) that begins
/// with `Q` and the number of the question. Some models leave out the `Q`: a reply that begins with the
/// heading `## 1.` is cut at `## 2.`, too, but then only at headings of that level. The marker itself,
/// and what else is on its line, is shown to nobody, not even half of it. A section has no white space
/// at its ends.
pub(super) struct Split {
    /// The sections that the reply may have, in their order; one at the least.
    asked: Vec<usize>,
    /// The section being written; `None` before the first marker.
    section: Option<usize>,
    place: Place,
    /// Undecided: the beginning of a line that may become a marker.
    held: String,
    marks: Marks,
    /// Whether the section has any text.
    begun: bool,
    /// White space that belongs to the section only if more text follows.
    space: String,
    /// Text before the first marker: dropped if it is short and a marker follows.
    preamble: String,
}

#[derive(Clone, Copy, PartialEq)]
enum Place {
    LineStart,
    InLine,
    InMarker,
}

/// A reply that has said this much without a marker has none.
const PREAMBLE: usize = 300;

/// How this reply writes its markers; the first one tells.
#[derive(Clone, Copy, PartialEq)]
enum Marks {
    Open,
    Lettered,
    /// A bare number in a heading of this level.
    Bare(usize),
}

enum Line {
    Marker(usize, Marks),
    Perhaps,
    Text,
}

impl Split {
    /// A reply from its beginning.
    pub(super) fn new(asked: Vec<usize>) -> Self {
        Self {
            asked,
            section: None,
            place: Place::LineStart,
            held: String::new(),
            marks: Marks::Open,
            begun: false,
            space: String::new(),
            preamble: String::new(),
        }
    }

    /// A reply that goes on in a section, in the middle of a line.
    pub(super) fn within(asked: Vec<usize>, section: usize) -> Self {
        let begun =
            Self { section: Some(section), place: Place::InLine, marks: Marks::Lettered, ..Self::new(asked) };
        Self { begun: true, ..begun }
    }

    /// The text that this adds to sections.
    pub(super) fn push(&mut self, text: &str) -> Vec<(usize, String)> {
        let mut out = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            rest = match self.place {
                Place::LineStart => self.line_start(rest, &mut out),
                Place::InLine => self.in_line(rest, &mut out),
                Place::InMarker => self.in_marker(rest),
            };
        }
        out
    }

    /// What was held back, when nothing more will come.
    pub(super) fn rest(&mut self) -> Vec<(usize, String)> {
        let mut out = Vec::new();
        let held = std::mem::take(&mut self.held);
        match self.classify(&held, true) {
            Line::Marker(..) => {}
            _ => self.emit(&held, &mut out),
        }
        if self.section.is_none() {
            self.open(self.asked[0], &mut out);
        }
        out
    }

    /// The same, but what may be half a marker is left out.
    pub(super) fn cut(&mut self) -> Vec<(usize, String)> {
        if matches!(self.classify(&self.held, false), Line::Perhaps) {
            self.held.clear();
        }
        self.rest()
    }

    fn classify(&self, line: &str, whole: bool) -> Line {
        let comes = |number: usize| {
            let asked = number.checked_sub(1).is_some_and(|section| self.asked.contains(&section));
            asked && self.section.is_none_or(|section| number > section + 1)
        };
        match classify(line, whole) {
            // Sections come in order.
            Line::Marker(number, marks) if self.allows(number, marks) && comes(number) => {
                Line::Marker(number, marks)
            }
            Line::Marker(..) => Line::Text,
            line => line,
        }
    }

    fn allows(&self, number: usize, marks: Marks) -> bool {
        match self.marks {
            Marks::Open => {
                let first = number == self.asked[0] + 1 && self.preamble.trim().is_empty();
                marks == Marks::Lettered || first
            }
            own => own == marks,
        }
    }

    fn line_start<'a>(&mut self, text: &'a str, out: &mut Vec<(usize, String)>) -> &'a str {
        let next = text.chars().next().map_or(0, char::len_utf8);
        let (char, rest) = text.split_at(next);
        if char == "\n" {
            self.end_of_line(out);
            return rest;
        }
        self.held.push_str(char);
        match self.classify(&self.held, false) {
            Line::Perhaps => {}
            Line::Marker(number, marks) => self.begin(number, marks),
            Line::Text => {
                let held = std::mem::take(&mut self.held);
                self.emit(&held, out);
                self.place = Place::InLine;
            }
        }
        rest
    }

    /// A line ended while it was still undecided.
    fn end_of_line(&mut self, out: &mut Vec<(usize, String)>) {
        match self.classify(&self.held, true) {
            Line::Marker(number, marks) => {
                self.begin(number, marks);
                self.place = Place::LineStart;
            }
            _ => {
                let held = std::mem::take(&mut self.held) + "\n";
                self.emit(&held, out);
            }
        }
    }

    fn in_line<'a>(&mut self, text: &'a str, out: &mut Vec<(usize, String)>) -> &'a str {
        let end = text.find('\n').map_or(text.len(), |end| end + 1);
        let (line, rest) = text.split_at(end);
        self.emit(line, out);
        if line.ends_with('\n') {
            self.place = Place::LineStart;
        }
        rest
    }

    fn in_marker<'a>(&mut self, text: &'a str) -> &'a str {
        let Some(end) = text.find('\n') else { return "" };
        self.place = Place::LineStart;
        &text[end + 1..]
    }

    /// A marker was read: what was in front of it is a preamble, if anything.
    fn begin(&mut self, number: usize, marks: Marks) {
        self.section = Some(number - 1);
        self.marks = marks;
        self.place = Place::InMarker;
        self.begun = false;
        self.held.clear();
        self.space.clear();
        self.preamble.clear();
    }

    fn emit(&mut self, text: &str, out: &mut Vec<(usize, String)>) {
        let Some(section) = self.section else {
            self.preamble.push_str(text);
            if self.preamble.len() > PREAMBLE {
                self.open(self.asked[0], out);
            }
            return;
        };
        let text = std::mem::take(&mut self.space) + text;
        let text = if self.begun { &text } else { text.trim_start() };
        let (said, space) = text.split_at(text.trim_end().len());
        self.space = space.to_owned();
        if !said.is_empty() {
            self.begun = true;
            add(out, section, said);
        }
    }

    fn open(&mut self, section: usize, out: &mut Vec<(usize, String)>) {
        self.section = Some(section);
        let preamble = std::mem::take(&mut self.preamble);
        self.emit(&preamble, out);
    }
}

fn add(out: &mut Vec<(usize, String)>, section: usize, text: &str) {
    match out.last_mut() {
        Some((last, said)) if *last == section => said.push_str(text),
        _ => out.push((section, text.to_owned())),
    }
}

/// Whether a line that begins like this is a marker; with `whole`, no more of the line will come.
fn classify(line: &str, whole: bool) -> Line {
    let (indent, rest) = run(line, ' ');
    let (hashes, rest) = run(rest, '#');
    let (stars, rest) = run(run(rest, ' ').1, '*');
    let rest = run(rest, ' ').1;
    if indent > 3 || hashes > 6 || stars > 2 {
        return Line::Text;
    }
    if rest.is_empty() {
        return if whole { Line::Text } else { Line::Perhaps };
    }
    let (marks, rest) = match rest.strip_prefix(['Q', 'q']) {
        Some(rest) if hashes > 0 || stars == 2 => (Marks::Lettered, rest),
        None if hashes > 0 && stars == 0 => (Marks::Bare(hashes), rest),
        _ => return Line::Text,
    };
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let mut after = rest[digits..].chars();
    match (rest[..digits].parse(), after.next(), after.next()) {
        (_, None, _) | (_, Some('.'), None) if !whole && digits <= 2 => Line::Perhaps,
        (_, Some(after), _) if after.is_alphanumeric() => Line::Text,
        // Section 2.5 is part of an answer.
        (_, Some('.'), Some(after)) if after.is_ascii_digit() => Line::Text,
        (Ok(number), ..) => Line::Marker(number, marks),
        _ => Line::Text,
    }
}

/// How often `char` stands at the beginning, and what follows.
fn run(text: &str, char: char) -> (usize, &str) {
    let rest = text.trim_start_matches(char);
    (text.len() - rest.len(), rest)
}

#[cfg(test)]
mod tests {
    use rand::{Rng, SeedableRng, rngs::StdRng};

    use super::*;

    fn sections(split: &mut Split, chunks: &[&str]) -> Vec<String> {
        let mut all = vec![String::new(); split.asked.last().expect("a question") + 1];
        let mut said: Vec<_> = chunks.iter().flat_map(|chunk| split.push(chunk)).collect();
        said.extend(split.rest());
        said.iter().for_each(|(section, text)| all[*section].push_str(text));
        all
    }

    /// However the reply is cut, its sections are these.
    fn check(reply: &str, expected: [&str; 3]) {
        assert_eq!(sections(&mut Split::new(vec![0, 1, 2]), &[reply]), expected, "{reply:?}");
        let mut rng = StdRng::seed_from_u64(1);
        for _ in 0..50 {
            let mut chunks = Vec::new();
            let mut rest = reply;
            while !rest.is_empty() {
                let at = rest.char_indices().nth(rng.random_range(1..5)).map_or(rest.len(), |(at, _)| at);
                chunks.push(&rest[..at]);
                rest = &rest[at..];
            }
            assert_eq!(sections(&mut Split::new(vec![0, 1, 2]), &chunks), expected, "{chunks:?}");
        }
    }

    #[test]
    fn replies_are_cut_at_their_markers() {
        check("## Q1\nOne.\n\n## Q2\nTwo.\n\n## Q3\nThree.\n", ["One.", "Two.", "Three."]);
        check("### Q1: What problem?\r\n\r\nOne\r\n**Q2.**\r\nTwo", ["One", "Two", ""]);
        check("**Q1**\na\n** Q2 **\nb\n   # Q3、方法\nc", ["a", "b", "c"]);
        check("Sure, here you are:\n\n## Q1\nOne.", ["One.", "", ""]);
        check(
            "## Q1\nOne  \n  more\n\n\n- list\n\n## Q3\n\n    code",
            ["One  \n  more\n\n\n- list", "", "code"],
        );
    }

    #[test]
    fn numbers_will_do_if_the_reply_begins_with_one() {
        check(
            "## 1. Problem\nOne.\n### 2. Sub\n## 2. Related\nTwo.\n## 3\nThree.",
            ["One.\n### 2. Sub", "Two.", "Three."],
        );
        check("## Q1\nOne.\n## 2. Sub\n## Q2\nTwo.", ["One.\n## 2. Sub", "Two.", ""]);
        check("# Survey\n\n## 1. Start\nOne.", ["# Survey\n\n## 1. Start\nOne.", "", ""]);
        check("## 1.\nOne.\n## 2.5 Sub\n## 2.\nTwo.", ["One.\n## 2.5 Sub", "Two.", ""]);
        check("## 2020\n## 2 x", ["## 2020\n## 2 x", "", ""]);
    }

    #[test]
    fn what_only_looks_like_a_marker_stays() {
        check(
            "## Q1\nQ2 is open.\n## Q4 of 2020\n## Quality\n## Q2x\n##",
            ["Q2 is open.\n## Q4 of 2020\n## Quality\n## Q2x\n##", "", ""],
        );
        check("## Q2\nback to\n## Q1\nno", ["", "back to\n## Q1\nno", ""]);
        check("    ## Q1\ncode", ["## Q1\ncode", "", ""]);
        check("*Q1* and ***Q1***\n#######  Q1", ["*Q1* and ***Q1***\n#######  Q1", "", ""]);
    }

    #[test]
    fn a_reply_to_some_questions_or_from_the_middle() {
        let of = |mut split: Split, reply: &str| sections(&mut split, &[reply]);
        assert_eq!(of(Split::new(vec![1, 2]), "## Q2\nTwo.\n## Q3\nThree."), ["", "Two.", "Three."]);
        assert_eq!(of(Split::new(vec![1]), "No marker."), ["", "No marker."]);
        assert_eq!(of(Split::new(vec![1]), "## Q1\nTwo."), ["", "## Q1\nTwo."]);
        assert_eq!(
            of(Split::new(vec![0, 2]), "## Q1\nOne.\n## Q2\nno\n## Q3\nThree."),
            ["One.\n## Q2\nno", "", "Three."]
        );
        let on = |reply| of(Split::within(vec![0, 1, 2], 1), reply);
        assert_eq!(on(" more\n\n## Q2\nx\n## Q3\nThree."), ["", " more\n\n## Q2\nx", "Three."]);
        assert_eq!(on("## Q3 is said in mid-line\n"), ["", "## Q3 is said in mid-line", ""]);
    }

    #[test]
    fn half_a_marker_is_no_text() {
        for (reply, expected) in
            [("## Q1\nOne.\n## Q", "One."), ("One.\n#", "One."), ("One.\n# T", "One.\n# T")]
        {
            let mut split = Split::new(vec![0]);
            let mut said = split.push(reply);
            said.extend(split.cut());
            assert_eq!(said.into_iter().map(|(_, text)| text).collect::<String>(), expected, "{reply:?}");
        }
    }

    #[test]
    fn a_reply_without_markers_is_the_first_section() {
        check("Just text.\n", ["Just text.", "", ""]);
        let long = "On and on. ".repeat(40);
        check(&format!("{long}\n## Q2\nTwo"), [long.trim_end(), "Two", ""]);
        check("", ["", "", ""]);
    }
}
