//! Counts instructions, which do not depend on the machine's load. CI compares them.

use std::hint::black_box;

use gungraun::{library_benchmark, library_benchmark_group, main};
use pyi_benches::{
    IdCardTwoFactor, body, by_hand, decoded, decoded_rows, encoded, escaped_body, person, rows_body,
};
use pyi_runtime::Credentials;

fn asked() -> (IdCardTwoFactor, Credentials) {
    (person(), Credentials::md5(pyi_benches::SECRET))
}

#[library_benchmark]
#[bench::pyi(asked())]
fn encode_pyi((person, sign): (IdCardTwoFactor, Credentials)) -> usize {
    black_box(encoded(black_box(&person), black_box(&sign))).body.len()
}

#[library_benchmark]
#[bench::floor(person())]
fn encode_floor(person: IdCardTwoFactor) -> usize {
    black_box(by_hand::encoded(black_box(&person.bank_id), black_box(&person.bank_name))).len()
}

#[library_benchmark]
#[bench::plain(body())]
#[bench::escaped(escaped_body())]
fn decode_pyi(body: Vec<u8>) -> usize {
    let data = black_box(decoded(black_box(body)));
    std::mem::forget(black_box(data));
    0
}

#[library_benchmark]
#[bench::plain(body())]
#[bench::escaped(escaped_body())]
fn decode_serde(body: Vec<u8>) -> usize {
    let data = black_box(by_hand::decoded(black_box(body)));
    std::mem::forget(black_box(data));
    0
}

#[library_benchmark]
#[bench::plain(body())]
#[bench::escaped(escaped_body())]
fn decode_untagged(body: Vec<u8>) -> usize {
    let data = black_box(by_hand::decoded_untagged(black_box(body)));
    std::mem::forget(black_box(data));
    0
}

#[library_benchmark]
#[bench::mebibyte(rows_body())]
fn list_pyi(body: Vec<u8>) -> usize {
    black_box(decoded_rows(black_box(body))).rows.map_or(0, |rows| rows.len())
}

#[library_benchmark]
#[bench::mebibyte(rows_body())]
fn list_serde(body: Vec<u8>) -> usize {
    black_box(by_hand::decoded_rows(black_box(body))).0.rows.len()
}

library_benchmark_group!(
    name = calls,
    benchmarks = [encode_pyi, encode_floor, decode_pyi, decode_serde, decode_untagged, list_pyi, list_serde]
);

main!(library_benchmark_groups = calls);
