//! Generates Rust from the ir: the list of the parts of the generated code.
//!
//! Generated code calls the runtime and makes no decisions: logic belongs in the runtime, where it
//! is written once and tested. Every path starts at `::pyi_runtime`.

mod callbacks;
mod calls;
mod operations;
mod requests;
mod serde;
mod status;
mod types;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use pyi_text::is_unsafe;
use quote::{ToTokens, quote};

use crate::ir::{Field, Provider};
use crate::names;
use crate::report::Report;

/// What generated types implement besides. Without these the code is smaller and builds faster.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Extras {
    /// `Serialize` for data and enums, `Deserialize` for requests.
    pub serde: bool,
    /// `Clone` and `PartialEq` for requests and data, and `Default` for data.
    pub derives: bool,
}

/// The code of a provider.
pub(crate) fn emit(provider: &Provider, extras: Extras) -> TokenStream {
    let spec = spec(provider);
    let docs = calls::docs(provider);
    let client = calls::client(provider, &docs);
    let blocking = calls::blocking(provider, &docs);
    let status = status::status(provider, extras);
    let enums = provider.enums.iter().map(|named| types::codes(named, extras));
    let objects = provider.objects.iter().map(|object| match object.is_given {
        true => requests::object(provider, object, extras),
        false => types::object(object, extras),
    });
    let endpoints = provider.endpoints.iter().map(|endpoint| {
        let request = requests::request(provider, endpoint, extras);
        let options = requests::options(provider, endpoint, extras);
        let data = types::data(endpoint, extras);
        let callback = callbacks::callback(endpoint, extras);
        quote!(#request #options #data #callback)
    });
    let operations = operations::operations(provider);
    quote! {
        #spec
        #client
        #blocking
        #status
        #(#enums)*
        #(#objects)*
        #(#endpoints)*
        #operations
    }
}

/// A `compile_error!` for each fault.
pub(crate) fn faults(report: &Report) -> TokenStream {
    let errors = report.diagnostics().into_iter().map(|fault| {
        let text = format!("{}\n", fault.within_error());
        quote!(::core::compile_error!(#text);)
    });
    errors.collect()
}

/// The spec's files as text. A file from disk is included from there, so that the compiler watches
/// it.
fn spec(provider: &Provider) -> TokenStream {
    let files = provider.files.iter().map(|file| {
        let name = &file.name;
        let readable = file.disk.as_ref().filter(|_| !file.text.is_empty());
        match readable.and_then(|path| path.to_str()) {
            Some(path) => quote!((#name, ::core::include_str!(#path))),
            None => {
                let text = &file.text;
                quote!((#name, #text))
            }
        }
    });
    let watched = provider.files.iter().filter(|file| file.text.is_empty()).filter_map(|file| {
        let path = file.disk.as_ref()?.to_str()?;
        Some(quote!(
            const _: &[u8] = ::core::include_bytes!(#path);
        ))
    });
    quote! {
        /// The spec that this client was generated from: the path and the text of each file.
        pub const SPEC: &[(&str, &str)] = &[#(#files),*];
        #(#watched)*
    }
}

/// The name of a variant, which is the same in the runtime.
fn variant(value: impl std::fmt::Debug) -> Ident {
    ident(&format!("{value:?}"))
}

/// An identifier, raw if its name begins with `r#`.
fn ident(name: &str) -> Ident {
    match name.strip_prefix("r#") {
        Some(raw) => Ident::new_raw(raw, Span::call_site()),
        None => Ident::new(name, Span::call_site()),
    }
}

/// The documentation of paragraphs, without the empty ones, as one attribute: each one costs a
/// build several calls into the compiler. A spec's text is prose: rustdoc finds no code in it to
/// run as a test, and no HTML.
fn doc(paragraphs: &[&str]) -> TokenStream {
    let filled: Vec<&str> =
        paragraphs.iter().map(|text| text.trim()).filter(|text| !text.is_empty()).collect();
    if filled.is_empty() {
        return TokenStream::new();
    }
    // rustc refuses some of these characters in a comment, and readers cannot see the others.
    let shown = |c: &char| !is_unsafe(*c) || matches!(c, '\n' | '\t');
    let mut text = filled.join("\n\n");
    if !text.chars().all(|c| shown(&c)) {
        text = text.chars().filter(shown).collect();
    }
    let mut fenced = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        let fence = ["```", "~~~"].iter().any(|fence| line.trim_start().starts_with(fence));
        let line = match (fence, fenced) {
            (true, false) => "```text".to_owned(),
            (true, true) => "```".to_owned(),
            (false, true) => without_fences(line),
            (false, false) => prose(line),
        };
        fenced ^= fence;
        lines.push(if line.is_empty() { line } else { format!(" {line}") });
    }
    if fenced {
        lines.push(" ```".to_owned());
    }
    let text = lines.join("\n");
    quote!(#[doc = #text])
}

/// Whether a line is plain prose. Most lines are, and debug builds are much faster if they need not
/// be split and joined.
fn is_plain(line: &str) -> bool {
    let mut before = ' ';
    for c in line.chars() {
        let blank = c.is_whitespace() && (c != ' ' || before == ' ');
        if blank || matches!(c, '<' | '`' | '~') {
            return false;
        }
        before = c;
    }
    before != ' '
}

/// A line that is not in a code block. Four blanks at the beginning, or after the mark of a list or
/// a quote, begin one in Markdown: so a line begins with at most two, and has one between two
/// words. An entity is text everywhere; a backslash is not.
fn prose(line: &str) -> String {
    if is_plain(line) {
        return line.to_owned();
    }
    let indent = line.len() - line.trim_start().len();
    let words: Vec<&str> = line.split_whitespace().collect();
    let mut text = " ".repeat(indent.min(2));
    let mut rest = words.join(" ");
    while let Some(at) = rest.find('<') {
        let after = rest.split_off(at + 1);
        let tag = after.starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c));
        text.push_str(rest.trim_end_matches('<'));
        text.push_str(if tag { "&lt;" } else { "<" });
        rest = after;
    }
    without_fences(&format!("{text}{rest}"))
}

/// A fence in a line would open a block in a list or a quote, or close the enclosing one: at most
/// two of its characters are adjacent.
fn without_fences(line: &str) -> String {
    if !line.contains("```") && !line.contains("~~~") {
        return line.to_owned();
    }
    let mut out = String::with_capacity(line.len());
    for c in line.chars() {
        if !(matches!(c, '`' | '~') && out.ends_with(if c == '`' { "``" } else { "~~" })) {
            out.push(c);
        }
    }
    out
}

/// A field's documentation: its title, its wire name if it differs from Rust's, notes, and an
/// example.
fn field_doc(field: &Field) -> TokenStream {
    let differs = names::unescaped(&field.rust) != field.wire;
    let mut head = sentence(&field.title);
    if differs || head.is_empty() {
        head = format!("{head} `{}` on the wire.", field.wire);
    }
    let labelled = |label: &str, value: &Option<String>| {
        value.as_ref().map(|value| format!("{label}: `{value}`")).unwrap_or_default()
    };
    let (example, default) = (labelled("Example", &field.example), labelled("Default", &field.default));
    let source = if field.source.is_empty() { String::new() } else { format!("Source: {}.", field.source) };
    doc(&[&head, &field.doc, &default, &example, &source])
}

/// A title with a full stop.
fn sentence(title: &str) -> String {
    let title = title.trim_end_matches(['.', '。']);
    if title.is_empty() { String::new() } else { format!("{title}.") }
}

/// `#[deprecated]`, if there is a reason.
fn deprecated(why: &Option<String>) -> TokenStream {
    why.as_ref().map(|why| quote!(#[deprecated(note = #why)])).unwrap_or_default()
}

/// The attribute of generated code that uses deprecated fields.
fn allow_deprecated(fields: &[Field]) -> TokenStream {
    if fields.iter().any(|field| field.deprecated.is_some()) {
        quote!(#[allow(deprecated)])
    } else {
        quote!()
    }
}

/// An option as tokens.
fn option(value: Option<impl ToTokens>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}

/// A number literal without a type suffix.
fn number(value: impl Into<i64>) -> Literal {
    Literal::i64_unsuffixed(value.into())
}
