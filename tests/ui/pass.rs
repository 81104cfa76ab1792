//! A crate with a spec of its own needs pyi-runtime alone.

pyi_runtime::provider!("pass");

fn main() {
    let client = Client::builder().base_url("http://127.0.0.1:1").app("1", pyi_runtime::Credentials::md5("secret")).build();
    let call = client.unwrap().bill(&Bill { mobile: "19900000000".into() });
    assert_eq!(format!("{:?}", Bill { mobile: "19900000000".into() }), "Bill { mobile: <redacted> }");
    assert!(SPEC.iter().any(|(path, _)| *path == "endpoints/bill.yaml"));
    assert_eq!(Status::Ok.code(), 10000);
    drop(call);
}
