//! A steady load from the same machine. Requests begin at their time whether the ones before have ended or not, and are
//! timed from then.

use std::time::{Duration, Instant};

use tests::Site;

/// How many requests a second, and for how many seconds.
#[derive(Clone, Copy)]
pub(crate) struct Rate(pub(crate) u32, pub(crate) u32);

/// Asks at the rate, prints how long it took, and gives the 99th percentile in milliseconds. `cookie` is that of a reader
/// who is known, for whom every page is made anew.
pub(crate) async fn load(
    name: &str,
    site: &Site,
    Rate(rate, seconds): Rate,
    address: impl Fn(usize) -> String,
    cookie: Option<&'static str>,
    bare: Option<f64>,
) -> f64 {
    let client = reqwest::Client::new();
    let begin = Instant::now() + Duration::from_millis(50);
    let requests = (0..rate * seconds).map(|number| {
        let at = begin + Duration::from_secs(1) * number / rate;
        let mut request = client.get(format!("{}{}", site.address, address(number as usize)));
        if let Some(cookie) = cookie {
            request = request.header("cookie", cookie);
        }
        tokio::spawn(async move {
            tokio::time::sleep_until(at.into()).await;
            let answer = match request.send().await {
                Ok(answer) if answer.status().is_success() => answer.bytes().await.is_ok(),
                _ => false,
            };
            (at.elapsed().as_secs_f64() * 1e3, answer)
        })
    });
    let requests: Vec<_> = requests.collect();
    let mut times = Vec::new();
    let mut failed = 0;
    for request in requests {
        let (time, answered) = request.await.expect("a request");
        times.push(time);
        failed += usize::from(!answered);
    }
    times.sort_by(f64::total_cmp);
    let of = |part: f64| times[((times.len() - 1) as f64 * part) as usize];
    let (p50, p99, slowest) = (of(0.5), of(0.99), of(1.0));
    println!(
        "{name:<34} {p50:>8.2} {p99:>8.2}  {slowest:>8.2}  {failed:>7}   × {:.1}",
        p99 / bare.unwrap_or(p99)
    );
    p99
}

/// The address of the style sheet, a file of the site; it changes with every build.
pub(crate) fn style(page: &str) -> String {
    let address = page.split('"').find(|part| part.starts_with("/assets/") && part.ends_with("/style.css"));
    address.expect("the page has a style sheet").to_owned()
}

/// Waits until the server has merged what it took in.
pub(crate) async fn quiet(site: &Site) {
    loop {
        let before = site.processor_time();
        tokio::time::sleep(Duration::from_secs(1)).await;
        // It looks for changes now and then.
        if site.processor_time() - before < Duration::from_millis(50) {
            break;
        }
    }
}
