//! The desk of an operator: a table of people, the program, and the sandbox's request log as the
//! judge.

use std::collections::BTreeMap;
use std::process::{Command, Output};

use pyi_runtime::Billing;
use pyi_sandbox::Sandbox;

use crate::support::{pyi, run};

/// Number of rows of the table.
pub(crate) const ROWS: usize = 30;

/// A folder with a table of people of the unassigned kind; the key is kept in another one.
pub(crate) struct Desk {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) state: tempfile::TempDir,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap(), state: tempfile::tempdir().unwrap() };
        let rows: Vec<String> =
            (0..ROWS).map(|row| format!("张{row}号,11010519491231002X,=HYPERLINK({row})\n")).collect();
        std::fs::write(desk.path("people.csv"), format!("姓名,身份证号,备注\n{}", rows.concat())).unwrap();
        desk
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    pub(crate) fn command(&self, sandbox: &Sandbox, more: &[&str]) -> Command {
        let mut command = pyi();
        command
            .args(["batch", "run", &self.path("people.csv"), "--endpoint", "id_card_two_factor"])
            .args(["--base-url", &sandbox.url(), "--app-id", sandbox.app_id()])
            .args(more)
            .env("PYI_SECRET", sandbox.secret())
            .env("XDG_STATE_HOME", self.state.path())
            .env("no_proxy", "127.0.0.1");
        if !more.contains(&"--budget") {
            command.args(["--budget", "100.00"]);
        }
        if !more.contains(&"-o") {
            command.args(["-o", &self.path("results.csv")]);
        }
        command
    }

    pub(crate) fn run(&self, sandbox: &Sandbox, more: &[&str]) -> (Option<i32>, String, String) {
        let Output { status, stdout, stderr } = self.command(sandbox, more).output().unwrap();
        (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
    }

    /// The results, as Python reads them.
    pub(crate) fn results(&self) -> Vec<BTreeMap<String, String>> {
        let script = "import csv, json, sys\nprint(json.dumps(list(csv.DictReader(open(sys.argv[1], encoding='utf-8-sig', newline='')))))";
        serde_json::from_str(&run("python3", &["-c", script, &self.path("results.csv")], "")).unwrap()
    }
}

/// The number of sends of each person.
pub(crate) fn asked(sandbox: &Sandbox) -> BTreeMap<String, usize> {
    let mut asked = BTreeMap::new();
    for entry in sandbox.request_log() {
        *asked.entry(entry.parameter("bank_name").unwrap().to_owned()).or_default() += 1;
    }
    asked
}

/// The number of calls that the sandbox would have billed.
pub(crate) fn billed(sandbox: &Sandbox) -> usize {
    sandbox.request_log().iter().filter(|entry| entry.billing == Billing::Billed).count()
}

/// The amount that a run reports as spent.
pub(crate) fn spent(said: &str) -> f64 {
    let amount = said.split("spent at most ").nth(1).and_then(|rest| rest.split(' ').next());
    amount.unwrap().parse().unwrap()
}

/// The number of kills of a test.
pub(crate) fn kills() -> u64 {
    std::env::var("PYI_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(60)
}

/// Pseudorandom numbers, the same in each run.
pub(crate) fn seeded(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *seed >> 33
}
