//! The provider's bill against the ledger of a run on the sandbox, whose request log is what the
//! provider has billed.

use pyi_sandbox::{Fault, Sandbox};

use crate::desk::{Desk, ROWS};
use crate::support::pyi;

/// A bill as a provider exports it: names, numbers, the endpoint's path, and local times.
pub(crate) fn bill(entries: &[(String, String, bool)]) -> String {
    let at = now();
    let mut text =
        "姓名,身份证号,接口,计费时间\n李四,110105194912310038,/pyi/62/77,2020-01-01 00:00:00\n".to_owned();
    for (name, number, is_billed) in entries {
        if *is_billed {
            text.push_str(&format!("{name},{number},/pyi/62/169,{at}\n"));
        }
    }
    text
}

/// The present time in unix seconds.
fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_decides_the_rows_without_an_answer() {
    let desk = Desk::new();
    let sandbox =
        Sandbox::builder().every(5, Fault::Cut).every(7, Fault::Close).start(pyi::SPEC).await.unwrap();
    let (code, said, _) = desk.run(&sandbox, &["--concurrency", "1", "--on-ambiguous", "hold"]);
    assert_eq!(code, Some(1), "{said}");
    // This provider bills an answer that was cut, and no request that was dropped.
    let sent: Vec<(String, String, bool)> = sandbox
        .request_log()
        .iter()
        .zip(1..)
        .map(|(entry, number)| {
            let value = |name: &str| entry.parameter(name).unwrap().to_owned();
            (value("bank_name"), value("bank_id"), number % 7 != 0)
        })
        .collect();
    let billed = sent.iter().filter(|(_, _, is_billed)| *is_billed).count();
    assert!(sent.len() == ROWS && billed < ROWS && billed > ROWS / 2, "{billed} of {}", sent.len());
    let path = desk.path("bill.csv");
    std::fs::write(&path, bill(&sent)).unwrap();
    let ledger = desk.path("people.csv");
    let reconcile = |more: &[&str]| {
        let output = pyi()
            .args([
                "batch",
                "reconcile",
                &path,
                "--ledger",
                &ledger,
                "--time",
                "计费时间",
                "--endpoint-column",
                "接口",
            ])
            .args(["--from", "2000-01-01T00:00:00Z", "--to", "2100-01-01T00:00:00Z", "--window", "3600"])
            .args(more)
            .env("XDG_STATE_HOME", desk.state.path())
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        (output.status.code(), said, String::from_utf8(output.stderr).unwrap())
    };
    let status = || {
        let output = pyi().args(["batch", "status", &ledger]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let before = status();
    let (code, said, trouble) = reconcile(&["--format", "json"]);
    assert_eq!(code, Some(1), "{said} {trouble}");
    let found: serde_json::Value = serde_json::from_str(&said).unwrap();
    let count = |name: &str| found[name].as_array().unwrap().len();
    assert_eq!(count("matched") + count("billed"), billed, "{said}");
    assert_eq!(count("free"), ROWS - billed, "{said}");
    assert_eq!((count("missing"), count("extra"), count("undecided")), (0, 0, 0), "{said}");
    assert_eq!((found["others"].as_u64(), found["applied"].as_u64()), (Some(1), None));
    assert_eq!(status(), before, "it only shows");
    let (code, said, _) = reconcile(&["--apply"]);
    assert_eq!(code, Some(0), "{said}");
    // The money of the rows that were not billed is given back.
    let spent = format!("spent at most {:.1}", billed as f64 * 0.16);
    let after = status();
    assert!(
        after.contains("30 rows settled, 0 ambiguous") && after.contains(&spent[..spent.len() - 1]),
        "{after}"
    );
    let (code, _, trouble) = reconcile(&["--apply"]);
    assert!(code == Some(2) && trouble.contains("was applied to the ledger before"), "{trouble}");
    // A bill of other people is a mistake, and so is one without offsets.
    std::fs::write(
        &path,
        "姓名,身份证号,接口,计费时间\n李四,110105194912310038,/pyi/62/169,2020-01-01 00:00:00\n",
    )
    .unwrap();
    let (code, _, trouble) = reconcile(&[]);
    assert!(
        code == Some(2) && trouble.contains("line 2 of the bill has a time without an offset"),
        "{trouble}"
    );
    let (code, _, trouble) = reconcile(&["--zone", "+08:00"]);
    assert!(
        code == Some(2)
            && trouble.contains("no line of the bill names a person")
            && !trouble.contains("李四"),
        "{trouble}"
    );
}
