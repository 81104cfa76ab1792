//! Endpoints and types with names of the runtime's compile, and replace nothing of what a crate exports.

pub use pyi_runtime::{Call, ClientBuilder, Date, Error, Outcome, Reply, Request};

pyi_runtime::provider!("pass_names");

async fn call(client: &Client) -> Result<Option<Date>, Error> {
    let call: Call<'_, ReplyData> = client.reply(&ReplyRequest { mobile: "1".into() }).options(&ReplyOptions::default());
    let reply: Reply<ReplyData> = call.await?;
    let Outcome::Data(data) = reply.into_outcome() else { return Ok(None) };
    let ReplyData { when, outcome, .. } = data;
    assert_ne!(outcome, Some(OutcomeType::Good));
    Ok(when)
}

fn main() {
    let builder: ClientBuilder<Client> = Client::builder();
    let client = builder.base_url("http://127.0.0.1:1").app("1", pyi_runtime::Credentials::md5("secret")).build().unwrap();
    drop(call(&client));
    drop(client.date(&DateRequest { mobile: "1".into() }));
    drop(client.client(&ClientRequest { mobile: "1".into() }));
    drop(client.error(&ErrorRequest { mobile: "1".into() }));
    drop(client.request(&RequestRequest { mobile: "1".into() }));
    drop(client.status(&StatusRequest { mobile: "1".into() }));
    drop(client.hooks(&Hooks { mobile: "1".into() }));
    assert_eq!(<DateRequest as Request>::OPERATION.path, "/demo/date");
}
