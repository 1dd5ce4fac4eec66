//! Answers of arXiv's OAI-PMH server for the benchmarks.

/// Papers as records of arXiv in the answers of its OAI-PMH server, a thousand to each.
pub(crate) fn answers(lines: &str) -> impl Iterator<Item = String> {
    let records: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
    let pages: Vec<String> = records.chunks(1000).map(answer).collect();
    pages.into_iter()
}

fn answer(records: &[serde_json::Value]) -> String {
    let record = |record: &serde_json::Value| {
        let text = |name: &str| record[name].as_str().unwrap_or_default();
        let authors: Vec<_> =
            record["authors"].as_array().into_iter().flatten().filter_map(|one| one.as_str()).collect();
        format!(
            "<record><header><identifier>oai:arXiv.org:{id}</identifier><datestamp>{date}</datestamp>\
             <setSpec>cs:cs:LG</setSpec></header><metadata><arXivRaw xmlns=\"http://arxiv.org/OAI/arXivRaw/\">\
             <id>{id}</id><submitter>Ada</submitter><version version=\"v1\"><date>Mon, 5 Jan 2015 10:00:00 GMT</date>\
             <size>1kb</size></version><title>{title}</title><authors>{authors}</authors>\
             <categories>cs.LG</categories><abstract>{summary}</abstract></arXivRaw></metadata></record>\n",
            id = text("id"),
            date = text("date"),
            title = text("title"),
            authors = authors.join(", "),
            summary = text("abstract"),
        )
    };
    let records: String = records.iter().map(record).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<OAI-PMH xmlns=\"http://www.openarchives.org/OAI/2.0/\">\
         <responseDate>2026-11-26T00:00:00Z</responseDate>\
         <request verb=\"ListRecords\" metadataPrefix=\"arXivRaw\">http://oaipmh.arxiv.org/oai</request>\
         <ListRecords>\n{records}</ListRecords></OAI-PMH>\n"
    )
}
