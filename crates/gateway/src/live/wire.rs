//! Events as readers get them; see `docs/live-patches.md`.

use content::AttemptId;
use runs::{Body, End, Event, Stage};
use serde::Serialize;
use serde_json::{Value, json};

use super::{place::Place, snapshot::Snapshot};
use crate::{faults, visit::language::Messages};

/// Said first: how long to wait before connecting again, in milliseconds.
pub(super) const RETRY: &str = "retry: 3000\n\n";
/// Keeps proxies from closing a stream on which nothing happens.
pub(super) const HEARTBEAT: &str = ":\n\n";

/// One event of the stream: its id is the place that the page has reached with it.
pub(super) fn event(place: &Place, json: &str) -> String {
    debug_assert!(!json.contains(['\n', '\r']), "an event is one line");
    format!("id: {place}\ndata: {json}\n\n")
}

/// What happened to a run, in the words of the page's language.
pub(super) fn said(event: &Event, m: Messages) -> String {
    let (run, seq) = (event.run.0, event.seq);
    match &event.body {
        // The patches are JSON already, made once for all readers.
        Body::Patch { section, patches } => format!(
            r#"{{"kind":"patch","run":{run},"attempt":{run},"seq":{seq},"section":{section},"patches":{patches}}}"#
        ),
        Body::Stage(stage) => numbered("stage", event.run, seq, told(stage)),
        Body::Thought(text) => numbered("thought", event.run, seq, json!({ "text": &**text })),
        Body::End(end) => numbered("end", event.run, seq, ended(end, m)),
    }
}

/// Everything there is of a run that has no log here.
pub(super) fn snapshot(run: AttemptId, snapshot: &Snapshot, m: Messages) -> String {
    let mut told = ended(&snapshot.end, m);
    told["sections"] = snapshot.sections.iter().map(|patches| json!(patches)).collect();
    numbered("snapshot", run, 0, told)
}

/// The page must forget what it has of a run that goes on.
pub(super) fn anew(run: AttemptId) -> String {
    numbered("snapshot", run, 0, json!({ "sections": [], "state": "running" }))
}

pub(super) fn gone(run: AttemptId) -> String {
    json!({ "kind": "gone", "run": run.0 }).to_string()
}

pub(super) fn idle() -> String {
    json!({ "kind": "idle" }).to_string()
}

fn numbered(kind: &str, run: AttemptId, seq: u64, told: Value) -> String {
    #[derive(Serialize)]
    struct Numbered<'a> {
        kind: &'a str,
        run: i64,
        attempt: i64,
        seq: u64,
        #[serde(flatten)]
        told: Value,
    }
    let numbered = Numbered { kind, run: run.0, attempt: run.0, seq, told };
    serde_json::to_string(&numbered).expect("numbers and texts can be written as JSON")
}

fn told(stage: &Stage) -> Value {
    match stage {
        Stage::Queued { place } => json!({ "stage": "queued", "place": place }),
        Stage::Fetching => json!({ "stage": "fetching" }),
        Stage::Reading { page: None } => json!({ "stage": "reading" }),
        Stage::Reading { page: Some((page, pages)) } => {
            json!({ "stage": "reading", "page": page, "pages": pages })
        }
        Stage::Asking { model } => json!({ "stage": "asking", "model": &**model }),
        Stage::Waiting { seconds } => json!({ "stage": "waiting", "seconds": seconds }),
        Stage::Thinking => json!({ "stage": "thinking" }),
        Stage::Writing { section, of } => json!({ "stage": "writing", "section": section, "sections": of }),
    }
}

fn ended(end: &End, m: Messages) -> Value {
    let mut told = json!({ "state": end.state.name() });
    if let Some(fault) = &end.fault {
        told["fault"] = json!(fault);
        told["sentence"] = json!(faults::sentence(fault, m));
    }
    if let Some(model) = &end.model {
        told["model"] = json!(model);
    }
    if let Some((read, written)) = end.tokens {
        told["tokens"] = json!([read, written]);
    }
    if !end.notes.is_empty() {
        let sentences: Vec<_> = end.notes.iter().map(|code| faults::note(code, m)).collect();
        told["notes"] = json!(sentences);
    }
    told
}

#[cfg(test)]
mod tests {
    use content::{AttemptState, Cost, Language};

    use super::*;

    fn check(body: Body, expected: &str) {
        let event = Event { run: AttemptId(12), seq: 3, body };
        let text = said(&event, Messages(Language::En));
        let head = r#"{"kind":"#;
        assert!(text.starts_with(head), "{text}");
        assert_eq!(
            serde_json::from_str::<Value>(&text).unwrap(),
            serde_json::from_str::<Value>(expected).unwrap()
        );
    }

    #[test]
    fn events_have_the_documented_form() {
        check(
            Body::Stage(Stage::Queued { place: 3 }),
            r#"{"kind":"stage","run":12,"attempt":12,"seq":3,"stage":"queued","place":3}"#,
        );
        check(
            Body::Stage(Stage::Reading { page: Some((4, 18)) }),
            r#"{"kind":"stage","run":12,"attempt":12,"seq":3,"stage":"reading","page":4,"pages":18}"#,
        );
        check(
            Body::Stage(Stage::Asking { model: "B".into() }),
            r#"{"kind":"stage","run":12,"attempt":12,"seq":3,"stage":"asking","model":"B"}"#,
        );
        check(
            Body::Stage(Stage::Waiting { seconds: 7 }),
            r#"{"kind":"stage","run":12,"attempt":12,"seq":3,"stage":"waiting","seconds":7}"#,
        );
        check(
            Body::Thought("hm \"so\"".into()),
            r#"{"kind":"thought","run":12,"attempt":12,"seq":3,"text":"hm \"so\""}"#,
        );
        check(
            Body::Stage(Stage::Writing { section: 1, of: 6 }),
            r#"{"kind":"stage","run":12,"attempt":12,"seq":3,"stage":"writing","section":1,"sections":6}"#,
        );
        check(
            Body::Patch { section: 0, patches: r#"[{"op":"append"}]"#.into() },
            r#"{"kind":"patch","run":12,"attempt":12,"seq":3,"section":0,"patches":[{"op":"append"}]}"#,
        );
        let done = End {
            state: AttemptState::Done,
            fault: None,
            model: Some("m".into()),
            tokens: Some((7, 5)),
            cost: Cost::default(),
            notes: vec!["hidden".into()],
        };
        let note = Messages(Language::En).hidden_found();
        check(
            Body::End(done),
            &format!(
                r#"{{"kind":"end","run":12,"attempt":12,"seq":3,"state":"done","model":"m","tokens":[7,5],"notes":["{note}"]}}"#
            ),
        );
    }

    #[test]
    fn an_event_is_one_line_with_its_place() {
        let place = "e.1:2".parse().unwrap();
        assert_eq!(event(&place, r#"{"kind":"idle"}"#), "id: e.1:2\ndata: {\"kind\":\"idle\"}\n\n");
    }
}
