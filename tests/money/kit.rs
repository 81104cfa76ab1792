//! The test kit: faults of a test happen, have their cost, and the sandbox's client reaches no
//! other machine.

use std::time::Duration;

use pyi::{Billing, Client, Credentials, IdCardTwoFactor, MatchStatus, Outcome, Status};
use pyi_sandbox::{Fault, Sandbox};
use serde_json::json;

use crate::canary::person;

#[tokio::test]
async fn what_is_said_beforehand_happens() {
    let sandbox = Sandbox::start(pyi::SPEC).await.unwrap();
    let client: Client = sandbox.client().unwrap();
    let call = || client.id_card_two_factor(&person()).timeout(Duration::from_millis(1500));
    for fault in
        [Fault::Silence, Fault::Close, Fault::Reset, Fault::Cut, Fault::Garble, Fault::Page, Fault::Bomb]
    {
        let name = format!("{fault:?}");
        sandbox.inject(fault);
        let error = call().await.unwrap_err();
        assert_eq!(error.billing(), Billing::Unknown, "{name}: {error}");
        assert_eq!(sandbox.take_request_log().len(), 1, "{name} arrived once");
    }
    let throttled = Fault::Http { status: 429, retry_after: Some("7".to_owned()) };
    sandbox.inject(throttled);
    let error = call().await.unwrap_err();
    assert_eq!((error.http_status(), error.billing()), (Some(429), Billing::Unknown));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    let arrived = sandbox.take_request_log();
    assert_eq!((arrived.len(), arrived[0].code, arrived[0].billing), (1, None, Billing::Unknown));
    sandbox.inject(Fault::Status(99999.into()));
    let error = call().await.unwrap_err();
    assert_eq!((error.code(), error.billing()), (Some(99999.into()), Billing::Unknown));
    assert_eq!(sandbox.take_request_log()[0].billing, Billing::Unknown);
    sandbox.inject(Fault::Status(10018.into()));
    assert_eq!(Status::of(&call().await.unwrap_err()), Some(Status::QuotaExhausted));
    sandbox.inject(Fault::Status(10025.into()));
    assert!(matches!(call().await.unwrap().outcome(), Outcome::NoData));
    sandbox.inject(Fault::Data(json!({"bank_status": "203", "more": 1})));
    let reply = call().await.unwrap();
    assert_eq!(reply.data().unwrap().bank_status.as_ref().unwrap().as_str(), "203");
    sandbox.inject(Fault::Delay(Duration::from_millis(50)));
    sandbox.inject(Fault::ClockAhead(500));
    assert!(call().await.is_ok());
    let ahead = call().await.unwrap().server_time().unwrap();
    let now = call().await.unwrap().server_time().unwrap();
    assert!((ahead - now - 500).abs() < 5);
}

/// Fakes have the outcome, the kind and the billing that a call of the sandbox has.
#[tokio::test]
async fn fakes_are_what_a_call_gives() {
    use pyi::ErrorKind;
    use pyi_sandbox::fake;
    type R = IdCardTwoFactor;
    let sandbox = Sandbox::start(pyi::SPEC).await.unwrap();
    let builder = Client::builder().base_url(sandbox.url()).retries(0);
    let client = builder.app(sandbox.app_id(), Credentials::md5(sandbox.secret())).build().unwrap();
    for status in [10001, 10003, 10004, 10014, 10018, 10021, 10023, 10025, 4711] {
        sandbox.inject(Fault::Status(status.into()));
        let called = client.id_card_two_factor(&person()).await;
        match (fake::status::<R>(status), called) {
            (Ok(fake), Ok(real)) => {
                assert_eq!((fake.status(), fake.billing()), (real.status(), real.billing()));
            }
            (Err(fake), Err(real)) => {
                assert_eq!(
                    (fake.kind(), fake.code(), fake.billing()),
                    (real.kind(), real.code(), real.billing())
                );
            }
            (fake, real) => panic!("{status}: {fake:?}, {real:?}"),
        }
    }
    let reply = fake::reply::<R>(&json!({"bank_status": "02"})).unwrap();
    assert_eq!(
        (reply.billing(), reply.data().unwrap().bank_status.clone()),
        (Billing::Billed, Some(MatchStatus::Mismatch))
    );
    let undecodable = fake::reply::<R>(&json!({"bank_birthday": "yesterday"})).unwrap_err();
    assert_eq!((undecodable.kind(), undecodable.billing()), (ErrorKind::Undecodable, Billing::Billed));
    let table = [
        (fake::not_sent::<R>(), ErrorKind::NotSent, Billing::NotSent),
        (fake::lost::<R>(), ErrorKind::NoAnswer, Billing::Unknown),
        (fake::timed_out::<R>(), ErrorKind::TimedOut, Billing::Unknown),
        (fake::http::<R>(502).unwrap(), ErrorKind::NoAnswer, Billing::Unknown),
    ];
    for (error, kind, billing) in table {
        assert_eq!((error.kind(), error.billing()), (kind, billing), "{error}");
    }
}

#[tokio::test]
async fn what_happens_regularly_happens_to_every_so_many() {
    let sandbox = Sandbox::builder().every(3, Fault::Status(10018.into())).start(pyi::SPEC).await.unwrap();
    let client: Client = sandbox.client().unwrap();
    let mut refused = Vec::new();
    for _ in 0..6 {
        refused.push(client.id_card_two_factor(&person()).await.is_err());
    }
    assert_eq!(refused, [false, false, true, false, false, true]);
}

#[tokio::test]
async fn a_sandbox_may_refuse_and_throttle() {
    let sandbox =
        Sandbox::builder().throttle(2, Duration::from_secs(60), 20001).start(pyi::SPEC).await.unwrap();
    let client = || sandbox.client::<Client>().unwrap();
    let mut codes = Vec::new();
    for _ in 0..4 {
        let result = client().id_card_two_factor(&person()).await;
        codes.push(result.map_or_else(|error| error.code(), |reply| Some(reply.status().code)));
    }
    assert_eq!(codes, [Some(10000.into()), Some(10000.into()), Some(20001.into()), Some(20001.into())]);

    let refused =
        || async { std::net::TcpStream::connect(sandbox.url().trim_start_matches("http://")).is_err() };
    sandbox.refuse_connections(true);
    while !refused().await {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let error = client().id_card_two_factor(&person()).await.unwrap_err();
    assert_eq!(error.billing(), Billing::NotSent);
    sandbox.refuse_connections(false);
    while refused().await {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(client().id_card_two_factor(&person()).await.unwrap_err().code(), Some(20001.into()));
    assert_eq!(sandbox.request_log().len(), 5);
}

#[tokio::test]
async fn a_client_for_tests_reaches_this_machine_alone() {
    let build =
        |url: &str| Client::builder().base_url(url).app("1", Credentials::md5("s")).loopback_only().build();
    assert!(build("http://127.0.0.1:1").is_ok() && build("https://[::1]").is_ok());
    for url in ["https://example.com", "https://10.0.0.1", "https://127.0.0.1.example.com"] {
        assert!(build(url).unwrap_err().to_string().contains("restricted to this machine"), "{url}");
    }
}

/// A blocking client and its sandbox on one thread, inside of an async runtime: the sandbox has a
/// thread of its own.
#[tokio::test]
async fn a_blocking_client_and_its_sandbox_share_a_thread() {
    let sandbox = Sandbox::start(pyi::SPEC).await.unwrap();
    let client: pyi::blocking::Client = sandbox.client().unwrap();
    let reply = client.id_card_two_factor(&person()).send().unwrap();
    assert_eq!(reply.data().unwrap().bank_status, Some(MatchStatus::Match));
}

#[tokio::test]
async fn calls_keep_their_pace() {
    let sandbox = Sandbox::start(pyi::SPEC).await.unwrap();
    let builder = || Client::builder().base_url(sandbox.url()).app("1", Credentials::md5(sandbox.secret()));
    let began = std::time::Instant::now();
    let client = builder().calls_per_second(std::num::NonZeroU32::new(50).unwrap()).build().unwrap();
    let calls = (0..10).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.id_card_two_factor(&person()).await.map(|reply| reply.billing()) })
    });
    for call in calls.collect::<Vec<_>>() {
        assert_eq!(call.await.unwrap().unwrap(), Billing::Billed);
    }
    // At least nine gaps of 20 ms each: an upper bound would measure this machine.
    assert!(began.elapsed() >= Duration::from_millis(178), "{:?}", began.elapsed());

    let client = builder().between_same_person(Duration::from_millis(100)).build().unwrap();
    let person = |id: &str, name: &str| IdCardTwoFactor { bank_id: id.into(), bank_name: name.into() };
    let began = std::time::Instant::now();
    client.id_card_two_factor(&person("1", "甲甲")).await.unwrap();
    client.id_card_two_factor(&person("2", "甲甲")).await.unwrap();
    client.id_card_two_factor(&person("2", "乙乙")).await.unwrap();
    assert!(
        began.elapsed() >= Duration::from_millis(198),
        "the same name, then the same number: {:?}",
        began.elapsed()
    );
}
