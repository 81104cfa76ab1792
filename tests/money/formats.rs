//! One decoder behind three formats: the same payload, written as JSON, JSONP and XML by hand here,
//! is the same typed value.

use proptest::prelude::*;
use pyi::{
    Client, Credentials, HttpRequest, HttpResponse, IdCardTwoFactor, IdCardTwoFactorData, SendFuture,
    Transport,
};

use crate::canary::{ID, NAME, SECRET};

/// Answers every request with the same bytes.
struct Fixed(String);

impl Transport for Fixed {
    fn send(&self, _: HttpRequest) -> SendFuture<'_> {
        let mut answered = HttpResponse::default();
        (answered.status, answered.body) = (200, self.0.clone().into_bytes());
        Box::pin(async move { Ok(answered) })
    }
}

fn read(body: &str) -> Result<IdCardTwoFactorData, String> {
    let client: Client = Client::builder()
        .base_url("https://host.invalid")
        .app("1", Credentials::md5(SECRET))
        .transport(Fixed(body.to_owned()))
        .build()
        .unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let person = IdCardTwoFactor { bank_id: ID.into(), bank_name: NAME.into() };
    let reply = runtime.block_on(async { client.id_card_two_factor(&person).await });
    reply.and_then(pyi::Reply::into_data).map_err(|error| error.to_string())
}

const FIELDS: [&str; 7] =
    ["bank_area", "bank_birthday", "bank_idCard", "bank_msg", "bank_name", "bank_sex", "bank_status"];

fn values(data: &IdCardTwoFactorData) -> Vec<Option<String>> {
    let text = |value: &Option<String>| value.clone();
    vec![
        text(&data.bank_area),
        data.bank_birthday.map(|date| date.to_string()),
        text(&data.bank_id_card),
        text(&data.bank_msg),
        text(&data.bank_name),
        text(&data.bank_sex),
        data.bank_status.as_ref().map(|status| status.as_str().to_owned()),
    ]
}

fn escaped(text: &str, cdata: bool) -> String {
    if cdata && !text.contains("]]>") {
        return format!("<![CDATA[{text}]]>");
    }
    text.chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_string() } else { format!("&#{};", u32::from(c)) })
        .collect()
}

/// Text that XML can hold; what is empty or blank is another matter, since XML cannot tell it from
/// nothing.
fn text() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9张三·𠮷&<>\"'/ ;]{0,10}[a-z0-9张]".prop_filter("XML's blanks", |text| text.trim() == text)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn three_formats_say_the_same(
        texts in proptest::collection::vec(text(), 7), cdata: bool, root in "[a-z]{1,8}", name in "[a-zA-Z_][a-zA-Z0-9_.]{0,8}",
        comment: bool, semicolon: bool,
    ) {
        let mut texts = texts;
        texts[1] = "1949年12月31日".to_owned();
        let members: Vec<String> = FIELDS.iter().zip(&texts).map(|(name, text)| format!("\"{name}\":{}", serde_json::to_string(text).unwrap())).collect();
        let json = format!("{{\"codeid\":\"10000\",\"message\":\"\",\"retdata\":{{{}}}}}", members.join(","));
        let jsonp = format!("{}{name}( {json} ){}", if comment { "/**/" } else { "" }, if semicolon { ";\n" } else { "" });
        let elements: String = FIELDS.iter().zip(&texts).map(|(name, text)| format!("<{name}>{}</{name}>", escaped(text, cdata))).collect();
        let xml = format!("<?xml version=\"1.0\"?>\n<{root}><codeid>10000</codeid><message/><retdata>{elements}</retdata></{root}>");
        let expected = values(&read(&json).unwrap());
        prop_assert_eq!(&values(&read(&jsonp).unwrap()), &expected);
        prop_assert_eq!(&values(&read(&xml).unwrap()), &expected);
        prop_assert_eq!(expected[4].as_deref(), Some(texts[4].as_str()));
    }

    /// Whatever comes, it is an answer or an error, and no panic.
    #[test]
    fn anything_may_come(body in "\\PC{0,80}|[<>/a-c\"{}\\[\\]:,(); &#0-9]{0,60}") {
        let _ = read(&body);
    }
}

#[test]
fn xml_is_read_by_the_specs_types() {
    let xml = |inner: &str| format!("<r><codeid>10000</codeid><retdata>{inner}</retdata></r>");
    let status =
        |inner: &str| read(&xml(inner)).unwrap().bank_status.map(|status| status.as_str().to_owned());
    assert_eq!(status("<bank_status>01</bank_status>").as_deref(), Some("01"));
    assert_eq!(
        status("<bank_status> 01</bank_status>").as_deref(),
        Some(" 01"),
        "a blank makes it another code"
    );
    assert_eq!(status("<bank_status/>").as_deref(), Some(""));
    assert_eq!(status(""), None);
    assert!(
        read(&xml("<bank_status>01</bank_status><bank_status>02</bank_status>"))
            .unwrap_err()
            .contains("`bank_status`")
    );
    for refused in [
        "<!DOCTYPE r><r><codeid>10000</codeid></r>",
        "<r><codeid>10000</codeid><a>&unknown;</a></r>",
        "<r><codeid>10000</codeid></r><r/>",
        "<r><codeid>10000</codeid>",
        "<r><codeid>10000</r></codeid>",
    ] {
        assert!(read(refused).unwrap_err().contains("not the provider's"), "{refused}");
    }
}
