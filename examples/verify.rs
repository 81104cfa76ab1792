//! Does this name belong to this resident ID number? Asks the embedded sandbox, which needs no account:
//!
//! ```sh
//! cargo run --example verify [NUMBER NAME]
//! ```

use std::process::ExitCode;

use pyi::operations::ID_CARD_TWO_FACTOR;
use pyi::{Billing, Client, Credentials, IdCardTwoFactor, MatchStatus};
use pyi_sandbox::Sandbox;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match verify().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn verify() -> Result<(), Box<dyn std::error::Error>> {
    // A sandbox on this machine. The real provider needs the account's host, app id and secret.
    let sandbox = Sandbox::start(pyi::SPEC).await?;
    let client = Client::builder()
        .base_url(sandbox.url())
        .app(sandbox.app_id(), Credentials::md5(sandbox.secret()))
        .build()?;

    let mut arguments = std::env::args().skip(1);
    let person = IdCardTwoFactor {
        bank_id: arguments.next().unwrap_or_else(|| "11010519491231002X".into()),
        bank_name: arguments.next().unwrap_or_else(|| "张三".into()),
    };
    let reply = client.id_card_two_factor(&person).await?;

    // A successful call says nothing about a person until its data is read.
    let verdict = match reply.data() {
        Ok(data) => match &data.bank_status {
            Some(MatchStatus::Match) => "a match".to_owned(),
            Some(MatchStatus::Mismatch) => "no match".to_owned(),
            Some(other) => format!("not decided, code {}", other.as_str()),
            None => "not decided".to_owned(),
        },
        Err(why) => why.to_string(),
    };
    println!("{} {}: {verdict}", person.bank_id, person.bank_name);

    let cost = match (reply.billing(), ID_CARD_TWO_FACTOR.price) {
        (Billing::Billed, Some(price)) => format!("billed, {} {} at most", price.tiers[0].1, price.currency),
        (billing, _) => billing.to_string(),
    };
    println!("{cost}");
    Ok(())
}
