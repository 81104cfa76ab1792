//! The provider's page of an endpoint, as an endpoint file of the dialect. The file is a first
//! version for a person to review. It holds what the page says. What the page does not say becomes
//! a comment and is never guessed.
//!
//! | step | modules |
//! |---|---|
//! | a page becomes lines and tables | `page`, `html` for HTML, `copied_text` for text and Markdown |
//! | lines and tables become facts | `extract`, by the terms in `vocabulary`, `kind`, `price` |
//! | the rows of a table become a tree | `depth`, `tree` |
//! | facts become YAML | `write`, `entries` |
//! | YAML is spliced into an existing file | `merge` |

mod copied_text;
mod depth;
mod entries;
mod extract;
mod html;
mod kind;
mod merge;
mod page;
mod price;
mod tree;
mod vocabulary;
mod write;

use pyi_codegen::ir::Provider;
use pyi_codegen::{Input, Report};
use pyi_text::message;

pub use self::page::ImportError;
/// A text for people, which can be said in another language.
pub use pyi_text::Message;

/// An imported page.
#[derive(Debug, Clone)]
pub struct Imported {
    /// Text of the endpoint file.
    pub yaml: String,
    /// Facts that the page lacks, and facts of the page that a spec cannot hold.
    pub notes: Vec<String>,
}

/// Converts a page to an endpoint file.
///
/// # Errors
///
/// Bytes that are no page, or a page without the address of an endpoint.
pub fn import(page: &[u8], provider: &Provider) -> Result<Imported, ImportError> {
    let (facts, draft) = read(page, provider)?;
    let mut notes = facts.notes.clone();
    notes.extend(write::statuses(&facts, provider));
    let yaml = write::file(&draft, &notes);
    notes.extend(duplicate_path(&facts, provider));
    let unknown = draft.unknown.iter().cloned().chain(draft.comments());
    notes.splice(0..0, unknown.map(|what| format!("not known: {what}")));
    Ok(Imported { yaml, notes })
}

/// Updates an endpoint file from a page. Fields, formats, methods and prices that only the page has
/// are inserted at their places. Everything else stays unchanged, comments included.
///
/// # Errors
///
/// Those of [`import`], a page of another endpoint, and a file that is not YAML or not an endpoint
/// file.
pub fn merge(page: &[u8], file: &str, provider: &Provider) -> Result<Imported, ImportError> {
    let (facts, draft) = read(page, provider)?;
    let (yaml, mut notes) = merge::merge(file, &draft)?;
    notes.extend(facts.notes.iter().cloned());
    notes.extend(write::statuses(&facts, provider));
    Ok(Imported { yaml, notes })
}

/// Faults of an endpoint file, checked with a provider's other files.
pub fn faults(yaml: &str, provider: &Provider) -> Report {
    let files = provider.files.iter().filter(|file| !file.name.starts_with("endpoints/"));
    let mut texts: Vec<(&str, &str)> = files.map(|file| (file.name.as_str(), file.text.as_str())).collect();
    texts.push(("endpoints/imported.yaml", yaml));
    pyi_codegen::load(Input::Texts(&texts)).1
}

/// The file with a comment above the line of each fault, and the faults with their new lines. The
/// file can be saved and corrected.
pub fn with_faults(yaml: &str, provider: &Provider) -> (String, Report) {
    let report = faults(yaml, provider);
    let found = report.diagnostics();
    let comments: Vec<(usize, String)> = found
        .iter()
        .map(|fault| {
            let line = fault.position().map_or(1, |(_, line, _)| line);
            let text = format!("{} {}; {}", fault.rule.code(), fault.message, fault.help);
            (line, format!("# Fault: {}", write::comment(&text)))
        })
        .collect();
    if comments.is_empty() {
        return (yaml.to_owned(), report);
    }
    let mut lines: Vec<String> = Vec::new();
    for (index, line) in yaml.lines().enumerate() {
        let indent: String = line.chars().take_while(|c| *c == ' ').collect();
        for (_, comment) in comments.iter().filter(|(at, _)| *at == index + 1) {
            let comment = format!("{indent}{comment}");
            // A file that was saved before has the comment already.
            if !lines.contains(&comment) {
                lines.push(comment);
            }
        }
        lines.push(line.to_owned());
    }
    let within = lines.join("\n") + "\n";
    let again = faults(&within, provider);
    if again.diagnostics().len() == comments.len() {
        return (within, again);
    }
    // A comment within a block scalar would be part of its text, so the comments go to the top.
    let head: String = comments.iter().map(|(line, comment)| format!("{comment} (line {line})\n")).collect();
    let whole = head + yaml;
    let report = faults(&whole, provider);
    (whole, report)
}

fn read(page: &[u8], provider: &Provider) -> Result<(extract::PageFacts, write::Draft), ImportError> {
    let facts = extract::extract(&page::read(page)?);
    let path = facts.path.clone().ok_or_else(|| {
        let seen = facts.notes.iter().find(|note| note.contains("address")).map(|note| format!(" ({note})")).unwrap_or_default();
        ImportError(message!("no address of an endpoint is found{seen}; a page has a line such as 接口地址: https://…/pyi/62/169", seen))
    })?;
    let draft = write::write(&facts, &path, provider);
    Ok((facts, draft))
}

/// A note if the spec has an endpoint with the same path.
fn duplicate_path(facts: &extract::PageFacts, provider: &Provider) -> Option<String> {
    let same = provider.endpoints.iter().find(|endpoint| Some(&endpoint.path) == facts.path.as_ref())?;
    Some(format!(
        "the spec has this path already, in endpoints/{}.yaml; --merge brings that file up to date",
        same.id
    ))
}
