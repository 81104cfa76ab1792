//! Statements that run in one step: each step of a connection is an answer to wait for.

use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments as _, AssertSqlSafe, Encode, Sqlite, SqliteConnection, Type};

/// Statements with their arguments, in order.
#[derive(Default)]
pub(super) struct Statements {
    text: String,
    arguments: SqliteArguments,
    /// The first argument that could not be encoded.
    failed: Option<sqlx::Error>,
}

impl Statements {
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }

    /// Appends text of our own, with `?` for each argument that follows.
    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    pub(super) fn bind<'v, T: Encode<'v, Sqlite> + Type<Sqlite>>(&mut self, value: T) {
        if let Err(error) = self.arguments.add(value) {
            self.failed.get_or_insert(sqlx::Error::Encode(error));
        }
    }

    pub(super) async fn fetch(
        self,
        connection: &mut SqliteConnection,
    ) -> Result<Vec<SqliteRow>, sqlx::Error> {
        match self.failed {
            Some(error) => Err(error),
            None => sqlx::query_with(AssertSqlSafe(self.text), self.arguments).fetch_all(connection).await,
        }
    }

    pub(super) async fn execute(self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        match self.failed {
            Some(error) => Err(error),
            None => {
                let query = sqlx::query_with(AssertSqlSafe(self.text), self.arguments);
                query.execute(connection).await.map(drop)
            }
        }
    }
}

/// Placeholders for a number of rows or values, filled up as by [`filled`].
pub(super) fn placeholders(count: usize, each: &str) -> String {
    if count == 0 { String::new() } else { vec![each; count.next_power_of_two()].join(",") }
}

/// Items, filled up to a power of two with `None`. So there are few statements, and each is
/// prepared once.
pub(super) fn filled<T>(items: &[T]) -> impl Iterator<Item = Option<&T>> {
    let size = if items.is_empty() { 0 } else { items.len().next_power_of_two() };
    items.iter().map(Some).chain(std::iter::repeat(None)).take(size)
}
