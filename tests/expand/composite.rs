// Written by `pyi expand` for pyi-runtime 0.1.0.
const _: () = ::pyi_runtime::__private::written_for("0.1.0");
/// The spec that this client was generated from: the path and the text of each file.
pub const SPEC: &[(&str, &str)] = &[
    (
        "endpoints/change_order.yaml",
        "### endpoints/change_order.yaml\npath: /orders\nbody: json\ntitle: 改单\nsource: made up for this test\neffect: act\nmethods: [PUT, PATCH]\nformats: [json]\nrequest:\n  id: {type: string, example: \"7\"}\nresponse: [string]\n",
    ),
    (
        "endpoints/composite.yaml",
        "# Objects, lists and bytes in a request, as JSON and as texts; enums that only requests have; a list that is a named type.\npath: /orders\nbody: json\ntitle: 下单\nsource: made up for this test\neffect: query\nmethods: [POST]\nformats: [json]\nrequest:\n  buyer:\n    type: object\n    title: 买家\n    fields:\n      name: {type: string, title: 姓名, example: 张三}\n      id-number: {type: string, rename: id_number, example: \"11010519491231002X\"}\n      born: {type: date, pattern: \"%Y%m%d\", optional: true}\n      vip: {type: boolean, optional: true}\n      level: {optional: true, enum: {\"1\": {name: gold, title: 金}, \"2\": {name: silver}}}\n  items:\n    type: list\n    of:\n      type: object\n      fields:\n        sku: {type: string, public: true, example: a-1}\n        count: {type: integer}\n        price: {type: decimal, example: \"12.50\"}\n        tags: {type: list, of: string, optional: true}\n        colour: {type: colour, optional: true}\n        more: {type: any, optional: true}\n  days: {type: list, of: {type: date, pattern: \"%Y-%m-%d\"}, optional: true}\n  grid: {type: list, of: {type: list, of: integer}, optional: true}\n  numbers: {type: list, of: string, join: \",\", optional: true}\n  flags: {type: list, of: boolean, join: \"|\", optional: true}\n  photo: {type: bytes, example: \"iVBORw0KGgo=\"}\n  scan: {type: bytes, write: \"data:image/png;base64,{value}\", optional: true}\n  colour: {type: colour, optional: true}\n  seller: {type: party, optional: true}\n  mobiles: {type: list, of: mobile, join: \";\", optional: true}\n  speed: {enum: {fast: {name: fast}, slow: {name: slow}}, default: slow}\nresponse:\n  id: {type: string}\n  rows: {type: rows}\n  stamp: {type: bytes}\n  seller: {type: party}\n  colour: {type: colour}\n",
    ),
    (
        "endpoints/drop_order.yaml",
        "### endpoints/drop_order.yaml\npath: /orders\ntitle: 撤单\nsource: made up for this test\neffect: act\nmethods: [DELETE]\nformats: [json]\nrequest:\n  id: {type: string, example: \"7\"}\nresponse: [string]\n",
    ),
    (
        "endpoints/find_order.yaml",
        "### endpoints/find_order.yaml\n# The path of another endpoint, by another method.\npath: /orders\ntitle: 查单\nsource: made up for this test\neffect: query\nmethods: [GET]\nformats: [json]\nrequest:\n  id: {type: string}\nresponse: [string]\n",
    ),
    (
        "endpoints/form_order.yaml",
        "### endpoints/form_order.yaml\npath: /form\ntitle: 查询\nsource: made up for this test\neffect: query\nmethods: [POST, GET]\nformats: [json]\nrequest:\n  detail: {type: object, fields: {sku: {type: string}, paid: {type: boolean}}}\n  numbers: {type: list, of: string, join: \";\"}\n  names: {type: names, optional: true}\nresponse: [string]\n",
    ),
    (
        "provider.yaml",
        "### provider.yaml\nprovider: demo\ntitle: 示例\nsign:\n  parameter: sign\n  methods: [md5]\n  canonical: {pair: \"{key}={value}\", join: \"&\", secret: \"{params}{secret}\"}\ncommon:\n  appid: {from: app_id}\nenvelope: {status: code, message: message, data: data}\ntypes:\n  colour: {title: 颜色, enum: {r: {name: red}, g: {name: green}}}\n  names: {type: list, of: string}\n  rows: {type: list, of: {type: list, of: cell}}\n  cell: {type: object, fields: {value: {type: decimal}}}\n  mobile: {type: string, check: digits, length: 11, example: \"19900000000\"}\n  # A reply has it as well, where any member can be missing.\n  party:\n    type: object\n    title: 一方\n    fields:\n      name: {type: string, max_length: 4, example: 李四}\n      id: {type: string, check: resident_id, optional: true}\n      kind: {optional: true, enum: {p: {name: person}, c: {name: company}}}\n      homes: {type: list, optional: true, of: {type: object, fields: {city: {type: string, min_length: 2}, rooms: {type: integer, max: 9, optional: true}}}}\n      mobiles: {type: list, of: mobile, optional: true}\n      colour: {type: colour, optional: true}\nstatuses:\n  0: {name: ok, title: 成功, class: data, billed: always}\n  1: {name: refused, title: 拒绝, class: auth, billed: never}\n",
    ),
];
/// A client of 示例. Clones share its connections.
#[derive(Debug, Clone)]
pub struct Client(::pyi_runtime::Client);
impl Client {
    /// A builder of a client: base URL, app, limits.
    #[inline]
    pub fn builder() -> ::pyi_runtime::ClientBuilder<Self> {
        ::pyi_runtime::ClientBuilder::new().of(&operations::PROVIDER)
    }
    /// The runtime's client, which makes the calls.
    #[inline]
    pub fn runtime(&self) -> &::pyi_runtime::Client {
        &self.0
    }
    /// A client of another app, which shares this one's connections, limits and clock.
    #[inline]
    #[must_use]
    pub fn with_app(&self, app: ::pyi_runtime::App) -> Self {
        Self(self.0.with_app(app))
    }
    /// As [`Self::with_app`], with an app that is asked for before each attempt.
    #[inline]
    #[must_use]
    pub fn with_credentials(
        &self,
        provider: impl ::pyi_runtime::CredentialsProvider,
    ) -> Self {
        Self(self.0.with_credentials(provider))
    }
    /// 改单.
    ///
    /// `/orders`, PUT or PATCH.
    ///
    /// Source: made up for this test.
    #[inline]
    pub fn change_order(
        &self,
        request: &ChangeOrder,
    ) -> ::pyi_runtime::Call<'static, ChangeOrderData> {
        self.0.call(request)
    }
    /// 下单.
    ///
    /// `/orders`, POST.
    ///
    /// Source: made up for this test.
    #[inline]
    pub fn composite(
        &self,
        request: &Composite,
    ) -> ::pyi_runtime::Call<'static, CompositeData> {
        self.0.call(request)
    }
    /// 撤单.
    ///
    /// `/orders`, DELETE.
    ///
    /// Source: made up for this test.
    #[inline]
    pub fn drop_order(
        &self,
        request: &DropOrder,
    ) -> ::pyi_runtime::Call<'static, DropOrderData> {
        self.0.call(request)
    }
    /// 查单.
    ///
    /// `/orders`, GET.
    ///
    /// Source: made up for this test.
    #[inline]
    pub fn find_order(
        &self,
        request: &FindOrder,
    ) -> ::pyi_runtime::Call<'static, FindOrderData> {
        self.0.call(request)
    }
    /// 查询.
    ///
    /// `/form`, POST or GET.
    ///
    /// Source: made up for this test.
    #[inline]
    pub fn form_order(
        &self,
        request: &FormOrder,
    ) -> ::pyi_runtime::Call<'static, FormOrderData> {
        self.0.call(request)
    }
}
impl ::core::convert::From<::pyi_runtime::Client> for Client {
    #[inline]
    fn from(client: ::pyi_runtime::Client) -> Self {
        Self(client)
    }
}
/// A status of 示例.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(i32)]
pub enum Status {
    /// 0: `成功`. Billed.
    Ok = 0,
    /// 1: `拒绝`. Not billed.
    Refused = 1,
}
impl Status {
    /// The status with a code, if the spec lists it.
    pub fn from_code(code: i32) -> ::core::option::Option<Self> {
        match code {
            0 => ::core::option::Option::Some(Self::Ok),
            1 => ::core::option::Option::Some(Self::Refused),
            _ => ::core::option::Option::None,
        }
    }
    /// The status of an error, if the spec lists it.
    pub fn of(error: &::pyi_runtime::Error) -> ::core::option::Option<Self> {
        error.status().and_then(|status| Self::from_code(status.code.number()?))
    }
    /// The code on the wire.
    pub fn code(self) -> i32 {
        self as i32
    }
    /// The name in the spec, in `snake_case`.
    pub fn name(self) -> &'static str {
        ::pyi_runtime::__private::find_status(operations::ALL, self.code().into())
            .map_or("", |status| &status.name)
    }
    /// The class of its answers.
    pub fn class(self) -> ::pyi_runtime::StatusClass {
        ::pyi_runtime::__private::find_status(operations::ALL, self.code().into())
            .map_or(::pyi_runtime::StatusClass::Other, |status| status.class)
    }
}
/// 颜色.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Colour {
    /// `r`: Red
    Red,
    /// `g`: Green
    Green,
    /// A code that the spec does not list.
    Other(::pyi_runtime::Unrecognized),
}
impl Colour {
    /// The value of a code on the wire.
    #[inline]
    pub fn from_code(code: &str) -> Self {
        match code {
            "r" => Self::Red,
            "g" => Self::Green,
            _ => Self::Other(::pyi_runtime::Unrecognized::new("Colour", code)),
        }
    }
    /// The code on the wire.
    #[inline]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Red => "r",
            Self::Green => "g",
            Self::Other(other) => other.as_str(),
        }
    }
}
/// Shows the code. One that the spec does not list may be any text, and is not shown.
impl ::core::fmt::Display for Colour {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        match self {
            Self::Other(_) => f.write_str(::pyi_runtime::__private::redact::REDACTED),
            listed => f.write_str(listed.as_str()),
        }
    }
}
impl ::pyi_runtime::__private::Value for Colour {
    #[inline]
    fn write(&self, out: &mut ::std::string::String) {
        out.push_str(self.as_str());
    }
}
impl ::pyi_runtime::__private::Wire for Colour {
    fn node(&self, _: &str) -> ::pyi_runtime::__private::Node<'_> {
        ::pyi_runtime::__private::Node::Text(::std::borrow::Cow::Borrowed(self.as_str()))
    }
}
/// `CompositeBuyerLevel`, without a title in the spec.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CompositeBuyerLevel {
    /// `1`: 金
    Gold,
    /// `2`: Silver
    Silver,
}
impl CompositeBuyerLevel {
    /// The value of a code on the wire; `None` for a code that the spec does not list.
    #[inline]
    pub fn from_code(code: &str) -> ::core::option::Option<Self> {
        match code {
            "1" => ::core::option::Option::Some(Self::Gold),
            "2" => ::core::option::Option::Some(Self::Silver),
            _ => ::core::option::Option::None,
        }
    }
    /// The code on the wire.
    #[inline]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Gold => "1",
            Self::Silver => "2",
        }
    }
}
/// Shows the code.
impl ::core::fmt::Display for CompositeBuyerLevel {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.write_str(self.as_str())
    }
}
impl ::pyi_runtime::__private::Value for CompositeBuyerLevel {
    #[inline]
    fn write(&self, out: &mut ::std::string::String) {
        out.push_str(self.as_str());
    }
}
impl ::pyi_runtime::__private::Wire for CompositeBuyerLevel {
    fn node(&self, _: &str) -> ::pyi_runtime::__private::Node<'_> {
        ::pyi_runtime::__private::Node::Text(::std::borrow::Cow::Borrowed(self.as_str()))
    }
}
/// `CompositeSpeed`, without a title in the spec.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CompositeSpeed {
    /// `fast`: Fast
    Fast,
    /// `slow`: Slow
    Slow,
}
impl CompositeSpeed {
    /// The value of a code on the wire; `None` for a code that the spec does not list.
    #[inline]
    pub fn from_code(code: &str) -> ::core::option::Option<Self> {
        match code {
            "fast" => ::core::option::Option::Some(Self::Fast),
            "slow" => ::core::option::Option::Some(Self::Slow),
            _ => ::core::option::Option::None,
        }
    }
    /// The code on the wire.
    #[inline]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Fast => "fast",
            Self::Slow => "slow",
        }
    }
}
/// Shows the code.
impl ::core::fmt::Display for CompositeSpeed {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.write_str(self.as_str())
    }
}
impl ::pyi_runtime::__private::Value for CompositeSpeed {
    #[inline]
    fn write(&self, out: &mut ::std::string::String) {
        out.push_str(self.as_str());
    }
}
/// `PartyKind`, without a title in the spec.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PartyKind {
    /// `p`: Person
    Person,
    /// `c`: Company
    Company,
    /// A code that the spec does not list.
    Other(::pyi_runtime::Unrecognized),
}
impl PartyKind {
    /// The value of a code on the wire.
    #[inline]
    pub fn from_code(code: &str) -> Self {
        match code {
            "p" => Self::Person,
            "c" => Self::Company,
            _ => Self::Other(::pyi_runtime::Unrecognized::new("PartyKind", code)),
        }
    }
    /// The code on the wire.
    #[inline]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Person => "p",
            Self::Company => "c",
            Self::Other(other) => other.as_str(),
        }
    }
}
/// Shows the code. One that the spec does not list may be any text, and is not shown.
impl ::core::fmt::Display for PartyKind {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        match self {
            Self::Other(_) => f.write_str(::pyi_runtime::__private::redact::REDACTED),
            listed => f.write_str(listed.as_str()),
        }
    }
}
impl ::pyi_runtime::__private::Value for PartyKind {
    #[inline]
    fn write(&self, out: &mut ::std::string::String) {
        out.push_str(self.as_str());
    }
}
impl ::pyi_runtime::__private::Wire for PartyKind {
    fn node(&self, _: &str) -> ::pyi_runtime::__private::Node<'_> {
        ::pyi_runtime::__private::Node::Text(::std::borrow::Cow::Borrowed(self.as_str()))
    }
}
/// `Cell`, without a title in the spec.
#[non_exhaustive]
pub struct Cell {
    /// `value` on the wire.
    pub value: ::core::option::Option<::pyi_runtime::Decimal>,
}
impl ::pyi_runtime::__private::Decode for Cell {
    const NAMES: &'static [&'static str] = &["value"];
    #[inline]
    fn decode(from: &mut ::pyi_runtime::__private::Cursor<'_>) -> Self {
        Self { value: from.decimal() }
    }
}
impl ::core::fmt::Debug for Cell {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "Cell",
            &[("value", ::core::option::Option::None)],
        )
    }
}
/// `CompositeBuyer`, without a title in the spec.
pub struct CompositeBuyer {
    /// 姓名.
    ///
    /// Example: `张三`
    pub name: ::std::string::String,
    /// `id-number` on the wire.
    ///
    /// Example: `11010519491231002X`
    pub id_number: ::std::string::String,
    /// `born` on the wire.
    pub born: ::core::option::Option<::pyi_runtime::Date>,
    /// `vip` on the wire.
    pub vip: ::core::option::Option<bool>,
    /// `level` on the wire.
    pub level: ::core::option::Option<CompositeBuyerLevel>,
}
impl ::core::fmt::Debug for CompositeBuyer {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "CompositeBuyer",
            &[
                ("name", ::core::option::Option::None),
                ("id_number", ::core::option::Option::None),
                ("born", ::core::option::Option::None),
                ("vip", ::core::option::Option::None),
                ("level", ::core::option::Option::None),
            ],
        )
    }
}
impl ::pyi_runtime::__private::Wire for CompositeBuyer {
    fn node(&self, _: &str) -> ::pyi_runtime::__private::Node<'_> {
        ::pyi_runtime::__private::Node::Fields(
            ::std::vec![
                ("name", ::pyi_runtime::__private::Wire::node(& self.name, "")),
                ("id-number", ::pyi_runtime::__private::Wire::node(& self.id_number,
                "")), ("born", ::pyi_runtime::__private::Wire::node(& self.born,
                "%Y%m%d")), ("vip", ::pyi_runtime::__private::Wire::node(& self.vip,
                "")), ("level", ::pyi_runtime::__private::Wire::node(& self.level, ""))
            ],
        )
    }
}
/// `CompositeItems`, without a title in the spec.
pub struct CompositeItems {
    /// `sku` on the wire.
    ///
    /// Example: `a-1`
    pub sku: ::std::string::String,
    /// `count` on the wire.
    pub count: i64,
    /// `price` on the wire.
    ///
    /// Example: `12.50`
    pub price: ::pyi_runtime::Decimal,
    /// `tags` on the wire.
    pub tags: ::core::option::Option<::std::vec::Vec<::std::string::String>>,
    /// 颜色.
    pub colour: ::core::option::Option<Colour>,
    /// `more` on the wire.
    pub more: ::core::option::Option<::pyi_runtime::Any>,
}
impl ::core::fmt::Debug for CompositeItems {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "CompositeItems",
            &[
                ("sku", ::core::option::Option::Some(&self.sku)),
                ("count", ::core::option::Option::None),
                ("price", ::core::option::Option::None),
                ("tags", ::core::option::Option::None),
                ("colour", ::core::option::Option::None),
                ("more", ::core::option::Option::None),
            ],
        )
    }
}
impl ::pyi_runtime::__private::Wire for CompositeItems {
    fn node(&self, _: &str) -> ::pyi_runtime::__private::Node<'_> {
        ::pyi_runtime::__private::Node::Fields(
            ::std::vec![
                ("sku", ::pyi_runtime::__private::Wire::node(& self.sku, "")), ("count",
                ::pyi_runtime::__private::Wire::node(& self.count, "")), ("price",
                ::pyi_runtime::__private::Wire::node(& self.price, "")), ("tags",
                ::pyi_runtime::__private::Wire::node(& self.tags, "")), ("colour",
                ::pyi_runtime::__private::Wire::node(& self.colour, "")), ("more",
                ::pyi_runtime::__private::Wire::node(& self.more, ""))
            ],
        )
    }
}
/// `FormOrderDetail`, without a title in the spec.
pub struct FormOrderDetail {
    /// `sku` on the wire.
    pub sku: ::std::string::String,
    /// `paid` on the wire.
    pub paid: bool,
}
impl ::core::fmt::Debug for FormOrderDetail {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "FormOrderDetail",
            &[
                ("sku", ::core::option::Option::None),
                ("paid", ::core::option::Option::None),
            ],
        )
    }
}
impl ::pyi_runtime::__private::Wire for FormOrderDetail {
    fn node(&self, _: &str) -> ::pyi_runtime::__private::Node<'_> {
        ::pyi_runtime::__private::Node::Fields(
            ::std::vec![
                ("sku", ::pyi_runtime::__private::Wire::node(& self.sku, "")), ("paid",
                ::pyi_runtime::__private::Wire::node(& self.paid, ""))
            ],
        )
    }
}
/// 一方.
#[non_exhaustive]
pub struct Party {
    /// `name` on the wire.
    ///
    /// Example: `李四`
    pub name: ::core::option::Option<::std::string::String>,
    /// `id` on the wire.
    pub id: ::core::option::Option<::std::string::String>,
    /// `kind` on the wire.
    pub kind: ::core::option::Option<PartyKind>,
    /// `homes` on the wire.
    pub homes: ::core::option::Option<::std::vec::Vec<PartyHomes>>,
    /// `mobiles` on the wire.
    pub mobiles: ::core::option::Option<::std::vec::Vec<::std::string::String>>,
    /// 颜色.
    pub colour: ::core::option::Option<Colour>,
}
impl ::pyi_runtime::__private::Decode for Party {
    const NAMES: &'static [&'static str] = &[
        "name",
        "id",
        "kind",
        "homes",
        "mobiles",
        "colour",
    ];
    #[inline]
    fn decode(from: &mut ::pyi_runtime::__private::Cursor<'_>) -> Self {
        Self {
            name: from.string(),
            id: from.string(),
            kind: from.code(PartyKind::from_code),
            homes: from.list(|from| from.object()),
            mobiles: from.list(|from| from.string()),
            colour: from.code(Colour::from_code),
        }
    }
}
impl ::core::fmt::Debug for Party {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "Party",
            &[
                ("name", ::core::option::Option::None),
                ("id", ::core::option::Option::None),
                ("kind", ::core::option::Option::None),
                ("homes", ::core::option::Option::None),
                ("mobiles", ::core::option::Option::None),
                ("colour", ::core::option::Option::None),
            ],
        )
    }
}
/// `PartyHomes`, without a title in the spec.
#[non_exhaustive]
pub struct PartyHomes {
    /// `city` on the wire.
    pub city: ::core::option::Option<::std::string::String>,
    /// `rooms` on the wire.
    pub rooms: ::core::option::Option<i64>,
}
impl ::pyi_runtime::__private::Decode for PartyHomes {
    const NAMES: &'static [&'static str] = &["city", "rooms"];
    #[inline]
    fn decode(from: &mut ::pyi_runtime::__private::Cursor<'_>) -> Self {
        Self {
            city: from.string(),
            rooms: from.integer(),
        }
    }
}
impl ::core::fmt::Debug for PartyHomes {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "PartyHomes",
            &[
                ("city", ::core::option::Option::None),
                ("rooms", ::core::option::Option::None),
            ],
        )
    }
}
/// `PartyHomesInput`, without a title in the spec.
pub struct PartyHomesInput {
    /// `city` on the wire.
    pub city: ::std::string::String,
    /// `rooms` on the wire.
    pub rooms: ::core::option::Option<i64>,
}
impl ::core::fmt::Debug for PartyHomesInput {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "PartyHomesInput",
            &[
                ("city", ::core::option::Option::None),
                ("rooms", ::core::option::Option::None),
            ],
        )
    }
}
impl ::pyi_runtime::__private::Wire for PartyHomesInput {
    fn node(&self, _: &str) -> ::pyi_runtime::__private::Node<'_> {
        ::pyi_runtime::__private::Node::Fields(
            ::std::vec![
                ("city", ::pyi_runtime::__private::Wire::node(& self.city, "")),
                ("rooms", ::pyi_runtime::__private::Wire::node(& self.rooms, ""))
            ],
        )
    }
}
/// 一方.
pub struct PartyInput {
    /// `name` on the wire.
    ///
    /// Example: `李四`
    pub name: ::std::string::String,
    /// `id` on the wire.
    pub id: ::core::option::Option<::std::string::String>,
    /// `kind` on the wire.
    pub kind: ::core::option::Option<PartyKind>,
    /// `homes` on the wire.
    pub homes: ::core::option::Option<::std::vec::Vec<PartyHomesInput>>,
    /// `mobiles` on the wire.
    pub mobiles: ::core::option::Option<::std::vec::Vec<::std::string::String>>,
    /// 颜色.
    pub colour: ::core::option::Option<Colour>,
}
impl ::core::fmt::Debug for PartyInput {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "PartyInput",
            &[
                ("name", ::core::option::Option::None),
                ("id", ::core::option::Option::None),
                ("kind", ::core::option::Option::None),
                ("homes", ::core::option::Option::None),
                ("mobiles", ::core::option::Option::None),
                ("colour", ::core::option::Option::None),
            ],
        )
    }
}
impl ::pyi_runtime::__private::Wire for PartyInput {
    fn node(&self, _: &str) -> ::pyi_runtime::__private::Node<'_> {
        ::pyi_runtime::__private::Node::Fields(
            ::std::vec![
                ("name", ::pyi_runtime::__private::Wire::node(& self.name, "")), ("id",
                ::pyi_runtime::__private::Wire::node(& self.id, "")), ("kind",
                ::pyi_runtime::__private::Wire::node(& self.kind, "")), ("homes",
                ::pyi_runtime::__private::Wire::node(& self.homes, "")), ("mobiles",
                ::pyi_runtime::__private::Wire::node(& self.mobiles, "")), ("colour",
                ::pyi_runtime::__private::Wire::node(& self.colour, ""))
            ],
        )
    }
}
/// 改单: the request of [`Client::change_order`].
pub struct ChangeOrder {
    /// `id` on the wire.
    ///
    /// Example: `7`
    pub id: ::std::string::String,
}
impl ::pyi_runtime::Request for ChangeOrder {
    type Data = ChangeOrderData;
    const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::CHANGE_ORDER;
    #[inline]
    fn values(&self) -> ::pyi_runtime::__private::Values {
        ::pyi_runtime::__private::Values::of(&[&self.id])
    }
    #[inline]
    fn read(
        payload: ::pyi_runtime::__private::Payload<'_>,
    ) -> ::core::result::Result<Self::Data, ::pyi_runtime::DecodeError> {
        payload.list(|from| from.string())
    }
}
impl ::core::fmt::Debug for ChangeOrder {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "ChangeOrder",
            &[("id", ::core::option::Option::None)],
        )
    }
}
/// 改单: the data of a reply to [`Client::change_order`].
pub type ChangeOrderData = ::std::vec::Vec<::std::string::String>;
/// 下单: the request of [`Client::composite`].
pub struct Composite {
    /// 买家.
    pub buyer: CompositeBuyer,
    /// `items` on the wire.
    pub items: ::std::vec::Vec<CompositeItems>,
    /// `photo` on the wire.
    ///
    /// Example: `iVBORw0KGgo=`
    pub photo: ::std::vec::Vec<u8>,
}
impl ::pyi_runtime::Request for Composite {
    type Data = CompositeData;
    const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::COMPOSITE;
    #[inline]
    fn values(&self) -> ::pyi_runtime::__private::Values {
        ::pyi_runtime::__private::Values::of(
            &[
                &::pyi_runtime::__private::Composite {
                    value: &self.buyer,
                    pattern: "",
                },
                &::pyi_runtime::__private::Composite {
                    value: &self.items,
                    pattern: "",
                },
                &self.photo,
            ],
        )
    }
    #[inline]
    fn read(
        payload: ::pyi_runtime::__private::Payload<'_>,
    ) -> ::core::result::Result<Self::Data, ::pyi_runtime::DecodeError> {
        payload.object()
    }
}
impl ::core::fmt::Debug for Composite {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "Composite",
            &[
                ("buyer", ::core::option::Option::None),
                ("items", ::core::option::Option::None),
                ("photo", ::core::option::Option::None),
            ],
        )
    }
}
/// 下单: the optional fields of [`Client::composite`].
#[derive(Default)]
#[non_exhaustive]
pub struct CompositeOptions {
    /// `days` on the wire.
    pub days: ::core::option::Option<::std::vec::Vec<::pyi_runtime::Date>>,
    /// `grid` on the wire.
    pub grid: ::core::option::Option<::std::vec::Vec<::std::vec::Vec<i64>>>,
    /// `numbers` on the wire.
    pub numbers: ::core::option::Option<::std::vec::Vec<::std::string::String>>,
    /// `flags` on the wire.
    pub flags: ::core::option::Option<::std::vec::Vec<bool>>,
    /// `scan` on the wire.
    pub scan: ::core::option::Option<::std::vec::Vec<u8>>,
    /// 颜色.
    pub colour: ::core::option::Option<Colour>,
    /// 一方.
    pub seller: ::core::option::Option<PartyInput>,
    /// `mobiles` on the wire.
    pub mobiles: ::core::option::Option<::std::vec::Vec<::std::string::String>>,
    /// `speed` on the wire.
    ///
    /// Default: `slow`
    pub speed: ::core::option::Option<CompositeSpeed>,
}
impl CompositeOptions {
    /// `days` on the wire.
    #[inline]
    #[must_use]
    pub fn days(mut self, value: ::std::vec::Vec<::pyi_runtime::Date>) -> Self {
        self.days = ::core::option::Option::Some(value);
        self
    }
    /// `grid` on the wire.
    #[inline]
    #[must_use]
    pub fn grid(mut self, value: ::std::vec::Vec<::std::vec::Vec<i64>>) -> Self {
        self.grid = ::core::option::Option::Some(value);
        self
    }
    /// `numbers` on the wire.
    #[inline]
    #[must_use]
    pub fn numbers(mut self, value: ::std::vec::Vec<::std::string::String>) -> Self {
        self.numbers = ::core::option::Option::Some(value);
        self
    }
    /// `flags` on the wire.
    #[inline]
    #[must_use]
    pub fn flags(mut self, value: ::std::vec::Vec<bool>) -> Self {
        self.flags = ::core::option::Option::Some(value);
        self
    }
    /// `scan` on the wire.
    #[inline]
    #[must_use]
    pub fn scan(mut self, value: ::std::vec::Vec<u8>) -> Self {
        self.scan = ::core::option::Option::Some(value);
        self
    }
    /// 颜色.
    #[inline]
    #[must_use]
    pub fn colour(mut self, value: Colour) -> Self {
        self.colour = ::core::option::Option::Some(value);
        self
    }
    /// 一方.
    #[inline]
    #[must_use]
    pub fn seller(mut self, value: PartyInput) -> Self {
        self.seller = ::core::option::Option::Some(value);
        self
    }
    /// `mobiles` on the wire.
    #[inline]
    #[must_use]
    pub fn mobiles(mut self, value: ::std::vec::Vec<::std::string::String>) -> Self {
        self.mobiles = ::core::option::Option::Some(value);
        self
    }
    /// `speed` on the wire.
    ///
    /// Default: `slow`
    #[inline]
    #[must_use]
    pub fn speed(mut self, value: CompositeSpeed) -> Self {
        self.speed = ::core::option::Option::Some(value);
        self
    }
}
impl ::pyi_runtime::Options for CompositeOptions {
    type Data = CompositeData;
    const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::COMPOSITE;
    #[inline]
    fn values(&self) -> ::pyi_runtime::__private::Values {
        ::pyi_runtime::__private::Values::of(
                &[
                    &::pyi_runtime::__private::Composite {
                        value: &self.days,
                        pattern: "%Y-%m-%d",
                    },
                    &::pyi_runtime::__private::Composite {
                        value: &self.grid,
                        pattern: "",
                    },
                    &::pyi_runtime::__private::Joined {
                        list: &self.numbers,
                        pattern: "",
                        separator: ",",
                    },
                    &::pyi_runtime::__private::Joined {
                        list: &self.flags,
                        pattern: "",
                        separator: "|",
                    },
                    &self.scan,
                    &self.colour,
                    &::pyi_runtime::__private::Composite {
                        value: &self.seller,
                        pattern: "",
                    },
                    &::pyi_runtime::__private::Joined {
                        list: &self.mobiles,
                        pattern: "",
                        separator: ";",
                    },
                    &self.speed,
                ],
            )
            .refused(
                2,
                ::pyi_runtime::__private::Joined::refusal(
                    &::pyi_runtime::__private::Joined {
                        list: &self.numbers,
                        pattern: "",
                        separator: ",",
                    },
                ),
            )
            .refused(
                3,
                ::pyi_runtime::__private::Joined::refusal(
                    &::pyi_runtime::__private::Joined {
                        list: &self.flags,
                        pattern: "",
                        separator: "|",
                    },
                ),
            )
            .refused(
                7,
                ::pyi_runtime::__private::Joined::refusal(
                    &::pyi_runtime::__private::Joined {
                        list: &self.mobiles,
                        pattern: "",
                        separator: ";",
                    },
                ),
            )
    }
}
impl ::core::fmt::Debug for CompositeOptions {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "CompositeOptions",
            &[
                ("days", ::core::option::Option::None),
                ("grid", ::core::option::Option::None),
                ("numbers", ::core::option::Option::None),
                ("flags", ::core::option::Option::None),
                ("scan", ::core::option::Option::None),
                ("colour", ::core::option::Option::None),
                ("seller", ::core::option::Option::None),
                ("mobiles", ::core::option::Option::None),
                ("speed", ::core::option::Option::None),
            ],
        )
    }
}
/// 下单: the data of a reply to [`Client::composite`].
///
/// A field that the provider leaves out is `None`. Members that the spec does not list stay in the reply's body.
#[non_exhaustive]
pub struct CompositeData {
    /// `id` on the wire.
    pub id: ::core::option::Option<::std::string::String>,
    /// `rows` on the wire.
    pub rows: ::core::option::Option<::std::vec::Vec<::std::vec::Vec<Cell>>>,
    /// `stamp` on the wire.
    pub stamp: ::core::option::Option<::std::vec::Vec<u8>>,
    /// 一方.
    pub seller: ::core::option::Option<Party>,
    /// 颜色.
    pub colour: ::core::option::Option<Colour>,
}
impl ::pyi_runtime::__private::Decode for CompositeData {
    const NAMES: &'static [&'static str] = &["id", "rows", "stamp", "seller", "colour"];
    #[inline]
    fn decode(from: &mut ::pyi_runtime::__private::Cursor<'_>) -> Self {
        Self {
            id: from.string(),
            rows: from.list(|from| from.list(|from| from.object())),
            stamp: from.bytes(),
            seller: from.object(),
            colour: from.code(Colour::from_code),
        }
    }
}
impl ::core::fmt::Debug for CompositeData {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "CompositeData",
            &[
                ("id", ::core::option::Option::None),
                ("rows", ::core::option::Option::None),
                ("stamp", ::core::option::Option::None),
                ("seller", ::core::option::Option::None),
                ("colour", ::core::option::Option::None),
            ],
        )
    }
}
/// 撤单: the request of [`Client::drop_order`].
pub struct DropOrder {
    /// `id` on the wire.
    ///
    /// Example: `7`
    pub id: ::std::string::String,
}
impl ::pyi_runtime::Request for DropOrder {
    type Data = DropOrderData;
    const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::DROP_ORDER;
    #[inline]
    fn values(&self) -> ::pyi_runtime::__private::Values {
        ::pyi_runtime::__private::Values::of(&[&self.id])
    }
    #[inline]
    fn read(
        payload: ::pyi_runtime::__private::Payload<'_>,
    ) -> ::core::result::Result<Self::Data, ::pyi_runtime::DecodeError> {
        payload.list(|from| from.string())
    }
}
impl ::core::fmt::Debug for DropOrder {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "DropOrder",
            &[("id", ::core::option::Option::None)],
        )
    }
}
/// 撤单: the data of a reply to [`Client::drop_order`].
pub type DropOrderData = ::std::vec::Vec<::std::string::String>;
/// 查单: the request of [`Client::find_order`].
pub struct FindOrder {
    /// `id` on the wire.
    pub id: ::std::string::String,
}
impl ::pyi_runtime::Request for FindOrder {
    type Data = FindOrderData;
    const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::FIND_ORDER;
    #[inline]
    fn values(&self) -> ::pyi_runtime::__private::Values {
        ::pyi_runtime::__private::Values::of(&[&self.id])
    }
    #[inline]
    fn read(
        payload: ::pyi_runtime::__private::Payload<'_>,
    ) -> ::core::result::Result<Self::Data, ::pyi_runtime::DecodeError> {
        payload.list(|from| from.string())
    }
}
impl ::core::fmt::Debug for FindOrder {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "FindOrder",
            &[("id", ::core::option::Option::None)],
        )
    }
}
/// 查单: the data of a reply to [`Client::find_order`].
pub type FindOrderData = ::std::vec::Vec<::std::string::String>;
/// 查询: the request of [`Client::form_order`].
pub struct FormOrder {
    /// `detail` on the wire.
    pub detail: FormOrderDetail,
    /// `numbers` on the wire.
    pub numbers: ::std::vec::Vec<::std::string::String>,
}
impl ::pyi_runtime::Request for FormOrder {
    type Data = FormOrderData;
    const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::FORM_ORDER;
    #[inline]
    fn values(&self) -> ::pyi_runtime::__private::Values {
        ::pyi_runtime::__private::Values::of(
                &[
                    &::pyi_runtime::__private::Composite {
                        value: &self.detail,
                        pattern: "",
                    },
                    &::pyi_runtime::__private::Joined {
                        list: &self.numbers,
                        pattern: "",
                        separator: ";",
                    },
                ],
            )
            .refused(
                1,
                ::pyi_runtime::__private::Joined::refusal(
                    &::pyi_runtime::__private::Joined {
                        list: &self.numbers,
                        pattern: "",
                        separator: ";",
                    },
                ),
            )
    }
    #[inline]
    fn read(
        payload: ::pyi_runtime::__private::Payload<'_>,
    ) -> ::core::result::Result<Self::Data, ::pyi_runtime::DecodeError> {
        payload.list(|from| from.string())
    }
}
impl ::core::fmt::Debug for FormOrder {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "FormOrder",
            &[
                ("detail", ::core::option::Option::None),
                ("numbers", ::core::option::Option::None),
            ],
        )
    }
}
/// 查询: the optional fields of [`Client::form_order`].
#[derive(Default)]
#[non_exhaustive]
pub struct FormOrderOptions {
    /// `names` on the wire.
    pub names: ::core::option::Option<::std::vec::Vec<::std::string::String>>,
}
impl FormOrderOptions {
    /// `names` on the wire.
    #[inline]
    #[must_use]
    pub fn names(mut self, value: ::std::vec::Vec<::std::string::String>) -> Self {
        self.names = ::core::option::Option::Some(value);
        self
    }
}
impl ::pyi_runtime::Options for FormOrderOptions {
    type Data = FormOrderData;
    const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::FORM_ORDER;
    #[inline]
    fn values(&self) -> ::pyi_runtime::__private::Values {
        ::pyi_runtime::__private::Values::of(
            &[
                &::pyi_runtime::__private::Composite {
                    value: &self.names,
                    pattern: "",
                },
            ],
        )
    }
}
impl ::core::fmt::Debug for FormOrderOptions {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "FormOrderOptions",
            &[("names", ::core::option::Option::None)],
        )
    }
}
/// 查询: the data of a reply to [`Client::form_order`].
pub type FormOrderData = ::std::vec::Vec<::std::string::String>;
/// The provider and its endpoints as plain data.
pub mod operations {
    use ::pyi_runtime::__private::operation::*;
    /// The data that all endpoints of 示例 share.
    pub static PROVIDER: Provider<'static> = Provider {
        name: "demo",
        title: "示例",
        sign: SigningScheme {
            parameter: "sign",
            methods: &[SignMethod::Md5],
            key_value_separator: "=",
            pair_separator: "&",
            digest_text: &[
                Segment::Word(SegmentWord::Params),
                Segment::Word(SegmentWord::Secret),
            ],
            ..SigningScheme::MD5
        },
        envelope: Envelope {
            status: &["code"],
            data: "data",
            message: &["message"],
            ..Envelope::NOWHERE
        },
        statuses: &[
            StatusInfo::builder(0, "ok", StatusClass::Data)
                .billed(BillingRule::Always)
                .title("成功")
                .build(),
            StatusInfo::builder(1, "refused", StatusClass::Auth)
                .billed(BillingRule::Never)
                .title("拒绝")
                .build(),
        ],
        http: &[],
    };
    /// `/orders`: 改单.
    pub static CHANGE_ORDER: Operation<'static> = Operation {
        id: "change_order",
        path: "/orders",
        title: "改单",
        effect: Effect::Act,
        methods: &[Method::Put, Method::Patch],
        formats: &[Format::Json],
        body: BodyForm::Json,
        parameters: &[
            Parameter::required("appid", Source::AppId),
            Parameter::required("id", Source::Request(0)),
        ],
        ..Operation::of(&PROVIDER)
    };
    /// `/orders`: 下单.
    pub static COMPOSITE: Operation<'static> = Operation {
        id: "composite",
        path: "/orders",
        title: "下单",
        effect: Effect::Query,
        methods: &[Method::Post],
        formats: &[Format::Json],
        body: BodyForm::Json,
        parameters: &[
            Parameter::required("appid", Source::AppId),
            Parameter::required("buyer", Source::Request(0))
                .json(JsonForm::Raw)
                .inside(
                    &[
                        InsideChecks {
                            place: ::std::borrow::Cow::Borrowed("level"),
                            checks: ::std::borrow::Cow::Borrowed(
                                &[
                                    Check::OneOf(
                                        ::std::borrow::Cow::Borrowed(
                                            &[
                                                ::std::borrow::Cow::Borrowed("1"),
                                                ::std::borrow::Cow::Borrowed("2"),
                                            ],
                                        ),
                                    ),
                                ],
                            ),
                            separator: ::std::borrow::Cow::Borrowed(""),
                        },
                    ],
                ),
            Parameter::optional("colour", Source::Request(8))
                .checks(
                    &[
                        Check::OneOf(
                            ::std::borrow::Cow::Borrowed(
                                &[
                                    ::std::borrow::Cow::Borrowed("r"),
                                    ::std::borrow::Cow::Borrowed("g"),
                                ],
                            ),
                        ),
                    ],
                ),
            Parameter::optional("days", Source::Request(3)).json(JsonForm::Raw),
            Parameter::optional("flags", Source::Request(6)),
            Parameter::optional("grid", Source::Request(4)).json(JsonForm::Raw),
            Parameter::required("items", Source::Request(1))
                .json(JsonForm::Raw)
                .inside(
                    &[
                        InsideChecks {
                            place: ::std::borrow::Cow::Borrowed("colour"),
                            checks: ::std::borrow::Cow::Borrowed(
                                &[
                                    Check::OneOf(
                                        ::std::borrow::Cow::Borrowed(
                                            &[
                                                ::std::borrow::Cow::Borrowed("r"),
                                                ::std::borrow::Cow::Borrowed("g"),
                                            ],
                                        ),
                                    ),
                                ],
                            ),
                            separator: ::std::borrow::Cow::Borrowed(""),
                        },
                    ],
                ),
            Parameter::optional("mobiles", Source::Request(10))
                .inside(
                    &[
                        InsideChecks {
                            place: ::std::borrow::Cow::Borrowed(""),
                            checks: ::std::borrow::Cow::Borrowed(
                                &[Check::Named(CheckWord::Digits), Check::Length(11)],
                            ),
                            separator: ::std::borrow::Cow::Borrowed(";"),
                        },
                    ],
                ),
            Parameter::optional("numbers", Source::Request(5)),
            Parameter::required("photo", Source::Request(2)),
            Parameter::optional("scan", Source::Request(7))
                .template("data:image/png;base64,{value}"),
            Parameter::optional("seller", Source::Request(9))
                .json(JsonForm::Raw)
                .inside(
                    &[
                        InsideChecks {
                            place: ::std::borrow::Cow::Borrowed("name"),
                            checks: ::std::borrow::Cow::Borrowed(&[Check::MaxLength(4)]),
                            separator: ::std::borrow::Cow::Borrowed(""),
                        },
                        InsideChecks {
                            place: ::std::borrow::Cow::Borrowed("id"),
                            checks: ::std::borrow::Cow::Borrowed(
                                &[Check::Named(CheckWord::ResidentId)],
                            ),
                            separator: ::std::borrow::Cow::Borrowed(""),
                        },
                        InsideChecks {
                            place: ::std::borrow::Cow::Borrowed("kind"),
                            checks: ::std::borrow::Cow::Borrowed(
                                &[
                                    Check::OneOf(
                                        ::std::borrow::Cow::Borrowed(
                                            &[
                                                ::std::borrow::Cow::Borrowed("p"),
                                                ::std::borrow::Cow::Borrowed("c"),
                                            ],
                                        ),
                                    ),
                                ],
                            ),
                            separator: ::std::borrow::Cow::Borrowed(""),
                        },
                        InsideChecks {
                            place: ::std::borrow::Cow::Borrowed("homes/city"),
                            checks: ::std::borrow::Cow::Borrowed(&[Check::MinLength(2)]),
                            separator: ::std::borrow::Cow::Borrowed(""),
                        },
                        InsideChecks {
                            place: ::std::borrow::Cow::Borrowed("homes/rooms"),
                            checks: ::std::borrow::Cow::Borrowed(
                                &[Check::Max(::std::borrow::Cow::Borrowed("9"))],
                            ),
                            separator: ::std::borrow::Cow::Borrowed(""),
                        },
                        InsideChecks {
                            place: ::std::borrow::Cow::Borrowed("mobiles"),
                            checks: ::std::borrow::Cow::Borrowed(
                                &[Check::Named(CheckWord::Digits), Check::Length(11)],
                            ),
                            separator: ::std::borrow::Cow::Borrowed(""),
                        },
                        InsideChecks {
                            place: ::std::borrow::Cow::Borrowed("colour"),
                            checks: ::std::borrow::Cow::Borrowed(
                                &[
                                    Check::OneOf(
                                        ::std::borrow::Cow::Borrowed(
                                            &[
                                                ::std::borrow::Cow::Borrowed("r"),
                                                ::std::borrow::Cow::Borrowed("g"),
                                            ],
                                        ),
                                    ),
                                ],
                            ),
                            separator: ::std::borrow::Cow::Borrowed(""),
                        },
                    ],
                ),
            Parameter::with_default("speed", Source::Request(11), "slow")
                .checks(
                    &[
                        Check::OneOf(
                            ::std::borrow::Cow::Borrowed(
                                &[
                                    ::std::borrow::Cow::Borrowed("fast"),
                                    ::std::borrow::Cow::Borrowed("slow"),
                                ],
                            ),
                        ),
                    ],
                ),
        ],
        ..Operation::of(&PROVIDER)
    };
    /// `/orders`: 撤单.
    pub static DROP_ORDER: Operation<'static> = Operation {
        id: "drop_order",
        path: "/orders",
        title: "撤单",
        effect: Effect::Act,
        methods: &[Method::Delete],
        formats: &[Format::Json],
        parameters: &[
            Parameter::required("appid", Source::AppId),
            Parameter::required("id", Source::Request(0)),
        ],
        ..Operation::of(&PROVIDER)
    };
    /// `/orders`: 查单.
    pub static FIND_ORDER: Operation<'static> = Operation {
        id: "find_order",
        path: "/orders",
        title: "查单",
        effect: Effect::Query,
        methods: &[Method::Get],
        formats: &[Format::Json],
        parameters: &[
            Parameter::required("appid", Source::AppId),
            Parameter::required("id", Source::Request(0)),
        ],
        ..Operation::of(&PROVIDER)
    };
    /// `/form`: 查询.
    pub static FORM_ORDER: Operation<'static> = Operation {
        id: "form_order",
        path: "/form",
        title: "查询",
        effect: Effect::Query,
        methods: &[Method::Post, Method::Get],
        formats: &[Format::Json],
        parameters: &[
            Parameter::required("appid", Source::AppId),
            Parameter::required("detail", Source::Request(0)),
            Parameter::optional("names", Source::Request(2)),
            Parameter::required("numbers", Source::Request(1)),
        ],
        ..Operation::of(&PROVIDER)
    };
    /// All endpoints.
    pub static ALL: &[&Operation<'static>] = &[
        &CHANGE_ORDER,
        &COMPOSITE,
        &DROP_ORDER,
        &FIND_ORDER,
        &FORM_ORDER,
    ];
}
::pyi_runtime::__private::if_blocking! {
    /// The blocking client, for use inside or outside of an async runtime.
    pub mod blocking {
        /// As [`Client`](super::Client), for the calling thread.
        #[derive(Debug, Clone)]
        pub struct Client(::pyi_runtime::blocking::Client);
        impl Client {
            /// A builder of a client: base URL, app, limits.
            #[inline]
            pub fn builder() -> ::pyi_runtime::ClientBuilder<Self> {
                ::pyi_runtime::ClientBuilder::new().of(&super::operations::PROVIDER)
            }
            /// 改单.
            ///
            /// `/orders`, PUT or PATCH.
            ///
            /// Source: made up for this test.
            #[inline]
            pub fn change_order(
                &self,
                request: &super::ChangeOrder,
            ) -> ::pyi_runtime::blocking::Call<super::ChangeOrderData> {
                self.0.call(request)
            }
            /// 下单.
            ///
            /// `/orders`, POST.
            ///
            /// Source: made up for this test.
            #[inline]
            pub fn composite(
                &self,
                request: &super::Composite,
            ) -> ::pyi_runtime::blocking::Call<super::CompositeData> {
                self.0.call(request)
            }
            /// 撤单.
            ///
            /// `/orders`, DELETE.
            ///
            /// Source: made up for this test.
            #[inline]
            pub fn drop_order(
                &self,
                request: &super::DropOrder,
            ) -> ::pyi_runtime::blocking::Call<super::DropOrderData> {
                self.0.call(request)
            }
            /// 查单.
            ///
            /// `/orders`, GET.
            ///
            /// Source: made up for this test.
            #[inline]
            pub fn find_order(
                &self,
                request: &super::FindOrder,
            ) -> ::pyi_runtime::blocking::Call<super::FindOrderData> {
                self.0.call(request)
            }
            /// 查询.
            ///
            /// `/form`, POST or GET.
            ///
            /// Source: made up for this test.
            #[inline]
            pub fn form_order(
                &self,
                request: &super::FormOrder,
            ) -> ::pyi_runtime::blocking::Call<super::FormOrderData> {
                self.0.call(request)
            }
        }
        impl ::core::convert::From<::pyi_runtime::Client> for Client {
            #[inline]
            fn from(client: ::pyi_runtime::Client) -> Self {
                Self(::pyi_runtime::blocking::Client::from(client))
            }
        }
    }
}
