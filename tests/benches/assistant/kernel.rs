//! What the kernel says of the connections of a site.

use std::{fs, time::Duration};

use tests::Site;

/// How many connections stand, and the bytes that wait to be sent on them.
pub(crate) fn queued(site: &Site) -> (usize, usize) {
    let port: u16 = site.address.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    let port = format!(":{port:04X}");
    let table = fs::read_to_string("/proc/net/tcp").expect("Linux");
    let ours = table.lines().skip(1).filter_map(|line| {
        let fields: Vec<_> = line.split_whitespace().collect();
        // Local address, state (1 is established), bytes that wait.
        let established = fields[1].ends_with(&port) && fields[3] == "01";
        established.then(|| usize::from_str_radix(&fields[4][..8], 16).expect("a number"))
    });
    ours.fold((0, 0), |(count, sum), bytes| (count + 1, sum + bytes))
}

/// Waits until so many connections stand.
pub(crate) async fn established(site: &Site, wanted: usize) {
    while queued(site).0 != wanted {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Waits until so many connections stand, and nothing more goes into any of them.
pub(crate) async fn full(site: &Site, wanted: usize) {
    established(site, wanted).await;
    let mut before = (0, 0);
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let now = queued(site);
        if now == before && now.1 > 0 {
            return;
        }
        before = now;
    }
}
