//! Every line of every shipped spec is deleted, doubled, swapped with the next, and retyped: each
//! mutant is valid, or has faults with places, at the changed line or with its words.

use std::collections::BTreeSet;

use pyi_codegen::{Input, Report, Safety, Workspace, ir};

/// A spec with one changed line.
struct Mutant {
    how: &'static str,
    file: usize,
    /// The first changed line, from 1.
    line: usize,
    /// The lines before and after the change.
    words: BTreeSet<String>,
    text: String,
}

fn words(text: &str) -> BTreeSet<String> {
    let parts = text.split(|c: char| !(c.is_alphanumeric() || "_-/%.".contains(c)));
    parts.filter(|word| word.chars().count() > 1).map(str::to_owned).collect()
}

fn mutants(file: usize, text: &str) -> Vec<Mutant> {
    let lines: Vec<&str> = text.lines().collect();
    let mut all = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let mut add = |how, replacement: Vec<String>, touched: usize| {
            let mut changed: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            let touched = index..(index + touched).min(lines.len());
            let stood = lines[touched.clone()].join(" ") + " " + &replacement.join(" ");
            changed.splice(touched, replacement);
            let text = changed.join("\n") + "\n";
            all.push(Mutant { how, file, line: index + 1, words: words(&stood), text });
        };
        add("deleted", vec![], 1);
        add("doubled", vec![(*line).to_owned(), (*line).to_owned()], 1);
        if let Some(next) = lines.get(index + 1) {
            add("swapped", vec![(*next).to_owned(), (*line).to_owned()], 2);
        }
        let retyped: [fn(&str) -> String; 6] = [
            |line| line.replacen(':', "", 1),
            |line| line.replacen('{', "", 1),
            |line| line.replacen('"', "", 1),
            |line| format!(" {line}"),
            |line| line.trim_start().to_owned(),
            |line| {
                let middle =
                    line.char_indices().filter(|(_, c)| c.is_alphanumeric()).map(|(at, _)| at).nth(2);
                middle.map_or(line.to_owned(), |at| format!("{}~{}", &line[..at], &line[at..]))
            },
        ];
        for retype in retyped {
            let new = retype(line);
            if new != **line {
                add("retyped", vec![new], 1);
            }
        }
    }
    all
}

#[test]
fn every_mutant_is_fine_or_has_its_fault_where_it_was_changed() {
    // Features that the shipped spec does not use.
    let http = "\nhttp:\n  429: {class: server, billed: never, retry: true}\n  503: {name: busy, class: server, billed: never}\n";
    let shipped: Vec<(String, String)> = pyi::SPEC
        .iter()
        .map(|(name, text)| {
            let text = if *name == "provider.yaml" { [*text, http].concat() } else { (*text).to_owned() };
            ((*name).to_owned(), text)
        })
        .collect();
    assert!(try_mutants("spec", &shipped) > 1500);
}

#[test]
fn every_mutant_of_every_provider_is_fine_or_has_its_fault_where_it_was_changed() {
    let mut tried = 0;
    for folder in crate::providers::folders() {
        let mut files = Vec::new();
        for path in walk(&folder) {
            let name = path.strip_prefix(&folder).unwrap().display().to_string();
            files.push((name, std::fs::read_to_string(&path).unwrap()));
        }
        tried += try_mutants(&folder.display().to_string(), &files);
    }
    assert!(tried > 10000, "{tried}");
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let inside = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    inside.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

/// A mutant that has a layout is the same spec in it, and the layout is its own.
fn says_the_same_in_its_layout(
    texts: &[(&str, &str)],
    file: usize,
    mut provider: ir::Provider,
    report: &Report,
) {
    let Ok(formatted) = pyi_codegen::format(texts[file].1) else { return };
    assert_eq!(
        pyi_codegen::format(&formatted).as_ref(),
        Ok(&formatted),
        "its own layout:\n{}",
        texts[file].1
    );
    let mut texts = texts.to_vec();
    texts[file].1 = &formatted;
    let (mut again, faults) = pyi_codegen::load(Input::Texts(&texts));
    provider.files.clear();
    again.files.clear();
    assert_eq!(again, provider, "{formatted}");
    let rules = |report: &Report| report.diagnostics().iter().map(|fault| fault.rule).collect::<Vec<_>>();
    assert_eq!(rules(&faults), rules(report), "{formatted}");
}

/// All fixes together leave YAML, and no fault that has a fix.
fn is_mended_at_once(texts: &[(&str, &str)]) {
    let fixed = pyi_codegen::fix(Input::Texts(texts), &|_, _| None, Safety::Risky);
    assert!(!fixed.is_empty(), "{texts:?}");
    let mut after = texts.to_vec();
    for fixed in &fixed {
        let (_, text) = after.iter_mut().find(|(name, _)| *name == fixed.file.name).unwrap();
        *text = &fixed.text;
        // Which of two entries of a key is right, no rule knows.
        if let Err(error) = serde_yaml::from_str::<serde_yaml::Value>(text) {
            assert!(error.to_string().contains("duplicate entry"), "{error}:\n{text}");
        }
    }
    let (_, report) = pyi_codegen::load(Input::Texts(&after));
    let rest: Vec<String> = report
        .diagnostics()
        .iter()
        .filter(|fault| fault.fix().is_some())
        .map(|fault| fault.to_string())
        .collect();
    assert!(rest.is_empty(), "{}", rest.join("\n"));
}

/// Tries all mutants of a spec. Returns their number.
fn try_mutants(spec: &str, shipped: &[(String, String)]) -> usize {
    let files: Vec<(&str, &str)> =
        shipped.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let (mut tried, mut fine, mut faulty, mut on_the_line, mut mended) = (0, 0, 0, 0, 0);
    let mut astray = Vec::new();
    let mut workspace = Workspace::read(Input::Texts(&files));
    for (file, (_, text)) in files.iter().enumerate() {
        for mutant in mutants(file, text) {
            let mut texts = files.clone();
            texts[mutant.file].1 = &mutant.text;
            let (provider, report) = pyi_codegen::load(Input::Texts(&texts));
            tried += 1;
            if tried % 10 == 0 {
                let (name, original) = files[mutant.file];
                workspace.set(name, mutant.text.clone());
                let followed = workspace.lint(&|_, _| None);
                assert_eq!(followed.to_string(), report.to_string(), "{name} line {}", mutant.line);
                // No place of a text that is being written is too odd to be asked about.
                let offset = (tried * 7919) % (mutant.text.len() + 2);
                let _ = (
                    workspace.complete(name, offset),
                    workspace.hover(name, offset),
                    workspace.definition(name, offset),
                );
                workspace.set(name, original.to_owned());
            }
            if tried % 4 == 0 {
                says_the_same_in_its_layout(&texts, mutant.file, provider, &report);
            }
            if report.diagnostics().iter().any(|fault| fault.fix().is_some()) {
                mended += 1;
                is_mended_at_once(&texts);
            }
            // Code is generated from it in spite of faults; only for some mutants, since it takes
            // long.
            if tried % 20 == 0 {
                assert!(
                    !pyi_codegen::expand(Input::Texts(&texts), pyi_codegen::Extras::default()).is_empty()
                );
            }
            if report.is_empty() {
                fine += 1;
                continue;
            }
            faulty += 1;
            // What is doubled or swapped is two lines.
            let last = mutant.line + usize::from(matches!(mutant.how, "doubled" | "swapped"));
            let near = |line: usize| (mutant.line.saturating_sub(1)..=last + 2).contains(&line);
            let placed = report.diagnostics().iter().any(|fault| {
                fault.position().is_some_and(|(file, line, _)| file == texts[mutant.file].0 && near(line))
            });
            let named = report.diagnostics().iter().any(|fault| {
                let said = words(&format!("{} {}", fault.message, fault.help));
                // "line 30 to line 35": the lines that a parser stumbled after, and the one above
                // them.
                let mut numbers =
                    fault.help.split("line ").skip(1).filter_map(|rest| rest.split(' ').next()?.parse().ok());
                let range: Option<(usize, usize)> = numbers.next().zip(numbers.next());
                let in_range = range.is_some_and(|(first, last)| {
                    (mutant.line..=last).any(|line| (first - 1..=last).contains(&line))
                });
                said.intersection(&mutant.words).next().is_some() || in_range
            });
            on_the_line += usize::from(placed);
            if !placed && !named {
                astray
                    .push(format!("{} line {} {}:\n{report}", texts[mutant.file].0, mutant.line, mutant.how));
            }
        }
    }
    println!(
        "{spec}: {tried} mutants, {fine} fine, {faulty} with faults, {on_the_line} of them on the line, {mended} with a fix, {} astray",
        astray.len()
    );
    assert!(astray.is_empty(), "{spec}: {} astray, such as {}", astray.len(), astray.join("\n\n"));
    tried
}
