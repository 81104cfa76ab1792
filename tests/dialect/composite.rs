//! Objects, lists and bytes in a request. A server in Python reads them with its own `json`, and
//! checks the signature over the text of each member as it was sent.

use pyi_codegen::{Input, load};
use pyi_dynamic::{CallOptions, DynamicClient, DynamicOperation};
use pyi_runtime::__private::Values;
use pyi_runtime::{App, Credentials, ErrorKind, Method, Request as _};
use pyi_sandbox::Sandbox;

use crate::goldens::composite::{
    ChangeOrder, Client, Colour, Composite, CompositeBuyer, CompositeBuyerLevel, CompositeItems,
    CompositeOptions, CompositeSpeed, DropOrder, FindOrder, FormOrder, FormOrderDetail, PartyHomesInput,
    PartyInput, PartyKind, SPEC,
};
use crate::request::Python;

const SERVER: &str = r#"
import base64, hashlib, http.server, json, urllib.parse
def members(text):
    "The members of an object, each with its text as it was sent."
    decoder, at, found = json.JSONDecoder(), 1, {}
    while text[at] != "}":
        name, at = decoder.raw_decode(text, at)
        value, end = decoder.raw_decode(text, at + 1)
        found[name] = value if isinstance(value, str) else text[at + 1:end]
        at = end + (text[end] == ",")
    return found
class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *arguments): pass
    def do_GET(self): self.answer("")
    def do_POST(self): self.answer(self.rfile.read(int(self.headers["content-length"])).decode())
    do_PUT = do_PATCH = do_POST
    do_DELETE = do_GET
    def answer(self, body):
        path, _, query = self.path.partition("?")
        sent = members(body) if body.startswith("{") else dict(urllib.parse.parse_qsl(body or query, strict_parsing=True))
        sign = sent.pop("sign")
        text = "&".join(f"{name}={sent[name]}" for name in sorted(sent)) + "the secret"
        is_signed = hashlib.md5(text.encode()).hexdigest() == sign
        seen = {**(json.loads(body) if body.startswith("{") else sent)}
        seen.pop("sign", None)
        if "photo" in seen: seen["photo"] = base64.b64decode(seen["photo"], validate=True).hex()
        data = {"id": json.dumps(seen), "rows": [[{"value": "1.50"}], []], "stamp": "AP8", "colour": "b"}
        if path == "/form": data = [json.dumps(seen)]
        if self.command in ("PUT", "PATCH", "DELETE"): data = [self.command + " " + seen["id"]]
        reply = json.dumps({"code": 0 if is_signed else 1, "data": data}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
"#;

fn client(url: &str) -> Client {
    let builder = Client::builder().base_url(url).app("7", Credentials::md5("the secret"));
    builder.loopback_only().build().unwrap()
}

fn order() -> Composite {
    let item = |sku: &str| CompositeItems {
        sku: sku.to_owned(),
        count: -2,
        price: "12.50".parse().unwrap(),
        tags: Some(vec!["a\"b".to_owned(), "张\n".to_owned()]),
        colour: Some(Colour::Green),
        more: Some(pyi_runtime::Any::from_json(r#"{"x":[1.10]}"#).unwrap()),
    };
    let buyer = CompositeBuyer {
        name: "张三".to_owned(),
        id_number: "11010519491231002X".to_owned(),
        born: Some("1949-12-31".parse().unwrap()),
        vip: Some(true),
        level: Some(CompositeBuyerLevel::Gold),
    };
    let plain = CompositeItems { tags: None, colour: None, more: None, ..item("b") };
    Composite { buyer, items: vec![item("a\\/"), plain], photo: vec![0, 255, 16] }
}

fn options() -> CompositeOptions {
    CompositeOptions::default()
        .days(vec!["1949-12-31".parse().unwrap(), "1950-01-01".parse().unwrap()])
        .grid(vec![vec![1, 2], vec![]])
        .numbers(vec!["19900000000".to_owned(), "19900000001".to_owned()])
        .flags(vec![true, false])
        .scan(b"scan".to_vec())
        .colour(Colour::Red)
        .speed(CompositeSpeed::Fast)
}

/// What `order` and `options` are, as JSON by itself.
fn expected() -> serde_json::Value {
    serde_json::json!({
        "appid": "7",
        "buyer": {"name": "张三", "id-number": "11010519491231002X", "born": "19491231", "vip": true, "level": "1"},
        "items": [
            {"sku": "a\\/", "count": -2, "price": 12.5, "tags": ["a\"b", "张\n"], "colour": "g", "more": {"x": [1.1]}},
            {"sku": "b", "count": -2, "price": 12.5},
        ],
        "photo": "00ff10",
        "days": ["1949-12-31", "1950-01-01"],
        "grid": [[1, 2], []],
        "numbers": "19900000000,19900000001",
        "flags": "1|0",
        "scan": "data:image/png;base64,c2Nhbg==",
        "colour": "r",
        "speed": "fast",
    })
}

#[tokio::test]
async fn a_server_in_python_reads_objects_lists_and_bytes() {
    let server = Python::start_with(SERVER);
    let ours = client(&server.1);
    let data = ours.composite(&order()).options(&options()).await.unwrap().into_data().unwrap();
    let seen: serde_json::Value = serde_json::from_str(&data.id.unwrap()).unwrap();
    assert_eq!(seen, expected());
    // A reply has bytes, named lists, and codes that the spec does not list.
    assert_eq!(data.stamp.as_deref(), Some(&[0, 255][..]));
    let rows = data.rows.unwrap();
    assert_eq!((rows.len(), rows[0][0].value), (2, Some("1.50".parse().unwrap())));
    assert!(matches!(data.colour, Some(Colour::Other(code)) if code.code() == "b"));
    for (method, seen) in [(Method::Put, "PUT 7"), (Method::Patch, "PATCH 7")] {
        let call = ours.change_order(&ChangeOrder { id: "7".to_owned() }).method(method);
        assert_eq!(call.await.unwrap().into_data().unwrap(), [seen]);
    }
    let dropped = ours.drop_order(&DropOrder { id: "7".to_owned() }).await.unwrap();
    assert_eq!(dropped.into_data().unwrap(), ["DELETE 7"]);
    let form = FormOrder {
        detail: FormOrderDetail { sku: "a&b=c".to_owned(), paid: false },
        numbers: vec!["1".to_owned(), "2,3".to_owned()],
    };
    for method in [Method::Post, Method::Get] {
        let data = ours.form_order(&form).method(method).await.unwrap().into_data().unwrap();
        let seen: serde_json::Value = serde_json::from_str(&data[0]).unwrap();
        assert_eq!(seen["detail"], r#"{"sku":"a&b=c","paid":false}"#);
        assert_eq!(seen["numbers"], "1;2,3");
    }
}

#[tokio::test]
async fn the_sandbox_takes_objects_lists_and_bytes() {
    let sandbox = Sandbox::start(SPEC).await.unwrap();
    let ours = client(&sandbox.url());
    let ours = ours.with_app(App::new(sandbox.app_id(), Credentials::md5(sandbox.secret())));
    let data = ours.composite(&order()).options(&options()).await.unwrap().into_data().unwrap();
    assert_eq!(data.stamp.as_deref(), Some("大".as_bytes()));
    assert_eq!(sandbox.request_log()[0].parameter("flags"), Some("1|0"));
    // Two endpoints have one path, and are told apart by their methods.
    assert!(ours.find_order(&FindOrder { id: "1".to_owned() }).await.unwrap().data().is_ok());
    let log = sandbox.request_log();
    let seen: Vec<_> = log.iter().map(|entry| entry.endpoint.as_deref().unwrap()).collect();
    assert_eq!(seen, ["composite", "find_order"]);
    for method in [Method::Put, Method::Patch] {
        assert!(
            ours.change_order(&ChangeOrder { id: "1".to_owned() })
                .method(method)
                .await
                .unwrap()
                .data()
                .is_ok()
        );
    }
    assert!(ours.drop_order(&DropOrder { id: "1".to_owned() }).await.unwrap().data().is_ok());
    assert_eq!(sandbox.request_log().last().unwrap().endpoint.as_deref(), Some("drop_order"));
}

#[tokio::test]
async fn an_element_that_would_be_two_is_refused() {
    let ours = client("http://127.0.0.1:1");
    for numbers in [vec!["19900000000,19900000001".to_owned()], vec![String::new()]] {
        let call = ours.composite(&order()).options(&CompositeOptions::default().numbers(numbers));
        let error = call.await.unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Value, Some("numbers")));
        assert!(
            error.to_string().contains("separates elements") && !error.to_string().contains("199"),
            "{error}"
        );
    }
    let none = FormOrder { detail: FormOrderDetail { sku: String::new(), paid: true }, numbers: Vec::new() };
    let error = ours.form_order(&none).await.unwrap_err();
    assert_eq!(error.field(), Some("numbers"), "{error}");
    // A code that the spec does not list is no code of a request, though a reply may have it.
    let options = CompositeOptions::default().colour(Colour::from_code("b"));
    let error = ours.composite(&order()).options(&options).await.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::Value, Some("colour")));
    assert_eq!(CompositeSpeed::from_code("b"), None);
}

/// A named object in a request has a type of its own, whose required members must be there; what is
/// inside of values is checked when the caller asks for it, and codes always.
#[tokio::test]
async fn what_is_inside_of_values_is_checked() {
    let server = Python::start_with(SERVER);
    let ours = client(&server.1);
    let home = |city: &str| PartyHomesInput { city: city.to_owned(), rooms: Some(9) };
    let seller = || PartyInput {
        name: "李四".to_owned(),
        id: Some("11010519491231002X".to_owned()),
        kind: Some(PartyKind::Company),
        homes: Some(vec![home("北京"), home("上海")]),
        mobiles: Some(vec!["19900000000".to_owned()]),
        colour: Some(Colour::Red),
    };
    let send = |seller: PartyInput| {
        let options = CompositeOptions::default().seller(seller);
        let call = ours.composite(&order()).options(&options).check_values();
        async move { call.await.map(|reply| reply.into_data().unwrap()) }
    };
    let data = send(seller()).await.unwrap();
    let seen: serde_json::Value = serde_json::from_str(&data.id.unwrap()).unwrap();
    assert_eq!(
        seen["seller"],
        serde_json::json!({
            "name": "李四", "id": "11010519491231002X", "kind": "c",
            "homes": [{"city": "北京", "rooms": 9}, {"city": "上海", "rooms": 9}],
            "mobiles": ["19900000000"], "colour": "r",
        })
    );
    let table = [
        ("seller.name", PartyInput { name: "李四李四李".to_owned(), ..seller() }, "more than 4"),
        ("seller.id", PartyInput { id: Some("110105194912310021".to_owned()), ..seller() }, "mistyped"),
        (
            "seller.homes.city",
            PartyInput { homes: Some(vec![home("北京"), home("京")]), ..seller() },
            "fewer than 2",
        ),
        (
            "seller.mobiles",
            PartyInput { mobiles: Some(vec!["1990000000x".to_owned()]), ..seller() },
            "digits alone",
        ),
        (
            "seller.colour",
            PartyInput { colour: Some(Colour::from_code("b")), ..seller() },
            "none of the codes",
        ),
    ];
    for (field, seller, why) in table {
        let error = send(seller).await.unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Value, Some(field)), "{error}");
        assert!(error.to_string().contains(why) && !error.to_string().contains("1990"), "{error}");
    }
    // Nobody asks about the form of a value; a code is refused all the same.
    let options = |seller| CompositeOptions::default().seller(seller);
    let long = options(PartyInput { name: "李四李四李".to_owned(), ..seller() });
    assert!(ours.composite(&order()).options(&long).await.is_ok());
    let unlisted = options(PartyInput { kind: Some(PartyKind::from_code("x")), ..seller() });
    assert_eq!(ours.composite(&order()).options(&unlisted).await.unwrap_err().field(), Some("seller.kind"));
    let joined = CompositeOptions::default().mobiles(vec!["19900000000".to_owned(), "1".to_owned()]);
    let error = ours.composite(&order()).options(&joined).check_values().await.unwrap_err();
    assert_eq!(error.field(), Some("mobiles"), "{error}");
    assert!(error.to_string().contains("has 1 characters"), "{error}");
    // The interpreted client has the same rules.
    let (provider, _) = load(Input::Texts(SPEC));
    let operation = DynamicOperation::new(&provider, provider.endpoint("composite").unwrap());
    let parts = pyi_dynamic::ProviderParts::new(&provider);
    let provider_data = parts.provider();
    let ours = crate::goldens::composite::operations::COMPOSITE.parameters;
    let theirs = operation.operation(&provider_data).parameters;
    for (ours, theirs) in ours.iter().zip(theirs) {
        assert_eq!((ours.name, ours.checks, ours.inside), (theirs.name, theirs.checks, theirs.inside));
    }
}

/// What a caller gives as JSON is sent as the generated client sends it.
#[test]
fn interpreted_values_are_those_of_the_generated_client() {
    let (provider, _) = load(Input::Texts(SPEC));
    let operation = DynamicOperation::new(&provider, provider.endpoint("composite").unwrap());
    let given = |pairs: &[(&str, &str)]| {
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        operation.values(&pairs)
    };
    let buyer =
        r#"{"vip": 1, "level": "1", "born": "19491231", "name": "张三", "id-number": "11010519491231002X"}"#;
    let items = r#"[{"sku":"a\\\/","price":12.50,"count":"-2","tags":["a\"b","张\u000a"],"colour":"g","more":{"x":[1.10]}},
        {"price":"12.50","sku":"b","count":-2,"tags":null}]"#;
    let all = [
        ("buyer", buyer),
        ("items", items),
        ("photo", "AP8Q"),
        ("days", r#"["1949-12-31","1950-01-01"]"#),
        ("grid", "[[1,2],[]]"),
        ("numbers", "[19900000000,\"19900000001\"]"),
        ("flags", "[true,0]"),
        ("scan", "c2Nhbg=="),
        ("colour", "r"),
        ("speed", "fast"),
    ];
    let values = given(&all).unwrap();
    let written: Vec<&str> = values.iter().collect();
    let typed = order().values();
    let typed: Vec<&str> = typed.iter().collect();
    let more = pyi_runtime::Options::values(&options());
    assert_eq!(written, typed.into_iter().chain(more.iter()).collect::<Vec<_>>());

    let with = |name: &'static str, value: &'static str| {
        let mut pairs = all.to_vec();
        pairs.retain(|(other, _)| *other != name);
        pairs.push((name, value));
        given(&pairs).map(|_: Values| ()).unwrap_err()[0].to_string()
    };
    let table = [
        ("buyer", "[]", "it is not an object"),
        ("buyer", "张三", "it is not JSON"),
        ("buyer", r#"{"name":"张三"}"#, "`id-number` is missing"),
        (
            "buyer",
            r#"{"name":"a","id-number":"b","id_number":"c"}"#,
            "a member that is none of name, id-number, born, vip, level",
        ),
        ("buyer", r#"{"name":"a","name":"b","id-number":"c"}"#, "`name`"),
        (
            "buyer",
            r#"{"name":"a","id-number":"b","level":"7"}"#,
            "`level`: it is not a code that the spec lists",
        ),
        ("buyer", r#"{"name":"a","id-number":{},"level":"1"}"#, "`id-number`"),
        ("items", r#"{"sku":"a"}"#, "it is not a list"),
        ("items", r#"[{"sku":"a","count":1.5,"price":1}]"#, "element 1: `count`: it is not a whole number"),
        ("items", "[null]", "an element that is null"),
        ("numbers", r#"["1,2"]"#, "separates elements"),
        ("days", r#"["31.12.1949"]"#, "element 1: it is not a date"),
        ("photo", "AP8", "`photo` is not base64"),
    ];
    for (name, value, why) in table {
        let fault = with(name, value);
        assert!(fault.contains(why) && fault.contains(name), "{name} {value}: {fault}");
        assert!(!fault.contains("张三") && !fault.contains("31.12"), "{fault}");
    }
}

#[tokio::test]
async fn an_interpreted_call_is_taken_by_the_server_in_python() {
    let server = Python::start_with(SERVER);
    let (provider, _) = load(Input::Texts(SPEC));
    let client = client(&server.1).runtime().clone();
    let dynamic = DynamicClient::new(std::sync::Arc::new(provider), client);
    let pairs = [("detail", r#"{ "paid": true, "sku": "张" }"#), ("numbers", r#"["1"]"#)];
    let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let report = dynamic.call("form_order", &pairs, &CallOptions::default()).await.unwrap();
    assert!(
        report.data().unwrap().json().contains(r#"\"paid\\\":true"#),
        "{:?}",
        report.data().unwrap().json()
    );
}
