use content::{Hidden, HiddenKind};

/// The most entries of a report.
const MOST: usize = 100;
/// The longest sample, in characters.
const SAMPLE: usize = 200;

/// What was hidden, while it is being found: one entry for each kind and page.
#[derive(Debug, Default)]
pub(crate) struct Report {
    found: Vec<Hidden>,
}

impl Report {
    /// Something was hidden. Blank text and lone marks are nothing: a white full stop misleads nobody.
    pub(crate) fn note(&mut self, kind: HiddenKind, page: Option<u32>, text: &str) {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.chars().filter(|c| c.is_alphabetic()).count() >= 3 {
            self.count(kind, page, text.chars().count(), &text);
        }
    }

    /// The same for what is no text, with words about it.
    pub(crate) fn count(&mut self, kind: HiddenKind, page: Option<u32>, characters: usize, sample: &str) {
        let characters = u32::try_from(characters).unwrap_or(u32::MAX);
        let known = self.found.iter_mut().find(|known| known.kind == kind && known.page == page);
        if let Some(known) = known {
            known.characters = known.characters.saturating_add(characters);
            let room = SAMPLE.saturating_sub(known.sample.chars().count() + 3);
            if room > 0 {
                known.sample.push_str(" … ");
                known.sample.extend(sample.chars().take(room));
            }
        } else if self.found.len() < MOST {
            let sample = sample.chars().take(SAMPLE).collect();
            self.found.push(Hidden { kind, page, characters, sample });
        }
    }

    pub(crate) fn into_found(self) -> Vec<Hidden> {
        self.found
    }
}
