//! `pyi lsp`, with Neovim as its client: what an editor shows while a spec is being written.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::support::{has, root, skipped};

/// What the editor does with the file that it was started with; it prints the result. Each
/// step is a line of Lua that returns something that JSON can have.
const EDITOR: &str = r#"
local program, folder, script = ...
local function wait(what) assert(vim.wait(20000, what, 10), 'the server did not answer in time') end
local client = vim.lsp.start_client({ name = 'pyi', cmd = { program, 'lsp' }, root_dir = folder })
function open(name)
  vim.cmd('edit! ' .. vim.fn.fnameescape(folder .. '/' .. name))
  vim.lsp.buf_attach_client(0, client)
  wait(function() local c = vim.lsp.get_client_by_id(client); return c and c.initialized end)
end
local encoding = function() return vim.lsp.get_client_by_id(client).offset_encoding end
-- The cursor on the first character of a text, or behind it.
local function to(text, behind)
  vim.fn.cursor(1, 1)
  assert(vim.fn.search('\\V' .. vim.fn.escape(text, '\\'), 'cW') > 0, 'no ' .. text)
  if behind then vim.fn.cursor(vim.fn.line('.'), vim.fn.col('.') + #text) end
end
local function ask(method, params)
  local all = assert(vim.lsp.buf_request_sync(0, 'textDocument/' .. method, params, 20000))
  for _, answer in pairs(all) do assert(not answer.error, vim.inspect(answer.error)); return answer.result end
end
local function here() return vim.lsp.util.make_position_params(0, encoding()) end
-- A line in place of another one, as if it were typed.
function replace(old, new)
  to(old)
  local line = vim.fn.line('.')
  local text = vim.fn.getline(line)
  local start = assert(text:find(old, 1, true))
  vim.api.nvim_buf_set_lines(0, line - 1, line, true, vim.split(text:sub(1, start - 1) .. new .. text:sub(start + #old), '\n'))
end
function faults(count)
  wait(function() return #vim.diagnostic.get() == count end)
  local found = {}
  for _, fault in ipairs(vim.diagnostic.get()) do
    local name = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(fault.bufnr), ':t')
    local severity = vim.diagnostic.severity[fault.severity]
    table.insert(found, name .. ':' .. fault.lnum + 1 .. ':' .. fault.col + 1 .. '-' .. fault.end_col + 1 .. ' ' .. severity .. ' ' .. fault.message)
  end
  table.sort(found)
  return found
end
function complete(text)
  to(text)
  local params, behind = here(), vim.fn.col('.') - 1 + #text
  params.position = { line = vim.fn.line('.') - 1, character = vim.str_utfindex(vim.fn.getline('.'), behind) }
  local words = {}
  for _, item in ipairs(ask('completion', params)) do table.insert(words, item.textEdit.newText) end
  table.sort(words)
  return words
end
function hover(text)
  to(text)
  local found = ask('hover', here())
  return found and found.contents.kind .. '\n' .. found.contents.value or ''
end
function definition(text, behind)
  to(text, behind)
  local found = ask('definition', here())
  if not found then return '' end
  vim.lsp.util.jump_to_location(found, encoding())
  local place = vim.fn.expand('%:t') .. ' ' .. vim.fn.expand('<cword>')
  vim.cmd('buffer #')
  return place
end
function format()
  local edits = ask('formatting', { textDocument = vim.lsp.util.make_text_document_params(), options = { tabSize = 2, insertSpaces = true } })
  if edits then vim.lsp.util.apply_text_edits(edits, 0, encoding()) end
  return vim.api.nvim_buf_get_lines(0, 0, -1, true)
end
function fix(text)
  to(text)
  local range = vim.lsp.util.make_range_params(0, encoding())
  range.context = { diagnostics = {} }
  local titles = {}
  for _, action in ipairs(ask('codeAction', range)) do
    table.insert(titles, action.title .. (action.isPreferred and ' preferred' or ''))
    vim.lsp.util.apply_workspace_edit(action.edit, encoding())
  end
  return titles
end
function line(text) to(text); return vim.fn.getline('.') end
local steps = assert(loadfile(script))
local ok, result = pcall(steps)
io.stdout:write(vim.fn.json_encode({ ok = ok, result = ok and result or tostring(result) }))
vim.lsp.stop_client(client)
vim.wait(5000, function() return vim.lsp.get_client_by_id(client) == nil end, 10)
vim.cmd('qall!')
"#;

/// Runs steps in Neovim, in a folder with the shipped spec.
fn edit(folder: &Path, steps: &str) -> Value {
    let at = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    std::fs::write(folder.join("editor.lua"), EDITOR).unwrap();
    std::fs::write(folder.join("steps.lua"), steps).unwrap();
    let start = format!(
        "lua assert(loadfile('{}'))('{}', '{}', '{}')",
        at("editor.lua"),
        env!("CARGO_BIN_EXE_pyi"),
        at("spec"),
        at("steps.lua")
    );
    let output = Command::new("nvim")
        .args(["--headless", "-u", "NONE", "-i", "NONE", "-n", "-c", &start])
        .env("HOME", folder)
        .env("XDG_STATE_HOME", folder)
        .env("XDG_CACHE_HOME", folder)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let answer: Value = serde_json::from_str(&text)
        .unwrap_or_else(|error| panic!("{error}: {text}\n{}", String::from_utf8_lossy(&output.stderr)));
    assert_eq!(answer["ok"], true, "{answer}");
    answer["result"].clone()
}

fn spec() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    crate::guide::copy(&root().join("spec"), &folder.path().join("spec"));
    folder
}

/// Whether the test can run.
fn has_editor() -> bool {
    if !has("nvim") {
        skipped("Neovim is not installed");
        return false;
    }
    true
}

#[test]
fn faults_of_all_files_appear_while_one_is_typed_and_go_when_it_is_right() {
    if !has_editor() {
        return;
    }
    let folder = spec();
    let found = edit(
        folder.path(),
        r#"
open('endpoints/id_card_two_factor.yaml')
local found = { faults(0) }
replace('effect: query', '# 名字 𝄞\neffect: qeury')
table.insert(found, faults(1))
-- The text is no YAML for a moment.
replace('effect: qeury', 'effect: {')
table.insert(found, #faults(1))
replace('effect: {', 'effect: query')
table.insert(found, faults(0))
-- A type that other files use, in a file of its own, which is not saved.
open('provider.yaml')
replace('  mobile:', '  mobil:')
wait = vim.wait(20000, function() return #vim.diagnostic.get() > 1 end, 10)
local files = {}
for _, fault in ipairs(vim.diagnostic.get()) do files[vim.fn.fnamemodify(vim.api.nvim_buf_get_name(fault.bufnr), ':t')] = true end
table.insert(found, vim.tbl_count(files))
vim.cmd('undo')
table.insert(found, faults(0))
return found
"#,
    );
    assert_eq!(found[0], json!([]));
    let expected =
        "id_card_two_factor.yaml:14:9-14 ERROR unknown effect `qeury`\nhelp: did you mean `query`?";
    assert_eq!(found[1], json!([expected]));
    assert_eq!(found[2], 1);
    assert_eq!(found[3], json!([]));
    assert!(found[4].as_u64().unwrap() >= 2, "faults of files that are not open: {found}");
    assert_eq!(found[5], json!([]));
    let saved = std::fs::read_to_string(folder.path().join("spec/provider.yaml")).unwrap();
    assert!(saved.contains("  mobile:"), "the server writes no file");
}

#[test]
fn keys_words_and_names_are_offered_where_they_can_stand() {
    if !has_editor() {
        return;
    }
    let folder = spec();
    let found = edit(
        folder.path(),
        r#"
open('endpoints/mobile_recharge.yaml')
local found = {}
replace('effect: act', 'effect: ')
found.effect = complete('effect: ')
replace('effect: ', 'effect: act\nqq')
found.keys = complete('qq')
replace('qq', '')
replace('  c_mobile: {type: mobile}', '  c_mobile: {type: mob, ti}\n  amount:\n    zz')
found.types = complete('type: mob')
found.field = complete(', ti')
found.block = complete('zz')
replace('callback: notify_url', 'callback: ')
found.callback = complete('callback: ')
replace('common: {debug: true}', 'common: {debug: true, t}')
found.common = complete('true, t')
replace('formats: [json]', 'formats: [json, ]')
found.formats = complete('[json, ')
return found
"#,
    );
    let has = |part: &str, words: &[&str], not: &[&str]| {
        let all: Vec<&str> =
            found[part].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
        for word in words {
            assert!(all.contains(word), "{part} lacks {word}: {all:?}");
        }
        for word in not {
            assert!(!all.contains(word), "{part} has {word}: {all:?}");
        }
    };
    assert_eq!(found["effect"], json!(["act", "query"]));
    has("keys", &["deprecated: ", "price: "], &["path: ", "title: ", "min: "]);
    has("types", &["mobile", "string", "resident_id"], &["title: "]);
    has("field", &["title: ", "optional: ", "check: "], &["type: ", "path: "]);
    has("block", &["type: ", "enum: ", "title: "], &["path: "]);
    has("callback", &["c_mobile", "notify_url"], &["mobile"]);
    has("common", &["time: "], &["debug: "]);
    has("formats", &["jsonp", "xml"], &["GET"]);
}

#[test]
fn words_are_explained_found_laid_out_and_corrected() {
    if !has_editor() {
        return;
    }
    let folder = spec();
    let found = edit(
        folder.path(),
        r#"
open('endpoints/id_card_two_factor.yaml')
local found = {}
found.path = hover('path:')
found.field = hover('bank_birthday')
found.named = hover('match_status')
found.effect = hover('effect')
found.nothing = hover('身份证二要素')
found.definition = definition('match_status')
replace('effect: query', 'Effect:   query')
found.fixed = fix('Effect')
found.line = line('effect')
found.lines = format()
faults(0)
replace('methods: [POST, GET]', 'methods: [POST, GTE]')
found.guess = fix('GTE')
found.guessed = line('methods')
open('provider.yaml')
found.status = hover('10018: {')
found.free = hover('10000: {')
open('endpoints/mobile_recharge.yaml')
found.field_of = definition('callback: notify_url', true)
return found
"#,
    );
    let text = |part: &str| found[part].as_str().unwrap();
    let has = |part: &str, words: &[&str]| {
        for word in words {
            assert!(text(part).contains(word), "{part} lacks {word}: {}", text(part));
        }
    };
    has(
        "path",
        &[
            "plaintext",
            "0.16 CNY a call, in packages of 1000",
            "billed by status 10000, whatever the data says",
        ],
    );
    has("field", &["field bank_birthday", "出生日期", "type: date"]);
    has("named", &["type match_status", "one of 01, 02"]);
    has("effect", &["must not happen twice"]);
    assert_eq!(
        text("nothing").lines().nth(1).unwrap_or_default(),
        "title: the endpoint's name at the provider"
    );
    assert_eq!(text("definition"), "provider.yaml match_status");
    assert_eq!(found["fixed"], json!(["write `effect` (safe) preferred"]));
    assert_eq!(text("line"), "effect:   query");
    let original = std::fs::read_to_string(root().join("spec/endpoints/id_card_two_factor.yaml")).unwrap();
    assert_eq!(
        found["lines"],
        json!(original.lines().collect::<Vec<_>>()),
        "its layout is that of the repository"
    );
    assert_eq!(found["guess"], json!(["write `GET` (a guess)"]));
    assert_eq!(text("guessed"), "methods: [POST, GET]");
    has("status", &["status 10018", "次数不足", "a call with it is free", "next: buy more calls"]);
    has("free", &["a call with it is billed"]);
    assert_eq!(text("field_of"), "mobile_recharge.yaml notify_url");
}
