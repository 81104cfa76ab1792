//! A PostgreSQL of the tests: started once in a folder of its own, as a user that is not root, with
//! a database for each test. It ends with the process of the tests, however that ends.

use std::collections::BTreeSet;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use pyi_batch::StoreUrl;
use sqlx::{ConnectOptions, PgConnection};

/// A password that no output of the ledger may contain.
pub(crate) const PASSWORD: &str = "pw-canary-71b2";

/// `nobody`, for a process of root: PostgreSQL refuses to run as root.
const NOBODY: u32 = 65534;

/// A running server.
pub(crate) struct Server {
    pub(crate) folder: PathBuf,
    pub(crate) port: u16,
    /// Ends the server once its input is closed, which the end of this process does.
    keeper: Mutex<Child>,
}

/// A database of its own in the server that all tests share.
pub(crate) async fn database() -> StoreUrl {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    shared().database(&format!("t{}", COUNT.fetch_add(1, Ordering::Relaxed))).await
}

/// A database of that name in that server, the same for each call.
pub(crate) async fn database_of(name: &str) -> StoreUrl {
    static MADE: tokio::sync::Mutex<BTreeSet<String>> = tokio::sync::Mutex::const_new(BTreeSet::new());
    let mut made = MADE.lock().await;
    match made.insert(name.to_owned()) {
        true => shared().database(name).await,
        false => shared().url(name),
    }
}

/// The server that all tests of a process share.
pub(crate) fn shared() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(Server::start)
}

impl Server {
    pub(crate) fn start() -> Self {
        let folder = new_folder();
        let data = folder.join("data");
        std::fs::write(folder.join("password"), PASSWORD).unwrap();
        if is_root() {
            chown(folder.join("password"), Some(NOBODY), Some(NOBODY)).unwrap();
        }
        let made = as_user(&program("initdb"))
            .args(["-U", "pyi", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--pwfile"])
            .arg(folder.join("password"))
            .arg("-D")
            .arg(&data)
            .output()
            .unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        Self::of(folder)
    }

    /// Starts a server of the data in a folder.
    fn of(folder: PathBuf) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let keeper = keep(&folder, port);
        let server = Self { folder, port, keeper: Mutex::new(keeper) };
        let since = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(since.elapsed() < Duration::from_secs(60), "PostgreSQL does not start: {}", server.log());
            std::thread::sleep(Duration::from_millis(50));
        }
        server
    }

    /// A folder with a copy of the server's data, as it is now: a base backup. With `is_standby`, a
    /// server of it follows this one.
    pub(crate) fn copy(&self, is_standby: bool) -> PathBuf {
        let folder = new_folder();
        let mut backup = as_user(&program("pg_basebackup"));
        backup.args(["-h", "127.0.0.1", "-U", "pyi", "-X", "stream", "-c", "fast", "-p"]);
        backup.arg(self.port.to_string()).arg("-D").arg(folder.join("data")).env("PGPASSWORD", PASSWORD);
        if is_standby {
            backup.arg("-R");
        }
        let made = backup.output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        folder
    }

    /// Starts a server that follows this one.
    pub(crate) fn standby(&self) -> Self {
        Self::of(self.copy(true))
    }

    /// Starts a server of a backup, which is recovered up to the end of the backup.
    pub(crate) fn restore(folder: PathBuf) -> Self {
        use std::io::Write as _;
        let data = folder.join("data");
        let mut settings =
            std::fs::OpenOptions::new().append(true).open(data.join("postgresql.auto.conf")).unwrap();
        writeln!(settings, "restore_command = 'false'\nrecovery_target = 'immediate'").unwrap();
        writeln!(settings, "recovery_target_action = 'promote'").unwrap();
        let signal = data.join("recovery.signal");
        std::fs::write(&signal, "").unwrap();
        if is_root() {
            chown(&signal, Some(NOBODY), Some(NOBODY)).unwrap();
        }
        Self::of(folder)
    }

    /// Makes a standby the primary.
    pub(crate) fn promote(&self) {
        let mut promote = as_user(&program("pg_ctl"));
        let done = promote.args(["promote", "-w", "-D"]).arg(self.folder.join("data")).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    /// A program of PostgreSQL, as the user of the server.
    pub(crate) fn program(&self, name: &str) -> Command {
        as_user(&program(name))
    }

    /// Makes the server offer TLS with this certificate.
    pub(crate) async fn use_certificate(&self, certificate: &Path, key: &Path) {
        use std::os::unix::fs::PermissionsExt as _;
        for (from, name) in [(certificate, "server.crt"), (key, "server.key")] {
            let to = self.folder.join("data").join(name);
            std::fs::copy(from, &to).unwrap();
            std::fs::set_permissions(&to, std::fs::Permissions::from_mode(0o600)).unwrap();
            if is_root() {
                chown(&to, Some(NOBODY), Some(NOBODY)).unwrap();
            }
        }
        let mut connection = connect(&self.url_text("postgres")).await;
        sqlx::raw_sql("ALTER SYSTEM SET ssl = on").execute(&mut connection).await.unwrap();
        sqlx::raw_sql("SELECT pg_reload_conf()").execute(&mut connection).await.unwrap();
        // The server reads its configuration after it has answered.
        let require = format!("{}?sslmode=require", self.url_text("postgres"));
        let options: sqlx::postgres::PgConnectOptions = require.parse().unwrap();
        let since = Instant::now();
        while let Err(error) = options.connect().await {
            assert!(since.elapsed() < Duration::from_secs(30), "{error}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// What the server has logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    /// Stops the server at once, as a loss of power does to its processes, or starts it again.
    pub(crate) fn tell(&self, line: &str) {
        use std::io::Write as _;
        writeln!(self.keeper.lock().unwrap().stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    pub(crate) fn url(&self, database: &str) -> StoreUrl {
        let Self { port, .. } = self;
        format!("postgres://pyi:{PASSWORD}@127.0.0.1:{port}/{database}").parse().unwrap()
    }

    /// Creates a database.
    pub(crate) async fn database(&self, name: &str) -> StoreUrl {
        let mut connection = connect(&self.url_text("postgres")).await;
        let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
        sqlx::raw_sql(create).execute(&mut connection).await.unwrap();
        self.url(name)
    }

    pub(crate) fn url_text(&self, database: &str) -> String {
        format!("postgres://pyi:{PASSWORD}@127.0.0.1:{}/{database}", self.port)
    }
}

/// A connection for a test that looks into a database, or that disturbs it.
pub(crate) async fn connect(url: &str) -> PgConnection {
    let options: sqlx::postgres::PgConnectOptions = url.parse().unwrap();
    let since = Instant::now();
    loop {
        match options.connect().await {
            Ok(connection) => return connection,
            // It is starting.
            Err(error) => {
                assert!(since.elapsed() < Duration::from_secs(30), "{error}");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

/// A connection to the database of a ledger.
pub(crate) async fn look(url: &StoreUrl) -> PgConnection {
    let text = url.to_string().replace("pyi@", &format!("pyi:{PASSWORD}@"));
    connect(&text).await
}

/// Starts the server below a shell that waits for lines: `stop` ends it at once, without a
/// checkpoint, and `start` starts it again. The end of this process is the end of its input.
fn keep(folder: &Path, port: u16) -> Child {
    let script = r#"start() { "$1" -D "$2/data" -p "$3" -k "$2" -c listen_addresses=127.0.0.1 -c max_connections=200 \
          -c shared_buffers=128MB >>"$2/log" 2>&1 & server=$!; }
        stop() { kill -QUIT $server 2>/dev/null; wait $server; }
        start "$@"
        while read -r line; do case $line in stop) stop ;; start) start "$@" ;; esac; done
        stop; rm -rf "$2""#;
    as_user(Path::new("sh"))
        .args(["-c", script, "sh"])
        .arg(program("postgres"))
        .arg(folder)
        .arg(port.to_string())
        .stdin(Stdio::piped())
        .spawn()
        .unwrap()
}

/// A new folder for a server.
fn new_folder() -> PathBuf {
    let folder = tempfile::Builder::new().prefix("pyi-postgres").tempdir().unwrap().keep();
    if is_root() {
        chown(&folder, Some(NOBODY), Some(NOBODY)).unwrap();
    }
    folder
}

fn as_user(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir("/").env_remove("PGDATA");
    if is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").unwrap().uid() == 0
}

/// A program of PostgreSQL: on the path, or where Debian has it.
fn program(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    for version in std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten() {
        folders.push(version.path().join("bin"));
    }
    let found = folders.into_iter().map(|folder| folder.join(name)).find(|path| path.is_file());
    found.unwrap_or_else(|| panic!("{name} of PostgreSQL 15 or later is needed: apt-get install postgresql"))
}
