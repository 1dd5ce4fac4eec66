//! A page of the network, read off the threads that others wait on, and fetched again once if it cannot be read.

use crate::{Error, fetch::Fetcher};

/// What a parser makes of the page at an address, and the page's size. A page that came damaged is asked for once more;
/// one that is damaged still is handed out with the error.
pub(crate) async fn read_twice<T: Send + 'static>(
    fetcher: &Fetcher,
    address: &str,
    read: impl Fn(&[u8]) -> Result<T, String> + Clone + Send + 'static,
) -> Result<(T, u64), Error> {
    let mut again = true;
    loop {
        let bytes = fetcher.get(address).await?;
        let size = bytes.len() as u64;
        let read = read.clone();
        let parsed = tokio::task::spawn_blocking(move || read(&bytes).map_err(|why| (why, bytes)));
        match parsed.await.expect("parsers do not panic") {
            Ok(parsed) => return Ok((parsed, size)),
            Err(_) if again => again = false,
            Err((why, bytes)) => return Err(Error::Page { place: address.to_owned(), why, bytes }),
        }
    }
}
