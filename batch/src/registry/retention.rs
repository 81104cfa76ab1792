//! Retention: the people of a ledger, and the files with its results, are erased a stated time
//! after the last run. The registry has the times, since it knows where each ledger is.

use std::path::{Path, PathBuf};
use std::time::Duration;

use pyi_text::{Message, message};
use sqlx::Row as _;

use super::{Registry, fingerprint, now, seconds, unusable};
use crate::results::{OutputFormat, is_results};
use crate::sqlite::{Ledger, LedgerId, why};
use crate::store::StoreError;

/// What was erased since its time was over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Erased {
    /// The ledgers whose people were erased.
    pub ledgers: Vec<PathBuf>,
    /// The results files that were removed.
    pub results: Vec<PathBuf>,
    /// What could not be erased, each with the reason. It is tried again.
    pub kept: Vec<(PathBuf, Message)>,
}

impl Registry {
    /// Begins the time of a ledger again. `keep` replaces the time that it had, if it is given.
    pub(crate) async fn retain(&mut self, number: i64, keep: Option<Duration>) -> Result<(), sqlx::Error> {
        sqlx::query("UPDATE ledger SET keep = coalesce(?1, keep), erase_at = ?2 + coalesce(?1, keep) WHERE number = ?3")
            .bind(keep.map(|keep| seconds(keep).min(LONGEST)))
            .bind(now())
            .bind(number)
            .execute(&mut self.connection)
            .await
            .map(drop)
    }

    /// How long after its last run the people of a ledger are kept. `None`: until they are
    /// forgotten.
    ///
    /// # Errors
    ///
    /// A file that cannot be read.
    pub async fn retention(&mut self, ledger: LedgerId) -> Result<Option<Duration>, StoreError> {
        let found = sqlx::query("SELECT keep FROM ledger WHERE id = ?")
            .bind(&ledger[..])
            .fetch_optional(&mut self.connection)
            .await
            .map_err(|error| unusable(&self.path)(why(&error)))?;
        let keep = found.and_then(|found| found.get::<Option<i64>, _>(0));
        Ok(keep.map(|keep| Duration::from_secs(keep.unsigned_abs())))
    }

    /// Notes that a file with results is to be removed, this long from now on.
    ///
    /// # Errors
    ///
    /// A file that does not exist, or a registry that cannot be written.
    pub async fn retain_results(&mut self, file: &Path, keep: Duration) -> Result<(), StoreError> {
        let file = file.canonicalize().map_err(unusable(&self.path))?;
        sqlx::query("INSERT OR REPLACE INTO result (path, erase_at) VALUES (?, ?)")
            .bind(file.display().to_string())
            .bind(now().saturating_add(seconds(keep).min(LONGEST)))
            .execute(&mut self.connection)
            .await
            .map_err(|error| unusable(&self.path)(why(&error)))?;
        Ok(())
    }

    /// Erases what is due: the people of ledgers, as [`Ledger::forget`] does, files with results,
    /// and people that the registry itself has kept for long enough. A registry that does not exist
    /// has nothing.
    ///
    /// # Errors
    ///
    /// A file that cannot be written.
    pub async fn erase_due(path: &Path) -> Result<Erased, StoreError> {
        let mut erased = Erased::default();
        if !path.exists() {
            return Ok(erased);
        }
        let failed = |error| unusable(path)(why(&error));
        let mut registry = Self::open(path).await?;
        registry.fold().await.map_err(failed)?;
        registry.expire().await.map_err(failed)?;
        let (ledgers, results) = registry.due().await.map_err(failed)?;
        for (ledger, file) in ledgers {
            match erase_ledger(&file, ledger).await {
                Ok(is_erased) => {
                    Self::forget(path, &registry.id, ledger).await?;
                    if is_erased {
                        erased.ledgers.push(file);
                    }
                }
                Err(error) => erased.kept.push((file, error.message().clone())),
            }
        }
        for file in results {
            match erase_results(&file) {
                Ok(is_erased) => {
                    registry.drop_results(&file).await.map_err(failed)?;
                    if is_erased {
                        erased.results.push(file);
                    }
                }
                Err(reason) => erased.kept.push((file, reason)),
            }
        }
        registry.close().await?;
        Ok(erased)
    }

    /// The ledgers and the results whose time is over.
    async fn due(&mut self) -> Result<(Vec<(LedgerId, PathBuf)>, Vec<PathBuf>), sqlx::Error> {
        let found = sqlx::query("SELECT id, path FROM ledger WHERE erase_at <= ? ORDER BY path")
            .bind(now())
            .fetch_all(&mut self.connection)
            .await?;
        let path = |text: String| PathBuf::from(text);
        let ledgers = found.iter().map(|row| (fingerprint(row.get(0)), path(row.get(1)))).collect();
        let found = sqlx::query("SELECT path FROM result WHERE erase_at <= ? ORDER BY path")
            .bind(now())
            .fetch_all(&mut self.connection)
            .await?;
        Ok((ledgers, found.iter().map(|row| path(row.get(0))).collect()))
    }

    async fn drop_results(&mut self, file: &Path) -> Result<(), sqlx::Error> {
        sqlx::query("DELETE FROM result WHERE path = ?")
            .bind(file.display().to_string())
            .execute(&mut self.connection)
            .await
            .map(drop)
    }
}

/// The longest time, so that no sum of times overflows.
const LONGEST: i64 = 1 << 40;

/// Erases the people of a ledger. `false` for one that is gone, or whose place another ledger has.
async fn erase_ledger(file: &Path, ledger: LedgerId) -> Result<bool, StoreError> {
    if !file.exists() || Ledger::report(file).await?.id != ledger {
        return Ok(false);
    }
    Ledger::forget(file).await?;
    Ok(true)
}

/// Removes a file with results. `false` for one that is gone.
fn erase_results(file: &Path) -> Result<bool, Message> {
    let format = match file.extension().and_then(|ending| ending.to_str()) {
        Some("xlsx") => OutputFormat::Xlsx,
        Some("jsonl") => OutputFormat::Jsonl,
        _ => OutputFormat::Csv,
    };
    let open = match std::fs::File::open(file) {
        Ok(open) => open,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error.into()),
    };
    if !is_results(open, format)? {
        return Err(message!("it has other content than results of a batch; remove it by hand"));
    }
    std::fs::remove_file(file)?;
    Ok(true)
}
