use std::collections::HashSet;

use tests::{
    Engine, Run, Site,
    html::{attributes, next_page, tags},
};

use crate::papers;

on_each_engine!(next_links_reach_every_paper_once, arriving_papers_do_not_disturb_a_reader);

async fn next_links_reach_every_paper_once(engine: Engine) {
    let site = Run::on(engine).start().await;
    papers::import(&site, &papers::some("math.NT", 0..60)).await;
    let (pages, dates) = walk(&site, "/arxiv/math.NT").await;
    assert_eq!(pages, [25, 25, 10]);
    assert!(dates.is_sorted_by(|a, b| a >= b), "newest first: {dates:?}");
    let (pages, dates) = walk(&site, "/arxiv/math.NT?date=2024-01-03").await;
    assert_eq!((pages, dates.iter().collect::<HashSet<_>>().len()), (vec![12], 1));
}

async fn arriving_papers_do_not_disturb_a_reader(engine: Engine) {
    let site = Run::on(engine).start().await;
    papers::import(&site, &papers::some("math.NT", 0..40)).await;
    let first = site.page("/arxiv/math.NT").await;
    papers::import(&site, &papers::some("math.NT", 40..90)).await;
    let second = site.page(&next_page(&first).expect("a second page")).await;
    let seen: HashSet<_> = cards(&first).into_iter().chain(cards(&second)).collect();
    let old: HashSet<_> = (0..40).map(|number| format!("/arxiv/2401.{number:05}")).collect();
    assert_eq!(cards(&first).iter().filter(|card| cards(&second).contains(card)).count(), 0);
    assert!(old.is_subset(&walked(&site, &first).await), "missed: {:?}", old.difference(&seen));
}

/// Follows the next links; gives the number of cards on each page and the dates in order.
async fn walk(site: &Site, start: &str) -> (Vec<usize>, Vec<String>) {
    let (mut seen, mut pages, mut dates) = (HashSet::new(), Vec::new(), Vec::new());
    let mut next = Some(start.to_owned());
    while let Some(address) = next {
        let page = site.page(&address).await;
        pages.push(cards(&page).len());
        for card in cards(&page) {
            assert!(seen.insert(card.clone()), "{card} twice");
        }
        dates.extend(tags(&page, "time").into_iter().flat_map(|tag| attributes(tag, "datetime")));
        next = next_page(&page);
    }
    (pages, dates)
}

/// All papers from a page that was read before to the end of its list.
async fn walked(site: &Site, first: &str) -> HashSet<String> {
    let mut seen: HashSet<_> = cards(first).into_iter().collect();
    let mut next = next_page(first);
    while let Some(address) = next {
        let page = site.page(&address).await;
        seen.extend(cards(&page));
        next = next_page(&page);
    }
    seen
}

/// The addresses of the papers on a page.
fn cards(page: &str) -> Vec<String> {
    let titles =
        page.split("<div class=\"card panel paper\"").skip(1).filter_map(|card| card.split_once("<h2"));
    titles.filter_map(|(_, rest)| attributes(rest, "href").into_iter().next()).collect()
}
