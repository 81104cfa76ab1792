//! A soak test: many tasks, every kind of fault, and two request logs that must agree. It runs a
//! few seconds; `PYI_SOAK_SECONDS=600` is the full length.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use pyi::{Billing, Client, IdCardTwoFactor};
use pyi_sandbox::{Fault, LoggedRequest, Sandbox};

const TASKS: usize = 64;

/// Memory that this process holds, in MiB.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() / 1024
}

/// The sandbox's request log equals the client's count.
fn agree(name: &str, billing: Billing, entries: &[LoggedRequest]) {
    let billed: Vec<Billing> = entries.iter().map(|entry| entry.billing).collect();
    match billing {
        Billing::NotSent => assert!(billed.is_empty(), "{name}: {billed:?}"),
        Billing::Free => assert!(billed.iter().all(|billed| *billed == Billing::Free), "{name}: {billed:?}"),
        Billing::Billed => {
            let (last, before) = billed.split_last().unwrap();
            assert_eq!(*last, Billing::Billed, "{name}");
            assert!(
                before.iter().all(|billed| *billed == Billing::Free),
                "{name} was paid for once: {billed:?}"
            );
        }
        Billing::Unknown => {
            let paid = billed.iter().filter(|billed| **billed != Billing::Free).count();
            assert!(paid <= 1, "{name} may have been paid for once: {billed:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_call_ends_and_both_ledgers_agree() {
    if !crate::alone("soak::every_call_ends_and_both_ledgers_agree") {
        return;
    }
    let seconds = std::env::var("PYI_SOAK_SECONDS").map_or(4, |seconds| seconds.parse().unwrap());
    // About a twentieth of each; the bomb is rarer in the short run, since it is all work and no
    // wait.
    let sandbox = Sandbox::builder()
        .every(20, Fault::Close)
        .every(21, Fault::Cut)
        .every(22, Fault::Garble)
        .every(23, Fault::Page)
        .every(19, Fault::Status(99999.into()))
        .every(17, Fault::Status(10021.into()))
        .every(18, Fault::Status(10018.into()))
        .every(25, Fault::Delay(Duration::from_millis(200)))
        .every(26, Fault::Silence)
        .every(if seconds < 60 { 997 } else { 29 }, Fault::Bomb)
        .start(pyi::SPEC)
        .await
        .unwrap();
    let client: Client = sandbox.client().unwrap();
    let (number, until) = (Arc::new(AtomicUsize::new(0)), Instant::now() + Duration::from_secs(seconds));
    let mut totals: HashMap<Billing, usize> = HashMap::new();
    let (mut early, mut calls) = (None, 0);
    while Instant::now() < until {
        // Rounds, so that the ledgers are held against each other while it runs, and do not grow.
        let tasks = (0..TASKS).map(|_| {
            let (client, number) = (client.clone(), Arc::clone(&number));
            tokio::spawn(async move {
                let mut ended = Vec::new();
                for _ in 0..16 {
                    let name = format!("测试{}号", number.fetch_add(1, Ordering::Relaxed));
                    let person =
                        IdCardTwoFactor { bank_id: "11010519491231002X".into(), bank_name: name.clone() };
                    let result = client.id_card_two_factor(&person).timeout(Duration::from_millis(700)).await;
                    let billing = result.map_or_else(|error| error.billing(), |reply| reply.billing());
                    ended.push((name, billing));
                }
                ended
            })
        });
        let mut ended = Vec::new();
        for task in tasks.collect::<Vec<_>>() {
            ended.extend(task.await.unwrap());
        }
        let mut asked: HashMap<String, Vec<LoggedRequest>> = HashMap::new();
        for entry in sandbox.take_request_log() {
            asked.entry(entry.parameter("bank_name").unwrap().to_owned()).or_default().push(entry);
        }
        for (name, billing) in &ended {
            agree(name, *billing, asked.remove(name).as_deref().unwrap_or_default());
            *totals.entry(*billing).or_default() += 1;
        }
        assert!(asked.is_empty(), "asked, and not answered for: {} names", asked.len());
        calls += ended.len();
        early.get_or_insert_with(resident);
    }
    let (early, late) = (early.unwrap(), resident());
    println!(
        "{calls} calls in {seconds} s: {totals:?}; resident {early} MiB after the first round, {late} MiB at the end"
    );
    assert!(totals.len() >= 3, "{totals:?}");
    assert!(late < early + 64, "{early} MiB grew to {late} MiB");
    drop(sandbox);
    let alive = tokio::runtime::Handle::current().metrics().num_alive_tasks();
    assert!(alive <= TASKS, "{alive} tasks are left");
}
