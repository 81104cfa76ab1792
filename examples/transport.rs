//! A transport around the default one: it stops calling a provider that fails again and again, so
//! that callers get an answer at once.
//!
//! ```sh
//! cargo run --example transport
//! ```

use std::sync::atomic::{AtomicU32, Ordering};

use pyi::{
    Client, Credentials, HttpRequest, HttpTransport, IdCardTwoFactor, SendFuture, Transport, TransportError,
};
use pyi_sandbox::{Fault, Sandbox};

/// Refuses requests after a number of failures in a row. A real one would try again after a time.
struct Breaker<T> {
    inner: T,
    most: u32,
    failures: AtomicU32,
}

impl<T: Transport> Transport for Breaker<T> {
    fn send(&self, request: HttpRequest) -> SendFuture<'_> {
        Box::pin(async move {
            if self.failures.load(Ordering::Relaxed) >= self.most {
                // Nothing was sent: the caller knows that this call is free.
                return Err(TransportError::not_sent("the provider fails; calls are paused"));
            }
            let result = self.inner.send(request).await;
            match &result {
                Ok(_) => self.failures.store(0, Ordering::Relaxed),
                Err(_) => drop(self.failures.fetch_add(1, Ordering::Relaxed)),
            }
            result
        })
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::builder().every(1, Fault::Close).start(pyi::SPEC).await?;
    let inner = HttpTransport::builder().user_agent("shop/1.0").build()?;
    let client: Client = Client::builder()
        .base_url(sandbox.url())
        .app(sandbox.app_id(), Credentials::md5(sandbox.secret()))
        .retries(0)
        .transport(Breaker { inner, most: 2, failures: AtomicU32::new(0) })
        .build()?;
    let person = IdCardTwoFactor { bank_id: "11010519491231002X".into(), bank_name: "张三".into() };
    for _ in 0..3 {
        if let Err(error) = client.id_card_two_factor(&person).await {
            println!("{}: {}", error.kind(), error.billing());
        }
    }
    println!("{} requests arrived", sandbox.request_log().len());
    Ok(())
}
