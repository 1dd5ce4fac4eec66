//! Records of arXiv that were announced and have not come: asked for one by one.

use super::{Prefix, oai};
use crate::{Batch, Error, batch::Skipped, fetch::Fetcher, page};

/// Records by their identifiers.
pub struct Missing {
    fetcher: Fetcher,
    address: String,
    ids: std::vec::IntoIter<String>,
    bytes: u64,
}

impl Missing {
    /// The records of these identifiers of arXiv.
    pub fn new(fetcher: Fetcher, address: &str, ids: Vec<String>) -> Self {
        Self { fetcher, address: address.to_owned(), ids: ids.into_iter(), bytes: 0 }
    }

    /// The next record. It needs no cursor: what is still missing is known to who stores records.
    pub async fn next(&mut self) -> Result<Batch, Error> {
        let Some(id) = self.ids.next() else { return Ok(Batch { done: true, ..Batch::default() }) };
        let mut url = super::parsed(&self.address)?;
        let identifier = format!("oai:arXiv.org:{id}");
        url.query_pairs_mut()
            .append_pair("verb", "GetRecord")
            .append_pair("metadataPrefix", Prefix::Raw.name())
            .append_pair("identifier", &identifier);
        let (page, bytes) = page::read_twice(&self.fetcher, url.as_str(), oai::read).await?;
        self.bytes += bytes;
        let done = self.ids.as_slice().is_empty();
        match page.error.as_ref().map(|(code, _)| code.as_str()) {
            None => Ok(Batch { bytes: self.bytes, done, ..page.batch }),
            Some("idDoesNotExist" | "noRecordsMatch") => {
                let why = "arXiv does not know it".to_owned();
                let skipped = vec![Skipped { what: identifier, why }];
                Ok(Batch { bytes: self.bytes, done, skipped, ..Batch::default() })
            }
            Some(_) => Err(super::protocol(&self.address, page)),
        }
    }
}
