use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, PoisonError, RwLock},
};

use tantivy::{
    DocId, Searcher, SegmentReader,
    columnar::{Cardinality, ColumnValues, StrColumn},
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
    facets: Vec<FacetColumn>,
}

/// The values of a facet, unpacked: counting reads them for every document that is found.
#[derive(Default)]
pub(crate) struct FacetColumn {
    /// All values of the segment in order; documents have their numbers.
    pub(crate) names: Vec<Arc<str>>,
    numbers: Vec<u32>,
    /// Where the numbers of each document begin, and their end; `None` where each document has one.
    starts: Option<Vec<u32>>,
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
                .map(|facet| FacetColumn::open(columns.str(facet.name())?, segment.max_doc()))
                .collect::<tantivy::Result<_>>()?,
        })
    }

    pub(crate) fn facet(&self, facet: Facet) -> &FacetColumn {
        &self.facets[facet as usize]
    }
}

impl FacetColumn {
    /// Of a segment with that many documents; `None` where none of them has a value.
    fn open(column: Option<StrColumn>, documents: DocId) -> tantivy::Result<Self> {
        let Some(column) = column else {
            return Ok(Self { starts: Some(vec![0; documents as usize + 1]), ..Self::default() });
        };
        let mut names = Vec::with_capacity(column.num_terms());
        let all: Vec<u64> = (0..column.num_terms() as u64).collect();
        column
            .dictionary()
            .sorted_ords_to_term_cb(&all, |name| names.push(String::from_utf8_lossy(name).into()))?;
        let (mut numbers, mut starts) = (Vec::with_capacity(documents as usize), vec![0]);
        for document in 0..documents {
            numbers.extend(column.term_ords(document).map(|number| number as u32));
            starts.push(numbers.len() as u32);
        }
        let starts = (column.ords().get_cardinality() != Cardinality::Full).then_some(starts);
        Ok(Self { names, numbers, starts })
    }

    /// The numbers of a document's values.
    pub(crate) fn of(&self, document: DocId) -> &[u32] {
        let document = document as usize;
        match &self.starts {
            Some(starts) => &self.numbers[starts[document] as usize..starts[document + 1] as usize],
            None => &self.numbers[document..=document],
        }
    }

    /// The number of a value, if any document has it.
    pub(crate) fn number(&self, name: &str) -> Option<u32> {
        self.names.binary_search_by(|other| (**other).cmp(name)).ok().map(|number| number as u32)
    }
}
