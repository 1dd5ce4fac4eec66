use sources::arxiv::{List, Missing, announced_before};

use crate::{
    all, fetcher, ids,
    pages::{answer, error, record},
    server::{Answer, Server},
};

fn list(items: &[(&str, &str)]) -> String {
    let items: String = items
        .iter()
        .map(|(id, kind)| {
            format!(
                "<item><title>Quilt</title><link>https://arxiv.org/abs/{id}</link><description>arXiv:{id}v1 Announce Type: {kind}</description>\
                 <guid isPermaLink=\"false\">oai:arXiv.org:{id}v1</guid><category>math.CO</category>\
                 <pubDate>Tue, 24 Nov 2026 00:00:00 -0500</pubDate><arxiv:announce_type>{kind}</arxiv:announce_type></item>"
            )
        })
        .collect();
    format!(
        "<?xml version='1.0' encoding='UTF-8'?><rss xmlns:arxiv=\"http://arxiv.org/schemas/atom\" version=\"2.0\"><channel>\
         <title>math.CO updates on arXiv.org</title>{items}</channel></rss>"
    )
}

#[tokio::test(start_paused = true)]
async fn a_list_is_one_batch_and_remembers_what_it_named() {
    let server =
        Server::replaying([Answer::ok(list(&[("2611.00002", "new"), ("2611.00001", "replace")]))]).await;
    let mut list = List::new(fetcher(&server), &format!("{}/rss/", server.address), "math.CO");
    let batch = list.next().await.expect("a list");
    assert!(batch.done && batch.announced.len() == 2);
    assert_eq!(server.asked()[0].target, "/rss/math.CO");
    assert_eq!(announced_before(&batch.cursor), ["2611.00001", "2611.00002"]);
    assert_eq!(announced_before("{\"from\":\"2026-11-23\"}"), [""; 0]);
    assert_eq!(announced_before("damaged"), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn what_is_missing_is_asked_for_one_by_one() {
    let got = |number| {
        answer("2026-11-24", &format!("<GetRecord>{}</GetRecord>", record(number, "2026-11-24", 1, "")))
    };
    let server = Server::replaying([
        Answer::ok(got(1)),
        Answer::ok(error("2026-11-24", "idDoesNotExist")),
        Answer::ok(got(3)),
    ])
    .await;
    let missing = ["2611.00001", "2611.00002", "math/0611800"].map(str::to_owned).to_vec();
    let mut missing = Missing::new(fetcher(&server), &format!("{}/oai", server.address), missing);
    let (batches, failed) = all!(missing);
    assert!(failed.is_none(), "{failed:?}");
    assert_eq!(ids(&batches), ["2611.00001", "2611.00003"]);
    assert_eq!(batches[1].skipped[0].what, "oai:arXiv.org:2611.00002");
    assert_eq!(
        server.asked()[2].target,
        "/oai?verb=GetRecord&metadataPrefix=arXivRaw&identifier=oai%3AarXiv.org%3Amath%2F0611800"
    );
    assert_eq!(server.pauses(), [3, 3]);
}
