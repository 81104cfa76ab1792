//! Matches rows of the store with rows of a table by person, so that a table may be sorted, or rows
//! inserted, between runs.

use std::collections::{BTreeMap, HashMap};

use pyi_codegen::ir::{Endpoint, Provider};

use crate::mapping::Mapping;
use crate::plan::{given, request};
use crate::run::{Key, RunError};
use crate::store::{Fingerprint, RowRecord, Store, line_of};
use crate::table::{Row, Table, TableError};

/// Rows that are looked up together.
pub(crate) const CHUNK: usize = 500;

pub(crate) type Rows<'a> = Box<dyn Iterator<Item = Result<Row, TableError>> + Send + 'a>;

/// The rows of the store that a table has, and the number of those that it does not have.
#[derive(Debug)]
pub(crate) struct Claims {
    /// The rows that are at the line that they were sent from.
    own: Lines,
    /// The numbers of the other rows, each with the first line of its person.
    moved: HashMap<u64, u64>,
    /// Rows of the store that the table does not have.
    pub(crate) unmatched: u64,
    /// The first line that can be sent and never was.
    pub(crate) first_new: Option<u64>,
}

impl Claims {
    /// Reads a table to its end.
    pub(crate) async fn read<S: Store>(
        (provider, endpoint): (&Provider, &Endpoint),
        (table, mapping): (&Table, &Mapping),
        key: &Key,
        store: &S,
    ) -> Result<Self, RunError> {
        let mut claims = Self { own: Lines::default(), moved: HashMap::new(), unmatched: 0, first_new: None };
        let mut rows = table.rows().map_err(RunError::Table)?;
        while let Some(chunk) = chunk(&mut rows)? {
            let known = store.states(people(&chunk, mapping, key)).await.map_err(RunError::Store)?;
            for (row, known) in chunk.iter().zip(known) {
                match known.map(|(number, _)| number) {
                    Some(number) if number == row.line => claims.own.insert(number),
                    Some(number) => {
                        claims.moved.entry(number).or_insert(row.line);
                    }
                    None if claims.first_new.is_none() => {
                        let is_fit = request(
                            (provider, endpoint),
                            row,
                            mapping,
                            &given(row, mapping),
                            table.titles().len(),
                        )
                        .is_ok();
                        claims.first_new = is_fit.then_some(row.line);
                    }
                    None => {}
                }
            }
        }
        let own = &claims.own;
        claims.moved.retain(|number, _| !own.contains(*number));
        let totals = store.totals().await.map_err(RunError::Store)?;
        let all = totals.settled + totals.ambiguous + totals.sending;
        claims.unmatched = all.saturating_sub(claims.own.count + claims.moved.len() as u64);
        Ok(claims)
    }

    /// The line of the table that a row of the store belongs to. A row that was sent after the
    /// table was read belongs to its own line.
    pub(crate) fn line(&self, number: u64) -> u64 {
        if self.own.contains(number) {
            return number;
        }
        self.moved.get(&number).copied().unwrap_or_else(|| line_of(number))
    }

    /// Whether the table has a row of the store.
    pub(crate) fn has(&self, number: u64) -> bool {
        self.own.contains(number) || self.moved.contains_key(&number)
    }
}

/// The next rows of a table, each with the record of its person.
pub(crate) async fn next_chunk<S: Store>(
    rows: &mut Rows<'_>,
    mapping: &Mapping,
    key: &Key,
    store: &S,
) -> Result<Option<Vec<(Row, Option<(u64, RowRecord)>)>>, RunError> {
    let Some(chunk) = chunk(rows)? else { return Ok(None) };
    let known = store.find(people(&chunk, mapping, key)).await.map_err(RunError::Store)?;
    Ok(Some(chunk.into_iter().zip(known).collect()))
}

/// The next rows of a table. `None` after the last one.
pub(crate) fn chunk(rows: &mut Rows<'_>) -> Result<Option<Vec<Row>>, RunError> {
    let chunk: Vec<Row> = rows.take(CHUNK).collect::<Result<_, _>>().map_err(RunError::Table)?;
    Ok((!chunk.is_empty()).then_some(chunk))
}

/// The lines and the people of the rows that an endpoint takes.
pub(crate) fn fit_rows(
    endpoint: (&Provider, &Endpoint),
    rows: &[Row],
    (columns, mapping): (usize, &Mapping),
    key: &Key,
) -> (Vec<u64>, Vec<Fingerprint>) {
    let (mut lines, mut people) = (Vec::new(), Vec::new());
    for row in rows {
        let given = given(row, mapping);
        if request(endpoint, row, mapping, &given, columns).is_ok() {
            lines.push(row.line);
            people.push(key.fingerprint(&given));
        }
    }
    (lines, people)
}

fn people(rows: &[Row], mapping: &Mapping, key: &Key) -> Vec<Fingerprint> {
    rows.iter().map(|row| key.fingerprint(&given(row, mapping))).collect()
}

/// A set of lines with one bit each, since most are adjacent.
#[derive(Debug, Default)]
struct Lines {
    words: BTreeMap<u64, u64>,
    count: u64,
}

impl Lines {
    fn insert(&mut self, line: u64) {
        let word = self.words.entry(line / 64).or_default();
        let bit = 1 << (line % 64);
        self.count += u64::from(*word & bit == 0);
        *word |= bit;
    }

    fn contains(&self, line: u64) -> bool {
        self.words.get(&(line / 64)).is_some_and(|word| word & (1 << (line % 64)) != 0)
    }
}
