//! The paper as a model is told it: whole if there is room, else shortened by section.

use std::fmt::Write as _;

use content::{FullText, Language, Passage, Record, TextSource};

/// Sections that a reader can do without, by how their names begin. The last of a paper go first.
const DISPENSABLE: [&str; 9] = [
    "acknowledg",
    "reference",
    "bibliograph",
    "appendi",
    "supplement",
    "author contribution",
    "致谢",
    "参考文献",
    "附录",
];
/// The names of sections that a note holds, at the most.
const NAMED: usize = 6;

/// A prompt's paper.
pub(super) struct Told {
    /// Between its marks.
    pub(super) text: String,
    /// What to tell the reader about what is missing.
    pub(super) note: Option<String>,
}

/// Tells a paper in `room` bytes, or in what its title, its abstract and one passage take.
pub(super) fn tell(paper: &Record, text: &FullText, room: usize, language: Language) -> Told {
    let mut told = format!("<paper>\n# {}\n", paper.title);
    if text.source != TextSource::Abstract {
        let _ = write!(told, "\n## Abstract\n\n{}\n", paper.summary);
    }
    let closing = "</paper>\n\n";
    let parts = shortened(parts(&text.passages), room.saturating_sub(told.len() + closing.len()));
    told.push_str(&marked(parts.iter().flat_map(|part| &part.passages[..part.kept])));
    told.push_str(closing);
    Told { text: told, note: note(&parts, language) }
}

/// Passages with headings where sections begin, and marks where pages do.
pub(crate) fn marked<'a>(passages: impl IntoIterator<Item = &'a Passage>) -> String {
    let (mut told, mut section, mut page) = (String::new(), "", None);
    for passage in passages {
        told.push_str(&piece(passage, section, page));
        (section, page) = (&passage.section, passage.page);
    }
    told
}

/// Passages that stand together in a section, and how many of them are told.
struct Part<'a> {
    passages: &'a [Passage],
    kept: usize,
}

impl Part<'_> {
    fn name(&self) -> &str {
        self.passages.first().map_or("", |passage| &passage.section)
    }

    /// Bytes in the prompt, at the most.
    fn size(&self) -> usize {
        let passages = &self.passages[..self.kept];
        if passages.is_empty() { 0 } else { self.heading() + passages.iter().map(size).sum::<usize>() }
    }

    fn heading(&self) -> usize {
        "## \n\n".len() + self.name().len()
    }

    fn is_dispensable(&self) -> bool {
        let name = self.name().trim_start_matches(|c: char| !c.is_alphabetic()).to_lowercase();
        DISPENSABLE.iter().any(|word| name.starts_with(word))
    }

    /// Keeps as many passages from the beginning as fit; says how much room they take.
    fn keep(&mut self, room: usize) -> usize {
        let mut taken = self.heading();
        let fit = |passage: &&Passage| {
            taken += size(passage);
            taken <= room
        };
        self.kept = self.passages.iter().take_while(fit).count();
        self.size()
    }
}

fn parts(passages: &[Passage]) -> Vec<Part<'_>> {
    let parts = passages.chunk_by(|one, next| one.section == next.section);
    parts.map(|passages| Part { passages, kept: passages.len() }).collect()
}

/// Leaves out what a reader can do without; if that is not enough, shares the room among the sections: short ones are
/// kept whole, of long ones the beginning.
fn shortened(mut parts: Vec<Part<'_>>, room: usize) -> Vec<Part<'_>> {
    let total = |parts: &[Part<'_>]| parts.iter().map(Part::size).sum::<usize>();
    while total(&parts) > room
        && let Some(last) = parts.iter_mut().rfind(|part| part.kept > 0 && part.is_dispensable())
    {
        last.kept = 0;
    }
    if total(&parts) <= room {
        return parts;
    }
    let mut sharing: Vec<_> = parts.iter_mut().filter(|part| part.kept > 0).collect();
    sharing.sort_by_key(|part| part.size());
    let (mut room, mut others) = (room, sharing.len());
    for part in &mut sharing {
        room -= part.keep(room / others);
        others -= 1;
    }
    // A passage that is longer than its section's share leaves room for the others.
    for part in sharing {
        let before = part.size();
        room -= part.keep(before + room) - before;
    }
    if total(&parts) == 0
        && let Some(first) = parts.first_mut()
    {
        first.kept = 1;
    }
    parts
}

/// Bytes of a passage in the prompt, without its section's heading, at the most.
fn size(passage: &Passage) -> usize {
    piece(passage, &passage.section, None).len()
}

/// A passage with its heading where a section begins and its mark where a page does.
fn piece(passage: &Passage, section: &str, page: Option<u32>) -> String {
    let mut piece = String::from("\n");
    if passage.section != section {
        let _ = write!(piece, "## {}\n\n", passage.section);
    }
    if let Some(number) = passage.page.filter(|_| passage.page != page) {
        let _ = write!(piece, "[p. {number}] ");
    }
    // A paper that writes the closing mark must not be able to speak outside of it.
    piece + &passage.text.replace("</paper>", "&lt;/paper&gt;") + "\n"
}

fn note(parts: &[Part<'_>], language: Language) -> Option<String> {
    let all: usize = parts.iter().map(|part| part.passages.len()).sum();
    let kept: usize = parts.iter().map(|part| part.kept).sum();
    if kept == all {
        return None;
    }
    let missing = names(parts.iter().filter(|part| part.kept == 0), language);
    let short = names(parts.iter().filter(|part| (1..part.passages.len()).contains(&part.kept)), language);
    let said = |names: Option<String>, en: &str, zh: &str| match (names, language) {
        (None, _) => String::new(),
        (Some(names), Language::En) => format!(" {en}: {names}."),
        (Some(names), Language::Zh) => format!("{zh}：{names}。"),
    };
    let which = said(missing, "Left out", "略去") + &said(short, "Shortened", "截短");
    Some(match language {
        Language::En => {
            format!(
                "*The paper is longer than the model can read: {kept} of its {all} passages were read.{which}*\n\n"
            )
        }
        Language::Zh => format!("*论文超出模型的长度：只读了 {all} 段中的 {kept} 段。{which}*\n\n"),
    })
}

/// The names of sections, without what Markdown would react to.
fn names<'a>(parts: impl Iterator<Item = &'a Part<'a>>, language: Language) -> Option<String> {
    let plain = |name: &str| {
        let name = name.replace(['*', '_', '`', '[', ']', '<', '>', '\\', '$'], " ");
        name.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let mut names: Vec<_> = parts.map(|part| plain(part.name())).filter(|name| !name.is_empty()).collect();
    names.dedup();
    let more = names.len() > NAMED;
    names.truncate(NAMED);
    let (between, end) = if language == Language::Zh { ("、", "等") } else { (", ", ", …") };
    (!names.is_empty()).then(|| names.join(between) + if more { end } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passages(sections: &[(&str, usize, usize)]) -> Vec<Passage> {
        let passages = sections.iter().flat_map(|&(section, count, length)| {
            (0..count).map(move |number| Passage {
                page: None,
                section: section.into(),
                text: format!("{section} {number} {}", "x".repeat(length)),
            })
        });
        passages.collect()
    }

    /// How many passages of each section are kept in this room.
    fn check(sections: &[(&str, usize, usize)], room: usize, expected: &[usize]) {
        let passages = passages(sections);
        let parts = shortened(parts(&passages), room);
        assert_eq!(parts.iter().map(|part| part.kept).collect::<Vec<_>>(), expected, "{room}");
        let taken: usize = parts.iter().map(Part::size).sum();
        assert!(taken <= room || parts.iter().map(|part| part.kept).sum::<usize>() == 1, "{taken} > {room}");
    }

    #[test]
    fn what_can_be_left_out_goes_first() {
        let paper = [
            ("1 Introduction", 2, 80),
            ("Method", 4, 80),
            ("References", 3, 80),
            ("A Proofs", 1, 80),
            ("Appendix B", 2, 80),
        ];
        check(&paper, 4000, &[2, 4, 3, 1, 2]);
        check(&paper, 1150, &[2, 4, 3, 1, 0]);
        check(&paper, 900, &[2, 4, 0, 1, 0]);
        check(&paper, 500, &[1, 2, 0, 1, 0]);
        check(&paper, 10, &[1, 0, 0, 0, 0]);
    }

    #[test]
    fn long_sections_give_way_to_short_ones() {
        check(&[("Short", 2, 50), ("Long", 40, 50), ("Other", 1, 50)], 1000, &[2, 13, 1]);
        check(&[("Short", 1, 50), ("One passage", 1, 5000), ("Other", 1, 50)], 1000, &[1, 0, 1]);
    }

    #[test]
    fn a_note_says_what_is_missing() {
        let passages =
            passages(&[("Intro", 1, 50), ("A *b* $c$", 1, 9000), ("Method", 20, 50), ("References", 1, 50)]);
        let parts = shortened(parts(&passages), 1000);
        let note = |language| note(&parts, language).unwrap_or_default();
        assert_eq!(
            note(Language::En),
            "*The paper is longer than the model can read: 15 of its 23 passages were read. Left out: A b c, References. Shortened: Method.*\n\n"
        );
        assert_eq!(
            note(Language::Zh),
            "*论文超出模型的长度：只读了 23 段中的 15 段。略去：A b c、References。截短：Method。*\n\n"
        );
    }
}
