//! Emitted operations and those that are built from the ir are equal, and so are their bytes.

use pyi::operations::ALL;
use pyi::{Client, Credentials, IdCardTwoFactor, Method, Time};
use pyi_codegen::Input;
use pyi_dynamic::DynamicOperation;
use pyi_runtime::Request;

use crate::support::Raw;

const SECRET: &str = "0123456789abcdef0123456789abcdef";

#[test]
fn emitted_operations_equal_those_built_from_the_ir() {
    let (spec, report) = pyi_codegen::load(Input::Texts(pyi::SPEC));
    assert!(report.is_empty(), "{report}");
    assert_eq!(spec.endpoints.len(), ALL.len());
    for emitted in ALL {
        let dynamic = DynamicOperation::new(&spec, spec.endpoint(emitted.id).unwrap());
        assert_eq!(**emitted, dynamic.operation(&dynamic.provider()));
    }
}

#[tokio::test]
async fn both_send_the_same_bytes() {
    let (spec, _) = pyi_codegen::load(Input::Texts(pyi::SPEC));
    let dynamic = DynamicOperation::new(&spec, spec.endpoint("id_card_two_factor").unwrap());
    let provider = dynamic.provider();
    let operation = dynamic.operation(&provider);
    let person = IdCardTwoFactor { bank_id: "11010519491231002X".into(), bank_name: "张三 &=+%".into() };
    for sign in [Credentials::md5(SECRET), Credentials::hash(SECRET)] {
        for method in [Method::Post, Method::Get] {
            let server = Raw::http("200 OK", r#"{"codeid":10025,"message":"查无数据","retdata":[]}"#);
            let client = Client::builder().base_url(server.url()).app("1", sign.clone()).build().unwrap();
            let time = Time::At(1_577_695_766);
            client.id_card_two_factor(&person).method(method).time(time).await.unwrap();
            client.runtime().call_any(&operation, person.values()).method(method).time(time).await.unwrap();
            let arrived = server.arrived();
            assert_eq!(arrived.len(), 2);
            assert_eq!(arrived[0], arrived[1]);
        }
    }
}

/// The bytes themselves, in case both are wrong.
#[tokio::test]
async fn a_request_on_the_wire() {
    let server = Raw::http("200 OK", r#"{"codeid":10025,"message":"","retdata":""}"#);
    let client = Client::builder().base_url(server.url()).app("1", Credentials::md5(SECRET)).build().unwrap();
    let person = IdCardTwoFactor { bank_id: "362536199105034456".into(), bank_name: "张三".into() };
    let form = "appid=1&bank_id=362536199105034456&bank_name=%E5%BC%A0%E4%B8%89&format=json";
    let call = || client.id_card_two_factor(&person).time(Time::Omit);
    call().await.unwrap();
    call().method(Method::Get).await.unwrap();
    let [post, get] = <[String; 2]>::try_from(server.arrived()).unwrap();
    let signed = format!("{form}&sign=0e59eb5415a111339d2fefaabd16b9da");
    assert!(post.starts_with("POST /pyi/62/169 HTTP/1.1\r\n"), "{post}");
    assert!(post.contains("\r\ncontent-type: application/x-www-form-urlencoded;charset=utf-8\r\n"), "{post}");
    assert!(post.ends_with(&format!("\r\n\r\n{signed}")), "{post}");
    assert!(get.starts_with(&format!("GET /pyi/62/169?{signed} HTTP/1.1\r\n")), "{get}");
    assert!(get.ends_with("\r\n\r\n"), "{get}");
}
