//! `./just bench flood`: readers beside a bot that sends five hundred comments a minute, and what it leaves behind.
//!
//! Milliseconds are those of one run on one machine, with the readers, the bot and the server on it; the last column
//! compares with the first line.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

#[expect(dead_code, reason = "nobody asks for the style sheet here")]
mod load;

use std::time::Duration;

use serde_json::Value;
use tests::{
    Engine, Run, Site,
    html::{attributes, tags},
};

use load::{Rate, load, quiet};

const POST: &str = "/posts/lora-first-step";
/// A reader who is known, for whom every page is made anew.
const KNOWN: Option<&str> = Some("reader=known");
/// Pages a second, for so many seconds.
const READERS: Rate = Rate(10, 60);
/// Between two comments of the bot: five hundred a minute.
const PAUSE: Duration = Duration::from_millis(120);

#[tokio::main]
async fn main() {
    let site = Run::on(Engine::Sqlite).with_sample().set("COMMENTS__HOLD", "none").start().await;
    site.page(POST).await;
    quiet(&site).await;
    println!(
        "{:<34} {:>8} {:>8}  {:>8}  {:>7}",
        "pages made anew, 10/s", "p50 ms", "p99 ms", "slowest", "failed"
    );
    let alone = load("nobody else", &site, READERS, |_| POST.to_owned(), KNOWN, None).await;
    for (name, networks) in [("a bot of one network", 1), ("a bot of 250 networks", 250)] {
        let bot = tokio::spawn(flood(site.address.clone(), token(&site).await, networks));
        load(name, &site, READERS, |_| POST.to_owned(), KNOWN, Some(alone)).await;
        bot.abort();
        let [visible, held, spam] =
            [left(&site, "visible").await, left(&site, "held").await, left(&site, "spam").await];
        println!("  of the bot: {visible} shown, {held} held, {spam} spam");
    }
}

/// Comments as bots send them: no work, every field filled, as fast as it goes on.
async fn flood(address: String, token: String, networks: usize) {
    let client = reqwest::Client::new();
    let mut ticks = tokio::time::interval(PAUSE);
    for number in 0_usize.. {
        ticks.tick().await;
        let body = format!("name=Bot&mail=b@example.org&text=Buy+{number}&token={token}&homepage=x");
        let request = client
            .post(format!("{address}{POST}/comments"))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("x-forwarded-for", format!("198.51.{}.7", number % networks))
            .body(body);
        tokio::spawn(request.send());
    }
}

async fn token(site: &Site) -> String {
    let page = site.page(&format!("{POST}/comments")).await;
    let field = tags(&page, "input").into_iter().find(|tag| tag.contains("name=\"token\"")).expect("a token");
    attributes(field, "value").remove(0)
}

/// How many comments of the bot are in a state.
async fn left(site: &Site, state: &str) -> usize {
    let arguments = ["comment", "list", "--state", state, "--text", "Buy ", "--limit", "10000", "--json"];
    let output = site.run(&arguments).await;
    let list: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    list.as_array().map_or(0, Vec::len)
}
