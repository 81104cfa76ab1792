//! `pyi batch run --store`: submits a table to a ledger in PostgreSQL, sends its rows as one
//! worker, and writes the results, in one process. Other workers may join. The same command
//! continues the batch.

use std::process::ExitCode;
use std::time::Duration;

use pyi_batch::{
    BatchStatus, NewBatch, OnAmbiguous, PostgresLedger, PostgresStore, RunHandle, Settings, Store, Summary,
    WorkerSettings, WrappingKey, rows_to_submit,
};
use pyi_text::message;

use super::{Run, seconds};
use crate::UsageError;
use crate::batch::amounts::{amount, sum};
use crate::batch::batch_file::BatchFile;
use crate::batch::overlap::{KEEP, report_reused};
use crate::batch::store::CHUNK_ROWS;
use crate::batch::store_options::StoreOptions;
use crate::batch::worker::{interval, is_for, send_rows};
use crate::connection::block_on;
use crate::language::tr;
use crate::stdio::eprint;

pub(super) fn run(run: &Run<'_>, options: &StoreOptions) -> Result<ExitCode, UsageError> {
    let Run { spec, args, opened, .. } = run;
    let wrapping = args.seal.key()?;
    let url = options.url()?;
    let mut store = options.open()?;
    let settings = WorkerSettings {
        call_interval: interval(args.per_second.map(u32::from)),
        accepted: options.accepted(),
        ..WorkerSettings::default()
    };
    block_on(async {
        // The client comes first: a base URL that is refused is never written to a ledger.
        let (client, _sandbox) = run.target.connect(spec, &args.connection, Some(0)).await?;
        let file = BatchFile::open(&run.place.ledger, opened, &run.key)?;
        submit(run, &mut store, &file, &wrapping).await?;
        let ledger =
            PostgresLedger::open(&url, file.id, &wrapping, &settings).await.map_err(UsageError::new)?;
        let before = match go_on(run, &mut store, &file, &ledger).await {
            Ok(before) => before,
            Err(error) => {
                ledger.close().await.map_err(UsageError::new)?;
                return Err(error);
            }
        };
        let (results, on_ambiguous) = run.decide(before.totals.ambiguous)?;
        if on_ambiguous != OnAmbiguous::Hold && before.totals.ambiguous > 0 {
            store.reopen(file.id).await.map_err(UsageError::new)?;
        }
        eprint(&tr!("batch {id}; other workers can join: pyi batch work {id}", id = file.id.to_string()));
        let settings = Settings {
            concurrency: usize::from(args.concurrency),
            on_ambiguous,
            pace: None,
            outage_timeout: seconds(args.outage_timeout),
            handle: RunHandle::default(),
        };
        let endpoint = (&*spec.provider, opened.endpoint);
        let sent =
            send_rows(&client, endpoint, (&ledger, &before), &settings, (file.id, &args.alerts)).await?;
        let status = store.status(file.id).await;
        let written = run.write(&ledger, results).await;
        if let Ok(written) = &written {
            run.place.retain_for(before.keep, written).await?;
        }
        let totals = ledger.totals().await;
        let closed = ledger.close().await;
        let sent = match (sent, status) {
            (Ok(summary), Ok(after)) => Ok(of_batch(summary, (&before, &after), run.rows)),
            (sent, _) => sent,
        };
        if let Ok(Summary { stopped: None, left: left @ 1.., .. }) = &sent {
            eprint(&tr!(
                "{left} rows are in chunks that other workers hold, or that ended too many workers; see `pyi batch status {id}`, and `pyi batch resume {id} \
                 --reopen`",
                left,
                id = file.id.to_string()
            ));
        }
        run.finish(sent, written, (totals, closed))
    })
}

/// Submits the table, unless an earlier run did.
async fn submit(
    run: &Run<'_>,
    store: &mut PostgresStore,
    file: &BatchFile,
    wrapping: &WrappingKey,
) -> Result<(), UsageError> {
    let Run { args, info, opened, .. } = run;
    let batch = NewBatch {
        id: file.id,
        info,
        account: &info.target,
        key: &run.key,
        chunk_rows: CHUNK_ROWS,
        person_interval: args.between_same_person.map_or(Duration::ZERO, seconds),
        keep: args.place.retain,
        reuse: run.reuse,
    };
    store.migrate().await.map_err(UsageError::new)?;
    run.place.erase_due().await?;
    store.expire(KEEP).await.map_err(UsageError::new)?;
    let rows = rows_to_submit((opened.provider, opened.endpoint), &opened.table, &opened.mapping);
    let submitted =
        store.submit(&batch, wrapping, rows.map_err(UsageError::new)?).await.map_err(UsageError::new)?;
    if submitted.is_new && batch.reuse.is_some() {
        report_reused(submitted.reused, &submitted.unread);
    }
    Ok(())
}

/// Lets the batch go on as the command says: at the budget that was given, and also where a status
/// or an operator has stopped it. Returns its state before the run.
async fn go_on(
    run: &Run<'_>,
    store: &mut PostgresStore,
    file: &BatchFile,
    ledger: &PostgresLedger,
) -> Result<BatchStatus, UsageError> {
    let info = &run.info;
    is_for(ledger, &info.target)?;
    if ledger.info().endpoint != info.endpoint {
        return Err(UsageError(message!(
            "the batch is of {endpoint}, not of {given}; give the endpoint that it was submitted for",
            endpoint = ledger.info().endpoint,
            given = info.endpoint
        )));
    }
    let before = store.status(file.id).await.map_err(UsageError::new)?;
    if before.budget != info.budget {
        let totals = &before.totals;
        let held = sum(sum(totals.spent, totals.reserved), before.escrow);
        if info.budget.checked_sub(held).is_none_or(|rest| rest.units < 0) {
            return Err(UsageError(message!(
                "--budget is less than {held}, which the batch has spent or holds already",
                held = amount(held)
            )));
        }
        store.set_budget(file.id, info.budget).await.map_err(UsageError::new)?;
    }
    if before.stopped.is_some() {
        store.resume(file.id).await.map_err(UsageError::new)?;
    }
    Ok(before)
}

/// The summary of a run over the whole table: a worker counts the rows that it has taken.
fn of_batch(summary: Summary, (before, after): (&BatchStatus, &BatchStatus), rows: u64) -> Summary {
    let open = match after.chunks_done == after.chunks {
        true => 0,
        false => {
            after.rows.saturating_sub(after.totals.settled + after.totals.ambiguous + summary.duplicates)
        }
    };
    Summary {
        known: summary.known + before.totals.settled,
        refused: summary.refused + rows.saturating_sub(after.rows),
        ambiguous: after.totals.ambiguous,
        left: open,
        ..summary
    }
}
