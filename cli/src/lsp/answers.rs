//! What codegen knows of a spec, in the protocol's words. Texts of a spec are sent as plain text,
//! which an editor does not take for Markdown.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use lsp_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionParams, CompletionItem, CompletionItemKind,
    CompletionParams, CompletionTextEdit, Diagnostic, DiagnosticSeverity, DocumentFormattingParams,
    GotoDefinitionParams, Hover, HoverContents, HoverParams, Location, MarkupContent, MarkupKind,
    NumberOrString, TextDocumentPositionParams, TextEdit, Uri, WorkspaceEdit,
};
use pyi_codegen::{Edit, Fix, PROVIDER_FILE, Report, Safety, Severity};

use super::positions::Columns;
use super::server::{Folder, Server};
use crate::language::tr;

/// The URI of a file.
pub(super) fn uri_of(path: &Path) -> Option<Uri> {
    let url = url::Url::from_file_path(path).ok()?;
    // What the one library leaves as it is, and the other refuses.
    let mut uri = url.as_str().to_owned();
    for (raw, escaped) in [('[', "%5B"), (']', "%5D"), ('^', "%5E"), ('|', "%7C")] {
        uri = uri.replace(raw, escaped);
    }
    uri.parse().ok()
}

/// The faults by file. Those of no file are at the start of the provider's.
pub(super) fn diagnostics(report: &Report, columns: Columns) -> BTreeMap<String, Vec<Diagnostic>> {
    let mut by_file: BTreeMap<String, Vec<Diagnostic>> = BTreeMap::new();
    for fault in report.diagnostics() {
        let (name, range) = match fault.range() {
            Some((file, range)) => (file.name.clone(), columns.range(&file.text, range)),
            None => (PROVIDER_FILE.to_owned(), lsp_types::Range::default()),
        };
        by_file.entry(name).or_default().push(Diagnostic { range, ..said(fault) });
    }
    by_file
}

/// A fault without its place.
fn said(fault: &pyi_codegen::Diagnostic) -> Diagnostic {
    Diagnostic {
        severity: Some(match fault.rule.severity() {
            Severity::Error => DiagnosticSeverity::ERROR,
            Severity::Warning => DiagnosticSeverity::WARNING,
        }),
        code: Some(NumberOrString::String(format!("{} {}", fault.rule.code(), fault.rule.name()))),
        source: Some("pyi".to_owned()),
        message: format!("{}\nhelp: {}", fault.message, fault.help),
        ..Diagnostic::default()
    }
}

/// The folder, the file and the offset of a position.
fn at<'s>(server: &'s Server, place: &TextDocumentPositionParams) -> Option<(&'s Folder, String, usize)> {
    let (folder, name) = server.find(&place.text_document.uri)?;
    let offset = server.columns.offset(&folder.workspace.file(&name)?.text, place.position);
    Some((folder, name, offset))
}

pub(super) fn completion(server: &Server, params: CompletionParams) -> Vec<CompletionItem> {
    let Some((folder, name, offset)) = at(server, &params.text_document_position) else { return Vec::new() };
    let text = folder.workspace.file(&name).map(|file| file.text.as_str()).unwrap_or_default();
    let items = folder.workspace.complete(&name, offset).into_iter().map(|found| CompletionItem {
        kind: Some(if found.is_key { CompletionItemKind::PROPERTY } else { CompletionItemKind::VALUE }),
        detail: Some(found.detail),
        text_edit: Some(CompletionTextEdit::Edit(TextEdit {
            range: server.columns.range(text, found.range),
            new_text: found.text,
        })),
        label: found.label,
        ..CompletionItem::default()
    });
    items.collect()
}

pub(super) fn hover(server: &Server, params: HoverParams) -> Option<Hover> {
    let (folder, name, offset) = at(server, &params.text_document_position_params)?;
    let value = folder.workspace.hover(&name, offset)?;
    let contents = HoverContents::Markup(MarkupContent { kind: MarkupKind::PlainText, value });
    Some(Hover { contents, range: None })
}

pub(super) fn definition(server: &Server, params: GotoDefinitionParams) -> Option<Location> {
    let (folder, name, offset) = at(server, &params.text_document_position_params)?;
    let (file, range) = folder.workspace.definition(&name, offset)?;
    let uri = uri_of(&folder.path.join(&file.name))?;
    Some(Location { uri, range: server.columns.range(&file.text, range) })
}

/// The whole text in its layout; nothing if it has the layout, or none.
pub(super) fn formatting(server: &Server, params: DocumentFormattingParams) -> Option<Vec<TextEdit>> {
    let (folder, name) = server.find(&params.text_document.uri)?;
    let text = &folder.workspace.file(&name)?.text;
    let new_text = pyi_codegen::format(text).ok().filter(|formatted| formatted != text)?;
    Some(vec![TextEdit { range: server.columns.range(text, 0..text.len()), new_text }])
}

/// The fixes of the faults in a range. A safe one is preferred, which an editor may apply without
/// asking.
pub(super) fn code_actions(server: &Server, params: CodeActionParams) -> Vec<CodeActionOrCommand> {
    let mut actions = Vec::new();
    let Some((folder, name)) = server.find(&params.text_document.uri) else { return actions };
    for fault in folder.report.diagnostics() {
        let (Some(fix), Some((file, range))) = (fault.fix(), fault.range()) else { continue };
        let range = server.columns.range(&file.text, range);
        let is_asked_for =
            file.name == name && range.start <= params.range.end && params.range.start <= range.end;
        if !is_asked_for {
            continue;
        }
        let edit = |edit: &Edit| TextEdit {
            range: server.columns.range(&file.text, edit.range()),
            new_text: edit.text.clone(),
        };
        let edits: Vec<TextEdit> = fix.edits().iter().map(edit).collect();
        // The key is the editor's own text of the URI.
        #[allow(clippy::mutable_key_type)]
        let changes = HashMap::from([(params.text_document.uri.clone(), edits)]);
        actions.push(CodeActionOrCommand::CodeAction(CodeAction {
            title: title(fix, &file.text),
            kind: Some(CodeActionKind::QUICKFIX),
            diagnostics: Some(vec![Diagnostic { range, ..said(fault) }]),
            edit: Some(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }),
            is_preferred: Some(fix.safety == Safety::Safe),
            ..CodeAction::default()
        }));
    }
    actions
}

/// What a fix does, in a few words.
fn title(fix: &Fix, text: &str) -> String {
    let safety = match fix.safety {
        Safety::Safe => tr!("safe"),
        Safety::Risky => tr!("a guess"),
    };
    // The first line, without what separates it from others.
    let shown = |text: &str| {
        let first = text.trim_matches([' ', ',', '\r', '\n']).lines().next().unwrap_or_default();
        format!("`{first}`")
    };
    let old = |edit: &Edit| text.get(edit.range()).unwrap_or_default().to_owned();
    let is_removal = fix.edits().iter().all(|edit| edit.text.is_empty());
    let is_addition = fix.edits().iter().all(|edit| edit.range().is_empty());
    let words = |text: &dyn Fn(&Edit) -> String| {
        let words: Vec<String> = fix.edits().iter().map(|edit| shown(&text(edit))).collect();
        words.join(", ")
    };
    match (is_removal, is_addition) {
        (true, _) => tr!("remove {words} ({safety})", words = words(&old), safety),
        (_, true) => tr!("add {words} ({safety})", words = words(&|edit| edit.text.clone()), safety),
        _ => tr!("write {words} ({safety})", words = words(&|edit| edit.text.clone()), safety),
    }
}
