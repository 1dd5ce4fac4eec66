use crate::{
    Batch, Error, Files, Proceedings,
    arxiv::{List, Missing, Walk},
};

/// One source at work.
pub enum Harvest {
    /// The records of arXiv.
    Arxiv(Walk),
    /// A list of arXiv.
    List(List),
    /// Records of arXiv that a list named and that had not come.
    Missing(Missing),
    /// A proceedings.
    Proceedings(Proceedings),
    /// Files of any source.
    Files(Files),
}

impl Harvest {
    /// The next batch. After one that is done there is no other.
    ///
    /// # Errors
    /// Whatever keeps it from going on. The cursor of the last batch still holds: a later harvest goes on from there.
    pub async fn next(&mut self) -> Result<Batch, Error> {
        match self {
            Self::Arxiv(walk) => walk.next().await,
            Self::List(list) => list.next().await,
            Self::Missing(missing) => missing.next().await,
            Self::Proceedings(proceedings) => proceedings.next().await,
            Self::Files(files) => files.next().await,
        }
    }

    /// How many bytes there are in all, where that is known.
    pub fn size(&self) -> Option<u64> {
        match self {
            Self::Files(files) => files.size(),
            _ => None,
        }
    }
}
