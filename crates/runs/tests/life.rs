//! What happens to a run, and what its readers see of it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say so")]

mod world;

use std::{
    sync::{Arc, atomic::Ordering::SeqCst},
    time::Duration,
};

use content::{AnswerKey, AttemptId, AttemptState, Charge, Cost, Progress, Section};
use futures::{FutureExt, StreamExt, future, future::BoxFuture};
use runs::{
    Ask, Begun, Body, End, Error, Event, Priority, Runs, Seams, Settings, Stage, Started, Step, Stopped,
    Store, StoreError, Want,
};
use tokio::time::Instant;
use world::{Puppet, Shelf, World, ask, done, reader, text};

fn stages(events: &[Event]) -> Vec<Stage> {
    events
        .iter()
        .filter_map(|event| if let Body::Stage(stage) = &event.body { Some(stage.clone()) } else { None })
        .collect()
}

fn texts(events: &[Event], wanted: usize) -> String {
    let text = |event: &Event| match &event.body {
        Body::Patch { section, patches } if *section == wanted => Some(patches.to_string()),
        _ => None,
    };
    events.iter().filter_map(text).collect()
}

fn state(events: &[Event]) -> AttemptState {
    match &events.last().unwrap().body {
        Body::End(end) => end.state,
        other => panic!("the last event is {other:?}"),
    }
}

#[tokio::test]
async fn a_run_goes_through_its_stages() {
    let world = World::new(Settings::default());
    let run = world.start(1, "anna").await;
    let steps = [
        Step::Stage(Stage::Reading { page: Some((1, 9)) }),
        Step::Stage(Stage::Thinking),
        text(0, "One "),
        text(0, "more."),
        text(1, "Two."),
        done(),
    ];
    world.puppet.say(run, steps).await;
    let log = world.log(run).await;
    let expected = [
        Stage::Fetching,
        Stage::Reading { page: Some((1, 9)) },
        Stage::Thinking,
        Stage::Writing { section: 1, of: 2 },
        Stage::Writing { section: 2, of: 2 },
    ];
    assert_eq!(stages(&log), expected);
    assert_eq!(log.iter().map(|event| event.seq).collect::<Vec<_>>(), (1..=9).collect::<Vec<_>>());
    let Body::End(end) = &log[8].body else { panic!("{log:?}") };
    assert_eq!((end.model.as_deref(), end.tokens), (Some("test-1"), Some((7, 5))));
    assert_eq!(world.shelf.stored(run).sections, ["One more.", "Two."]);
}

#[tokio::test]
async fn k5_a_hundred_simultaneous_starts_are_one_upstream() {
    let world = World::new(Settings::default());
    let starts = (0..100).map(|_| world.start(1, ""));
    let started = future::join_all(starts).await;
    world.puppet.say(started[0], [text(0, "x"), done()]).await;
    assert_eq!(state(&world.log(started[99]).await), AttemptState::Done);
    assert!(started.iter().all(|run| *run == started[0]));
    assert_eq!(world.puppet.calls.load(SeqCst), 1);

    let later = world.runs.start(ask(1, Want::Any, "")).await.unwrap();
    assert_eq!(later, Started { run: started[0], stored: true }, "a finished answer is not read again");
    let again = world.runs.start(ask(1, Want::Again, "")).await.unwrap();
    assert_ne!(again.run, started[0], "unless that is asked for");
    let joined = world.runs.start(ask(1, Want::Again, "")).await.unwrap();
    assert_eq!(joined, again, "and then once");
}

#[tokio::test]
async fn k6_a_reader_at_any_position_gets_the_same_events() {
    let world = World::new(Settings::default());
    let run = world.start(1, "anna").await;
    let mut live = world.runs.subscribe(&[(run, 0)], &reader("anna"));
    let words = ["Let ", "$x$ ", "be ", "large.\n"].map(|word| text(0, word));
    world.puppet.say(run, words).await;
    let mut whole: Vec<_> = live.by_ref().take(4).collect().await;
    let mid = world.runs.subscribe(&[(run, 3)], &reader("ben"));
    world.puppet.say(run, [done()]).await;
    whole.extend(live.collect::<Vec<_>>().await);
    assert_eq!(whole.len(), 7);
    assert_eq!(mid.collect::<Vec<_>>().await, whole[3..]);
    for position in 0..=whole.len() {
        let late = world.runs.subscribe(&[(run, position as u64)], &reader("late"));
        assert_eq!(late.collect::<Vec<_>>().await, whole[position..], "from {position}");
    }
    let forged = world.runs.subscribe(&[(run, 8), (AttemptId(77), 0)], &reader(""));
    assert_eq!(forged.missing(), [run, AttemptId(77)]);
    assert_eq!(forged.count().await, 0);
}

#[tokio::test]
async fn several_runs_are_one_stream() {
    let world = World::new(Settings::default());
    let mut runs = Vec::new();
    for paper in 1..=3 {
        let run = world.start(paper, "anna").await;
        world.puppet.say(run, [text(0, &format!("paper {paper}")), done()]).await;
        runs.push(run);
    }
    let positions: Vec<_> = runs.iter().map(|run| (*run, 0)).collect();
    let events: Vec<_> = world.runs.subscribe(&positions, &reader("anna")).collect().await;
    for (run, paper) in runs.iter().zip(1..) {
        let own: Vec<_> = events.iter().filter(|event| event.run == *run).cloned().collect();
        assert_eq!(own, world.log(*run).await);
        assert_eq!(texts(&own, 0), format!("paper {paper}"));
    }
}

/// Opens a stream for each letter of `open`, closes those of `close`, then lets `stop` stop.
/// A dot is a reader without a name.
async fn check_stop(open: &str, close: &str, stop: &str, expected: Stopped) {
    let name = |letter: char| reader(letter.to_string().trim_matches('.'));
    let world = World::new(Settings::default());
    let run = world.start(1, "a").await;
    let mut streams: Vec<_> =
        open.chars().map(|letter| (letter, world.runs.subscribe(&[(run, 0)], &name(letter)))).collect();
    for letter in close.chars() {
        let index = streams.iter().position(|(open, _)| *open == letter).unwrap();
        streams.remove(index);
    }
    world.puppet.say(run, [text(0, "so far")]).await;
    let mut stopped = Stopped::Nothing;
    for letter in stop.chars() {
        stopped = world.runs.stop(run, &name(letter));
    }
    assert_eq!(stopped, expected, "{open:?} open, {close:?} closed, {stop:?} stop");
    if stopped != Stopped::Cancelled {
        world.puppet.say(run, [done()]).await;
    }
    let state = state(&world.log(run).await);
    assert_eq!(state == AttemptState::Cancelled, stopped == Stopped::Cancelled);
    assert_eq!(world.puppet.working.load(SeqCst), 0, "nobody works for nobody");
}

#[tokio::test]
async fn k7_the_last_reader_stops_the_upstream() {
    use Stopped::{Cancelled, Detached, Nothing};
    check_stop("a", "", "a", Cancelled).await;
    check_stop("aa", "", "a", Cancelled).await;
    check_stop("ab", "", "a", Detached).await;
    check_stop("ab", "", "ab", Cancelled).await;
    check_stop("ab", "b", "a", Cancelled).await;
    check_stop("a.", "", "a", Detached).await;
    check_stop("a..", "", "a..", Cancelled).await;
    check_stop("a..", "", "a.", Detached).await;
    // Who asked may stop without a stream (a page without scripts); who did not ask may not.
    check_stop("", "", "a", Cancelled).await;
    check_stop("b", "b", "b", Nothing).await;
    check_stop("a", "a", ".", Nothing).await;
    // One who only looks does not stop what another asked for, who is away for a moment.
    check_stop("ab", "a", "b", Detached).await;
    check_stop("b", "", "b", Detached).await;
    check_stop("b", "", "ba", Cancelled).await;
}

#[tokio::test]
async fn a_closed_tab_is_not_a_stop() {
    let world = World::new(Settings::default());
    let run = world.start(1, "anna").await;
    drop(world.runs.subscribe(&[(run, 0)], &reader("anna")));
    world.puppet.say(run, [text(0, "still here"), done()]).await;
    assert_eq!(state(&world.log(run).await), AttemptState::Done);
    assert_eq!(world.runs.stop(run, &reader("anna")), Stopped::Nothing, "too late");
}

#[tokio::test]
async fn k12_a_fault_keeps_what_was_received() {
    let panic = [text(0, "half a sen"), text(0, "panic")];
    let fault = [text(0, "half a sen"), Step::Fault { code: "rate_limited".into() }];
    for (steps, code) in [(fault, Some("rate_limited")), (panic, Some("internal"))] {
        let world = World::new(Settings::default());
        let run = world.start(1, "anna").await;
        world.puppet.say(run, steps).await;
        let log = world.log(run).await;
        let Body::End(end) = &log.last().unwrap().body else { panic!("{log:?}") };
        assert_eq!((end.state, end.fault.as_deref()), (AttemptState::Failed, code));
        assert_eq!(texts(&log, 0), "half a sen");
        assert_eq!(world.shelf.stored(run).sections[0], "half a sen");
        assert_eq!(world.shelf.stored(run).end.as_ref(), Some(end));
        assert_ne!(world.start(1, "anna").await, run, "one click starts another attempt");
    }
}

#[tokio::test]
async fn an_upstream_that_just_ends_has_failed() {
    let world = World::new(Settings::default());
    let run = world.start(1, "anna").await;
    world.puppet.say(run, [text(0, "and th")]).await;
    world.puppet.cut(run).await;
    let log = world.log(run).await;
    let Body::End(end) = &log.last().unwrap().body else { panic!("{log:?}") };
    assert_eq!(end.fault.as_deref(), Some("cut"));
}

#[tokio::test(start_paused = true)]
async fn an_upstream_that_will_not_stop_is_dropped() {
    let world = World::new(Settings::default());
    world.puppet.deaf.store(true, SeqCst);
    let run = world.start(1, "anna").await;
    world.puppet.say(run, [text(0, "on and on")]).await;
    let before = tokio::time::Instant::now();
    world.runs.stop(run, &reader("anna"));
    assert_eq!(state(&world.log(run).await), AttemptState::Cancelled);
    assert!(before.elapsed() < Duration::from_secs(1));
    assert_eq!(world.puppet.working.load(SeqCst), 0);
}

#[tokio::test]
async fn a_start_right_after_a_stop_is_a_new_attempt() {
    let world = World::new(Settings::default());
    let first = world.start(1, "anna").await;
    world.runs.stop(first, &reader("anna"));
    let second = world.start(1, "anna").await;
    assert_ne!(first, second);
    world.puppet.say(second, [done()]).await;
    assert_eq!(state(&world.log(second).await), AttemptState::Done);
    assert_eq!(world.shelf.state(first), AttemptState::Cancelled);
}

#[tokio::test]
async fn runs_wait_in_a_bounded_queue() {
    let world = World::new(Settings { parallel: 1, queue: 2, ..Settings::default() });
    let finished = world.start(9, "anna").await;
    world.puppet.say(finished, [done()]).await;
    world.log(finished).await;
    let first = world.start(1, "anna").await;
    let second = world.start(2, "ben").await;
    let third = world.start(3, "cleo").await;
    let refused = world.runs.start(ask(4, Want::Any, "dora")).await;
    assert!(matches!(refused, Err(Error::Busy { waiting: 2 })), "{refused:?}");
    assert_eq!(world.start(3, "dora").await, third, "a run that waits can be joined");
    assert_eq!(world.start(9, "dora").await, finished, "and a finished answer needs no place");

    world.runs.stop(second, &reader("ben"));
    let log = world.log(second).await;
    assert_eq!(stages(&log), [Stage::Queued { place: 1 }]);
    assert_eq!(state(&log), AttemptState::Cancelled);

    world.puppet.say(first, [done()]).await;
    world.puppet.say(third, [done()]).await;
    let log = world.log(third).await;
    assert_eq!(stages(&log), [Stage::Queued { place: 2 }, Stage::Queued { place: 1 }, Stage::Fetching]);
    assert_eq!(world.puppet.calls.load(SeqCst), 3, "a stopped run that waited costs nothing");
}

/// Lets the paused clock go on, and everybody who woke do their work.
async fn pass(time: Duration) {
    tokio::time::sleep(time).await;
}

#[tokio::test(start_paused = true)]
async fn the_text_and_cost_of_all_runs_are_saved_together() {
    let world = World::new(Settings::default());
    let (first, second) = (world.start(1, "anna").await, world.start(2, "ben").await);
    pass(Duration::from_millis(1500)).await;
    assert!(world.shelf.checkpoints.lock().unwrap().is_empty(), "there is nothing to save");

    for word in ["a ", "b ", "c "] {
        world.puppet.say(first, [text(0, word)]).await;
        world.puppet.say(second, [text(1, word)]).await;
    }
    pass(Duration::from_secs(1)).await;
    let mut both = world.shelf.checkpoints.lock().unwrap().clone();
    both.iter_mut().for_each(|runs| runs.sort());
    assert_eq!(both, [vec![first, second]]);
    assert_eq!(world.shelf.stored(first).sections, ["a b c ", ""]);
    assert_eq!(world.shelf.stored(second).sections, ["", "a b c "]);

    let cost = Cost { tokens: 12, micros: 7 };
    world.puppet.say(first, [text(0, "d"), Step::Spent { model: "m".into(), cost }]).await;
    world.shelf.failing.store(true, SeqCst);
    pass(Duration::from_secs(2)).await;
    world.shelf.failing.store(false, SeqCst);
    pass(Duration::from_secs(1)).await;
    assert_eq!(world.shelf.checkpoints.lock().unwrap()[1..], [vec![first]], "only what grew, tried again");
    assert_eq!(world.shelf.stored(first).sections[0], "a b c d");
    assert_eq!(world.shelf.stored(first).cost, cost);
    let cost = Cost { tokens: 13, micros: 8 };
    world.puppet.say(first, [Step::Spent { model: "m".into(), cost }]).await;
    pass(Duration::from_secs(1)).await;
    assert_eq!(world.shelf.stored(first).cost, cost, "what is only thought costs something, too");
}

/// A store that takes its time for checkpoints.
struct Slow(Arc<Shelf>, Duration);

impl Store for Slow {
    fn begin(
        &self,
        key: AnswerKey,
        want: Want,
        charge: Option<Charge>,
    ) -> BoxFuture<'static, Result<Begun, StoreError>> {
        self.0.begin(key, want, charge)
    }

    fn finished(&self, key: AnswerKey) -> BoxFuture<'static, Result<Option<AttemptId>, StoreError>> {
        self.0.finished(key)
    }

    fn checkpoint(&self, progress: Vec<Progress>) -> BoxFuture<'static, Result<(), StoreError>> {
        let (shelf, time) = (self.0.clone(), self.1);
        async move {
            pass(time).await;
            shelf.checkpoint(progress).await
        }
        .boxed()
    }

    fn end(
        &self,
        run: AttemptId,
        end: End,
        sections: Vec<Section>,
    ) -> BoxFuture<'static, Result<(), StoreError>> {
        self.0.end(run, end, sections)
    }
}

/// With a store that takes nearly half a second.
#[tokio::test(start_paused = true)]
async fn no_text_is_a_second_old_and_not_saved() {
    let (puppet, shelf) = (Arc::new(Puppet::default()), Arc::new(Shelf::default()));
    let slow = Arc::new(Slow(shelf.clone(), Duration::from_millis(490)));
    let runs = Runs::new(Seams::local(puppet.clone(), slow), Settings::default());
    let run = runs.start(ask(1, Want::Any, "anna")).await.unwrap().run;
    let mut said = Vec::new();
    for number in 0..500 {
        puppet.say(run, [text(0, &format!("word{number} "))]).await;
        said.push(Instant::now());
        pass(Duration::from_millis(17)).await;
        let stored = shelf.stored(run).sections.concat().split_whitespace().count();
        let oldest = said.get(stored).map(Instant::elapsed).unwrap_or_default();
        assert!(
            oldest < Duration::from_secs(1),
            "{stored} of {number} words are stored, the next is {oldest:?} old"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_end_that_could_not_be_stored_is_stored_later() {
    let world = World::new(Settings::default());
    let run = world.start(1, "anna").await;
    world.shelf.failing.store(true, SeqCst);
    world.puppet.say(run, [text(0, "all of it"), done()]).await;
    assert_eq!(state(&world.log(run).await), AttemptState::Done, "the reader has it anyway");
    assert_eq!(world.shelf.state(run), AttemptState::Running);
    world.shelf.failing.store(false, SeqCst);
    pass(Duration::from_secs(2)).await;
    assert_eq!(world.shelf.state(run), AttemptState::Done);
    assert_eq!(world.shelf.stored(run).sections[0], "all of it");
}

#[tokio::test(start_paused = true)]
async fn a_finished_log_is_kept_for_late_readers() {
    let world = World::new(Settings::default());
    let run = world.start(1, "anna").await;
    world.puppet.say(run, [text(0, "x"), done()]).await;
    let log = world.log(run).await;
    pass(Duration::from_secs(299)).await;
    assert_eq!(world.log(run).await, log);
    let open = world.runs.subscribe(&[(run, 0)], &reader("slow"));
    pass(Duration::from_secs(2)).await;
    assert_eq!(world.runs.subscribe(&[(run, 0)], &reader("late")).missing(), [run]);
    assert_eq!(open.collect::<Vec<_>>().await, log, "who had begun may finish");
}

#[tokio::test]
async fn closing_interrupts_and_stores() {
    let world = World::new(Settings { parallel: 1, ..Settings::default() });
    let (run, waiting) = (world.start(1, "anna").await, world.start(2, "ben").await);
    let mut stream = world.runs.subscribe(&[(run, 0)], &reader("anna"));
    world.puppet.say(run, [text(0, "up to here")]).await;
    while !matches!(stream.next().await.unwrap().body, Body::Patch { .. }) {}
    world.runs.close().await;
    assert_eq!(world.shelf.stored(run).sections[0], "up to here");
    assert_eq!([run, waiting].map(|run| world.shelf.state(run)), [AttemptState::Interrupted; 2]);
    assert_eq!(world.runs.at_work(), (0, 0));
    let refused = world.runs.start(ask(3, Want::Any, "")).await;
    assert!(matches!(refused, Err(Error::Closed)), "{refused:?}");
}

#[tokio::test]
async fn a_caller_who_goes_away_leaves_a_whole_run() {
    let world = World::new(Settings::default());
    let start = world.start(1, "anna");
    assert!(start.now_or_never().is_none(), "the store takes its time");
    let run = world.start(1, "ben").await;
    world.puppet.say(run, [done()]).await;
    assert_eq!(state(&world.log(run).await), AttemptState::Done);
    assert_eq!(world.shelf.attempts.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn k11_users_go_before_visitors() {
    let world = World::new(Settings { parallel: 1, ..Settings::default() });
    let working = world.start(1, "anna").await;
    let visitors = [world.start(2, "ben").await, world.start(3, "cleo").await];
    let asked = Ask { priority: Priority::User, ..ask(4, Want::Any, "dora") };
    let user = world.runs.start(asked).await.unwrap().run;
    for run in [working, user, visitors[0], visitors[1]] {
        world.puppet.say(run, [done()]).await;
        world.log(run).await;
    }
    assert_eq!(stages(&world.log(user).await), [Stage::Queued { place: 1 }, Stage::Fetching]);
    let mut expected: Vec<_> = [2, 3, 2, 1].map(|place| Stage::Queued { place }).into();
    expected.push(Stage::Fetching);
    assert_eq!(stages(&world.log(visitors[1]).await), expected);
}

#[tokio::test]
async fn k6_an_attempt_goes_on_with_what_was_received() {
    let world = World::new(Settings::default());
    let cut = world.start(1, "anna").await;
    world.puppet.say(cut, [text(0, "whole"), text(1, "ha")]).await;
    world.puppet.cut(cut).await;
    assert_eq!(state(&world.log(cut).await), AttemptState::Failed);
    let on = world.runs.start(ask(1, Want::Continue, "anna")).await.unwrap();
    assert_ne!(on.run, cut);
    let sections = world.puppet.job(on.run).await.received.sections;
    assert_eq!(sections.iter().map(|section| section.markdown.as_str()).collect::<Vec<_>>(), ["whole", "ha"]);
    world.puppet.say(on.run, [text(0, "whole"), text(1, "ha"), text(1, "lf"), done()]).await;
    let log = world.log(on.run).await;
    assert_eq!((texts(&log, 0).as_str(), texts(&log, 1).as_str()), ("whole", "half"));
    assert_eq!(world.shelf.stored(cut).sections, ["whole", "ha"], "an attempt that ended never changes");
    let stored = world.runs.start(ask(1, Want::Continue, "anna")).await.unwrap();
    assert_eq!(stored, Started { run: on.run, stored: true }, "what is finished is not read on");
}

#[tokio::test]
async fn what_a_run_cost_is_stored_however_it_ends() {
    for bad in [false, true] {
        let world = World::new(Settings::default());
        let run = world.start(1, "anna").await;
        let cost = Cost { tokens: 12, micros: 7 };
        let spent = Step::Spent { model: "second".into(), cost };
        world.puppet.say(run, [Step::Thought("hm".into()), spent, text(0, "x")]).await;
        match bad {
            true => world.puppet.cut(run).await,
            false => world.puppet.say(run, [done()]).await,
        }
        let log = world.log(run).await;
        assert!(log.iter().any(|event| matches!(&event.body, Body::Thought(text) if &**text == "hm")));
        let end = world.shelf.stored(run).end.unwrap();
        assert_eq!((end.cost, end.model.as_deref()), (cost, Some(if bad { "second" } else { "test-1" })));
        assert_eq!(world.shelf.stored(run).sections.concat(), "x", "thoughts are no part of the answer");
    }
}

#[tokio::test]
async fn what_was_noted_is_told_at_the_end() {
    let world = World::new(Settings::default());
    let run = world.start(1, "anna").await;
    world
        .puppet
        .say(run, [Step::Note("hidden".into()), text(0, "x"), Step::Note("slow".into()), done()])
        .await;
    let Body::End(end) = world.log(run).await.pop().unwrap().body else { panic!("it ends with its end") };
    assert_eq!(end.notes, ["hidden", "slow"]);
}

#[tokio::test]
async fn who_did_not_ask_for_another_answer_gets_the_finished_one() {
    let world = World::new(Settings::default());
    let first = world.start(1, "anna").await;
    world.puppet.say(first, [text(0, "x"), done()]).await;
    world.log(first).await;
    let again = world.runs.start(ask(1, Want::Again, "anna")).await.unwrap();
    assert!(!again.stored && again.run != first);
    for (want, who, expected) in [
        (Want::Any, "ben", Started { run: first, stored: true }),
        (Want::Continue, "", Started { run: first, stored: true }),
        (Want::Any, "anna", again),
        (Want::Again, "ben", again),
        (Want::Any, "ben", again),
    ] {
        assert_eq!(world.runs.start(ask(1, want, who)).await.unwrap(), expected, "{want:?} by {who:?}");
    }
    world.puppet.say(again.run, [done()]).await;
    assert_eq!(state(&world.log(again.run).await), AttemptState::Done);
}
