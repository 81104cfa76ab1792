//! What the client fills in, and how it signs: the specs `common` and `scheme`.

use pyi_runtime::__private::canonical::{Material, Pair, canonical_string, in_order};
use pyi_runtime::__private::operation::SigningScheme;
use pyi_runtime::__private::sign::signature;
use pyi_runtime::Credentials;
use pyi_sandbox::Sandbox;

use crate::goldens::{common, scheme};

/// Parameters that the client fills in: constants, a time in milliseconds, a nonce that is another
/// one for each call, and one that is not signed. The sandbox checks the signature.
#[tokio::test]
async fn common_parameters_are_filled_in() {
    let sandbox = Sandbox::start(common::SPEC).await.unwrap();
    let client: common::Client = common::Client::builder()
        .base_url(sandbox.url())
        .app(sandbox.app_id(), Credentials::new(pyi_runtime::SignMethod::HmacSha1, sandbox.secret()))
        .build()
        .unwrap();
    let request = common::Look { name: "张三".to_owned() };
    for nonce in [None, None, Some("once")] {
        let call = client.look(&request);
        let call = if let Some(nonce) = nonce { call.nonce(nonce) } else { call };
        assert!(call.await.unwrap().data().is_ok());
    }
    let log = sandbox.take_request_log();
    let sent = |index: usize, name: &str| log[index].parameter(name).unwrap().to_owned();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
    for index in 0..3 {
        let time: u128 = sent(index, "timestamp").parse().unwrap();
        assert!(
            now.abs_diff(time) < 60_000
                && (sent(index, "v"), sent(index, "partner")) == ("2.0".into(), "pyi".into())
        );
    }
    assert_ne!(sent(0, "nonce"), sent(1, "nonce"));
    assert_eq!((sent(0, "nonce").len(), sent(2, "nonce")), (32, "once".to_owned()));
}

/// The vector of a scheme that other providers use, for both of its digests; and the secret before
/// and after the pairs.
#[test]
fn schemes_are_data() {
    let pairs = [
        ("appid", "wxd930ea5d5a258f4f"),
        ("body", "test"),
        ("device_info", "1000"),
        ("mch_id", "10000100"),
        ("nonce_str", "ibuaiVcKdpRxkhJA"),
    ];
    let secret = "192006250b4c09247ec02edce69f6a2d";
    let mut both = scheme::operations::PROVIDER.sign;
    let one = SigningScheme { digest_text: both.hmac_text, ..both };
    assert_eq!(signature(&one, &Credentials::md5(secret), pairs), "9A0A8659F005D6984697E2CA0A9CF3B7");
    let hmac = "6A9AE1657590FD6257D693A078E1C3E4BB6BA4DC30B23E0EE2496E54170DACD6";
    assert_eq!(signature(&one, &Credentials::hmac_sha256(secret), pairs), hmac);
    let text = |scheme: &SigningScheme<'_>, pairs: [(&'static str, &'static str); 2]| {
        let pairs = pairs.map(|(name, value)| Pair { name, value, template: "", is_signed: true });
        let material = Material { pairs: &in_order(scheme, pairs), ..Material::default() };
        canonical_string(scheme, &Credentials::md5("S"), &material, "S")
    };
    assert_eq!(text(&both, [("b", "2"), ("a", "1")]), "key=S&a=1&b=2&key=S");
    both.skip_empty = false;
    assert_eq!(text(&both, [("b", ""), ("a", "1")]), "key=S&a=1&b=&key=S");
}

/// A signer has no secret to put into a text: the client says so when it is built, for HMACs too.
#[test]
fn a_signer_of_a_text_with_the_secret_is_refused_when_the_client_is_built() {
    struct Outside;
    impl pyi_runtime::Signer for Outside {
        fn sign<'a>(&'a self, _: pyi_runtime::SigningText<'a>) -> pyi_runtime::SignFuture<'a> {
            Box::pin(async { Ok(Vec::new()) })
        }
    }
    // The scheme of WeChat Pay has the secret in the text of its HMAC too.
    let builder = scheme::Client::builder().base_url("http://127.0.0.1:1").loopback_only();
    let signer = Credentials::signer(pyi_runtime::SignMethod::HmacSha256, Outside);
    let error = builder.clone().app("7", signer).build().unwrap_err();
    assert!(error.is_local() && error.to_string().contains("no signer can sign it"), "{error}");
    let error = builder.clone().app("7", Credentials::hash("a secret")).build().unwrap_err();
    assert!(error.to_string().contains("does not allow the signing method hash; it allows"), "{error}");
    assert!(builder.app("7", Credentials::md5("a secret")).build().is_ok());
}
