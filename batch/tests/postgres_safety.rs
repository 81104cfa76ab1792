//! The ledger in PostgreSQL and what it gives away or relies on: no value of a person in a table, a
//! log or the write-ahead log, no password in an error, and no server that loses commits.

// A failed assumption of a test is a failure of the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(unix)]

mod support;

use std::path::Path;
use std::process::Command;

use pyi_batch::{
    AlertStore, Claim, OnAmbiguous, PostgresLedger, PostgresStore, Reservation, Risk, Shares, Store,
    StoreUrl, WorkerSettings, WrappingKey,
};
use pyi_runtime::{Billing, CallOutcome};
use sqlx::{AssertSqlSafe, Row as _};

use crate::support::postgres::{PASSWORD, Server, connect, database, look};
use crate::support::submitted::{EACH, Provider, Shape, Submitted, answer, values_of, work, wrapping, yuan};

/// The files below a folder that contain one of these texts.
fn containing(folder: &Path, texts: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(containing(&path, texts));
        } else if let Ok(bytes) = std::fs::read(&path) {
            for text in texts {
                if bytes.windows(text.len()).any(|part| part == text.as_bytes()) {
                    found.push(format!("{} has {text}", path.display()));
                }
            }
        }
    }
    found
}

/// The values, the replies and the errors of a batch are in no table, no log and no file of the
/// server; a value that is not sealed would be found.
#[tokio::test(flavor = "multi_thread")]
async fn no_value_of_a_person_is_in_the_server() {
    let server = Server::start();
    let batch =
        Submitted::new(&server.database("ledger").await, &Shape { rows: 30, ..Shape::default() }).await;
    let provider = Provider::default();
    let worker = batch.worker().await;
    work(&worker, &provider, |row| {
        let error = (row % 2 == 0).then(|| "error-canary".to_owned());
        pyi_batch::RowOutcome { error, ..answer(Billing::Billed) }
    })
    .await;
    assert_eq!(provider.rows(), 30);
    let mut connection = look(&batch.url).await;
    // What a mistake of ours would leave: a statement that fails is logged, and this one is found.
    let failing = "SELECT 1 / (number - number) FROM input WHERE 'log-canary' <> ''";
    assert!(sqlx::raw_sql(failing).execute(&mut connection).await.is_err());
    sqlx::raw_sql("CREATE TABLE plain AS SELECT 'plain-canary'::text; CHECKPOINT")
        .execute(&mut connection)
        .await
        .unwrap();
    let mut texts: Vec<String> = values_of(7).into_iter().map(|(_, value)| value).collect();
    texts.extend(["reply-canary", "error-canary", PASSWORD].map(str::to_owned));
    let leaks = containing(&server.folder.join("data"), &texts);
    assert!(leaks.is_empty(), "{leaks:?}");
    assert!(!texts.iter().any(|text| server.log().contains(text)));
    // The search finds what is there, in a table and in the write-ahead log.
    let plain = containing(&server.folder.join("data"), &["plain-canary".to_owned()]);
    assert!(
        plain.iter().any(|file| file.contains("pg_wal")) && plain.iter().any(|file| file.contains("base")),
        "{plain:?}"
    );
    assert!(server.log().contains("log-canary"));
    // With the key, it can be read.
    let found = worker.page(0, 30).await.unwrap();
    let first = found[0].1.outcome.clone().unwrap();
    assert_eq!(first.data.unwrap(), "{\"bank_name\":\"reply-canary\"}");
    assert_eq!((first.error.as_deref(), first.outcome), (Some("error-canary"), CallOutcome::Data));
    assert_eq!(found[1].1.outcome.as_ref().unwrap().error, None);
}

/// After its people are forgotten, a batch cannot be opened, and its costs stay. Another key opens
/// nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_opens_with_its_key_until_it_is_forgotten() {
    let batch = Submitted::new(&database().await, &Shape::default()).await;
    let worker = batch.worker().await;
    work(&worker, &Provider::default(), |_| answer(Billing::Billed)).await;
    let before = batch.funds().await;
    let settings = WorkerSettings::default();
    let other = PostgresLedger::open(&batch.url, batch.id, &WrappingKey::new(&[4; 32]), &settings).await;
    assert!(other.unwrap_err().to_string().contains("give the key that it was submitted with"));
    let person = worker.page(0, 1).await.unwrap();
    assert_eq!(person.len(), 1);
    let mut store = PostgresStore::new(&batch.url, &[]);
    store.forget(batch.id).await.unwrap();
    let error =
        PostgresLedger::open(&batch.url, batch.id, &wrapping(), &settings).await.unwrap_err().to_string();
    assert!(error.contains("are forgotten"), "{error}");
    assert_eq!(batch.funds().await, before);
    let mut connection = look(&batch.url).await;
    let left =
        "SELECT (SELECT count(*) FROM input), (SELECT count(*) FROM sent WHERE data_sealed IS NOT NULL),
                (SELECT count(*) FROM batch WHERE wrapped_key IS NOT NULL)";
    let left = sqlx::query(left).fetch_one(&mut connection).await.unwrap();
    assert_eq!([0, 1, 2].map(|column| left.get::<i64, _>(column)), [0, 0, 0]);
}

/// A server that may lose commits is refused, for the operator and for a worker, until the risk is
/// accepted by its name.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_may_lose_commits_is_refused() {
    let batch = Submitted::new(&database().await, &Shape::default()).await;
    let mut connection = look(&batch.url).await;
    let name = batch.url.to_string().rsplit('/').next().unwrap().to_owned();
    let set = async |connection: &mut sqlx::PgConnection, setting: &str| {
        let text = AssertSqlSafe(format!("ALTER DATABASE {name} {setting}"));
        sqlx::raw_sql(text).execute(connection).await.unwrap();
    };
    let open = async |accepted: &[Risk]| {
        let settings = WorkerSettings { accepted: accepted.to_vec(), ..WorkerSettings::default() };
        let opened = PostgresLedger::open(&batch.url, batch.id, &wrapping(), &settings).await;
        opened.map(drop).map_err(|error| error.to_string())
    };
    assert_eq!(open(&[]).await, Ok(()));
    set(&mut connection, "SET synchronous_commit = off").await;
    let error = open(&[]).await.unwrap_err();
    assert!(error.contains("synchronous_commit of the database is off"), "{error}");
    assert!(PostgresStore::new(&batch.url, &[]).migrate().await.is_err());
    assert!(open(&[Risk::Fsync]).await.is_err());
    assert_eq!(open(&[Risk::SynchronousCommit]).await, Ok(()));
    set(&mut connection, "RESET synchronous_commit").await;
    // A promoted standby or a restored backup is on another timeline.
    sqlx::raw_sql("UPDATE store SET timeline = 7").execute(&mut connection).await.unwrap();
    let error = open(&[]).await.unwrap_err();
    assert!(error.contains("was on timeline 7 of its database and is on timeline 1"), "{error}");
    assert_eq!(open(&[Risk::Timeline]).await, Ok(()));
    // Accepted once, it is the ledger's timeline from then on.
    assert_eq!(open(&[]).await, Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_names_the_store_and_not_its_password() {
    let url = database().await;
    let store = |text: &str| PostgresStore::new(&text.parse().unwrap(), &[]);
    let place = url.to_string().split('@').nth(1).unwrap().to_owned();
    let wrong = format!("postgres://pyi:other-canary@{place}");
    let nowhere = format!("postgres://pyi:{PASSWORD}@127.0.0.1:1/none");
    for (text, password) in [(wrong, "other-canary"), (nowhere, PASSWORD)] {
        let error = store(&text).migrate().await.unwrap_err();
        assert!(error.to_string().contains("postgres://pyi@127.0.0.1:"), "{error}");
        assert!(!format!("{error} {error:?} {:?}", store(&text)).contains(password));
    }
    for text in [format!("mysql://pyi:{PASSWORD}@db/x"), format!("postgres://pyi:{PASSWORD}@db:none/x")] {
        let error = text.parse::<StoreUrl>().unwrap_err();
        assert!(!format!("{error} {error:?}").contains(PASSWORD), "{error}");
    }
    // Tables that are not there, and those of a newer version.
    let mut store = PostgresStore::new(&url, &[]);
    let error = store.resume(pyi_batch::BatchId([1; 16])).await.unwrap_err().to_string();
    assert!(error.contains("migrate it"), "{error}");
    store.migrate().await.unwrap();
    let error = store.resume(pyi_batch::BatchId([1; 16])).await.unwrap_err().to_string();
    assert!(error.contains("no batch 01010101010101010101010101010101"), "{error}");
    let mut connection = look(&url).await;
    sqlx::raw_sql("INSERT INTO migration (no) VALUES (1000)").execute(&mut connection).await.unwrap();
    let error = store.migrate().await.unwrap_err().to_string();
    assert!(error.contains("version 1000, which this version of pyi does not know"), "{error}");
}

fn openssl(folder: &Path, arguments: &str) {
    let output = Command::new("openssl").current_dir(folder).args(arguments.split(' ')).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// `sslmode=verify-full` connects to a server whose certificate is of its authority and of its
/// name, and to no other. OpenSSL makes the certificates.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_known_by_its_certificate() {
    let server = Server::start();
    let url = server.url_text("postgres");
    let at = |parameters: &str| -> PostgresStore {
        PostgresStore::new(&format!("{url}?{parameters}").parse().unwrap(), &[])
    };
    let folder = tempfile::tempdir().unwrap();
    for authority in ["ca", "other"] {
        openssl(
            folder.path(),
            &format!(
                "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={authority} -keyout {authority}.key -out {authority}.pem"
            ),
        );
    }
    openssl(folder.path(), "req -newkey rsa:2048 -nodes -subj /CN=db -keyout server.key -out server.csr");
    std::fs::write(folder.path().join("names"), "subjectAltName=IP:127.0.0.1\n").unwrap();
    openssl(
        folder.path(),
        "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.crt",
    );
    let root = |name: &str| folder.path().join(name).display().to_string();
    let full = |name: &str| format!("sslmode=verify-full&sslrootcert={}", root(name));
    // A server without TLS.
    let error = at(&full("ca.pem")).migrate().await.unwrap_err().to_string();
    assert!(error.contains("TLS") && !error.contains(PASSWORD), "{error}");
    server.use_certificate(&folder.path().join("server.crt"), &folder.path().join("server.key")).await;
    at(&full("ca.pem")).migrate().await.unwrap();
    let error = at(&full("other.pem")).migrate().await.unwrap_err().to_string();
    assert!(error.contains("certificate") && !error.contains(PASSWORD), "{error}");
    let named = url.replace("127.0.0.1", "localhost");
    let named: StoreUrl = format!("{named}?{}", full("ca.pem")).parse().unwrap();
    let error = PostgresStore::new(&named, &[]).migrate().await.unwrap_err().to_string();
    assert!(error.contains("certificate") && !error.contains(PASSWORD), "{error}");
    // The ledger's own connections are encrypted.
    let encrypted: StoreUrl = format!("{url}?{}", full("ca.pem")).parse().unwrap();
    let batch = Submitted::new(&encrypted, &Shape { rows: 20, ..Shape::default() }).await;
    let worker = batch.worker().await;
    let mut connection = connect(&url).await;
    let plain: (i64, i64) = sqlx::query_as(
        "SELECT count(*), count(*) FILTER (WHERE NOT ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'pyi'",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    assert!(plain.0 > 0 && plain.1 == 0, "{plain:?}");
    let provider = Provider::default();
    work(&worker, &provider, |_| answer(Billing::Billed)).await;
    assert_eq!(provider.rows(), 20);
}

/// Rate and backoff of an account are one for all its workers and batches.
#[tokio::test(flavor = "multi_thread")]
async fn the_limits_of_an_account_are_shared() {
    let url = database().await;
    let (one, two) =
        (Submitted::new(&url, &Shape::default()).await, Submitted::new(&url, &Shape::default()).await);
    let (one, two) = (one.worker().await, two.worker().await);
    let hour = std::time::Duration::from_secs(3600);
    let (first, second) = (one.draw_turns(hour, 2).await.unwrap(), two.draw_turns(hour, 1).await.unwrap());
    assert_eq!(first.wait, std::time::Duration::ZERO);
    // Two turns of an hour are gone, but for the moment in between.
    assert!(second.wait > hour && second.wait <= 2 * hour, "{second:?}");
    let seconds = std::time::Duration::from_secs;
    assert_eq!(one.change_backoff(seconds(0), seconds(1)).await.unwrap(), seconds(1));
    // A call that began before that was throttled together with it.
    assert_eq!(two.change_backoff(seconds(0), seconds(1)).await.unwrap(), seconds(1));
    assert_eq!(two.change_backoff(seconds(1), seconds(2)).await.unwrap(), seconds(2));
    assert_eq!(one.backoff().await.unwrap(), seconds(2));
}

/// A role of one tenant works in its schema, and reads nothing of another's.
#[tokio::test(flavor = "multi_thread")]
async fn a_role_of_one_tenant_reads_nothing_of_another() {
    let server = Server::start();
    let url = server.database("tenants").await;
    let mut connection = look(&url).await;
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/OPERATIONS.md");
    let page = std::fs::read_to_string(page).unwrap();
    let blocks = page.split("```sql\n").skip(1).filter_map(|rest| rest.split("```").next());
    let [roles, grants]: [&str; 2] = blocks.collect::<Vec<_>>().try_into().unwrap();
    let text = |block: &str, tenant: &str| {
        AssertSqlSafe(block.replace("tenant", tenant).replace("'...'", &format!("'{PASSWORD}'")))
    };
    for tenant in ["north", "south"] {
        sqlx::raw_sql(text(roles, tenant)).execute(&mut connection).await.unwrap();
    }
    let at = |role: &str| -> StoreUrl {
        url.to_string().replace("pyi@", &format!("{role}:{PASSWORD}@")).parse().unwrap()
    };
    for tenant in ["north", "south"] {
        PostgresStore::new(&at(&format!("{tenant}_owner")), &[]).migrate().await.unwrap();
        sqlx::raw_sql(text(grants, tenant)).execute(&mut connection).await.unwrap();
    }
    let batch = Submitted::new(&at("north_owner"), &Shape { rows: 20, ..Shape::default() }).await;
    let provider = Provider::default();
    let settings = WorkerSettings::default();
    let worker = batch.worker_at(&at("north_worker"), &settings).await;
    work(&worker, &provider, |_| answer(Billing::Billed)).await;
    assert_eq!(provider.rows(), 20);
    // It notes which shares of the budget are reported.
    let mut owner = PostgresStore::new(&at("north_owner"), &[]);
    owner.set_budget(batch.id, yuan(20 * EACH)).await.unwrap();
    let shares = Shares::new([100]).unwrap();
    assert_eq!(worker.reached(&shares).await.unwrap().len(), 1);
    assert_eq!(worker.reached(&shares).await.unwrap().len(), 0);
    // It recovers workers whose time is over, and nothing of them stays.
    batch.worker_at(&at("north_worker"), &settings).await;
    let expire = "UPDATE north.worker SET until = clock_timestamp() - interval '1 second'";
    sqlx::raw_sql(expire).execute(&mut connection).await.unwrap();
    while worker.recover().await.unwrap() {}
    let left: i64 =
        sqlx::query_scalar("SELECT count(*) FROM north.worker").fetch_one(&mut connection).await.unwrap();
    assert_eq!(left, 0);
    // It changes no table, and no batch but its money.
    assert!(PostgresStore::new(&at("north_worker"), &[]).forget(batch.id).await.is_err());
    let other = PostgresLedger::open(&at("south_worker"), batch.id, &wrapping(), &settings).await;
    assert!(other.unwrap_err().to_string().contains("the ledger has no batch"));
    let text = at("south_worker").to_string().replace("south_worker@", &format!("south_worker:{PASSWORD}@"));
    let mut south = connect(&text).await;
    for table in ["batch", "input", "sent"] {
        let read = AssertSqlSafe(format!("SELECT * FROM north.{table}"));
        let error = sqlx::raw_sql(read).execute(&mut south).await.unwrap_err().to_string();
        assert!(error.contains("permission denied"), "{error}");
    }
    let Claim::Over { .. } = worker.claim().await.unwrap() else { panic!("all is sent") };
    let again = worker.reserve(0, [9; 16], OnAmbiguous::Hold).await.unwrap();
    assert_eq!(again, Reservation::NotHeld);
}
