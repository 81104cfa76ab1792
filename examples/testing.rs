//! How a service tests its own code: against the sandbox, and with fakes.
//!
//! ```sh
//! cargo run --example testing
//! ```

use pyi::{Billing, Client, Error, IdCardTwoFactor, IdCardTwoFactorData, MatchStatus, Reply, Status};
use pyi_sandbox::{Fault, Sandbox, fake};
use serde_json::json;

/// The code under test: what a shop decides by the answer.
fn decision(result: &Result<Reply<IdCardTwoFactorData>, Error>) -> &'static str {
    match result {
        Ok(reply) => match reply.data().ok().and_then(|data| data.bank_status.as_ref()) {
            Some(MatchStatus::Match) => "open the account",
            _ => "ask for a document",
        },
        Err(error) if error.billing() == Billing::Unknown => "look at the bill, then decide",
        Err(_) => "ask again later",
    }
}

/// Fakes are replies and errors without a network.
fn with_fakes() -> Result<(), Error> {
    type R = IdCardTwoFactor;
    let matched = fake::reply::<R>(&json!({"bank_status": "01"}));
    assert_eq!(decision(&matched), "open the account");
    assert_eq!(decision(&fake::reply::<R>(&json!({"bank_status": "02"}))), "ask for a document");
    assert_eq!(decision(&fake::status::<R>(10025)), "ask for a document");
    assert_eq!(decision(&Err(fake::not_sent::<R>())), "ask again later");
    assert_eq!(decision(&Err(fake::timed_out::<R>())), "look at the bill, then decide");
    Ok(())
}

/// The sandbox is a server: it checks the signature, and logs what the provider would have billed.
async fn with_the_sandbox() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start(pyi::SPEC).await?;
    let client: Client = sandbox.client()?;
    let person = IdCardTwoFactor { bank_id: "11010519491231002X".into(), bank_name: "张三".into() };
    assert_eq!(decision(&client.id_card_two_factor(&person).await), "open the account");
    sandbox.inject(Fault::Status(Status::QuotaExhausted.code().into()));
    assert_eq!(decision(&client.id_card_two_factor(&person).await), "ask again later");
    let log = sandbox.take_request_log();
    assert_eq!(
        log.iter().map(|request| request.billing).collect::<Vec<_>>(),
        [Billing::Billed, Billing::Free]
    );
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    with_fakes()?;
    with_the_sandbox().await?;
    println!("all as expected");
    Ok(())
}
