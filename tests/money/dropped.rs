//! A call whose future is dropped leaves a record, with the billing that was true at that moment;
//! and hooks learn of every call, and harm none.

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use pyi::hooks::{Attempt, AttemptEnd, CallEnd, Ending, Hooks};
use pyi::{
    App, AppFuture, Billing, Client, Credentials, CredentialsError, CredentialsProvider, ErrorKind,
    HeaderMap, HeaderValue, HttpRequest, HttpResponse, IdCardTwoFactor, SendFuture, Transport,
    TransportError,
};

use crate::canary::{ID, NAME, SECRET, person, traced};
use crate::server::Server;

/// Hooks that record their arguments.
#[derive(Clone, Default)]
struct Notes(Arc<Mutex<Vec<String>>>);

impl Notes {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }

    fn add(&self, note: String) {
        self.0.lock().unwrap().push(note);
    }
}

impl Hooks for Notes {
    fn before_attempt(&self, attempt: &Attempt<'_>, _: &mut HeaderMap) {
        self.add(format!("{} {} begins", attempt.operation, attempt.number));
    }

    fn after_attempt(&self, end: &AttemptEnd<'_>) {
        let AttemptEnd { attempt, ending, billing, status, http_status, .. } = end;
        self.add(format!("{} {ending:?} {billing:?} {status:?} {http_status:?}", attempt.number));
    }

    fn after_call(&self, end: &CallEnd<'_>) {
        let CallEnd { ending, billing, status, http_status, attempts, .. } = end;
        self.add(format!("call {ending:?} {billing:?} {status:?} {http_status:?}, {attempts} attempts"));
    }
}

/// Pending for a number of polls, as everything that a call waits for is here.
struct Pauses<T>(u32, Option<T>);

impl<T: Unpin> Future for Pauses<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        if self.0 == 0 {
            return Poll::Ready(self.1.take().unwrap());
        }
        self.0 -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

/// A secret store that takes its time.
struct Slow;

impl CredentialsProvider for Slow {
    fn app(&self) -> AppFuture<'_> {
        Box::pin(Pauses(2, Some(Ok(App::new("1", Credentials::md5(SECRET))))))
    }
}

/// Answers from a list, slowly. It keeps its own record of what the provider knows: polls of the
/// running request, and answers that were given.
#[derive(Clone)]
struct Watched {
    codes: &'static [i32],
    /// Requests that were polled, and requests that were answered.
    seen: Arc<(AtomicU32, AtomicU32)>,
}

impl Transport for Watched {
    fn send(&self, request: HttpRequest) -> SendFuture<'_> {
        Box::pin(async move {
            let number = self.seen.0.fetch_add(1, Ordering::SeqCst);
            assert_eq!(request.attempt, number + 1);
            Pauses(3, Some(())).await;
            self.seen.1.fetch_add(1, Ordering::SeqCst);
            Ok(answer(self.codes[number as usize]))
        })
    }
}

fn answer(code: i32) -> HttpResponse {
    let body = format!(r#"{{"codeid":{code},"message":"","retdata":[]}}"#).into_bytes();
    HttpResponse { status: 200, body, ..HttpResponse::default() }
}

/// Drops the future of a call after each number of polls, until it completes. What the record says
/// is compared with what the transport saw.
#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_anywhere_is_recorded_with_its_billing() {
    let mut dropped = Vec::new();
    for polls in 0.. {
        let (notes, seen) = (Notes::default(), Arc::default());
        let client: Client = Client::builder()
            .base_url("https://host.invalid")
            .credentials(Slow)
            .transport(Watched { codes: &[10021, 10000], seen: Arc::clone(&seen) })
            .hooks(notes.clone())
            .build()
            .unwrap();
        let mut call = client.id_card_two_factor(&person()).into_future();
        let mut ready = false;
        for _ in 0..polls {
            let mut context = Context::from_waker(Waker::noop());
            ready = Pin::new(&mut call).poll(&mut context).is_ready();
            tokio::time::advance(Duration::from_millis(50)).await;
            if ready {
                break;
            }
        }
        drop(call);
        let notes = notes.take();
        let (polled, answered) = (seen.0.load(Ordering::SeqCst), seen.1.load(Ordering::SeqCst));
        let calls: Vec<_> = notes.iter().filter(|note| note.starts_with("call")).collect();
        assert_eq!(calls.len(), 1, "{polls} polls: {notes:?}");
        let begun = notes.iter().filter(|note| note.ends_with("begins")).count();
        assert_eq!(notes.len(), 2 * begun + 1, "each attempt has an end: {notes:?}");
        if ready {
            assert_eq!(*calls[0], "call Replied Billed Some(10000) Some(200), 2 attempts");
            break;
        }
        let billing = match (polled, answered) {
            (0, 0) => Billing::NotSent,
            (1, 1) => Billing::Free,
            (polled, answered) if polled > answered => Billing::Unknown,
            other => panic!("a call that was answered in full is ready: {other:?}"),
        };
        let expected = format!("call Dropped {billing:?}");
        assert!(calls[0].starts_with(&expected), "{polls} polls, {expected}: {notes:?}");
        dropped.push((billing, polled));
        assert!(polls < 200, "the call does not end");
    }
    dropped.dedup();
    let phases = [(Billing::NotSent, 0), (Billing::Unknown, 1), (Billing::Free, 1), (Billing::Unknown, 2)];
    assert_eq!(dropped, phases);
}

/// A call that waits for the rate limiter has sent nothing.
#[tokio::test]
async fn a_call_that_is_dropped_while_it_is_paced_is_not_sent() {
    let (notes, seen) = (Notes::default(), Arc::default());
    let client: Client = Client::builder()
        .base_url("https://host.invalid")
        .app("1", Credentials::md5(SECRET))
        .between_same_person(Duration::from_secs(3600))
        .transport(Watched { codes: &[10025], seen: Arc::clone(&seen) })
        .hooks(notes.clone())
        .build()
        .unwrap();
    assert!(client.id_card_two_factor(&person()).await.is_ok());
    notes.take();
    let mut call = client.id_card_two_factor(&person()).into_future();
    for _ in 0..3 {
        assert!(Pin::new(&mut call).poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    drop(call);
    assert_eq!(notes.take(), ["call Dropped NotSent None None, 0 attempts"]);
    assert_eq!(seen.0.load(Ordering::SeqCst), 1);
}

/// What may have been billed stays so, whatever the next attempt says.
#[tokio::test(start_paused = true)]
async fn an_attempt_that_may_have_been_billed_counts_for_the_call() {
    struct Lost(AtomicU32);
    impl Transport for Lost {
        fn send(&self, request: HttpRequest) -> SendFuture<'_> {
            self.0.fetch_add(1, Ordering::SeqCst);
            Box::pin(async move {
                match request.attempt {
                    1 => Err(TransportError::lost("reset")),
                    2 => Err(TransportError::not_sent("no route")),
                    _ => Ok(answer(10025)),
                }
            })
        }
    }
    let notes = Notes::default();
    let client: Client = Client::builder()
        .base_url("https://host.invalid")
        .app("1", Credentials::md5(SECRET))
        .resend_unknown_and_risk_paying_twice()
        .transport(Lost(AtomicU32::new(0)))
        .hooks(notes.clone())
        .build()
        .unwrap();
    let reply = client.id_card_two_factor(&person()).await.unwrap();
    assert_eq!((reply.status().code, reply.billing()), (10025.into(), Billing::Unknown));
    let expected = [
        "id_card_two_factor 1 begins",
        "1 Failed(NoAnswer) Unknown None None",
        "id_card_two_factor 2 begins",
        "2 Failed(NotSent) NotSent None None",
        "id_card_two_factor 3 begins",
        "3 Replied Free Some(10025) Some(200)",
        "call Replied Unknown Some(10025) Some(200), 3 attempts",
    ];
    assert_eq!(notes.take(), expected);
}

/// Without an app for the next attempt nothing more is sent, and the first may have been billed.
#[tokio::test(start_paused = true)]
async fn an_app_that_is_missing_later_changes_no_billing() {
    struct Once(AtomicU32);
    impl CredentialsProvider for Once {
        fn app(&self) -> AppFuture<'_> {
            let first = self.0.fetch_add(1, Ordering::SeqCst) == 0;
            let app = first.then(|| App::new("1", Credentials::md5(SECRET)));
            Box::pin(async { app.ok_or_else(|| CredentialsError::new("revoked")) })
        }
    }
    struct Lost;
    impl Transport for Lost {
        fn send(&self, _: HttpRequest) -> SendFuture<'_> {
            Box::pin(async { Err(TransportError::lost("reset")) })
        }
    }
    let notes = Notes::default();
    let client: Client = Client::builder()
        .base_url("https://host.invalid")
        .credentials(Once(AtomicU32::new(0)))
        .resend_unknown_and_risk_paying_twice()
        .transport(Lost)
        .hooks(notes.clone())
        .build()
        .unwrap();
    let error = client.id_card_two_factor(&person()).await.unwrap_err();
    assert_eq!((error.kind(), error.billing()), (ErrorKind::Credentials, Billing::Unknown));
    let ended = "call Failed(Credentials) Unknown None None, 1 attempts";
    assert_eq!(notes.take().last().unwrap(), ended);
}

/// Hooks that panic everywhere.
struct Broken;

impl Hooks for Broken {
    fn before_attempt(&self, _: &Attempt<'_>, _: &mut HeaderMap) {
        panic!("a broken hook");
    }

    fn after_attempt(&self, _: &AttemptEnd<'_>) {
        panic!("a broken hook");
    }

    fn after_call(&self, _: &CallEnd<'_>) {
        panic!("a broken hook");
    }
}

/// Adds a trace's headers, and some that are the transport's.
struct Traced;

impl Hooks for Traced {
    fn before_attempt(&self, _: &Attempt<'_>, headers: &mut HeaderMap) {
        let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        headers.insert("traceparent", HeaderValue::from_static(parent));
        headers.insert("host", HeaderValue::from_static("elsewhere.invalid"));
        headers.insert("content-type", HeaderValue::from_static("text/plain"));
        headers.insert("content-length", HeaderValue::from_static("1"));
    }
}

/// A panic in a hook changes nothing, and the hooks after it run. Their headers arrive at a real
/// server.
#[tokio::test]
async fn hooks_harm_no_call_and_add_headers() {
    let server = Server::http("200 OK", "", &answer(10025).body);
    let notes = Notes::default();
    let client: Client = Client::builder()
        .base_url(server.url())
        .app("1", Credentials::md5(SECRET))
        .hooks(Broken)
        .hooks(Traced)
        .hooks(notes.clone())
        .build()
        .unwrap();
    let reply = client.id_card_two_factor(&person()).await.unwrap();
    assert_eq!(reply.billing(), Billing::Free);
    assert_eq!(notes.take().last().unwrap(), "call Replied Free Some(10025) Some(200), 1 attempts");
    let arrived = server.arrived();
    let head = arrived[0].split("\r\n\r\n").next().unwrap().to_lowercase();
    assert!(head.contains("traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), "{head}");
    assert!(!head.contains("elsewhere.invalid") && !head.contains("text/plain"), "{head}");
}

/// A dropped call and a failed one are events at WARN, with the fields that a collector looks for
/// and nothing of the person.
#[tokio::test]
async fn a_call_without_a_reply_is_an_event() {
    if !crate::alone("dropped::a_call_without_a_reply_is_an_event") {
        return;
    }
    let canary = crate::canary::Canary::listen();
    let client = |transport: Watched| -> Client {
        let builder = Client::builder().base_url("https://host.invalid").transport(transport).retries(0);
        builder.app("1", Credentials::md5(SECRET)).build().unwrap()
    };
    let watched = |codes| Watched { codes, seen: Arc::default() };
    assert!(client(watched(&[10018])).id_card_two_factor(&person()).await.is_err());
    let slow = client(watched(&[10000]));
    let mut call = slow.id_card_two_factor(&person()).into_future();
    assert!(Pin::new(&mut call).poll(&mut Context::from_waker(Waker::noop())).is_pending());
    drop(call);
    let text = String::from_utf8(traced().lock().unwrap().clone()).unwrap();
    let line = |words: &str| {
        text.lines().find(|line| line.contains(words)).unwrap_or_else(|| panic!("{words}: {text}"))
    };
    let failed = line("the call failed");
    let wanted = [
        "WARN",
        "id_card_two_factor",
        "error.type=\"status\"",
        "status=10018",
        "quota_exhausted",
        "billing=not billed",
        "attempts=1",
    ];
    for word in wanted {
        assert!(failed.contains(word), "{word}: {failed}");
    }
    let dropped = line("the call was dropped");
    for word in ["WARN", "error.type=\"dropped\"", "billing=perhaps billed", "attempts=1"] {
        assert!(dropped.contains(word), "{word}: {dropped}");
    }
    for mark in [NAME, ID, SECRET, "host.invalid"] {
        assert!(!text.contains(mark), "{mark}");
    }
    drop(canary);
}

/// A hook receives the kind of the error that ends a call.
#[tokio::test]
async fn an_ending_names_the_kind_of_error() {
    let notes = Notes::default();
    let client: Client = Client::builder()
        .base_url("https://host.invalid")
        .app("1", Credentials::md5(SECRET))
        .hooks(notes.clone())
        .transport(Watched { codes: &[], seen: Arc::default() })
        .build()
        .unwrap();
    let incomplete = IdCardTwoFactor { bank_id: String::new(), bank_name: NAME.into() };
    let error = client.id_card_two_factor(&incomplete).await.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::Value, Some("bank_id")));
    let ending = Ending::Failed(ErrorKind::Value);
    assert_eq!(notes.take(), [format!("call {ending:?} NotSent None None, 0 attempts")]);
}
