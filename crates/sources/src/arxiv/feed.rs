//! A day's list of arXiv, as RSS or as Atom.
//!
//! Source: <https://info.arxiv.org/help/rss.html>.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate};
use content::{Announced, Announcement, canonical_category};

use crate::{
    Batch,
    batch::Skipped,
    draft::arxiv_id,
    xml::{Element, Fault, Step, Walk},
};

/// Archives whose lists are made of those of their categories.
const ARCHIVES: [&str; 11] =
    ["astro-ph", "cond-mat", "cs", "econ", "eess", "math", "nlin", "physics", "q-bio", "q-fin", "stat"];
/// As many items as a list has at most.
const MOST: usize = 2000;

/// A list as it is written.
#[derive(Debug, Default)]
struct Feed {
    title: String,
    day: Option<NaiveDate>,
    items: Vec<Item>,
    skipped: Vec<Skipped>,
}

#[derive(Debug)]
struct Item {
    id: String,
    day: Option<NaiveDate>,
    kind: Announced,
    categories: Vec<String>,
}

/// Reads a list: what it announces, in its order. What is in several categories' lists at once is told apart by the
/// categories of each item.
pub(super) fn read(bytes: &[u8]) -> Result<Batch, Fault> {
    let feed = Feed::read(bytes)?;
    let categories = feed.categories()?;
    let mut places = Places::default();
    for item in &feed.items {
        let Some(day) = item.day.or(feed.day) else {
            return Err("it does not say of which day it is".into());
        };
        for category in item.lists(&categories) {
            places.announce(item, category, day);
        }
    }
    let mut skipped = feed.skipped;
    if feed.items.len() >= MOST {
        let why = format!("arXiv cuts lists after {MOST} papers: ask for fewer categories at once");
        skipped.push(Skipped { what: "what may follow".into(), why });
    }
    Ok(Batch { announced: places.announced, skipped, ..Batch::default() })
}

impl Feed {
    fn read(bytes: &[u8]) -> Result<Self, Fault> {
        let mut walk = Walk::over(bytes, &["title", "pubDate", "updated", "item", "entry"])?;
        match walk.next()? {
            Some(Step::Open(root)) if ["rss", "feed"].contains(&root.name.as_str()) => (),
            _ => return Err("it is neither RSS nor Atom".into()),
        }
        let mut feed = Self::default();
        while let Some(step) = walk.next()? {
            match step {
                Step::Whole(element, _) => feed.take(&element),
                Step::TooLong(_) => feed.skip("an item", "it is longer than 1 MiB".into()),
                Step::Open(_) | Step::Close => (),
            }
        }
        Ok(feed)
    }

    fn take(&mut self, element: &Element) {
        match element.name.as_str() {
            "title" => self.title = element.text(),
            "pubDate" | "updated" => self.day = self.day.or(day(&element.text())),
            _ => match item(element) {
                Ok(item) => self.items.push(item),
                Err(why) => self.skip(&element.text_of("title"), why),
            },
        }
    }

    fn skip(&mut self, what: &str, why: String) {
        let what = what.chars().take(80).collect();
        self.skipped.push(Skipped { what, why });
    }

    /// The categories that the list is of: `cs.LG, stat.ML updates on arXiv.org`.
    fn categories(&self) -> Result<Vec<String>, Fault> {
        let names = self
            .title
            .strip_suffix(" updates on arXiv.org")
            .ok_or("its title names no categories of arXiv")?;
        Ok(names.split(", ").map(|name| canonical_category(name.trim()).to_owned()).collect())
    }
}

impl Item {
    /// The lists that the item is in: the one there is, or those of its categories that were asked for.
    fn lists(&self, asked: &[String]) -> Vec<String> {
        if let [only] = asked
            && !ARCHIVES.contains(&only.as_str())
        {
            return vec![only.clone()];
        }
        let within = |category: &&String| {
            asked.iter().any(|asked| {
                asked == *category
                    || category.strip_prefix(asked.as_str()).is_some_and(|rest| rest.starts_with('.'))
            })
        };
        self.categories.iter().filter(within).cloned().collect()
    }
}

/// The announcements so far, each list counted on its own.
#[derive(Default)]
struct Places {
    announced: Vec<Announcement>,
    counts: std::collections::HashMap<String, u32>,
    met: HashSet<(String, String)>,
}

impl Places {
    fn announce(&mut self, item: &Item, category: String, day: NaiveDate) {
        if !self.met.insert((category.clone(), item.id.clone())) {
            return;
        }
        // In lists that are joined an item is new if it is new in any of them.
        let own = item.categories.first().is_none_or(|first| *first == category);
        let kind = if item.kind == Announced::New && !own { Announced::Cross } else { item.kind };
        let place = self.counts.entry(category.clone()).or_default();
        *place += 1;
        self.announced.push(Announcement { category, day, place: *place, kind, id: item.id.clone() });
    }
}

fn item(element: &Element) -> Result<Item, String> {
    let name = element.some_text_of("guid").unwrap_or_else(|| element.text_of("id"));
    let id = arxiv_id(name.rsplit(':').next().unwrap_or_default())?;
    let said = element.text_of("announce_type");
    let kind = match said.as_str() {
        "new" => Announced::New,
        "cross" => Announced::Cross,
        "replace" | "replace-cross" => Announced::Replaced,
        _ => return Err(format!("its kind {said:?} is not known")),
    };
    let category = |one: &Element| one.attribute("term").map_or_else(|| one.text(), str::to_owned);
    let mut categories = Vec::new();
    for category in element.children("category").map(category) {
        let category = canonical_category(&category).to_owned();
        if !categories.contains(&category) {
            categories.push(category);
        }
    }
    let day = ["pubDate", "published"].iter().find_map(|name| day(&element.text_of(name)));
    Ok(Item { id: id.to_string(), day, kind, categories })
}

/// The day that a moment is on where it was written: lists bear the day of New York.
fn day(text: &str) -> Option<NaiveDate> {
    let moment = DateTime::parse_from_rfc2822(text).or_else(|_| DateTime::parse_from_rfc3339(text)).ok()?;
    content::day(&moment.naive_local().date().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rss(title: &str, items: &str) -> String {
        format!(
            "<?xml version='1.0' encoding='UTF-8'?>\n<rss xmlns:arxiv='http://arxiv.org/schemas/atom' \
             xmlns:dc='http://purl.org/dc/elements/1.1/' version='2.0'><channel><title>{title} updates on arXiv.org</title>\
             <link>http://rss.arxiv.org/rss/{title}</link><pubDate>Tue, 24 Nov 2026 00:00:00 -0500</pubDate>\
             <skipDays><day>Sunday</day></skipDays>{items}</channel></rss>"
        )
    }

    fn item(id: &str, kind: &str, categories: &[&str]) -> String {
        let categories: String =
            categories.iter().map(|name| format!("<category>{name}</category>")).collect();
        format!(
            "<item><title>Paper {id}</title><link>https://arxiv.org/abs/{id}</link><description>arXiv:{id}v1 Announce Type: {kind}\n\
             Abstract: x</description><guid isPermaLink=\"false\">oai:arXiv.org:{id}v1</guid>{categories}\
             <pubDate>Tue, 24 Nov 2026 00:00:00 -0500</pubDate><arxiv:announce_type>{kind}</arxiv:announce_type></item>"
        )
    }

    fn check(xml: &str, expected: &[&str]) {
        let batch = read(xml.as_bytes()).expect("a list");
        let told = |one: &Announcement| {
            format!("{} {} {} {} {}", one.category, one.day, one.place, one.kind.name(), one.id)
        };
        assert_eq!(batch.announced.iter().map(told).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn one_category() {
        let items = [
            item("2611.00003", "new", &["math.CO"]),
            item("2611.00001", "cross", &["cs.DM", "math.CO"]),
            item("2611.00001", "cross", &["cs.DM", "math.CO"]),
            item("math/0611800", "replace-cross", &["cs.DM", "math.CO"]),
            item("2510.00009", "replace", &["math.CO"]),
        ];
        check(
            &rss("math.CO", &items.concat()),
            &[
                "math.CO 2026-11-24 1 new 2611.00003",
                "math.CO 2026-11-24 2 cross 2611.00001",
                "math.CO 2026-11-24 3 replaced math/0611800",
                "math.CO 2026-11-24 4 replaced 2510.00009",
            ],
        );
    }

    #[test]
    fn joined_categories_are_told_apart() {
        let items = [
            item("2611.00001", "new", &["cs.LG", "stat.ML", "math.ST"]),
            item("2611.00002", "new", &["stat.ML"]),
            item("2611.00003", "cross", &["math.ST", "cs.LG"]),
        ];
        check(
            &rss("cs.LG, stat.ML", &items.concat()),
            &[
                "cs.LG 2026-11-24 1 new 2611.00001",
                "stat.ML 2026-11-24 1 cross 2611.00001",
                "stat.ML 2026-11-24 2 new 2611.00002",
                "cs.LG 2026-11-24 2 cross 2611.00003",
            ],
        );
    }

    #[test]
    fn archives_and_aliases() {
        let items = [item("2611.00001", "new", &["cs.IT", "math.IT", "cs.LG"])];
        check(
            &rss("cs", &items.concat()),
            &["cs.IT 2026-11-24 1 new 2611.00001", "cs.LG 2026-11-24 1 cross 2611.00001"],
        );
        check(&rss("math.IT", &items.concat()), &["cs.IT 2026-11-24 1 new 2611.00001"]);
        check(
            &rss("hep-th", &item("2611.00001", "new", &["hep-th"])),
            &["hep-th 2026-11-24 1 new 2611.00001"],
        );
    }

    #[test]
    fn atom() {
        let xml = "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:arxiv='http://arxiv.org/schemas/atom'>\
            <id>http://rss.arxiv.org/atom/math.CO</id><title>math.CO updates on arXiv.org</title><updated>2026-11-24T05:00:04.1+00:00</updated>\
            <entry><id>oai:arXiv.org:2611.00003v2</id><title>T</title><updated>2026-11-24T05:00:05+00:00</updated>\
            <category term='math.CO'/><published>2026-11-24T00:00:00-05:00</published><arxiv:announce_type>replace</arxiv:announce_type></entry></feed>";
        check(xml, &["math.CO 2026-11-24 1 replaced 2611.00003"]);
    }

    #[test]
    fn what_is_no_item_costs_only_itself() {
        let items = item("nonsense", "new", &[])
            + &item("2611.00001", "later", &[])
            + &item("2611.00002", "new", &["math.CO"]);
        let batch = read(rss("math.CO", &items).as_bytes()).expect("a list");
        assert_eq!((batch.announced.len(), batch.skipped.len()), (1, 2));
        check(&rss("math.CO", ""), &[]);
        assert!(read(b"<html/>").is_err());
        assert!(
            read(b"<rss><channel><title>Feed error for query: x</title></channel></rss>")
                .is_err_and(|why| why.contains("no categories"))
        );
    }
}
