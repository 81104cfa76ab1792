//! The check characters of identifiers, against python-stdnum and against the tables of their
//! standards in Python.

use pyi_runtime::__private::check::violation;
use pyi_runtime::__private::operation::{Check, CheckWord};

use crate::support::{has_python, run};

/// Prints texts and what is found right: half of each kind have a right check character.
const PYTHON: &str = r#"
import random, stdnum.cn.uscc, stdnum.luhn
random.seed(32100)
def vin_is_right(text):
    values = dict(zip("ABCDEFGH", range(1, 9))) | dict(zip("JKLMN", range(1, 6))) | {"P": 7, "R": 9} | dict(zip("STUVWXYZ", range(2, 10)))
    values |= {digit: int(digit) for digit in "0123456789"}
    weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]
    return "0123456789X"[sum(values[c] * w for c, w in zip(text, weights)) % 11] == text[8]
for index in range(400):
    body = str(random.randint(0, 1)) + "1" + "".join(random.choices("0123456789", k=6)) + "".join(random.choices("0123456789ABCDEFGHJKLMNPQRTUWXY", k=9))
    code = body + (stdnum.cn.uscc.calc_check_digit(body) if index % 2 else random.choice("0123456789ABCDEFGHJKLMNPQRTUWXY"))
    print("unified_credit_code", code, int(stdnum.cn.uscc.calc_check_digit(code[:-1]) == code[-1]))
    card = "".join(random.choices("0123456789", k=random.randint(11, 18)))
    card += stdnum.luhn.calc_check_digit(card) if index % 2 else random.choice("0123456789")
    print("bank_card", card, int(stdnum.luhn.is_valid(card)))
    vin = "".join(random.choices("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", k=17))
    for check in "0123456789X" if index % 2 else "7":
        vin = vin[:8] + check + vin[9:]
        print("vin", vin, int(vin_is_right(vin)))
"#;

#[test]
fn check_characters_are_those_of_python() {
    if !has_python("stdnum") {
        return;
    }
    let printed = run("python3", &["-c", PYTHON], "");
    let (mut right, mut wrong) = (0, 0);
    for line in printed.lines() {
        let [kind, text, expected]: [&str; 3] =
            line.split(' ').collect::<Vec<_>>().try_into().unwrap_or_else(|_| panic!("{line}"));
        let check = Check::Named(kind.parse::<CheckWord>().unwrap());
        let is_right = violation(&check, text).is_none();
        assert_eq!(is_right, expected == "1", "{line}");
        if is_right { right += 1 } else { wrong += 1 }
    }
    assert!(right > 500 && wrong > 1000, "{right} right, {wrong} wrong");
}
