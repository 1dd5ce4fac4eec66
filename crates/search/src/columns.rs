use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, PoisonError, RwLock},
};

use tantivy::{
    Searcher, SegmentReader,
    columnar::{ColumnValues, StrColumn},
    index::SegmentId,
};

use crate::{
    Facet,
    schema::{DATE, KEY, WHOLE_TITLE},
};

/// What is read of each document that is found.
pub(crate) struct Columns {
    pub(crate) keys: Arc<dyn ColumnValues<u64>>,
    pub(crate) dates: Arc<dyn ColumnValues<i64>>,
    pub(crate) titles: Option<StrColumn>,
    /// In the order of [`Facet::ALL`].
    facets: Vec<Option<StrColumn>>,
}

/// The columns of all segments that were searched, opened once: that takes longer than many a search.
#[derive(Default)]
pub(crate) struct OpenColumns(RwLock<HashMap<SegmentId, Arc<Columns>>>);

impl OpenColumns {
    pub(crate) fn of(&self, segment: &SegmentReader) -> tantivy::Result<Arc<Columns>> {
        let id = segment.segment_id();
        if let Some(columns) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&id) {
            return Ok(columns.clone());
        }
        let columns = Arc::new(Columns::open(segment)?);
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(id, columns.clone());
        Ok(columns)
    }

    /// Forgets the segments that were merged away.
    pub(crate) fn keep(&self, searcher: &Searcher) {
        let there: HashSet<_> = searcher.segment_readers().iter().map(SegmentReader::segment_id).collect();
        self.0.write().unwrap_or_else(PoisonError::into_inner).retain(|id, _| there.contains(id));
    }
}

impl Columns {
    fn open(segment: &SegmentReader) -> tantivy::Result<Self> {
        let columns = segment.fast_fields();
        Ok(Self {
            keys: columns.column_first_or_default(KEY)?,
            dates: columns.column_first_or_default(DATE)?,
            titles: columns.str(WHOLE_TITLE)?,
            facets: Facet::ALL
                .iter()
                .map(|facet| columns.str(facet.name()))
                .collect::<tantivy::Result<_>>()?,
        })
    }

    /// The values of a facet; `None` where no document has one.
    pub(crate) fn facet(&self, facet: Facet) -> Option<&StrColumn> {
        self.facets[facet as usize].as_ref()
    }
}
