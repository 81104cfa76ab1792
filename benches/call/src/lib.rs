//! The benchmarked functions: signing, encoding and decoding as a client does them, each beside
//! code that is written by hand for this endpoint.

pub mod by_hand;

use pyi_runtime::__private::encode::{CommonValues, Encoded, encode};
use pyi_runtime::{Credentials, Format, HttpResponse, Method, Reply, Request};

/// The shipped spec's client.
pub mod shipped {
    #![allow(missing_docs)]
    pyi_runtime::provider!("../../spec");
}

/// A client whose replies are long lists.
pub mod rows {
    #![allow(missing_docs)]
    pyi_runtime::provider!("rows");
}

pub use rows::{Rows, RowsData};
pub use shipped::{IdCardTwoFactor, IdCardTwoFactorData};

pub const SECRET: &str = "0123456789abcdef0123456789abcdef";
pub const TIME: i64 = 1_577_695_766;

/// The person of the provider's signing example.
pub fn person() -> IdCardTwoFactor {
    IdCardTwoFactor { bank_id: "362536199105034456".into(), bank_name: "张三".into() }
}

/// Signs and encodes a request.
pub fn encoded(person: &IdCardTwoFactor, sign: &Credentials) -> Encoded {
    let filled = CommonValues {
        app_id: "1",
        method: Method::Post,
        host: "host.invalid",
        format: Format::Json,
        time: Some(TIME),
        millis: 0,
        nonce: "",
        debug: false,
        account: &|_| "",
        sign,
    };
    encode(IdCardTwoFactor::OPERATION, &person.values(), &filled)
}

/// Decodes an answer.
pub fn decoded(body: Vec<u8>) -> IdCardTwoFactorData {
    reply::<IdCardTwoFactor>(body)
}

/// Decodes a long list.
pub fn decoded_rows(body: Vec<u8>) -> RowsData {
    reply::<Rows>(body)
}

fn reply<R: Request>(body: Vec<u8>) -> R::Data {
    let content_type = Some("application/json".into());
    let answered = HttpResponse { status: 200, content_type, body, ..HttpResponse::default() };
    Reply::from_http::<R>(answered).and_then(Reply::into_data).expect("the benches' replies are readable")
}

/// A reply to [`person`], with Chinese characters.
pub fn body() -> Vec<u8> {
    let text = r#"{"codeid":10000,"message":"返回成功","retdata":{"bank_area":"浙江省苍南县","bank_birthday":"1991年05月03日","bank_idCard":"362536199105034456","bank_msg":"实名认证通过","bank_name":"张三","bank_sex":"男","bank_status":"01"},"time":1577695766}"#;
    text.as_bytes().to_vec()
}

/// The same reply as PHP writes it by default, with `\u` escapes.
pub fn escaped_body() -> Vec<u8> {
    let body = body();
    let text = String::from_utf8_lossy(&body);
    let escaped: String = text
        .chars()
        .map(|c| if c.is_ascii() { c.to_string() } else { format!("\\u{:04x}", u32::from(c)) })
        .collect();
    escaped.into_bytes()
}

/// A reply of slightly more than 1 MiB.
pub fn rows_body() -> Vec<u8> {
    let mut rows = Vec::new();
    let mut length = 0;
    while length < 1 << 20 {
        let number = rows.len();
        let row = format!(
            r#"{{"number":{number},"title":"第{number}行","city":"浙江省苍南县","amount":"{number}.50"}}"#
        );
        length += row.len() + 1;
        rows.push(row);
    }
    format!(r#"{{"codeid":10000,"message":"ok","retdata":{{"rows":[{}]}}}}"#, rows.join(",")).into_bytes()
}
