//! Headers that are made of the body or of the app: digests, a date with names, Basic
//! authentication. A server in Python judges them.

use pyi_runtime::__private::sign::Credentials;
use pyi_runtime::{App, ErrorKind, Method, SignMethod};
use pyi_sandbox::Sandbox;

use crate::goldens::{basic, digests};
use crate::request::Python;

const SERVER: &str = include_str!("../support/headers.py");

fn signed(url: &str, secret: &str) -> digests::Client {
    let credentials = Credentials::new(SignMethod::HmacSha1, secret);
    digests::Client::builder().base_url(url).app("7", credentials).loopback_only().build().unwrap()
}

#[tokio::test]
async fn digests_are_of_the_body_as_it_is_sent() {
    let server = Python::start_with(SERVER);
    let name = digests::Digests { name: "张 <三> \"é\"\n".to_owned() };
    let form = digests::Form { part: "a b%".to_owned(), text: "a b~*+&=张".to_owned() };
    let client = signed(&server.1, "the secret");
    assert!(client.digests(&name).await.unwrap().data().is_ok());
    for method in [Method::Post, Method::Get] {
        assert!(client.form(&form).method(method).await.unwrap().data().is_ok());
    }
    let refused = signed(&server.1, "another").digests(&name).await.unwrap_err();
    assert_eq!((refused.code(), refused.message()), (Some(401.into()), Some("sign")));

    let sandbox = Sandbox::start(digests::SPEC).await.unwrap();
    let app = App::new(sandbox.app_id(), Credentials::new(SignMethod::HmacSha1, sandbox.secret()));
    let client = signed(&sandbox.url(), "another").with_app(app);
    assert!(client.digests(&name).await.unwrap().data().is_ok());
    assert!(client.form(&form).await.unwrap().data().is_ok());
}

#[tokio::test]
async fn basic_sends_the_id_and_the_secret_over_tls_alone() {
    let server = Python::start_with(SERVER);
    let client = |url: &str, id: &str, secret: &str| {
        basic::Client::builder().base_url(url).app(id, Credentials::new(SignMethod::Basic, secret))
    };
    let name = basic::Basic { name: "张三".to_owned() };
    let open = client(&server.1, "7", "the secret").loopback_only().allow_insecure_hash().build().unwrap();
    assert!(open.basic(&name).await.unwrap().data().is_ok());
    let other = client(&server.1, "7", "another").loopback_only().allow_insecure_hash().build().unwrap();
    let refused = other.basic(&name).await.unwrap_err();
    assert_eq!((refused.code(), refused.message()), (Some(401.into()), Some("secret")));

    // The secret is not sent in the clear, and an id is part of what is sent.
    let plain = client("http://example.com", "7", "the secret").allow_insecure_http().build().unwrap();
    let error = plain.basic(&name).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("use https"), "{error}");
}

/// What a path would be read as another path is not sent in it.
#[tokio::test]
async fn a_value_of_the_path_stays_in_its_segment() {
    let client = signed("http://127.0.0.1:1", "the secret");
    for part in [".", ".."] {
        let form = digests::Form { part: part.to_owned(), text: "a".to_owned() };
        let error = client.form(&form).await.unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Value, Some("part")));
        assert!(error.to_string().contains("cannot be sent in a path"), "{error}");
    }
}
