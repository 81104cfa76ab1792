//! A blocking client. Its calls run on a thread of its own, so it works inside an async runtime
//! too.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::io;
use std::pin::Pin;
use std::sync::{Arc, OnceLock, mpsc};
use std::thread;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::call::{self, Time};
use crate::client;
use crate::error::Error;
use crate::operation::{Format, Method};
use crate::request::encode::{Options, Request};
use crate::response::reply::Reply;
use crate::transport::TransportError;

type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A blocking client. Clones share its connections and its thread.
///
/// ```
/// use pyi_runtime::blocking::Client;
/// use pyi_runtime::{Error, Reply, Request};
///
/// fn call<R>(client: &Client, request: &R) -> Result<Reply<R::Data>, Error>
/// where
///     R: Request,
///     R::Data: Send + 'static,
/// {
///     client.call(request).send()
/// }
/// ```
#[derive(Clone)]
pub struct Client {
    client: client::Client,
    worker: Arc<OnceLock<io::Result<UnboundedSender<Job>>>>,
}

impl From<client::Client> for Client {
    fn from(client: client::Client) -> Self {
        Self { client, worker: Arc::default() }
    }
}

impl Client {
    /// The call of a request, not sent yet.
    pub fn call<R: Request>(&self, request: &R) -> Call<R::Data> {
        Call { call: self.client.call(request), operation: R::OPERATION.id, client: self.clone() }
    }

    /// Runs a future on the client's thread, which starts with the first call.
    fn run<T: Send + 'static>(
        &self,
        operation: &str,
        future: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, Error> {
        let refuse = |why: &dyn fmt::Display| {
            Error::configuration(operation, format!("no thread can be started for the call: {why}"))
        };
        let jobs = self.worker.get_or_init(start).as_ref().map_err(|error| refuse(error))?;
        let (answer, answered) = mpsc::sync_channel(1);
        let job = async move {
            // The receiver is dropped only with the calling thread.
            let _ = answer.send(future.await);
        };
        jobs.send(Box::pin(job)).map_err(|error| refuse(&error))?;
        answered
            .recv()
            .map_err(|_| Error::exchange(operation, TransportError::lost("the thread of the call ended")))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("blocking::Client").field(&self.client).finish()
    }
}

fn start() -> io::Result<UnboundedSender<Job>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (jobs, queue) = unbounded_channel();
    thread::Builder::new().name("pyi-blocking".to_owned()).spawn(move || runtime.block_on(serve(queue)))?;
    Ok(jobs)
}

/// Serves calls until the last client is dropped.
async fn serve(mut queue: UnboundedReceiver<Job>) {
    while let Some(job) = queue.recv().await {
        tokio::spawn(job);
    }
}

/// A call that is not sent yet.
#[derive(Debug)]
#[must_use = "a call sends nothing until .send() is called"]
pub struct Call<T> {
    call: call::Call<'static, T>,
    operation: &'static str,
    client: Client,
}

impl<T: Send + 'static> Call<T> {
    /// Sets the time limit of this call, instead of the client's.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.call = self.call.timeout(limit);
        self
    }

    /// Sets the HTTP method, which the endpoint must allow.
    pub fn method(mut self, method: Method) -> Self {
        self.call = self.call.method(method);
        self
    }

    /// Sets the format of the reply, which the endpoint must offer.
    pub fn format(mut self, format: Format) -> Self {
        self.call = self.call.format(format);
        self
    }

    /// Sets the time of the request, or leaves it out.
    pub fn time(mut self, time: Time) -> Self {
        self.call = self.call.time(time);
        self
    }

    /// Sets the nonce of the request, in place of random digits.
    pub fn nonce(mut self, nonce: impl Into<String>) -> Self {
        self.call = self.call.nonce(nonce);
        self
    }

    /// Sets the optional fields of the request.
    pub fn options<O: Options<Data = T>>(mut self, options: &O) -> Self {
        self.call = self.call.options(options);
        self
    }

    /// Checks the request's values by the spec's rules before anything is sent, as the async call
    /// does.
    pub fn check_values(mut self) -> Self {
        self.call = self.call.check_values();
        self
    }

    /// Requests data made up for testing, if the endpoint offers it.
    pub fn debug_data(mut self) -> Self {
        self.call = self.call.debug_data();
        self
    }

    /// Sends the request and waits for the answer.
    ///
    /// # Errors
    ///
    /// The errors of the async call.
    pub fn send(self) -> Result<Reply<T>, Error> {
        self.client.run(self.operation, self.call.into_future())?
    }
}
