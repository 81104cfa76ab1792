//! `pyi batch submit`, `work`, `status`, `stop` and `resume`: several workers of one batch, on a
//! real PostgreSQL, with the sandbox as the provider.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use pyi_sandbox::{Fault, Sandbox};

use crate::desk::{Desk, ROWS, asked};
use crate::support::pyi;

/// A PostgreSQL in a folder of its own, as a user that is not root. It ends with the test.
pub(crate) struct Server {
    folder: PathBuf,
    port: u16,
    server: Child,
}

pub(crate) const PASSWORD: &str = "pw-canary-9c41";
/// `nobody`.
const NOBODY: u32 = 65534;

fn program(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    for version in std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten() {
        folders.push(version.path().join("bin"));
    }
    let found = folders.into_iter().map(|folder| folder.join(name)).find(|path| path.is_file());
    found.unwrap_or_else(|| panic!("{name} of PostgreSQL is needed: apt-get install postgresql"))
}

fn is_root() -> bool {
    std::os::unix::fs::MetadataExt::uid(&std::fs::metadata("/proc/self").unwrap()) == 0
}

fn unprivileged(program: &Path) -> Command {
    let mut command = Command::new(program);
    if is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command.current_dir("/");
    command
}

impl Server {
    pub(crate) fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("pyi-store").tempdir().unwrap().keep();
        std::fs::write(folder.join("password"), PASSWORD).unwrap();
        if is_root() {
            for path in [folder.clone(), folder.join("password")] {
                std::os::unix::fs::chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
            }
        }
        let data = folder.join("data");
        let made = unprivileged(&program("initdb"))
            .args(["-U", "pyi", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--pwfile"])
            .arg(folder.join("password"))
            .arg("-D")
            .arg(&data)
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = unprivileged(&program("postgres"))
            .arg("-D")
            .arg(&data)
            .args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1", "-k"])
            .arg(&folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let since = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(since.elapsed() < Duration::from_secs(60), "PostgreSQL does not start");
            std::thread::sleep(Duration::from_millis(50));
        }
        Self { folder, port, server }
    }

    /// Executes statements, by psql.
    pub(crate) fn execute(&self, statements: &str) {
        let mut psql = unprivileged(&program("psql"));
        let output =
            psql.args(["-v", "ON_ERROR_STOP=1", "-d", &self.url(), "-c", statements]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Its address without the password.
    pub(crate) fn address(&self) -> String {
        format!("postgres://pyi@127.0.0.1:{}/postgres", self.port)
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://pyi:{PASSWORD}@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-QUIT", &self.server.id().to_string()]).status();
        let _ = self.server.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The program with the store, its key and the account in its environment.
pub(crate) fn command(desk: &Desk, server: &Server, sandbox: &Sandbox) -> Command {
    let mut command = pyi();
    command
        .arg("batch")
        .env("PYI_STORE", server.url())
        .env("PYI_STORE_KEY", "5b".repeat(32))
        .env("PYI_BASE_URL", sandbox.url())
        .env("PYI_APP_ID", sandbox.app_id())
        .env("PYI_SECRET", sandbox.secret())
        .env("XDG_STATE_HOME", desk.state.path())
        .env("no_proxy", "127.0.0.1");
    command
}

pub(crate) fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let said = text(&output.stdout) + &text(&output.stderr);
    assert!(!said.contains(PASSWORD), "{said}");
    said
}

#[tokio::test(flavor = "multi_thread")]
async fn several_workers_send_a_batch_once() {
    let (desk, server) = (Desk::new(), Server::start());
    let sandbox = Sandbox::builder().every(9, Fault::Close).start(pyi::SPEC).await.unwrap();
    let run = |arguments: &[&str]| command(&desk, &server, &sandbox).args(arguments).output().unwrap();
    let table = desk.path("people.csv");
    let submit =
        ["submit", &table, "--endpoint", "id_card_two_factor", "--budget", "100.00", "--chunk-rows", "7"];
    let output = run(&submit);
    let text = said(&output);
    assert!(output.status.success() && text.contains(&format!("{ROWS} rows submitted")), "{text}");
    let batch = text.split_whitespace().last().unwrap().to_owned();
    assert!(sandbox.request_log().is_empty());
    // The same command again submits nothing.
    let again = said(&run(&submit));
    assert!(again.contains("was submitted before") && again.contains(&batch), "{again}");
    assert!(again.contains(&format!("{ROWS} rows submitted")), "{again}");
    // A stopped batch is sent by nobody.
    assert!(run(&["stop", &batch]).status.success());
    let stopped = run(&["work", &batch]);
    assert_eq!(stopped.status.code(), Some(1), "{}", said(&stopped));
    assert!(sandbox.request_log().is_empty());
    assert!(run(&["resume", &batch]).status.success());
    let worker = || {
        let mut worker = command(&desk, &server, &sandbox);
        worker.args(["work", &batch, "--concurrency", "2"]);
        worker.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let workers = [worker(), worker(), worker()];
    for worker in workers {
        let output = worker.wait_with_output().unwrap();
        let text = said(&output);
        // Requests that were dropped have no answer, and stay ambiguous.
        assert_eq!(output.status.code(), Some(1), "{text}");
    }
    let asked = asked(&sandbox);
    assert_eq!(asked.len(), ROWS);
    assert!(asked.values().all(|times| *times == 1), "{asked:?}");
    let url = server.address();
    let status = command(&desk, &server, &sandbox)
        .args(["status", &batch, "--store", &url])
        .env("PGPASSWORD", PASSWORD)
        .output()
        .unwrap();
    let text = said(&status);
    assert!(text.contains("of 30 rows settled, 3 ambiguous, 0 in flight; 5 of 5 chunks done"), "{text}");
    assert!(text.contains("spent at most 4.8, reserved 0, held by workers 0, budget 100"), "{text}");
    let path = desk.path("results.csv");
    let fetched =
        run(&["results", &table, "--endpoint", "id_card_two_factor", "--batch", &batch, "-o", &path]);
    assert_eq!(fetched.status.code(), Some(0), "{}", said(&fetched));
    let results = desk.results();
    let of = |outcome: &str| results.iter().filter(|row| row["pyi_outcome"] == outcome).count();
    assert_eq!((results.len(), of("data"), of("unknown")), (ROWS, 27, 3), "{:?}", results[0]);
    // Its address in the environment is enough.
    assert_eq!(said(&run(&["status", &batch])), text);
    // Another worker finds nothing to send.
    run(&["work", &batch]);
    assert_eq!(sandbox.request_log().len(), ROWS);
    // The rows without an answer are sent again, on demand.
    run(&["work", &batch, "--on-ambiguous", "retry"]);
    assert_eq!(sandbox.request_log().len(), ROWS, "their chunks are done");
    let text = said(&run(&["resume", &batch, "--reopen"]));
    assert!(text.contains(" chunk(s) are open again") && !text.contains("0 chunk(s)"), "{text}");
    let output = run(&["work", &batch, "--on-ambiguous", "retry"]);
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(sandbox.request_log().len(), ROWS + 3);
    // Its people are erased, and no worker can read its values any more.
    assert_eq!(run(&["forget", &batch]).status.code(), Some(0));
    let output = run(&["work", &batch]);
    assert!(output.status.code() == Some(2) && said(&output).contains("are forgotten"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_submitted_is_refused() {
    let (desk, server, sandbox) = (Desk::new(), Server::start(), Sandbox::start(pyi::SPEC).await.unwrap());
    let run = |arguments: &[&str]| {
        let output = command(&desk, &server, &sandbox).args(arguments).output().unwrap();
        (output.status.code(), said(&output))
    };
    let table = desk.path("people.csv");
    let submit = ["submit", &table, "--endpoint", "id_card_two_factor", "--budget", "100.00"];
    // A password that is typed is in the list of processes.
    let url = server.url();
    let output = command(&desk, &server, &sandbox).args(submit).args(["--store", &url]).output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        output.status.code() == Some(2) && text.contains("list of processes") && !text.contains(PASSWORD),
        "{text}"
    );
    let (code, text) = run(&["work", "no-batch"]);
    assert!(code == Some(2) && text.contains("32 hexadecimal digits"), "{text}");
    let (code, text) = run(&["work", &"0f".repeat(16)]);
    assert!(code == Some(2) && text.contains("has version 0"), "{text}");
    assert_eq!(run(&submit).0, Some(0));
    let (code, text) = run(&["work", &"0f".repeat(16)]);
    assert!(code == Some(2) && text.contains("submit it first"), "{text}");
    // A table that has a batch in the store, or a ledger of its own, is finished there.
    assert_eq!(desk.run(&sandbox, &["--budget", "0.16"]).0, Some(2));
    std::fs::remove_file(format!("{table}.batch")).unwrap();
    assert_eq!(desk.run(&sandbox, &["--budget", "0.16"]).0, Some(8));
    let (code, text) = run(&submit);
    assert!(code == Some(2) && text.contains("is finished where it began"), "{text}");
}
