//! A call that blocks the thread, for programs without an async runtime.
//!
//! ```sh
//! cargo run --example blocking
//! ```

use pyi::blocking::Client;
use pyi::{IdCardTwoFactor, MatchStatus};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The sandbox has an async interface; the client has none.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let sandbox = runtime.block_on(pyi_sandbox::Sandbox::start(pyi::SPEC))?;
    let client: Client = sandbox.client()?;

    for (number, name) in [("11010519491231002X", "张三"), ("11010519491231002X", "code-02")] {
        let person = IdCardTwoFactor { bank_id: number.into(), bank_name: name.into() };
        let reply = client.id_card_two_factor(&person).check_values().send()?;
        let verdict = match &reply.data()?.bank_status {
            Some(MatchStatus::Match) => "a match",
            Some(MatchStatus::Mismatch) => "no match",
            _ => "not decided",
        };
        println!("{verdict}, {}", reply.billing());
    }
    Ok(())
}
