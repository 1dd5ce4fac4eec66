use std::collections::{BTreeMap, BTreeSet};

use content::Kind;

/// A property by which results are counted and narrowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Facet {
    /// The [name](content::Kind::name) of the kind.
    Kind,
    /// The short name of the source (`arxiv`).
    Source,
    /// A subject category or tag (`cs.LG`).
    Category,
    /// The short name of a venue (`ICLR`).
    Venue,
    /// A year.
    Year,
    /// The [code](content::Language::code) of the language.
    Language,
    /// `yes` where there is an AI reading.
    Answered,
}

/// Which values of which facets a result may have: one of those chosen, for each facet with any.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filters {
    chosen: BTreeMap<Facet, BTreeSet<String>>,
}

impl Facet {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 7] =
        [Self::Kind, Self::Source, Self::Category, Self::Venue, Self::Year, Self::Language, Self::Answered];

    /// The name of the facet in addresses, and of its column in the index.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Source => "source",
            Self::Category => "cat",
            Self::Venue => "venue",
            Self::Year => "year",
            Self::Language => "lang",
            Self::Answered => "answered",
        }
    }

    /// The facet of that [`name`](Self::name).
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|facet| facet.name() == name)
    }
}

impl Filters {
    /// Everything passes.
    pub const NONE: Self = Self { chosen: BTreeMap::new() };

    /// Lets results with this value of the facet through, besides those chosen before.
    pub fn choose(&mut self, facet: Facet, value: impl Into<String>) {
        self.chosen.entry(facet).or_default().insert(value.into());
    }

    /// Documents of one kind.
    pub fn kind(kind: Kind) -> Self {
        let mut filters = Self::default();
        filters.choose(Facet::Kind, kind.name());
        filters
    }

    /// Whether everything passes.
    pub fn is_empty(&self) -> bool {
        self.chosen.is_empty()
    }

    /// What is chosen of a facet; empty where everything passes.
    pub fn chosen(&self, facet: Facet) -> impl Iterator<Item = &str> {
        self.chosen.get(&facet).into_iter().flatten().map(String::as_str)
    }

    /// Whether this value was chosen.
    pub fn has(&self, facet: Facet, value: &str) -> bool {
        self.chosen.get(&facet).is_some_and(|chosen| chosen.contains(value))
    }
}
