//! Some hundred random days of joins, cuts, stops, restarts and faults: nothing is lost, doubled or
//! paid twice.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say so")]

mod world;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, atomic::Ordering::SeqCst},
    time::Duration,
};

use content::{AttemptId, AttemptState};
use futures::{FutureExt, StreamExt, stream::BoxStream};
use rand::{Rng, SeedableRng, rngs::StdRng};
use runs::{
    Ask, Body, Event, Job, Reader, Runs, Seams, Settings, Stage, Step, Stopped, Subscription, Upstream, Want,
};
use world::{Shelf, done, key, reader, text};

const SCHEDULES: u64 = 10_000;
const PARALLEL: usize = 2;

/// An upstream that decides by its seed what it says, when, and how it ends.
struct Weather {
    seed: u64,
    working: Arc<Mutex<Vec<Job>>>,
    begun: Mutex<Vec<AttemptId>>,
}

/// Takes its job off the list of working ones when dropped.
struct Working(AttemptId, Arc<Mutex<Vec<Job>>>);

impl Drop for Working {
    fn drop(&mut self) {
        self.1.lock().unwrap().retain(|job| job.run != self.0);
    }
}

impl Upstream for Weather {
    fn read(&self, job: Job) -> BoxStream<'static, Step> {
        let mut working = self.working.lock().unwrap();
        assert!(working.iter().all(|other| other.key != job.key), "two upstreams for one key");
        working.push(job.clone());
        assert!(working.len() <= PARALLEL, "more upstreams than allowed");
        self.begun.lock().unwrap().push(job.run);
        let guard = Working(job.run, self.working.clone());
        let mut rng = StdRng::seed_from_u64(self.seed ^ job.run.0 as u64);
        let deaf = rng.random_bool(0.2);
        let mut stop = job.stop;
        let stopped = async move {
            if deaf {
                std::future::pending::<()>().await;
            }
            stop.requested().await;
        };
        let words = rng.random_range(0..30);
        let kept =
            job.received.sections.into_iter().enumerate().filter(|(_, kept)| !kept.markdown.is_empty());
        let kept: Vec<_> = kept.map(|(section, kept)| text(section, &kept.markdown)).collect();
        let more = futures::stream::unfold((rng, guard, 0), move |(mut rng, guard, said)| async move {
            tokio::time::sleep(Duration::from_millis(rng.random_range(0..400))).await;
            let step = match rng.random_range(0..100) {
                _ if said > words => return None,
                _ if said == words => last(&mut rng),
                0..5 => Step::Stage(Stage::Thinking),
                5..10 => Step::text(said * 2 / (words + 1), "", "[]"),
                _ => text(said * 2 / (words + 1), &format!("{said} ")),
            };
            assert!(step != text(9, "panic"), "as the seed wants");
            Some((step, (rng, guard, said + 1)))
        });
        futures::stream::iter(kept).chain(more).take_until(stopped.boxed()).boxed()
    }
}

fn last(rng: &mut StdRng) -> Step {
    match rng.random_range(0..10) {
        0 => Step::Fault { code: "rate_limited".into() },
        1 => text(9, "panic"),
        2 => Step::Stage(Stage::Thinking),
        _ => done(),
    }
}

/// What one reader holds of one run: everything up to the position.
#[derive(Default)]
struct Page {
    events: Vec<Event>,
}

struct Tab {
    reader: Reader,
    pages: BTreeMap<AttemptId, Page>,
    stream: Option<Subscription>,
}

impl Tab {
    /// Connects where it left off; runs of an earlier process are gone from it.
    fn open(&mut self, runs: &Runs) {
        let positions: Vec<_> =
            self.pages.iter().map(|(run, page)| (*run, page.events.len() as u64)).collect();
        let stream = runs.subscribe(&positions, &self.reader);
        stream.missing().iter().for_each(|run| drop(self.pages.remove(run)));
        self.stream = Some(stream);
    }

    /// Takes what has come.
    fn read(&mut self) {
        let Some(stream) = &mut self.stream else { return };
        // Unconstrained: or the runtime would hold events back from a task that reads many.
        while let Some(Some(event)) = tokio::task::unconstrained(stream.next()).now_or_never() {
            let page = self.pages.get_mut(&event.run).unwrap();
            assert_eq!(event.seq, page.events.len() as u64 + 1, "a gap or a double");
            page.events.push(event);
        }
    }
}

struct Day {
    seed: u64,
    rng: StdRng,
    shelf: Arc<Shelf>,
    weather: Arc<Weather>,
    runs: Runs,
    tabs: Vec<Tab>,
    known: Vec<AttemptId>,
    cancelled: Vec<AttemptId>,
}

fn open_house(seed: u64, shelf: &Arc<Shelf>) -> (Runs, Arc<Weather>) {
    let weather = Arc::new(Weather { seed, working: Arc::default(), begun: Mutex::default() });
    let settings = Settings { parallel: PARALLEL, queue: 3, ..Settings::default() };
    (Runs::new(Seams::local(weather.clone(), shelf.clone()), settings), weather)
}

impl Day {
    fn new(seed: u64) -> Self {
        let shelf = Arc::new(Shelf::default());
        let (runs, weather) = open_house(seed, &shelf);
        let tab = |name| Tab { reader: reader(name), pages: BTreeMap::new(), stream: None };
        let tabs = ["anna", "anna", "ben", "", ""].map(tab).into();
        let rng = StdRng::seed_from_u64(seed);
        Self { seed, rng, shelf, weather, runs, tabs, known: Vec::new(), cancelled: Vec::new() }
    }

    async fn act(&mut self) {
        let tab = self.rng.random_range(0..self.tabs.len());
        match self.rng.random_range(0..20) {
            0..5 => self.start(tab).await,
            5..8 => self.look(tab),
            8..10 => self.tabs[tab].open(&self.runs),
            10..12 => self.tabs[tab].stream = None,
            12..14 => self.stop(tab),
            14 => self.shelf.failing.store(self.rng.random_bool(0.5), SeqCst),
            15 if self.rng.random_bool(0.2) => self.restart().await,
            _ => tokio::time::sleep(Duration::from_millis(self.rng.random_range(0..3000))).await,
        }
        self.tabs.iter_mut().for_each(Tab::read);
    }

    async fn start(&mut self, tab: usize) {
        let want = [Want::Any, Want::Again, Want::Continue][self.rng.random_range(0..3)];
        let (key, reader) = (key(self.rng.random_range(1..6)), self.tabs[tab].reader.clone());
        if let Ok(started) = self.runs.start(Ask { want, ..Ask::new(key, 2, reader) }).await {
            self.known.push(started.run);
            self.tabs[tab].pages.entry(started.run).or_default();
            self.tabs[tab].open(&self.runs);
        }
    }

    /// Opens a page with a run that somebody started.
    fn look(&mut self, tab: usize) {
        if !self.known.is_empty() {
            let run = self.known[self.rng.random_range(0..self.known.len())];
            self.tabs[tab].pages.entry(run).or_default();
            self.tabs[tab].open(&self.runs);
        }
    }

    fn stop(&mut self, tab: usize) {
        let runs: Vec<_> = self.tabs[tab].pages.keys().copied().collect();
        for run in runs {
            if self.runs.stop(run, &self.tabs[tab].reader) == Stopped::Cancelled {
                self.cancelled.push(run);
            }
        }
    }

    /// A graceful stop and a new process on the same store.
    async fn restart(&mut self) {
        self.shelf.failing.store(false, SeqCst);
        self.runs.close().await;
        self.check_stored();
        self.tabs.iter_mut().for_each(Tab::read);
        self.tabs.iter_mut().for_each(|tab| tab.stream = None);
        (self.runs, self.weather) = open_house(self.seed.wrapping_add(1), &self.shelf);
        self.tabs.iter_mut().for_each(|tab| tab.pages.clear());
    }

    /// Every attempt has an end, and none was cancelled that nobody stopped.
    fn check_stored(&self) {
        for (run, attempt) in self.shelf.attempts.lock().unwrap().iter() {
            let end = attempt.end.as_ref().unwrap_or_else(|| panic!("{run:?} has no end"));
            let stopped = self.cancelled.contains(run);
            let kept = attempt.received.iter().zip(&attempt.sections);
            assert!(
                kept.into_iter().all(|(before, now)| now.starts_with(before.as_str())),
                "{run:?} lost text"
            );
            assert!(stopped || end.state != AttemptState::Cancelled, "{run:?} was cancelled by nobody");
        }
        assert!(self.weather.working.lock().unwrap().is_empty(), "an upstream works on");
        let mut begun = self.weather.begun.lock().unwrap().clone();
        begun.sort();
        assert!(begun.is_sorted_by(|a, b| a < b), "an attempt was paid twice");
    }

    /// Lets everything come to its end; then all readers have what the store has.
    async fn evening(mut self) {
        self.shelf.failing.store(false, SeqCst);
        while self.runs.at_work() != (0, 0) {
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
        self.check_stored();
        for tab in &mut self.tabs {
            tab.open(&self.runs);
            tab.read();
            tab.pages.iter().for_each(|(run, page)| check_page(&self.shelf, *run, page));
        }
    }
}

fn check_page(shelf: &Shelf, run: AttemptId, page: &Page) {
    let stored = shelf.stored(run);
    let ends: Vec<_> = page
        .events
        .iter()
        .filter_map(|e| if let Body::End(end) = &e.body { Some(end) } else { None })
        .collect();
    assert_eq!(ends, stored.end.iter().collect::<Vec<_>>(), "{run:?} ends once");
    assert!(matches!(page.events.last().unwrap().body, Body::End(_)), "{run:?} goes on after its end");
    for (section, text) in stored.sections.iter().enumerate() {
        let shown = |event: &Event| match &event.body {
            Body::Patch { section: of, patches } if *of == section && &**patches != "[]" => {
                Some(patches.to_string())
            }
            _ => None,
        };
        let shown = page.events.iter().filter_map(shown).collect::<String>();
        let before = stored.received.get(section).cloned().unwrap_or_default();
        // Who goes on and is stopped before they could say so leaves what there was.
        assert!(
            shown == *text || (shown.is_empty() && *text == before),
            "{run:?} section {section}: {shown:?}"
        );
    }
}

#[test]
fn nothing_is_lost_doubled_or_paid_twice() {
    let quiet = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !panic.to_string().contains("as the seed wants") {
            quiet(panic);
        }
    }));
    for seed in 0..SCHEDULES {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let day = async {
            let mut day = Day::new(seed);
            for _ in 0..60 {
                day.act().await;
            }
            day.evening().await;
        };
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| runtime.block_on(day)));
        assert!(outcome.is_ok(), "schedule {seed} went wrong");
    }
}
