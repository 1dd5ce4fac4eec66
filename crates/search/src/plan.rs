//! From a [`Query`] to a query of the engine. The numbers are explained in `docs/search.md`.

use std::{collections::BTreeMap, ops::Bound, sync::Arc};

use chrono::NaiveDate;
use tantivy::{
    Score, Searcher, Term,
    query::{
        AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, FuzzyTermQuery, Occur, PhraseQuery,
        Query as EngineQuery, RangeQuery, TermQuery,
    },
    schema::{Field, IndexRecordOption},
};
use words::Word;

use crate::{
    Error, Facet, Filters, Query,
    authors::Name,
    bag::Bag,
    identifiers::Named,
    preferring::{Floor, Preferring},
    query::{Chunk, Clause, Demand, Filter, Group, Node, Scope, sequence},
    schema::Fields,
    terms::WeightedTerm,
    text::{LACKING, exact_term, stem_term},
};

/// Up to this many words, all of them must occur.
const STRICT: usize = 6;

/// The weight of the text, to which title and authors belong, is 1; a title counts once more with this weight.
pub(crate) const TITLE: Score = 0.5;
/// What a word adds that stands in the text exactly as it was typed; in long queries a Chinese character by itself, too.
const EXACT: Score = 0.2;
/// The weight of a name among the authors.
const AUTHOR: Score = 1.0;
/// Added when the title is the query, whatever its spaces, hyphens, case, accents and LaTeX.
const WHOLE_TITLE: Score = 1_000.0;
/// Added when the words of the query follow each other in the title.
const TITLE_PHRASE: Score = 5.0;
/// Added to documents with all words when others are shown too.
const ALL_WORDS: Score = 500.0;
/// The score of a venue, a year, a category or an identifier that was typed as a word.
const FACET: Score = 1.0;
/// The longest phrase that is taken for a name, in words.
const LONGEST_NAME: usize = 4;
/// The longest query that is compared with titles as a phrase, in words.
const LONGEST_TITLE: usize = 16;

/// Which documents a plan finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// The papers that the query names, in its order.
    Named,
    /// Those with all words, common ones aside.
    All,
    /// Those with some words; those with all of them first.
    Wide,
    /// Those with some words.
    Any,
    /// Those with all words, and those whose title the query is, whatever its signs may mean.
    Title,
}

type Clauses = Vec<(Occur, Box<dyn EngineQuery>)>;

/// Makes plans for one search of one state of the index: what it does not hold is not looked for.
pub(crate) struct Planner<'a> {
    pub(crate) searcher: &'a Searcher,
    pub(crate) fields: &'a Fields,
    /// What whoever collects the results keeps.
    pub(crate) floor: Arc<Floor>,
}

impl Query {
    /// Whether the query is so short that all its words must occur.
    pub(crate) fn is_strict(&self) -> bool {
        self.length <= STRICT
    }

    /// Whether asking for some of the words instead of all can find more.
    pub(crate) fn can_widen(&self) -> bool {
        let parts =
            self.clauses.iter().filter(|clause| clause.demand == Demand::Wanted).map(|clause| match &clause
                .node
            {
                Node::Chunk(_, chunk) => chunk.groups.iter().map(Group::parts).sum(),
                _ => 0,
            });
        parts.sum::<usize>() > 1
    }
}

impl Planner<'_> {
    /// The engine's query.
    pub(crate) fn plan(&self, query: &Query, reach: Reach) -> Result<Box<dyn EngineQuery>, Error> {
        if reach == Reach::Named {
            return Ok(self.named(&query.named));
        }
        let all = if reach == Reach::Title { Reach::All } else { reach };
        let mut plan = self.conjunction(&query.clauses, all)?;
        if reach == Reach::Wide {
            let all = Box::new(self.conjunction(&query.clauses, Reach::All)?);
            plan.others.push(Box::new(ConstScoreQuery::new(all, ALL_WORDS)));
        }
        plan.others.extend(self.title_phrase(query));
        Ok(match self.whole_title(query)?.filter(|_| !query.has_minus || reach == Reach::Title) {
            Some(title) => either(vec![(Occur::Should, Box::new(plan)), (Occur::Should, title)]),
            None => Box::new(plan),
        })
    }

    /// A plan and what its results must be besides.
    pub(crate) fn filtered(&self, plan: Box<dyn EngineQuery>, filters: &Filters) -> Box<dyn EngineQuery> {
        let mut clauses: Clauses = vec![(Occur::Must, plan)];
        for facet in Facet::ALL {
            let field = self.fields.facet(facet);
            let chosen: Clauses =
                filters.chosen(facet).map(|value| (Occur::Should, constant(field, value, 1.0))).collect();
            if !chosen.is_empty() {
                clauses.push((Occur::Must, Box::new(ConstScoreQuery::new(either(chosen), 0.0))));
            }
        }
        joined(clauses)
    }

    /// As they were typed: the names that no document has.
    pub(crate) fn unknown(&self, named: &[Named]) -> Result<Vec<String>, Error> {
        let mut unknown = Vec::new();
        for one in named {
            let mut known = false;
            for key in &one.keys {
                known |= self.has(&Term::from_field_text(self.fields.identifiers, key))?;
            }
            unknown.extend((!known).then(|| one.typed.clone()));
        }
        Ok(unknown)
    }

    /// The papers of identifiers, the first one first.
    fn named(&self, named: &[Named]) -> Box<dyn EngineQuery> {
        let scores = (1..=named.len()).rev().map(|score| score as Score);
        let one = |(named, score): (&Named, Score)| {
            named
                .keys
                .iter()
                .map(move |key| (Occur::Should, constant(self.fields.identifiers, key, score)))
                .collect::<Vec<_>>()
        };
        Box::new(BooleanQuery::new(named.iter().zip(scores).flat_map(one).collect()))
    }

    /// All clauses, as far as they are demanded.
    fn conjunction(&self, wanted: &[Clause], reach: Reach) -> Result<Preferring, Error> {
        let only_common = wanted.iter().all(Clause::is_common);
        let (mut firm, mut soft, mut bag) = (Clauses::new(), Clauses::new(), Vec::new());
        let (mut terms, mut others) = (Vec::new(), Vec::new());
        let mut required = false;
        for clause in wanted {
            let common = clause.is_common() && !only_common;
            match clause.demand {
                Demand::Excluded => firm.push((Occur::MustNot, self.node(&clause.node)?)),
                Demand::Wanted if reach == Reach::All && common => others.push(self.node(&clause.node)?),
                Demand::Wanted if reach != Reach::All => {
                    self.flat(&clause.node, only_common, &mut bag, &mut soft)?;
                }
                Demand::Required | Demand::Wanted => {
                    required = true;
                    firm.push((Occur::Must, self.node(&clause.node)?));
                    terms.extend(self.bonuses(&clause.node));
                }
            }
        }
        if !bag.is_empty() {
            soft.push((Occur::Should, Box::new(Bag::new(bag))));
        }
        if let [_] = soft[..] {
            firm.extend(soft.into_iter().map(|(_, only)| (Occur::Must, only)));
        } else if !soft.is_empty() {
            firm.push((Occur::Must, either(soft)));
        } else if !required {
            firm.push((Occur::Must, Box::new(ConstScoreQuery::new(Box::new(AllQuery), 0.0))));
        }
        Ok(Preferring { required: joined(firm), terms, others, floor: self.floor.clone() })
    }

    /// What a document must have to meet a clause.
    fn node(&self, node: &Node) -> Result<Box<dyn EngineQuery>, Error> {
        Ok(match node {
            Node::Chunk(scope, chunk) => self.chunk(*scope, chunk)?,
            Node::Phrase(scope, words) => self.phrase(*scope, words),
            Node::Author(name) => self.author(name),
            Node::Filter(filter) => Box::new(ConstScoreQuery::new(self.filter(filter), 0.0)),
            Node::All(clauses) => Box::new(self.conjunction(clauses, Reach::All)?),
            Node::Any(alternatives) => {
                let each =
                    alternatives.iter().map(|clauses| -> Result<(Occur, Box<dyn EngineQuery>), Error> {
                        Ok((Occur::Should, Box::new(self.conjunction(clauses, Reach::All)?)))
                    });
                either(each.collect::<Result<_, _>>()?)
            }
        })
    }

    /// What makes a document that meets a clause better.
    fn bonuses(&self, node: &Node) -> Vec<WeightedTerm> {
        let Node::Chunk(scope, chunk) = node else { return Vec::new() };
        chunk.groups.iter().flat_map(|group| self.group_bonuses(*scope, group)).collect()
    }

    /// What words that need not be there are looked for as: terms, each for itself, and what is no term.
    fn flat(
        &self,
        node: &Node,
        only_common: bool,
        terms: &mut Vec<WeightedTerm>,
        others: &mut Clauses,
    ) -> Result<(), Error> {
        let Node::Chunk(scope @ Scope::Anywhere, chunk) = node else {
            others.push((Occur::Should, self.node(node)?));
            return Ok(());
        };
        others.extend(self.names(&chunk.typed)?);
        let plain = |term: &str| WeightedTerm::new(self.fields.text, term, 1.0);
        for group in chunk.groups.iter().filter(|group| only_common || !group.is_common()) {
            terms.extend(self.group_bonuses(*scope, group));
            match group {
                Group::Compound { parts, joined } => {
                    terms.extend(parts.iter().chain(joined).map(|part| plain(stem_term(part))));
                }
                Group::Run { pairs, characters } => {
                    terms.extend(pairs.iter().map(|pair| plain(stem_term(pair))));
                    // Two texts may say one thing with other pairs of the same characters.
                    let character = |one| WeightedTerm::new(self.fields.text, &exact_term(one), EXACT);
                    terms.extend(characters.iter().map(character));
                }
                Group::Character(word) => terms.push(plain(&exact_term(word))),
                Group::Prefix(_) => others.push((Occur::Should, self.group(*scope, group))),
            }
        }
        Ok(())
    }

    fn chunk(&self, scope: Scope, chunk: &Chunk) -> Result<Box<dyn EngineQuery>, Error> {
        let groups: Clauses =
            chunk.groups.iter().map(|group| (Occur::Must, self.group(scope, group))).collect();
        let words = joined(groups);
        let mut names = if scope == Scope::Anywhere { self.names(&chunk.typed)? } else { Clauses::new() };
        if names.is_empty() {
            return Ok(words);
        }
        names.push((Occur::Should, words));
        Ok(either(names))
    }

    /// All parts of a group, or all of them written as one word.
    fn group(&self, scope: Scope, group: &Group) -> Box<dyn EngineQuery> {
        let all = |words: &[Word]| {
            joined(words.iter().map(|word| (Occur::Must, self.term(scope, stem_term(word)))).collect())
        };
        match group {
            Group::Compound { parts, joined: None } => all(parts),
            Group::Compound { parts, joined: Some(whole) } => {
                either(vec![(Occur::Should, self.term(scope, stem_term(whole))), (Occur::Should, all(parts))])
            }
            Group::Run { pairs, .. } => all(pairs),
            Group::Character(word) => self.term(scope, &exact_term(word)),
            Group::Prefix(prefix) => beginning(self.field(scope), &format!("{}{prefix}", crate::text::EXACT)),
        }
    }

    /// Words of the title, and words exactly as they were typed.
    fn group_bonuses(&self, scope: Scope, group: &Group) -> Vec<WeightedTerm> {
        let title = |term: &str| {
            (scope == Scope::Anywhere).then(|| WeightedTerm::new(self.fields.title, term, TITLE))
        };
        let exact = |word: &Word| {
            let told = scope != Scope::Title && !words::is_common(word.exact());
            told.then(|| WeightedTerm::new(self.fields.text, &exact_term(word), EXACT))
        };
        match group {
            Group::Compound { parts, joined } => {
                let titles = parts.iter().chain(joined).filter_map(|part| title(stem_term(part)));
                titles.chain(parts.iter().filter_map(exact)).collect()
            }
            Group::Run { pairs, .. } => pairs.iter().filter_map(|pair| title(stem_term(pair))).collect(),
            Group::Character(word) => title(&exact_term(word)).into_iter().collect(),
            Group::Prefix(_) => Vec::new(),
        }
    }

    /// Documents that hold a term where it is looked for.
    fn term(&self, scope: Scope, term: &str) -> Box<dyn EngineQuery> {
        let found = WeightedTerm::new(self.field(scope), term, 1.0).query();
        if scope != Scope::Abstract {
            return found;
        }
        let elsewhere = constant(self.fields.text, &format!("{LACKING}{term}"), 0.0);
        either(vec![(Occur::Must, found), (Occur::MustNot, elsewhere)])
    }

    /// Words that follow each other; a single word in quotation marks is meant exactly as it is written.
    fn phrase(&self, scope: Scope, words: &[Word]) -> Box<dyn EngineQuery> {
        if let [word] = words {
            // A pair of characters and a common word have no exact form of their own.
            let stem = word.shape == words::Shape::Pair || words::is_common(word.exact());
            return if stem {
                self.term(scope, stem_term(word))
            } else {
                self.term(scope, &exact_term(word))
            };
        }
        let phrase = in_order(self.field(scope), words);
        if scope != Scope::Anywhere {
            return phrase;
        }
        let title = Box::new(BoostQuery::new(in_order(self.fields.title, words), TITLE));
        let mut ways: Clauses = vec![(Occur::Should, phrase), (Occur::Should, title)];
        // Names are not kept in order.
        let name = words.iter().map(Word::exact).collect::<Vec<_>>().join(" ");
        let name = (words.len() <= LONGEST_NAME).then(|| Name::parse(&name)).flatten();
        ways.extend(name.map(|name| (Occur::Should, self.author(&name))));
        either(ways)
    }

    /// Where the words of a scope are.
    fn field(&self, scope: Scope) -> Field {
        if scope == Scope::Title { self.fields.title } else { self.fields.text }
    }

    fn author(&self, name: &Name) -> Box<dyn EngineQuery> {
        let key = |key: &String| (Occur::Should, constant(self.fields.names, key, AUTHOR));
        let reading = |reading: &Vec<Vec<String>>| -> (Occur, Box<dyn EngineQuery>) {
            let parts = reading.iter().map(|keys| (Occur::Must, either(keys.iter().map(key).collect())));
            (Occur::Should, Box::new(BooleanQuery::new(parts.collect())))
        };
        either(name.readings.iter().map(reading).collect())
    }

    fn filter(&self, filter: &Filter) -> Box<dyn EngineQuery> {
        let facet = |facet, value: &str| constant(self.fields.facet(facet), value, 1.0);
        match filter {
            Filter::Category(name) => {
                // An archive is found with all its subjects.
                let within = beginning(self.fields.categories, &format!("{name}."));
                let exact = constant(self.fields.categories, name, 1.0);
                either(vec![(Occur::Should, exact), (Occur::Should, within)])
            }
            Filter::Venue(name) => constant(self.fields.venue, name, 1.0),
            Filter::Years(years) => {
                let bound = |year: i32| Term::from_field_i64(self.fields.year, i64::from(year));
                between(bound(*years.start()), bound(*years.end()))
            }
            Filter::Dates(dates) => {
                let bound =
                    |date: NaiveDate| Term::from_field_i64(self.fields.date, i64::from(date.to_epoch_days()));
                between(bound(*dates.start()), bound(*dates.end()))
            }
            Filter::Identifier(keys) => either(
                keys.iter().map(|key| (Occur::Should, constant(self.fields.identifiers, key, 1.0))).collect(),
            ),
            Filter::Kind(kind) => facet(Facet::Kind, kind.name()),
            Filter::Language(language) => facet(Facet::Language, language.code()),
            Filter::Source(source) => facet(Facet::Source, source),
            Filter::Answered => facet(Facet::Answered, "yes"),
        }
    }

    /// What a word can be besides a word: an identifier, a venue, a year, a category.
    fn names(&self, typed: &str) -> Result<Clauses, Error> {
        let typed = typed.trim_matches([',', ';', '(', ')', '.']);
        let fields = self.fields;
        let mut names: BTreeMap<Field, Term> = BTreeMap::new();
        let mut add = |field, name: &str| drop(names.insert(field, Term::from_field_text(field, name)));
        if typed.bytes().all(|byte| byte.is_ascii_alphanumeric()) && (2..=10).contains(&typed.len()) {
            add(fields.venue, typed);
        }
        if typed.is_ascii() && typed.contains(['.', '-']) && typed.len() < 20 {
            add(fields.categories, content::canonical_category(typed));
        }
        if typed.len() >= 6 && typed.bytes().any(|byte| byte.is_ascii_digit()) {
            add(fields.identifiers, typed);
        }
        if let Some(year) = typed.parse().ok().filter(|year| (1900..2100).contains(year)) {
            names.insert(fields.year, Term::from_field_i64(fields.year, year));
        }
        let mut clauses = Clauses::new();
        for term in names.into_values() {
            if self.has(&term)? {
                let term = TermQuery::new(term, IndexRecordOption::Basic);
                clauses.push((Occur::Should, Box::new(ConstScoreQuery::new(Box::new(term), FACET))));
            }
        }
        Ok(clauses)
    }

    /// Documents whose title is the query.
    fn whole_title(&self, query: &Query) -> Result<Option<Box<dyn EngineQuery>>, Error> {
        let there = !query.title_key.is_empty()
            && self.has(&Term::from_field_text(self.fields.whole_title, &query.title_key))?;
        Ok(there.then(|| constant(self.fields.whole_title, &query.title_key, WHOLE_TITLE)))
    }

    /// What is added when the query stands in the title.
    fn title_phrase(&self, query: &Query) -> Option<Box<dyn EngineQuery>> {
        let words = sequence(&query.words);
        let likely = (2..=LONGEST_TITLE).contains(&words.len());
        likely.then(|| -> Box<dyn EngineQuery> {
            Box::new(ConstScoreQuery::new(in_order(self.fields.title, &words), TITLE_PHRASE))
        })
    }

    fn has(&self, term: &Term) -> Result<bool, Error> {
        Ok(self.searcher.doc_freq(term)? > 0)
    }
}

fn in_order(field: Field, words: &[Word]) -> Box<dyn EngineQuery> {
    let first = words.first().map_or(0, |word| word.position);
    let term = |word: &Word| (word.position - first, Term::from_field_text(field, stem_term(word)));
    Box::new(PhraseQuery::new_with_offset(words.iter().map(term).collect()))
}

fn beginning(field: Field, text: &str) -> Box<dyn EngineQuery> {
    Box::new(FuzzyTermQuery::new_prefix(Term::from_field_text(field, text), 0, false))
}

fn between(from: Term, to: Term) -> Box<dyn EngineQuery> {
    Box::new(RangeQuery::new(Bound::Included(from), Bound::Included(to)))
}

fn constant(field: Field, text: &str, score: Score) -> Box<dyn EngineQuery> {
    let term = TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::Basic);
    Box::new(ConstScoreQuery::new(Box::new(term), score))
}

fn either(ways: Clauses) -> Box<dyn EngineQuery> {
    Box::new(BooleanQuery::new(ways))
}

/// A conjunction, without a shell around a single clause.
fn joined(mut clauses: Clauses) -> Box<dyn EngineQuery> {
    match &clauses[..] {
        [] => Box::new(EmptyQuery),
        [(Occur::Must, _)] => clauses.remove(0).1,
        _ => Box::new(BooleanQuery::new(clauses)),
    }
}
