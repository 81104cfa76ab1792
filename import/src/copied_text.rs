//! Reads a page of copied text or Markdown. A table of copied text has a line of headings, then
//! rows with cells separated by tabs, or by blanks if an editor replaced the tabs. A row continues
//! over lines that do not start like a row.

use crate::depth;
use crate::kind;
use crate::page::{Block, Cell, tidy};
use crate::vocabulary::{self, Column, Section};

pub(crate) fn blocks(text: &str) -> Vec<Block> {
    let lines: Vec<&str> = text.lines().collect();
    let mut blocks = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let rest = lines.get(at + 1..).unwrap_or_default();
        let (found, more) =
            markdown(line, rest).or_else(|| copied(line, rest)).unwrap_or_else(|| (single(line), 0));
        blocks.extend(found);
        at += 1 + more;
    }
    // A complete page continues after its last table. A page that ends within a line there was cut.
    if matches!(blocks.last(), Some(Block::Table(_))) && !text.ends_with('\n') {
        blocks.push(Block::Cut);
    }
    blocks
}

fn single(line: &str) -> Vec<Block> {
    let marked = line.trim_start();
    let heading = marked.trim_start_matches('#');
    if heading.len() < marked.len() && heading.starts_with(' ') {
        let heading = tidy(heading);
        return if heading.is_empty() { Vec::new() } else { vec![Block::Heading(heading)] };
    }
    let line = tidy(marked.trim_start_matches(['•', '·', '-', '+']).trim_start_matches("* "));
    if line.is_empty() { Vec::new() } else { vec![Block::Line(line)] }
}

/// A table of Markdown, and the number of its lines after the first.
fn markdown(line: &str, rest: &[&str]) -> Option<(Vec<Block>, usize)> {
    let cells = piped(line)?;
    let rule = piped(rest.first()?)?;
    let is_rule = |cell: &Cell| !cell.text.is_empty() && cell.text.chars().all(|c| "-: ".contains(c));
    if rule.len() != cells.len() || !rule.iter().all(is_rule) {
        return None;
    }
    let mut rows: Vec<Vec<Cell>> = rest.iter().skip(1).map_while(|line| piped(line)).collect();
    // Blanks before a cell that is not left-aligned only align it.
    for cells in &mut rows {
        for (cell, rule) in cells.iter_mut().zip(&rule) {
            if rule.text.ends_with(':') {
                cell.lead = cell.lead.trim_start_matches(' ').to_owned();
            }
        }
    }
    let more = 1 + rows.len();
    Some((vec![Block::Table([vec![cells], rows].concat())], more))
}

/// Cells of a line, separated by `|`.
fn piped(line: &str) -> Option<Vec<Cell>> {
    let line = line.trim();
    let inner = line.strip_prefix('|').map_or(line, |line| line.strip_suffix('|').unwrap_or(line));
    let mut cells = vec![String::new()];
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        match (character, cells.last_mut()) {
            ('|', _) => cells.push(String::new()),
            ('\\', Some(cell)) => cell.extend(characters.next()),
            (other, Some(cell)) => cell.push(other),
            (_, None) => {}
        }
    }
    let unmarked = |cell: &String| {
        let plain = cell.replace(['`', '*'], "").replace("<br>", "\n").replace("<br/>", "\n");
        let blanks = [("&nbsp;", "\u{a0}"), ("&ensp;", "\u{2002}"), ("&emsp;", "\u{2003}")];
        Cell::text(&blanks.iter().fold(plain, |text, (entity, blank)| text.replace(entity, blank)))
    };
    (cells.len() > 1).then(|| cells.iter().map(unmarked).collect())
}

/// A table of copied text, and the number of its lines after the first.
fn copied(line: &str, rest: &[&str]) -> Option<(Vec<Block>, usize)> {
    let tabs = line.contains('\t');
    let headings: Vec<&str> =
        if tabs { line.split('\t').map(str::trim).collect() } else { line.split_whitespace().collect() };
    let columns: Vec<Column> = headings.iter().map(|heading| Column::of(heading)).collect::<Option<_>>()?;
    let is_table = columns.contains(&Column::Name) && columns.len() > 2
        || columns.contains(&Column::Code) && columns.len() == 2;
    if !is_table {
        return None;
    }
    let mut rows = vec![headings.iter().map(|heading| Cell::text(heading)).collect::<Vec<_>>()];
    let mut more = 0;
    for (index, line) in rest.iter().enumerate() {
        if line.trim().is_empty() || Section::of(line).is_some() {
            break;
        }
        let (lead, pieces) = pieces(line, tabs);
        let row = rows.last_mut().filter(|_| more > 0);
        // A name alone on the last line may be a truncated row. Elsewhere it continues the row
        // above.
        let cut = index + 1 == rest.len() && matches!(pieces.as_slice(), [one] if is_sent_name(one));
        match (cut || begins(&columns, lead, &pieces, tabs), row) {
            (true, _) => {
                let mut cells = if tabs {
                    pieces.iter().map(|piece| Cell::text(piece)).collect()
                } else {
                    parted(&columns, &pieces)
                };
                let name = columns.iter().position(|column| *column == Column::Name).unwrap_or_default();
                if let Some(cell) = cells.get_mut(name) {
                    lead.clone_into(&mut cell.lead);
                }
                rows.push(cells);
            }
            (false, Some(row)) if tabs => goes_on(&columns, row, &line.split('\t').collect::<Vec<_>>(), tabs),
            (false, Some(row)) => goes_on(&columns, row, &line.split_whitespace().collect::<Vec<_>>(), tabs),
            (false, None) => break,
        }
        more += 1;
    }
    let guessed = !tabs && columns.contains(&Column::About) && columns.contains(&Column::Example);
    let blanks = guessed.then_some(Block::Blanks);
    Some((blanks.into_iter().chain([Block::Table(rows)]).collect(), more))
}

/// Lead and cells of a line. A number before a name belongs to the name.
fn pieces(line: &str, tabs: bool) -> (&str, Vec<&str>) {
    let lead = depth::lead(line);
    let rest = line.get(lead.len()..).unwrap_or_default();
    if tabs {
        return (lead, rest.split('\t').collect());
    }
    let mut pieces: Vec<&str> = rest.split_whitespace().collect();
    let (number, behind) = depth::numbered(rest);
    let name = behind.split_whitespace().next().unwrap_or_default();
    if let (false, [_, second, ..]) = (number.is_empty(), pieces.as_slice())
        && *second == name
        && is_name(name)
    {
        pieces.remove(0);
        if let (Some(first), Some(whole)) =
            (pieces.first_mut(), rest.get(..rest.len() - behind.len() + name.len()))
        {
            *first = whole;
        }
    }
    (lead, pieces)
}

/// Whether a line starts a row: with a code, with a name, an optional mark and a type, with a name
/// in a tree, or with as many cells as a row has.
fn begins(columns: &[Column], lead: &str, pieces: &[&str], tabs: bool) -> bool {
    let numbered = columns.first() == Some(&Column::Number);
    let mut cells = pieces.iter().map(|piece| piece.trim()).skip(usize::from(numbered));
    let first = cells.next().unwrap_or_default();
    if columns.first() == Some(&Column::Code) {
        return is_code(first);
    }
    let mut behind = cells.filter(|piece| !piece.is_empty());
    let second = behind.next().unwrap_or_default();
    let typed = kind::is_type(second)
        || vocabulary::is_required(second).is_some() && behind.next().is_some_and(kind::is_type);
    let whole = tabs && pieces.len() > 2 && pieces.len() + 1 >= columns.len();
    let drawn = pieces.len() > 1 && lead.contains(depth::is_drawn);
    is_name(first) && typed || is_sent_name(first) && (whole || drawn)
}

/// Whether a text is a status code.
pub(crate) fn is_code(text: &str) -> bool {
    (3..=6).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text is a field's name.
fn is_name(text: &str) -> bool {
    depth::read("", text).is_some()
}

/// Whether a name alone identifies a row. A Chinese name may be the rest of a description.
fn is_sent_name(text: &str) -> bool {
    text.is_ascii() && is_name(text)
}

/// Cells of a row separated by blanks. The mark and the type are known words. The rest is divided
/// between the other columns.
fn parted(columns: &[Column], pieces: &[&str]) -> Vec<Cell> {
    let mut cells = vec![Cell::default(); columns.len()];
    let mut rest = pieces;
    let mut fill = |column: Column, text: &str| {
        let index = columns.iter().position(|known| *known == column);
        if let Some(cell) = index.and_then(|index| cells.get_mut(index)) {
            *cell = Cell::text(text);
        }
    };
    let lead = if columns.first() == Some(&Column::Code) { Column::Code } else { Column::Name };
    if let ([Column::Number, ..], Some(number)) = (columns, rest.first()) {
        fill(Column::Number, number);
        rest = rest.get(1..).unwrap_or_default();
    }
    let known = [(lead, None), (Column::Required, Some(false)), (Column::Type, Some(true))];
    for (column, is_type) in known {
        let fits = |word: &&&str| match is_type {
            None => true,
            Some(false) => columns.contains(&column) && vocabulary::is_required(word).is_some(),
            Some(true) => columns.contains(&column) && kind::is_type(word),
        };
        if let Some(word) = rest.first().filter(fits) {
            fill(column, word);
            rest = rest.get(1..).unwrap_or_default();
        }
    }
    let place = |column| columns.iter().position(|known| *known == column);
    let (about, example) = match (place(Column::About), place(Column::Example), rest) {
        // One piece is what a field is, unless it can be read as a value only.
        (Some(_), Some(_), [one]) if one.is_ascii() => ("".to_owned(), (*one).to_owned()),
        (Some(about), Some(example), [first, between @ .., last]) => {
            if about < example {
                ([&[*first], between].concat().join(" "), (*last).to_owned())
            } else {
                ([between, &[*last]].concat().join(" "), (*first).to_owned())
            }
        }
        (None, Some(_), rest) => (String::new(), rest.join(" ")),
        (_, _, rest) => (rest.join(" "), String::new()),
    };
    fill(Column::About, &about);
    fill(Column::Example, &example);
    cells
}

/// Adds a continuation line to the row above. If blanks separate the cells, one word without
/// Chinese characters is the example.
fn goes_on(columns: &[Column], row: &mut Vec<Cell>, pieces: &[&str], tabs: bool) {
    let place = |column| columns.iter().position(|known| *known == column);
    let add = |row: &mut Vec<Cell>, index: usize, text: &str| {
        row.resize(row.len().max(index + 1), Cell::default());
        if let Some(cell) = row.get_mut(index) {
            cell.text = tidy(&format!("{}\n{text}", cell.text));
        }
    };
    if tabs {
        let last = row.len().saturating_sub(1);
        pieces.iter().enumerate().for_each(|(offset, piece)| add(row, last + offset, piece));
        return;
    }
    let is_value = matches!(pieces, [one] if one.is_ascii());
    let column = if is_value { Column::Example } else { Column::About };
    let index = place(column).or(place(Column::About)).unwrap_or(columns.len() - 1);
    add(row, index, &pieces.join(" "));
}
