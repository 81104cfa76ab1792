//! Reads prices of a page: of tiers, such as `1000 0.16/次`, and of one call in running text, such
//! as 每次调用 0.16元/次.

use pyi_dynamic::normalize_title::plain;

/// A price in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PriceQuote {
    /// Number of calls, and the price of one call.
    Tier(u32, String),
    /// Price of a call, marked as yuan.
    Call(String),
    /// A price that a spec must not use, and the reason.
    Unclear(&'static str),
}

/// Suffix of a price per call.
const CALL: &str = "/次";
/// Words next to a price that is not exact.
const ROUGHLY: [&str; 6] = ["低至", "最低", "约", "最高", "原价", "起步"];
/// Words for free calls, which are not a tier.
const FREE: [&str; 3] = ["赠", "送", "免费"];

/// Prices of a line. Empty for most lines.
pub(crate) fn read(line: &str) -> Vec<PriceQuote> {
    let plain = spaced(&plain(line));
    let is_free = FREE.iter().any(|word| plain.contains(word));
    match plain.strip_suffix(CALL).filter(|_| !is_free && plain.matches(CALL).count() == 1) {
        Some(amount) => tier(amount).into_iter().collect(),
        None => calls(&plain),
    }
}

/// Removes blanks between a price, its currency and the suffix.
fn spaced(line: &str) -> String {
    let mut spaced = line.replace(['￥', '\u{a5}'], "¥").replace("¥ ", "¥");
    for (long, short) in
        [("/ 次", "/次"), (" /次", "/次"), (" 元", "元"), ("人民币", ""), ("rmb", "元"), ("cny", "元")]
    {
        spaced = spaced.replace(long, short);
    }
    spaced.replace("元每次", "元/次")
}

/// Number of calls and price of one call, also without a separator (`10000.16/次`), or the price of
/// a call alone.
fn tier(amount: &str) -> Option<PriceQuote> {
    let is_marked = amount.ends_with('元') || amount.contains('¥');
    let numbers: Vec<&str> = amount
        .split(|c: char| !(c.is_ascii_digit() || c == '.'))
        .filter(|part| part.contains(|c: char| c.is_ascii_digit()))
        .collect();
    let twice = Some(PriceQuote::Unclear("can be read in more than one way"));
    match numbers.as_slice() {
        [calls, price] => match calls.parse() {
            Ok(calls) if calls > 0 && is_price(price) => Some(PriceQuote::Tier(calls, (*price).to_owned())),
            _ => twice,
        },
        [price] if is_marked && is_price(price) && (price.starts_with("0.") || is_apart(amount, price)) => {
            Some(exact(amount.split(price).next().unwrap_or_default(), price, ""))
        }
        [both] if both.contains('.') => {
            let splits = (1..both.len()).filter_map(|at| both.split_at_checked(at));
            // Assumes that no call costs a hundred yuan.
            let fits = |(calls, price): &(&str, &str)| {
                !calls.starts_with('0')
                    && !calls.contains('.')
                    && is_price(price)
                    && price.find('.').is_some_and(|dot| dot < 3)
            };
            let mut fitting = splits.filter(fits);
            match (fitting.next(), fitting.next()) {
                (Some((calls, price)), None) => {
                    calls.parse().map_or(twice, |calls| Some(PriceQuote::Tier(calls, price.to_owned())))
                }
                _ => twice,
            }
        }
        _ => None,
    }
}

/// Whether text precedes a price, so that its digits contain no number of calls.
fn is_apart(amount: &str, price: &str) -> bool {
    let before = amount.split(price).next().unwrap_or_default();
    before.ends_with('¥') || before.chars().any(char::is_alphabetic)
}

/// Prices of calls in running text.
fn calls(line: &str) -> Vec<PriceQuote> {
    let mut quotes = Vec::new();
    let pieces: Vec<&str> = line.split(CALL).collect();
    for (index, piece) in pieces.iter().enumerate().take(pieces.len().saturating_sub(1)) {
        let amount = piece.trim_end_matches('元');
        let is_digit = |c: char| c.is_ascii_digit() || c == '.';
        let start = amount.trim_end_matches(is_digit).len();
        let (before, price) = amount.split_at_checked(start).unwrap_or((amount, ""));
        let is_marked = amount.len() < piece.len() || before.ends_with('¥');
        if is_marked && is_price(price) {
            let behind = pieces.get(index + 1).copied().unwrap_or_default();
            quotes.push(exact(before, price, behind));
        }
    }
    quotes
}

/// A price, or `Unclear` if the words next to it mark it as not exact.
fn exact(before: &str, price: &str, behind: &str) -> PriceQuote {
    let near = before.trim_end_matches(['¥', ' ', ':']);
    if behind.trim_start().starts_with('起') || ROUGHLY.iter().any(|word| near.ends_with(word)) {
        return PriceQuote::Unclear("is not exact, or not today's");
    }
    PriceQuote::Call(price.to_owned())
}

fn is_price(price: &str) -> bool {
    let (whole, part) = price.split_once('.').unwrap_or((price, "0"));
    let digits = |text: &str| (1..=6).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && digits(part) && (whole == "0" || !whole.starts_with('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_read_where_they_can_be_read_in_one_way() {
        let tier = |calls, price: &str| vec![PriceQuote::Tier(calls, price.to_owned())];
        let call = |price: &str| vec![PriceQuote::Call(price.to_owned())];
        let twice = vec![PriceQuote::Unclear("can be read in more than one way")];
        let rough = vec![PriceQuote::Unclear("is not exact, or not today's")];
        let table = [
            ("10000.16/次", tier(1000, "0.16")),
            ("1000000.09/次", tier(100_000, "0.09")),
            ("500000.1/次", tier(50_000, "0.1")),
            ("1000 0.16/次", tier(1000, "0.16")),
            ("1000次 0.16元/次", tier(1000, "0.16")),
            ("1000次：￥0.16 / 次", tier(1000, "0.16")),
            ("10001.5/次", tier(1000, "1.5")),
            ("25000.16/次", tier(2500, "0.16")),
            ("10000.16元/次", tier(1000, "0.16")),
            ("100020.5/次", twice.clone()),
            ("12340.16/次", twice.clone()),
            ("首次赠送0次", Vec::new()),
            ("价格: (约元/次)", Vec::new()),
            ("随心搭", Vec::new()),
            ("0.16元/次", call("0.16")),
            ("￥0.16/次", call("0.16")),
            ("0.1 元 / 次", call("0.1")),
            ("¥ 0.16 /次", call("0.16")),
            ("单价：10.16元/次", call("10.16")),
            ("价格：0.16元／次。", call("0.16")),
            ("每次调用按 0.16元/次 计费，无最低消费", call("0.16")),
            ("调用成功收费 0.2 元每次，失败不收费", call("0.2")),
            ("原价0.30元/次，现价0.16元/次", [rough.clone(), call("0.16")].concat()),
            ("首次赠送5次，0.16元/次", call("0.16")),
            ("低至0.09元/次", rough.clone()),
            ("0.09元/次起", rough.clone()),
            ("0.16元/1000次", Vec::new()),
            ("版本 1.2.3 元/次", twice.clone()),
            ("元/次/次", Vec::new()),
        ];
        for (line, expected) in table {
            assert_eq!(read(line), expected, "{line}");
        }
    }
}
