//! Normalizes titles, so that they can be compared in any script, width, punctuation and case.

/// Traditional characters in words of pages and tables, each before its simplified form.
const TRADITIONAL: &str = "稱称參参數数類类型型說说說说務务狀状態态價价單单簡简紹绍請请應应當当頁页詳详調调範范實实認认驗验證证號号碼码開开戶户機机\
                           電电話话銀银須须選选否否填填備备註注釋释義义據据處处錯错誤误碼码檔档層层級级個个間间網网術术員员";

/// The normal form of a text: simplified characters, half-width punctuation, small letters, single
/// blanks.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        let character = match character {
            '：' => ':',
            '，' | '、' => ',',
            '（' => '(',
            '）' => ')',
            '\u{3000}' | '\u{a0}' => ' ',
            '！'..='～' => char::from_u32(u32::from(character) - 0xFEE0).unwrap_or(character),
            other => simplified(other),
        };
        if !(character.is_whitespace() && plain.ends_with(' ')) {
            plain.extend(if character.is_whitespace() { ' ' } else { character }.to_lowercase());
        }
    }
    plain.trim().to_owned()
}

fn simplified(character: char) -> char {
    let mut pairs = TRADITIONAL.chars();
    while let (Some(traditional), Some(simplified)) = (pairs.next(), pairs.next()) {
        if traditional == character {
            return simplified;
        }
    }
    character
}

/// The normal form of a title: 身份证号 equals 身份证号码.
pub fn comparable(title: &str) -> String {
    plain(title).trim_end_matches('码').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_the_same_in_either_script_and_width() {
        assert_eq!(plain("　身份證號碼，（Ｍｄ５）： "), "身份证号码,(md5):");
        assert_eq!(comparable("身份證號"), comparable(" 身份证号码 "));
    }

    #[test]
    fn traditional_characters_stand_in_pairs() {
        assert_eq!(TRADITIONAL.chars().count() % 2, 0);
        assert!(TRADITIONAL.chars().all(|c| !c.is_ascii()), "{TRADITIONAL}");
    }
}
