//! The HTTP server: hands each request to the settings, the page or the endpoint that it is for, and
//! gives the answer with the faults that it meets.

pub(crate) mod answer;
pub(crate) mod envelope;
pub(crate) mod limits;

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode as HttpStatus, header};
use axum::response::{Html, IntoResponse, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use socket2::{SockRef, Socket};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, watch};

use self::answer::LoggedAnswer;
use crate::fault::{Fault, bomb};
use crate::request::ParsedRequest;
use crate::settings;
use crate::state::{Answers, Spec, State};
use crate::validate::validate;
use crate::validation::Validation;

/// Command from a `Sandbox` to its server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ServerCommand {
    Listen,
    /// Refuse connections.
    Refuse,
    /// Finish what is open, and end.
    Stop,
}

/// The time to write an answer, once the provider has given it.
const LAST_WRITE: Duration = Duration::from_secs(1);

/// Serves until it is stopped or the sender of `control` is dropped, then finishes open requests.
pub(crate) async fn serve(
    listener: TcpListener,
    state: Arc<State>,
    mut control: watch::Receiver<ServerCommand>,
) {
    let Ok(address) = listener.local_addr() else { return };
    let mut listener = tokio::net::TcpListener::from_std(listener).ok();
    let connections = GracefulShutdown::new();
    let slots = Arc::new(Semaphore::new(state.limits.connections));
    loop {
        // Connections beyond the limit wait in the system's queue.
        let accept = async {
            let slot = Arc::clone(&slots).acquire_owned().await;
            match &listener {
                Some(listener) => listener.accept().await.map(|(stream, _)| (stream, slot)),
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            accepted = accept => {
                match accepted {
                    Ok((stream, slot)) => {
                        let connection = connections.watch(connection(stream, &state));
                        tokio::spawn(async move {
                            // Frees the slot after success and failure alike.
                            let _ = connection.await;
                            drop(slot);
                        });
                    }
                    // Temporary errors such as too many open files: try again.
                    Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
                }
            }
            changed = control.changed() => match changed.map(|()| *control.borrow_and_update()) {
                Ok(ServerCommand::Refuse) => listener = None,
                Ok(ServerCommand::Listen) if listener.is_none() => listener = tokio::net::TcpListener::bind(address).await.ok(),
                Ok(ServerCommand::Listen) => {}
                Ok(ServerCommand::Stop) | Err(_) => break,
            },
        }
    }
    let Answers::Proxy(upstream) = &state.answers else { return connections.shutdown().await };
    // Each call that is paid for is counted and recorded; a fault may leave a caller without an
    // answer for ever.
    tokio::select! {
        () = connections.shutdown() => {}
        () = async { upstream.drained().await; tokio::time::sleep(LAST_WRITE).await } => {}
    }
    upstream.drained().await;
}

type Connection = http1::Connection<TokioIo<TcpStream>, ConnectionService>;

fn connection(stream: TcpStream, state: &Arc<State>) -> Connection {
    let caller =
        stream.peer_addr().map_or(Ipv4Addr::UNSPECIFIED.into(), |address| address.ip().to_canonical());
    let service = ConnectionService { state: Arc::clone(state), socket: socket(&stream), caller };
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(state.limits.arrival)
        .serve_connection(TokioIo::new(stream), service)
}

/// A second handle of a connection, to reset it while hyper holds the first.
fn socket(stream: &TcpStream) -> Option<Arc<Socket>> {
    SockRef::from(stream).try_clone().ok().map(Arc::new)
}

/// Answers the requests of one connection.
struct ConnectionService {
    state: Arc<State>,
    socket: Option<Arc<Socket>>,
    caller: IpAddr,
}

impl hyper::service::Service<Request<Incoming>> for ConnectionService {
    type Response = Response;
    type Error = ConnectionClosed;
    type Future = Pin<Box<dyn Future<Output = Result<Response, ConnectionClosed>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        Box::pin(respond(Arc::clone(&self.state), self.socket.clone(), self.caller, request))
    }
}

/// Error that makes hyper close the connection without an answer.
#[derive(Debug)]
pub(crate) struct ConnectionClosed;

impl std::fmt::Display for ConnectionClosed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("closed by an injected fault")
    }
}

impl std::error::Error for ConnectionClosed {}

async fn respond(
    state: Arc<State>,
    socket: Option<Arc<Socket>>,
    caller: IpAddr,
    request: Request<Incoming>,
) -> Result<Response, ConnectionClosed> {
    let (head, body) = request.into_parts();
    let body = match state.limits.read(body).await {
        Ok(body) => body,
        Err(refusal) => return Ok(refusal),
    };
    if let Some(response) = settings::respond(&state, &head, &body, caller) {
        return Ok(response);
    }
    // What the page would call is the provider's, with a secret that is not.
    #[cfg(feature = "page")]
    if !matches!(state.answers, Answers::Proxy(_))
        && let Some(response) = crate::page::respond(&state, &head, &body).await
    {
        return Ok(response);
    }
    let spec = state.spec();
    let provider = &spec.provider;
    let (request, endpoint) = ParsedRequest::read(&head, &body, provider);
    let met = state.rated_faults.meet(endpoint, &request);
    if let Some(fault) = &met.fault {
        state.last_met.add(head.method.as_str(), &request, fault);
    }
    // A fault that a test has queued comes before one at a rate.
    let fault = state.faults.take().or(met.fault);
    let made = match (&state.answers, &fault) {
        // What a test has the provider say is said here, and nothing is paid for.
        (Answers::Proxy(upstream), Some(said @ (Fault::Status(_) | Fault::Data(_)))) => {
            let validation = Validation::of_a_test(provider, endpoint);
            let validation = match said {
                Fault::Status(code) => validation.with_status(provider, *code),
                _ => validation,
            };
            upstream.made_up(endpoint, answer::own(provider, &request, &validation, Some(said)))
        }
        (Answers::Proxy(upstream), Some(fault @ (Fault::Http { .. } | Fault::Page))) => {
            upstream.made_up(endpoint, answer::of_gateway(provider, fault))
        }
        (Answers::Proxy(_), _) => {
            // A caller that goes away changes nothing of what was paid for, told and recorded.
            let passed = tokio::spawn(pass(Arc::clone(&state), Arc::clone(&spec), request));
            let Ok(made) = passed.await else { return Err(ConnectionClosed) };
            return answered(made, met.delay, fault.as_ref(), socket).await;
        }
        (answers, _) => {
            let validation = validate(provider, endpoint, &state.app, &request);
            answer::local(&state, answers, provider, validation, &request, fault.as_ref(), caller)
        }
    };
    let endpoint = endpoint.map(|endpoint| endpoint.id.clone());
    state.request_log.add(answer::entry(provider, endpoint, &request, &made));
    answered(made, met.delay, fault.as_ref(), socket).await
}

/// Passes a request on, and logs it.
async fn pass(state: Arc<State>, spec: Arc<Spec>, request: ParsedRequest) -> LoggedAnswer {
    let provider = &spec.provider;
    let endpoint = request.endpoint.as_ref().and_then(|id| provider.endpoint(id));
    let Answers::Proxy(upstream) = &state.answers else { return LoggedAnswer::closed() };
    let made = upstream.pass(provider, endpoint, &request).await;
    state.request_log.add(answer::entry(provider, request.endpoint.clone(), &request, &made));
    made
}

/// Gives an answer after a while, with its fault.
async fn answered(
    made: LoggedAnswer,
    delay: Duration,
    fault: Option<&Fault>,
    socket: Option<Arc<Socket>>,
) -> Result<Response, ConnectionClosed> {
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    let Some(response) = made.response else { return Err(ConnectionClosed) };
    match fault {
        Some(fault) => inject(fault, socket, response).await,
        None => Ok(response),
    }
}

/// Answers with a fault, in place of the answer that would be given without it.
async fn inject(
    fault: &Fault,
    socket: Option<Arc<Socket>>,
    answer: Response,
) -> Result<Response, ConnectionClosed> {
    match fault {
        Fault::Silence => std::future::pending().await,
        Fault::Close => Err(ConnectionClosed),
        Fault::Reset => {
            // A close without lingering resets the connection.
            let _ = socket.map(|socket| socket.set_linger(Some(Duration::ZERO)));
            Err(ConnectionClosed)
        }
        Fault::Delay(pause) => {
            tokio::time::sleep(*pause).await;
            Ok(answer)
        }
        Fault::Cut => Ok(cut(answer).await),
        Fault::Garble => Ok("\u{1}\u{2}{\"codeid\":".into_response()),
        Fault::Page => {
            Ok((HttpStatus::BAD_GATEWAY, Html("<html><body>bad gateway</body></html>")).into_response())
        }
        Fault::Http { status, retry_after } => Ok(answer::refusal(*status, retry_after.as_deref())),
        Fault::Bomb => {
            // Compressed on another thread, so that other requests are not blocked.
            let bomb = tokio::task::spawn_blocking(bomb).await.unwrap_or_default();
            Ok(([(header::CONTENT_ENCODING, "gzip")], bomb).into_response())
        }
        Fault::Status(_) | Fault::Data(_) | Fault::ClockAhead(_) => Ok(answer),
    }
}

/// The same answer, truncated: its length header exceeds its body.
async fn cut(answer: Response) -> Response {
    let (head, body) = answer.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    let half = body.slice(..body.len() / 2);
    let chunks = [Ok(half), Err(std::io::Error::other(ConnectionClosed))];
    Response::from_parts(head, Body::from_stream(Chunks(chunks.into_iter())))
}

/// Chunks of a body, all available at once.
struct Chunks<I>(I);

impl<I: Iterator + Unpin> futures_core::Stream for Chunks<I> {
    type Item = I::Item;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<I::Item>> {
        Poll::Ready(self.0.next())
    }
}
