//! `--alert` and `--alert-command`: a line on stderr, and a command, for each share of the budget
//! that a batch reaches; and the exit code of a budget that is used up.

use std::collections::BTreeMap;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use pyi_batch::{Alert, AlertStore, Shares, StopReason, Summary, alerting};

use super::amounts::amount;
use crate::UsageError;
use crate::language::{say, tr};
use crate::stdio::eprint;

/// Exit code: the budget does not cover another call.
const BUDGET_USED: u8 = 8;

/// Maximum time of a command before it is ended.
const COMMAND_LIMIT: Duration = Duration::from_secs(30);

/// The time between two looks at a command that runs.
const COMMAND_LOOK: Duration = Duration::from_millis(20);

/// Variables that no command of an alert needs.
const SECRETS: [&str; 2] = ["PYI_SECRET", "PYI_STORE_KEY"];

/// When and how the program reports to an operator that the budget is spent.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct AlertOptions {
    /// Report once when each of these shares of the budget is spent, such as 50%,80%,100%
    #[arg(long, value_name = "SHARES", value_parser = shares)]
    alert: Option<Shares>,

    /// Command that the shell runs for each share, with PYI_ALERT_PERCENT, _SPENT, _BUDGET,
    /// _CURRENCY and _BATCH
    #[arg(long, value_name = "COMMAND", requires = "alert")]
    alert_command: Option<String>,
}

fn shares(text: &str) -> Result<Shares, UsageError> {
    text.parse::<Shares>().map_err(UsageError::new)
}

/// Lines for people that wait until the progress bar is out of the way.
#[derive(Default)]
pub(super) struct Notices(Mutex<Vec<String>>);

impl Notices {
    fn add(&self, text: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(text);
    }

    /// The lines that wait.
    pub(super) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Does some work of a batch, and reports the shares of the budget that are reached meanwhile.
/// `batch` is the name that commands get.
pub(super) async fn with_alerts<S: AlertStore, T>(
    work: impl Future<Output = T>,
    (store, batch): (&S, &str),
    options: &AlertOptions,
    notices: &Notices,
) -> T {
    let shares = options.alert.clone().unwrap_or_default();
    let mut commands = Vec::new();
    let report = |alert: Alert| {
        notices.add(text(alert));
        if let Some(command) = &options.alert_command {
            commands.extend(started(command, alert, batch, notices));
        }
    };
    let (done, looked) = alerting(work, store, &shares, report).await;
    for command in commands {
        // A thread that panicked has nothing to report.
        if let Ok(Some(failure)) = command.join() {
            notices.add(failure);
        }
    }
    notices.take().iter().for_each(|text| eprint(text));
    if let Err(error) = looked {
        eprint(&tr!(
            "warning: it is unknown which shares of the budget are reached: {error}",
            error = say(error.message())
        ));
    }
    done
}

fn text(Alert { percent, spent, budget }: Alert) -> String {
    let currency = budget.currency.code();
    match percent {
        100 => tr!(
            "alert: the budget is used up: {spent} of {budget} {currency}",
            spent = amount(spent),
            budget = amount(budget),
            currency
        ),
        _ => tr!(
            "alert: {percent}% of the budget is spent: {spent} of {budget} {currency}",
            percent,
            spent = amount(spent),
            budget = amount(budget),
            currency
        ),
    }
}

/// The numbers of an alert, by the variable that has each.
fn variables(Alert { percent, spent, budget }: Alert, batch: &str) -> BTreeMap<&'static str, String> {
    BTreeMap::from([
        ("PYI_ALERT_PERCENT", percent.to_string()),
        ("PYI_ALERT_SPENT", amount(spent)),
        ("PYI_ALERT_BUDGET", amount(budget)),
        ("PYI_ALERT_CURRENCY", budget.currency.code().to_owned()),
        ("PYI_ALERT_BATCH", batch.to_owned()),
    ])
}

/// Starts a command, and a thread that waits for its end. A command that cannot be started is
/// reported.
fn started(
    command: &str,
    alert: Alert,
    batch: &str,
    notices: &Notices,
) -> Option<JoinHandle<Option<String>>> {
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).envs(variables(alert, batch));
    shell.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    for secret in SECRETS {
        shell.env_remove(secret);
    }
    match shell.spawn() {
        Ok(child) => Some(std::thread::spawn(move || ended(child))),
        Err(error) => {
            notices.add(tr!("warning: the command of --alert-command was not started: {error}", error));
            None
        }
    }
}

/// Waits for the end of a command, and ends one that takes too long. Why it failed, if it did.
fn ended(mut child: Child) -> Option<String> {
    let since = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return None,
            Ok(Some(status)) => {
                return Some(tr!(
                    "warning: the command of --alert-command failed: {status}",
                    status = status.to_string()
                ));
            }
            Ok(None) if since.elapsed() < COMMAND_LIMIT => std::thread::sleep(COMMAND_LOOK),
            Ok(None) => {
                // It may have ended meanwhile.
                let _ = child.kill();
                let _ = child.wait();
                return Some(tr!(
                    "warning: the command of --alert-command was ended after {seconds} seconds",
                    seconds = COMMAND_LIMIT.as_secs()
                ));
            }
            Err(error) => {
                return Some(tr!(
                    "warning: the command of --alert-command failed: {status}",
                    status = error.to_string()
                ));
            }
        }
    }
}

/// The exit code of a run or a worker.
pub(super) fn exit_code(is_complete: bool, summary: &Summary) -> ExitCode {
    match summary.stopped {
        Some(StopReason::Budget) => ExitCode::from(BUDGET_USED),
        _ if is_complete => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}
