//! Documents like a document, why they are, and the terms that name what it is about.

mod phrases;
mod places;
mod profile;
mod weak;

use std::collections::HashMap;

use chrono::NaiveDate;
use content::Kind;
use tantivy::{DocAddress, DocId, Score, Searcher, TantivyError};

use crate::{
    Document, Error, Facet,
    collect::{Ranked, Top},
    columns::{Columns, OpenColumns},
    plan::TITLE,
    schema::{self, Fields},
    text::title_key,
};

pub(crate) use phrases::key_phrases;

use phrases::Phrase;
use places::Places;
use profile::{Profile, Token};

/// The most telling words of a document that are looked for.
const SOUGHT: usize = 70;
/// Documents looked at more closely than are asked for: some are twins, and pairs change the order.
const MORE: usize = 15;
/// What a shared pair of neighbouring words adds, times its frequency, damped, and the rarity of both.
const PAIR: f32 = 0.5;
/// Shared terms that are given as the reason.
const REASONS: usize = 5;
/// Words that two documents must have in common, and the share of all of them, to be the same work.
const SAME_WORDS: usize = 16;
const SAME_SHARE: f32 = 0.8;

/// A document like another one.
#[derive(Debug, Clone, PartialEq)]
pub struct Related {
    /// Its name in storage.
    pub id: content::DocId,
    /// How like it is; comparable only within one answer.
    pub score: f32,
    /// The most telling terms that both have, as the first document writes them.
    pub shared: Vec<String>,
}

/// What is like a document, the most like it first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Near {
    /// Papers.
    pub papers: Vec<Related>,
    /// Posts, of which a site has few: only those that share more than a word.
    pub posts: Vec<Related>,
}

/// What papers must be besides being like a document. By default, anything; posts are few, and may always be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Narrow {
    /// Newer than this day.
    pub after: Option<NaiveDate>,
    /// Older than this day.
    pub before: Option<NaiveDate>,
    /// Of the venue with this short name.
    pub venue: Option<String>,
}

/// A document that was found.
struct Candidate {
    address: DocAddress,
    id: content::DocId,
    score: Score,
    /// The title's letters run together.
    title: String,
}

/// At most `limit` papers, and as many posts.
pub(crate) fn related(
    searcher: &Searcher,
    fields: &Fields,
    columns: &OpenColumns,
    document: &Document,
    narrow: &Narrow,
    limit: usize,
) -> Result<Near, Error> {
    let profile = Profile::of(searcher, fields, document)?;
    let telling = telling(&profile);
    let wanted = limit.saturating_add(MORE).min(searcher.num_docs() as usize);
    if telling.is_empty() || limit == 0 || wanted == 0 {
        return Ok(Near::default());
    }
    let found = best(searcher, columns, &profile, &telling, narrow, wanted)?;
    let mut candidates = candidates(searcher, columns, &found)?;
    candidates.retain(|one| one.id != document.id);
    let shared = Shared::read(searcher, fields, &profile, &telling, &candidates)?;
    for (index, one) in candidates.iter_mut().enumerate() {
        one.score += shared.pairs(index);
    }
    let mut near = Near::default();
    for index in works(document, &candidates, &shared) {
        let Candidate { id, score, .. } = candidates[index];
        let of_kind = if id.kind == Kind::Post { &mut near.posts } else { &mut near.papers };
        if of_kind.len() < limit {
            let one = Related { id, score, shared: shared.reasons(index) };
            of_kind.extend((id.kind == Kind::Paper || one.shared.len() > 1).then_some(one));
        }
    }
    Ok(near)
}

/// The candidates in order, each work once and never that of the document itself.
fn works(document: &Document, candidates: &[Candidate], shared: &Shared) -> impl Iterator<Item = usize> {
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    order.sort_unstable_by(|a, b| {
        let (a, b) = (&candidates[*a], &candidates[*b]);
        b.score.total_cmp(&a.score).then_with(|| a.id.cmp(&b.id))
    });
    let title = title_key(&document.title);
    // A post that has the title of a paper is not the paper.
    let same_title = |kind: Kind, title: &str, one: &Candidate| {
        kind == one.id.kind && !title.is_empty() && title == one.title
    };
    let mut kept: Vec<usize> = Vec::new();
    for index in order {
        let one = &candidates[index];
        let is_document = same_title(document.id.kind, &title, one)
            || document.id.kind == one.id.kind && shared.is_document(index);
        let is_kept = |other: &usize| {
            let Candidate { id, title, .. } = &candidates[*other];
            same_title(id.kind, title, one) || id.kind == one.id.kind && shared.are_same(index, *other)
        };
        if !is_document && !kept.iter().any(is_kept) {
            kept.push(index);
        }
    }
    kept.into_iter()
}

/// The words of a document, the most telling first, as places in its entries.
fn telling(profile: &Profile) -> Vec<usize> {
    let worth = |entry: &usize| weight(profile, *entry) * profile.entries[*entry].rarity;
    // A term that only this document has finds nothing.
    let mut telling: Vec<usize> = (0..profile.entries.len()).filter(|entry| worth(entry) > 0.0).collect();
    telling.sort_by(|a, b| worth(b).total_cmp(&worth(a)));
    telling.truncate(SOUGHT);
    telling
}

/// The second occurrence of a word says less than the first.
fn weight(profile: &Profile, entry: usize) -> f32 {
    profile.entries[entry].count.sqrt()
}

/// The papers and posts with the most telling words, each with its frequency as weight: BM25 itself counts how rare it
/// is, and once is enough.
fn best(
    searcher: &Searcher,
    columns: &OpenColumns,
    profile: &Profile,
    telling: &[usize],
    narrow: &Narrow,
    limit: usize,
) -> Result<Vec<Ranked>, Error> {
    let weighed = |field: usize, of_field: f32| {
        let term = |entry: &usize| {
            let held = profile.entries[*entry].held[field].clone();
            profile.fields[field].weigh(held, of_field * weight(profile, *entry))
        };
        telling.iter().map(term).collect::<Vec<_>>()
    };
    let (texts, titles) = (weighed(0, 1.0), weighed(1, TITLE));
    let mut tops = [Kind::Paper, Kind::Post].map(|kind| (kind, Top::new(limit, f32::MIN_POSITIVE)));
    for (ordinal, segment) in (0..).zip(searcher.segment_readers()) {
        let mut scores = vec![0.0; segment.max_doc() as usize];
        profile.fields[0].add_scores(&texts, segment, &mut scores)?;
        profile.fields[1].add_scores(&titles, segment, &mut scores)?;
        let columns = columns.of(segment)?;
        for (kind, top) in &mut tops {
            let Some(number) = columns.facet(Facet::Kind).number(kind.name()) else { continue };
            let is_post = *kind == Kind::Post;
            let is_wanted = |document| {
                columns.facet(Facet::Kind).of(document).contains(&number)
                    && (is_post || narrow.passes(&columns, document))
                    && !segment.is_deleted(document)
            };
            for (document, score) in (0..).zip(&scores) {
                if *score >= top.least() && is_wanted(document) {
                    let address = DocAddress::new(ordinal, document);
                    top.keep(Ranked { score: *score, key: columns.keys.get_val(document), address });
                }
            }
        }
    }
    Ok(tops.into_iter().flat_map(|(_, top)| top.into_best()).collect())
}

impl Narrow {
    fn passes(&self, columns: &Columns, document: DocId) -> bool {
        let day = || Some(columns.dates.get_val(document)).filter(|day| *day != i64::MIN);
        let days = |date: NaiveDate| i64::from(date.to_epoch_days());
        let venue = |name: &String| {
            let venues = columns.facet(Facet::Venue);
            venues.number(name).is_some_and(|number| venues.of(document).contains(&number))
        };
        self.after.is_none_or(|after| day().is_some_and(|day| day > days(after)))
            && self.before.is_none_or(|before| day().is_some_and(|day| day < days(before)))
            && self.venue.as_ref().is_none_or(venue)
    }
}

fn candidates(searcher: &Searcher, columns: &OpenColumns, found: &[Ranked]) -> Result<Vec<Candidate>, Error> {
    let columns = searcher.segment_readers().iter().map(|segment| columns.of(segment));
    let columns: Vec<_> = columns.collect::<tantivy::Result<_>>()?;
    let candidate = |ranked: &Ranked| {
        let Ranked { score, key, address } = *ranked;
        let mut title = String::new();
        if let Some(column) = &columns[address.segment_ord as usize].titles
            && let Some(ord) = column.term_ords(address.doc_id).next()
        {
            column.ord_to_str(ord, &mut title).map_err(TantivyError::from)?;
        }
        Ok(Candidate { address, id: schema::id(key), score, title })
    };
    found.iter().map(candidate).collect()
}

/// What the candidates share with the document.
struct Shared<'a> {
    profile: &'a Profile<'a>,
    places: Places,
    /// How often the index has each word that was looked up, when it has the document.
    counts: Vec<usize>,
    /// Neighbouring words of the document, and what sharing them adds.
    pairs: Vec<([usize; 2], f32)>,
    /// Terms of the document, in words that were looked up.
    phrases: Vec<(Vec<usize>, Phrase)>,
}

impl<'a> Shared<'a> {
    fn read(
        searcher: &Searcher,
        fields: &Fields,
        profile: &'a Profile<'a>,
        telling: &[usize],
        candidates: &[Candidate],
    ) -> Result<Self, Error> {
        let held: Vec<_> = telling.iter().map(|entry| &profile.entries[*entry].held).collect();
        let addresses: Vec<_> = candidates.iter().map(|one| one.address).collect();
        let places = Places::read(searcher, fields, &held, &addresses)?;
        let known: HashMap<usize, usize> =
            telling.iter().enumerate().map(|(word, entry)| (*entry, word)).collect();
        let phrase = |phrase: Phrase| {
            let words: Option<Vec<usize>> =
                phrase.words.iter().map(|entry| known.get(entry).copied()).collect();
            Some((words?, phrase))
        };
        let phrases = phrases::phrases(profile).into_iter().filter_map(phrase).collect();
        let counts = telling.iter().map(|entry| profile.entries[*entry].indexed()).collect();
        Ok(Self { profile, places, counts, pairs: pairs(profile, &known), phrases })
    }

    fn pairs(&self, candidate: usize) -> f32 {
        self.pairs.iter().filter(|(pair, _)| self.places.has(candidate, pair)).map(|(_, adds)| adds).sum()
    }

    /// The most telling terms that a candidate has too.
    fn reasons(&self, candidate: usize) -> Vec<String> {
        let shared = self.phrases.iter().filter(|(words, _)| self.places.has(candidate, words));
        let shared: Vec<_> = shared.map(|(_, phrase)| phrase).collect();
        let mut reasons = phrases::distinct(shared.iter().copied().filter(|phrase| phrase.tells), REASONS);
        if reasons.is_empty() {
            // Better a word that many use than no reason.
            reasons = phrases::distinct(shared.into_iter(), 1);
        }
        reasons.into_iter().map(|phrase| phrases::written(self.profile, phrase)).collect()
    }

    /// Whether a candidate says what the document says.
    fn is_document(&self, candidate: usize) -> bool {
        same(
            self.counts
                .iter()
                .enumerate()
                .map(|(word, count)| (*count, self.places.of(candidate, word).len())),
        )
    }

    fn are_same(&self, a: usize, b: usize) -> bool {
        same(
            (0..self.counts.len()).map(|word| (self.places.of(a, word).len(), self.places.of(b, word).len())),
        )
    }
}

/// The neighbouring words of a document that were looked up, and what sharing them adds.
fn pairs(profile: &Profile, known: &HashMap<usize, usize>) -> Vec<([usize; 2], f32)> {
    let mut counts: HashMap<[usize; 2], f32> = HashMap::new();
    let word = |token: &Token| known.get(&token.entry).copied().filter(|_| token.is_content());
    for neighbours in profile.tokens.windows(2) {
        if let [a, b] = neighbours
            && a.text == b.text
            && let (Some(first), Some(second)) = (word(a), word(b))
        {
            let rarity = profile.entries[a.entry].rarity + profile.entries[b.entry].rarity;
            *counts.entry([first, second]).or_default() += (PAIR * rarity).powi(2);
        }
    }
    counts.into_iter().map(|(pair, squares)| (pair, squares.sqrt())).collect()
}

/// Whether two texts have nearly the same words equally often.
fn same(counts: impl Iterator<Item = (usize, usize)>) -> bool {
    let (mut common, mut less, mut more) = (0, 0, 0);
    for (a, b) in counts {
        common += usize::from(a > 0 && b > 0);
        less += a.min(b);
        more += a.max(b);
    }
    common >= SAME_WORDS && less as f32 >= SAME_SHARE * more as f32
}
