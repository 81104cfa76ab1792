//! Unlimited input of a server: bodies, compressed bodies, nesting, headers; and its charsets.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use pyi::{Billing, Client, Credentials};

use crate::canary::{SECRET, person};
use crate::server::Server;

fn client(server: &Server) -> Client {
    Client::builder().base_url(server.url()).app("1", Credentials::md5(SECRET)).build().unwrap()
}

/// Peak memory of this process, in KiB.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// In a process of its own, whose memory no other test touches.
#[tokio::test]
async fn a_gzip_bomb_is_refused_while_it_unfolds() {
    if !crate::alone("limits::a_gzip_bomb_is_refused_while_it_unfolds") {
        return;
    }
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    let blanks = vec![b' '; 1 << 20];
    (0..256).for_each(|_| gzip.write_all(&blanks).unwrap());
    let bomb = gzip.finish().unwrap();
    assert!(bomb.len() < 1 << 20);
    let server = Server::http("200 OK", "content-encoding: gzip\r\n", &bomb);
    let before = peak();
    let error = client(&server).id_card_two_factor(&person()).await.unwrap_err();
    assert!(error.to_string().contains("larger than 8388608 bytes"), "{error}");
    assert_eq!(error.billing(), Billing::Unknown);
    let grown = (peak() - before) / 1024;
    assert!(grown < 32, "{grown} MiB for a limit of 8 MiB");
}

#[tokio::test]
async fn deep_nesting_is_refused_and_does_not_overflow() {
    let deep = 200_000;
    let json =
        format!(r#"{{"codeid":10000,"retdata":{{"bank_name":{}{}}}}}"#, "[".repeat(deep), "]".repeat(deep));
    let xml = format!("<r><codeid>10000</codeid><retdata>{}", "<a>".repeat(deep));
    for body in [json, xml] {
        let server = Server::http("200 OK", "", body.as_bytes());
        let error = client(&server).id_card_two_factor(&person()).await.unwrap_err();
        assert!(matches!(error.billing(), Billing::Billed | Billing::Unknown), "{error}");
    }
}

#[tokio::test]
async fn headers_have_a_limit() {
    let many = (0..500).map(|index| format!("x-{index}: y\r\n")).collect::<String>();
    let long = format!("x: {}\r\n", "y".repeat(4 << 20));
    for headers in [many, long] {
        let server = Server::http("200 OK", &headers, br#"{"codeid":10000}"#);
        let error = client(&server).id_card_two_factor(&person()).await.unwrap_err();
        assert_eq!(error.billing(), Billing::Unknown, "{error}");
    }
}

#[tokio::test]
async fn charsets_are_read_where_they_are_named() {
    // 张三, as GB18030 writes it.
    let name: &[u8] = &[0xD5, 0xC5, 0xC8, 0xFD];
    let json = [br#"{"codeid":10000,"retdata":{"bank_name":""#, name, br#""}}"#].concat();
    let xml = [
        br#"<?xml version="1.0" encoding="GB18030"?><any><codeid>10000</codeid><retdata><bank_name>"#,
        name,
        b"</bank_name></retdata></any>",
    ]
    .concat();
    let utf8 = "\u{feff}{\"codeid\":10000,\"retdata\":{\"bank_name\":\"张三\"}}".as_bytes().to_vec();
    let table: [(&str, Vec<u8>); 4] = [
        ("content-type: application/json; charset=gb18030\r\n", json.clone()),
        ("content-type: application/json;charset=\"GBK\"\r\n", json.clone()),
        ("", xml),
        ("content-type: application/json\r\n", utf8),
    ];
    for (headers, body) in table {
        let server = Server::http("200 OK", headers, &body);
        let reply = client(&server).id_card_two_factor(&person()).await.unwrap();
        assert_eq!(reply.data().unwrap().bank_name.as_deref(), Some("张三"), "{headers}");
        assert_eq!(reply.body().as_bytes(), body);
    }
    let server = Server::http("200 OK", "", &json);
    let error = client(&server).id_card_two_factor(&person()).await.unwrap_err();
    assert!(error.to_string().contains("not UTF-8"), "unnamed, it is not guessed: {error}");
}
