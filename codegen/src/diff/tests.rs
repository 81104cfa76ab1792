//! Each change is found, at its place and beside other changes; what changes nothing is not.

mod mutants;

use std::path::Path;

use super::{Change, Diff, diff};
use crate::source::Input;

type Files = Vec<(String, String)>;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The files of a text in which each follows a line `### <path>`.
fn parts(path: &str) -> Files {
    let text = std::fs::read_to_string(root().join(path)).unwrap();
    let parts = text.split("### ").skip(1).filter_map(|part| part.split_once('\n'));
    parts.map(|(name, text)| (name.trim().to_owned(), text.to_owned())).collect()
}

/// The files of a spec's folder.
fn folder(path: &str) -> Files {
    let files = [root().join(path), root().join(path).join("endpoints")].into_iter().flat_map(|folder| {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.extension().is_some_and(|end| end == "yaml")).collect::<Vec<_>>()
    });
    let mut files: Files = files
        .map(|file| {
            let name = file.strip_prefix(root().join(path)).unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read_to_string(file).unwrap())
        })
        .collect();
    files.sort();
    files
}

fn borrowed(files: &Files) -> Vec<(&str, &str)> {
    files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect()
}

/// A spec after edits of a text that a file has once.
fn edited(files: &Files, edits: &[(&str, &str, &str)]) -> Files {
    let mut files = files.clone();
    for (name, from, to) in edits {
        let (_, text) = files.iter_mut().find(|(file, _)| file == name).unwrap();
        assert_eq!(text.matches(from).count(), 1, "{name} has `{from}` once");
        *text = text.replace(from, to);
    }
    files
}

fn between(old: &Files, new: &Files) -> Vec<Change> {
    let (Diff { changes }, faults, new_faults) =
        diff(Input::Texts(&borrowed(old)), Input::Texts(&borrowed(new)));
    assert!(faults.is_empty() && new_faults.is_empty(), "{faults}{new_faults}");
    changes
}

/// The changes that edits make: the class, the subject, the message, and the places.
fn changes(files: &Files, edits: &[(&str, &str, &str)]) -> Vec<String> {
    between(files, &edited(files, edits)).iter().map(shown).collect()
}

fn shown(change: &Change) -> String {
    let places: Vec<String> = [&change.old, &change.new]
        .into_iter()
        .map(|place| {
            place
                .as_ref()
                .map_or("none".to_owned(), |place| format!("{}:{}:{}", place.file, place.line, place.column))
        })
        .collect();
    format!("{} {}: {}; {}", change.class.as_str(), change.subject, change.message, places.join(", "))
}

#[test]
fn a_fixed_parameter_is_compared_beside_any_other_change() {
    let files = folder("providers/taobao");
    let method = ("endpoints/time_get.yaml", "method: taobao.time.get}", "method: taobao.time.set}");
    let title = ("endpoints/time_get.yaml", "title: 获取淘宝系统当前时间", "title: 时间");
    let common = ("provider.yaml", "value: \"2.0\"", "value: \"2.1\"");
    let of_endpoint = "calls time_get: its parameter `method` is `taobao.time.set`, and was `taobao.time.get`; \
        endpoints/time_get.yaml:6:9, endpoints/time_get.yaml:6:9";
    for edits in [&[method][..], &[method, title], &[method, common], &[method, title, common]] {
        let found = changes(&files, edits);
        assert_eq!(found.iter().filter(|change| *change == of_endpoint).count(), 1, "{found:#?}");
        let is_of_all = |change: &String| change.contains("the parameter `v` of all endpoints is another");
        assert_eq!(found.iter().any(is_of_all), edits.contains(&common), "{found:#?}");
        assert_eq!(found.len(), edits.len(), "{found:#?}");
    }
}

#[test]
fn a_parameter_that_an_endpoint_asks_for_or_does_without_is_compared() {
    let files = folder("spec");
    let file = "endpoints/mobile_recharge.yaml";
    let without_debug = (file, "common: {debug: true}\n", "");
    let doc = (file, "doc: Tops up a mobile number.", "doc: Tops up a number.");
    let gone = "calls mobile_recharge: its parameter `debug` is gone; \
        endpoints/mobile_recharge.yaml:12:10, none";
    let found = changes(&files, &[without_debug, doc]);
    assert!(found.len() == 2 && found[0] == gone, "{found:#?}");
    let without_time = (file, "common: {debug: true}", "common: {debug: true, time: false}");
    assert_eq!(
        changes(&files, &[without_time]),
        ["calls mobile_recharge: its parameter `time` is gone; provider.yaml:19:3, \
            endpoints/mobile_recharge.yaml:12:23"]
    );
    let fixed = (file, "common: {debug: true}", "common: {debug: true}\nfixed: {time: \"1\"}");
    assert_eq!(
        changes(&files, &[fixed]),
        ["calls mobile_recharge: its parameter `time` is `1`, and was that of all endpoints; \
            provider.yaml:19:3, endpoints/mobile_recharge.yaml:13:9"]
    );
    // What follows from the provider's file is said of all endpoints alone.
    let found =
        changes(&files, &[("provider.yaml", "time: {from: clock, optional: true}", "time: {from: clock}")]);
    assert!(found.len() == 1 && found[0].contains("`time` of all endpoints"), "{found:#?}");
}

#[test]
fn the_order_of_signed_parameters_is_compared_where_it_counts() {
    let files = parts("tests/conventions/parts_anywhere.yaml");
    let file = "endpoints/look.yaml";
    let name = "  name: {type: string, title: Name, example: 张 三&=+/%~}\n";
    let city = "  city: {type: string, in: path, signed: true, example: 北 京}\n";
    let page = "  page: {type: integer, in: query, example: \"2\"}\n";
    let size = "  size: {type: integer, in: query, signed: false, example: \"3\"}\n";
    let swapped = (file, &*[name, city].concat(), &*[city, name].concat());
    let order = "calls look: its parameters are signed in another order, from `city` on; \
        endpoints/look.yaml:9:3, endpoints/look.yaml:8:3";
    assert_eq!(changes(&files, &[swapped]), [order]);
    let found = changes(&files, &[swapped, (file, "title: Look", "title: Look up")]);
    assert!(found.len() == 2 && found[0] == order, "{found:#?}");
    // A field that is called otherwise has the place of the old one.
    let renamed = city.replace("city: {", "town: {rename: city, ");
    let edits = [
        (file, &*[name, city].concat(), &*[renamed.as_str(), name].concat()),
        (file, "/look/{city}", "/look/{town}"),
    ];
    let found = changes(&files, &edits);
    assert!(found.iter().any(|change| change.contains("another order, from `town` on")), "{found:#?}");
    // What is not signed may be anywhere.
    let unsigned = (file, &*[page, size].concat(), &*[size, page].concat());
    assert_eq!(changes(&files, &[unsigned]), [""; 0]);
    // The parameters of all endpoints are said once.
    let key = "  X-Key: {from: app_id, in: header, signed: true}\n";
    let day = "  day: {from: clock, in: query, write: \"%Y%m%d\", zone: \"+08:00\"}\n";
    let common = ("provider.yaml", &*[key, day].concat(), &*[day, key].concat());
    let of_all = "calls common: the parameters of all endpoints are signed in another order, from `day` on; \
        provider.yaml:11:3, provider.yaml:10:3";
    assert_eq!(changes(&files, &[common]), [of_all]);
    assert_eq!(changes(&files, &[common, swapped]), [order, of_all]);
    // Where parameters are signed by name, their order in the spec counts for nothing.
    let by_name = edited(&files, &[("provider.yaml", "order: listed, ", "")]);
    assert_eq!(changes(&by_name, &[swapped, common]), [""; 0]);
}

#[test]
fn the_order_of_the_fields_of_a_callback_is_compared_where_it_counts() {
    let base = parts("tests/diff/base.yaml");
    let (order, paid) = ("    order: {type: string, title: 订单}\n", "    paid: {type: decimal}\n");
    let swap = ("endpoints/order.yaml", &*[order, paid].concat(), &*[paid, order].concat());
    let by_name = edited(&base, &[("provider.yaml", "order: listed, ", "")]);
    assert_eq!(changes(&by_name, &[swap]), [""; 0]);
    assert_eq!(
        changes(&base, &[swap]),
        ["calls order: the fields of its callback are signed in another order, from `paid` on; \
            endpoints/order.yaml:12:5, endpoints/order.yaml:11:5"]
    );
}

#[test]
fn a_status_that_becomes_a_success_is_no_addition() {
    let base = parts("tests/diff/base.yaml");
    for (meaning, class) in [
        ("class: data, billed: always", "calls"),
        ("class: debug, billed: unknown", "calls"),
        ("class: no_data, billed: always", "calls"),
        ("class: pending, billed: always", "calls"),
        ("class: data, billed: never", "money"),
        ("class: request, billed: always", "safe"),
    ] {
        let status = format!("  9: {{name: late, title: 晚, {meaning}}}\nhttp:\n");
        let found = changes(&base, &[("provider.yaml", "http:\n", &status)]);
        let said = meaning.replace("class: ", "").replace("billed: ", "billed ");
        let listed =
            format!("{class} statuses: the status 9 is listed: of class {said}; none, provider.yaml:38:3");
        assert_eq!(found, [listed]);
    }
}

#[test]
fn a_code_or_a_status_that_takes_over_another_is_named() {
    let base = parts("tests/diff/base.yaml");
    let codes = "\"01\": {name: perhaps, title: 一致}\n      \"03\": {name: match, title: 一致}";
    assert_eq!(
        changes(&base, &[("provider.yaml", "\"01\": {name: match, title: 一致}", codes)]),
        [
            "calls outcome: `01` is read as the new `Perhaps`, and was `Match`; provider.yaml:18:7, provider.yaml:18:7",
            "calls outcome: `Match` is `03` on the wire, and was `01`; provider.yaml:18:7, provider.yaml:19:7",
        ]
    );
    let busy = "  2: {name: busy, title: 繁忙, class: server, billed: never, retry: true}\n";
    let taken = format!("{}{}", busy.replace("busy", "late"), busy.replace("2:", "5:"));
    let found = changes(&base, &[("provider.yaml", busy, &taken)]);
    for part in ["`Busy` is the status 5, and was 2", "the status 2 is the new `Late`, and was `Busy`"] {
        assert!(
            found.iter().any(|change| change.starts_with("calls") && change.contains(part)),
            "{found:#?}"
        );
    }
}

#[test]
fn a_status_of_an_endpoint_has_its_place() {
    let files = folder("providers/wechat_pay");
    let file = "endpoints/orderquery.yaml";
    let text = files.iter().find(|(name, _)| name == file).map(|(_, text)| text.clone()).unwrap();
    let line = text.lines().find(|line| line.contains("ORDERNOTEXIST: ")).unwrap();
    let found = changes(&files, &[(file, &format!("statuses:\n{line}\n"), "")]);
    let gone = "callers orderquery: the status ORDERNOTEXIST (`OrderNotExist`) is gone; \
        endpoints/orderquery.yaml:16:3, none";
    assert!(found.iter().any(|change| change == gone), "{found:#?}");
    // One that all endpoints have now means the same in this one.
    let base = parts("tests/diff/base.yaml");
    let own = "  77: {name: unclear, title: 不明, class: data, billed: always}\n";
    let edits = [
        ("endpoints/check.yaml", &*format!("statuses:\n{own}"), ""),
        ("provider.yaml", "http:\n", &*format!("{own}http:\n")),
    ];
    let found = changes(&base, &edits);
    assert!(found.len() == 1 && found[0].contains("statuses: the status 77 is listed"), "{found:#?}");
}

#[test]
fn what_is_not_signed_any_more_has_its_place() {
    let base = parts("tests/diff/base.yaml");
    let found = changes(&base, &[("endpoints/check.yaml", "effect: query", "effect: query\nsigned: false")]);
    assert_eq!(
        found,
        [
            "calls check: its requests are not signed any more; endpoints/check.yaml:1:1, endpoints/check.yaml:6:1"
        ]
    );
}

#[test]
fn other_digits_of_the_same_number_break_nothing() {
    let base = parts("tests/diff/base.yaml");
    let found = changes(&base, &[("endpoints/check.yaml", "1000: \"0.10\"", "1000: \"0.1\"")]);
    assert!(found.len() == 1 && found[0].starts_with("safe check: its price is CNY 0.20"), "{found:#?}");
    for (number, plain) in [("0.10", "0.1"), ("007.0", "7"), ("-0.0", "0"), ("-1.50", "-1.5"), ("100", "100")]
    {
        assert_eq!(super::fields::plain(number), plain);
    }
}

#[test]
fn a_check_is_one_of_what_is_sent() {
    let base = parts("tests/diff/base.yaml");
    let with_type = edited(
        &base,
        &[
            ("provider.yaml", "types:\n", "types:\n  number: {type: string, check: digits}\n"),
            ("endpoints/check.yaml", "  score: {type: integer}\n", "  score: {type: number}\n"),
        ],
    );
    let check = ("provider.yaml", "check: digits", "check: resident_id");
    assert_eq!(changes(&with_type, &[check]), [""; 0]);
    let given =
        edited(&with_type, &[("endpoints/names.yaml", "word: {type: string}", "word: {type: number}")]);
    let found = changes(&given, &[check]);
    assert!(
        found.len() == 1 && found[0].starts_with("calls names: the field `word` of the request"),
        "{found:#?}"
    );
    assert!(found[0].ends_with("; provider.yaml:14:26, provider.yaml:14:26"), "{found:#?}");
}

#[test]
fn a_named_type_may_move_or_be_renamed() {
    let base = parts("tests/diff/base.yaml");
    let person = "  person_name: {type: string, title: 姓名, example: 张三, person: true}\n";
    let moved = edited(&base, &[("provider.yaml", person, "")]);
    let moved = edited(&moved, &[("provider.yaml", "statuses:\n", &format!("{person}statuses:\n"))]);
    assert_eq!(between(&base, &moved), []);
    let renamed = [
        ("provider.yaml", "  person_name: {", "  full_name: {"),
        ("endpoints/check.yaml", "{type: person_name}", "{type: full_name}"),
    ];
    assert_eq!(changes(&base, &renamed), [""; 0]);
    assert_eq!(
        changes(&base, &[("provider.yaml", "{title: 速度, enum", "{title: 快慢, enum")]),
        [
            "safe speed: `Speed` is described in other words; provider.yaml:20:11, provider.yaml:20:11",
            "safe check: the field `speed` of the request is described in other words; provider.yaml:20:11, provider.yaml:20:11",
        ]
    );
}
