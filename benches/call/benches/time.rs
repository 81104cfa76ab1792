//! Measures the same in nanoseconds. No test asserts them.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use pyi_benches::{body, by_hand, decoded, decoded_rows, encoded, escaped_body, person, rows_body};
use pyi_runtime::Credentials;

fn encode(criterion: &mut Criterion) {
    let (person, sign) = (person(), Credentials::md5(pyi_benches::SECRET));
    let mut group = criterion.benchmark_group("encode");
    group.bench_function("pyi", |bench| bench.iter(|| encoded(black_box(&person), black_box(&sign))));
    group.bench_function("floor", |bench| {
        bench.iter(|| by_hand::encoded(black_box(&person.bank_id), black_box(&person.bank_name)));
    });
}

fn decode(criterion: &mut Criterion) {
    for (name, made) in [("decode plain", body as fn() -> Vec<u8>), ("decode escaped", escaped_body)] {
        let mut group = criterion.benchmark_group(name);
        group.bench_function("pyi", |bench| bench.iter_batched(made, decoded, BatchSize::SmallInput));
        group.bench_function("serde", |bench| {
            bench.iter_batched(made, by_hand::decoded, BatchSize::SmallInput)
        });
    }
    let mut group = criterion.benchmark_group("decode 1 MiB");
    let body = rows_body();
    group.bench_function("pyi", |bench| {
        bench.iter_batched(|| body.clone(), decoded_rows, BatchSize::LargeInput)
    });
    group.bench_function("serde", |bench| {
        bench.iter_batched(|| body.clone(), by_hand::decoded_rows, BatchSize::LargeInput);
    });
}

criterion_group!(benches, encode, decode);
criterion_main!(benches);
