use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use content::Kind;
use search::{Facet, Filters, Query, Sort};
use url::form_urlencoded;

use crate::{errors::Failure, papers::escaped};

/// The last result that paging reaches.
pub(crate) const DEEPEST: usize = 10_000;
/// The most values that are chosen of facets; what an address names besides is ignored.
const MOST_CHOSEN: usize = 64;
/// The longest value of a facet, in bytes.
const LONGEST_VALUE: usize = 200;

/// Everything that the address of a search asks. Any address is understood but for a place in the list that is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) query: Query,
    pub(crate) filters: Filters,
    pub(crate) sort: Sort,
    /// Whether results must have all words, however few there are.
    pub(crate) all_words: bool,
    /// How many results came before.
    pub(crate) from: usize,
    /// Whether a list is wanted even where the query names one paper.
    as_list: bool,
}

impl Asked {
    /// Reads what stands behind the question mark. Unknown parameters and values are ignored.
    pub(crate) fn of(parameters: &str) -> Result<Self, Failure> {
        let mut asked = Self::query("");
        let (mut query, mut chosen) = (None, 0);
        for (name, value) in form_urlencoded::parse(parameters.as_bytes()) {
            match &*name {
                "query" => drop(query.get_or_insert(value)),
                "sort" => asked.sort = sort_of(&value),
                "words" => asked.all_words = value == "all",
                "as" => asked.as_list = value == "list",
                "from" => asked.from = place(&value)?,
                name => {
                    let known = Facet::of(name).filter(|facet| has(*facet, &value));
                    if let Some(facet) = known.filter(|facet| chosen < MOST_CHOSEN && asked.takes(*facet)) {
                        asked.filters.choose(facet, value);
                        chosen += 1;
                    }
                }
            }
        }
        asked.query = Query::parse(query.as_deref().unwrap_or_default());
        Ok(asked)
    }

    /// A query and nothing else.
    pub(crate) fn query(text: &str) -> Self {
        Self {
            query: Query::parse(text),
            filters: Filters::NONE,
            sort: Sort::Relevance,
            all_words: false,
            from: 0,
            as_list: false,
        }
    }

    /// Whether there is nothing to look for.
    pub(crate) fn is_empty(&self) -> bool {
        self.query.is_empty() && self.filters.is_empty()
    }

    /// The kind that results are to be of, if they are to be of one.
    pub(crate) fn kind(&self) -> Option<Kind> {
        self.filters.chosen(Facet::Kind).next().and_then(Kind::of)
    }

    /// Whether another value of a facet can be chosen: kinds are tabs, of which one is open.
    fn takes(&self, facet: Facet) -> bool {
        facet != Facet::Kind || self.kind().is_none()
    }

    /// What is chosen besides the kind, facet by facet.
    pub(crate) fn chosen(&self) -> impl Iterator<Item = (Facet, &str)> {
        let facets = Facet::ALL.into_iter().filter(|facet| *facet != Facet::Kind);
        facets.flat_map(|facet| self.filters.chosen(facet).map(move |value| (facet, value)))
    }

    /// Whether the query alone decides what is shown, so that it may open what it names.
    pub(crate) fn is_bare(&self) -> bool {
        let of_papers = self.filters.is_empty() || self.filters == Filters::kind(Kind::Paper);
        of_papers && *self == Self { filters: self.filters.clone(), ..Self::query(self.query.text()) }
    }

    /// The first page of the same search for another query.
    pub(crate) fn with_query(&self, text: &str) -> Self {
        Self { query: Query::parse(text), from: 0, ..self.clone() }
    }

    /// The first page of the same search among documents of one kind, or of all.
    pub(crate) fn with_kind(&self, kind: Option<Kind>) -> Self {
        let mut filters = kind.map_or(Filters::NONE, Filters::kind);
        self.chosen().for_each(|(facet, value)| filters.choose(facet, value));
        Self { filters, from: 0, ..self.clone() }
    }

    /// The first page of the same search without one of the values that are chosen.
    pub(crate) fn without(&self, facet: Facet, value: &str) -> Self {
        let mut filters = Filters::NONE;
        for other in Facet::ALL {
            let kept = self.filters.chosen(other).filter(|chosen| (other, *chosen) != (facet, value));
            kept.for_each(|value| filters.choose(other, value));
        }
        Self { filters, from: 0, ..self.clone() }
    }

    /// The first page of the same search with nothing chosen but the kind.
    pub(crate) fn without_filters(&self) -> Self {
        let filters = self.kind().map_or(Filters::NONE, Filters::kind);
        Self { filters, from: 0, ..self.clone() }
    }

    /// The first page of the same search in another order.
    pub(crate) fn sorted(&self, sort: Sort) -> Self {
        Self { sort, from: 0, ..self.clone() }
    }

    /// The first page of the same search where all words are required, or need not be.
    pub(crate) fn with_all_words(&self, all_words: bool) -> Self {
        Self { all_words, from: 0, ..self.clone() }
    }

    /// Another page of the same search.
    pub(crate) fn at(&self, from: usize) -> Self {
        Self { from, ..self.clone() }
    }

    /// What its feed holds: papers and posts with all words, the newest first.
    pub(crate) fn as_feed(&self) -> Self {
        Self { sort: Sort::Newest, all_words: true, from: 0, ..self.of_works() }
    }

    /// The same among papers and posts, which are what can be cited, unless a kind is chosen.
    pub(crate) fn of_works(&self) -> Self {
        let mut works = self.clone();
        if self.kind().is_none() {
            [Kind::Paper, Kind::Post]
                .into_iter()
                .for_each(|kind| works.filters.choose(Facet::Kind, kind.name()));
        }
        works
    }

    /// The address of its page.
    pub(crate) fn address(&self) -> String {
        self.below("/search")
    }

    /// The same from its beginning.
    pub(crate) fn whole_list(&self) -> String {
        Self { from: 0, ..self.clone() }.address()
    }

    /// The address of its feed.
    pub(crate) fn feed(&self) -> String {
        Self { sort: Sort::Relevance, all_words: false, from: 0, as_list: false, ..self.clone() }
            .below("/search/feed")
    }

    /// As an address on that path. The query comes first, and what is not asked is not there.
    fn below(&self, path: &str) -> String {
        let mut address = format!("{path}?query={}", escaped(self.query.text()));
        let mut push = |name: &str, value: &str| address.extend(["&", name, "=", &escaped(value)]);
        for facet in Facet::ALL {
            self.filters.chosen(facet).for_each(|value| push(facet.name(), value));
        }
        if let Some(sort) = sort_name(self.sort) {
            push("sort", sort);
        }
        if self.all_words {
            push("words", "all");
        }
        if self.as_list {
            push("as", "list");
        }
        if self.from > 0 {
            push("from", &self.from.to_string());
        }
        address
    }
}

impl FromRequest for Asked {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request.query_string()))
    }
}

/// The name of an order in addresses; the usual one has none.
pub(crate) fn sort_name(sort: Sort) -> Option<&'static str> {
    match sort {
        Sort::Relevance => None,
        Sort::Newest => Some("newest"),
        Sort::Oldest => Some("oldest"),
    }
}

fn sort_of(name: &str) -> Sort {
    [Sort::Newest, Sort::Oldest].into_iter().find(|sort| sort_name(*sort) == Some(name)).unwrap_or_default()
}

fn place(from: &str) -> Result<usize, Failure> {
    from.parse().ok().filter(|from| *from <= DEEPEST).ok_or(Failure::WrongCursor)
}

/// Whether a facet can have this value.
fn has(facet: Facet, value: &str) -> bool {
    match facet {
        Facet::Kind => Kind::of(value).is_some(),
        Facet::Language => value.parse::<content::Language>().is_ok_and(|language| language.code() == value),
        Facet::Answered => value == "yes",
        Facet::Year => value.len() == 4 && value.bytes().all(|byte| byte.is_ascii_digit()),
        Facet::Source | Facet::Category | Facet::Venue => !value.is_empty() && value.len() <= LONGEST_VALUE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The address of the page that such an address asks for.
    fn check(parameters: &str, expected: &str) {
        let asked = Asked::of(parameters).map_or("refused".into(), |asked| asked.address());
        assert_eq!(asked.strip_prefix("/search?").unwrap_or(&asked), expected, "{parameters}");
    }

    #[test]
    fn addresses_are_understood_and_written_again() {
        check("", "query=");
        check("query=a+b%26c", "query=a%20b%26c");
        check("cat=cs.LG&query=x&kind=paper&cat=cs.CL", "query=x&kind=paper&cat=cs.CL&cat=cs.LG");
        check("query=x&sort=newest&words=all&from=20", "query=x&sort=newest&words=all&from=20");
        check("query=x&sort=relevance&words=some&from=0", "query=x");
        check("query=one&query=two", "query=one");
        check("query=x&kind=post&kind=paper", "query=x&kind=post");
        check("query=%ED%A0%80%00", "query=%EF%BF%BD%EF%BF%BD%EF%BF%BD%00");
        check("query=x&kind=nonsense&year=soon&lang=fr&answered=no&colour=red&cat=", "query=x");
        check("query=x&as=list", "query=x&as=list");
        check("query=x&from=10000", "query=x&from=10000");
        for from in ["", "-1", "abc", "10001", "1000000000000000000000000000000"] {
            check(&format!("query=x&from={from}"), "refused");
        }
    }

    #[test]
    fn no_address_chooses_without_end() {
        let many: String = (1000..1999).map(|year| format!("&year={year}")).collect();
        assert_eq!(Asked::of(&many).expect("understood").chosen().count(), MOST_CHOSEN);
        let long = format!("cat={}", "x".repeat(LONGEST_VALUE + 1));
        assert!(Asked::of(&long).expect("understood").is_empty());
    }

    #[test]
    fn only_a_bare_query_opens_a_paper() {
        let bare = |parameters: &str| Asked::of(parameters).expect("understood").is_bare();
        assert!(bare("query=2305.18290"));
        assert!(bare("query=2305.18290&kind=paper&hl=zh"));
        for more in ["kind=post", "cat=cs.LG", "sort=newest", "words=all", "as=list", "from=20"] {
            assert!(!bare(&format!("query=2305.18290&{more}")), "{more}");
        }
    }
}
