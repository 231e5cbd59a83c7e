//! Cells that do not hold what a person sees in them.

/// Why a cell cannot be taken as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// A value of an error, as `#REF!`.
    ErrorValue(String),
    /// The result of a formula, as the program that saved the file last knew it.
    Formula,
    /// Text that spreadsheet programs would run as a formula when they open it.
    FormulaText(char),
    /// A number of 16 digits or more; spreadsheet programs keep 15.
    LostDigits,
    /// A number for which the calendar has no day, or the clock no time.
    NoDate,
    /// A number in scientific notation, as CSV files hold it once the digits are gone.
    Scientific(String),
    /// A number whose format shows something else.
    ShownDifferently,
    /// More text than a cell of a spreadsheet program can have.
    TooLong,
}

impl Fault {
    /// What is wrong with a cell that holds this text and nothing else; `None` if nothing is.
    pub(crate) fn of_text(text: &str) -> Option<Self> {
        let mut characters = text.chars();
        let first = characters.next()?;
        let rest = characters.as_str();
        match first {
            '=' | '@' => Some(Self::FormulaText(first)),
            '+' | '-' if !rest.is_empty() && !is_plain_number(rest) && !is_scientific(rest) => {
                Some(Self::FormulaText(first))
            }
            '#' if is_error_value(text) => Some(Self::ErrorValue(text.to_owned())),
            _ if is_scientific(text.trim_start_matches(['+', '-'])) => {
                Some(Self::Scientific(text.to_owned()))
            }
            _ => None,
        }
    }

    /// What is wrong and what to do next, in Chinese.
    pub(crate) fn zh(&self) -> String {
        match self {
            Self::ErrorValue(value) => format!("这一格是错误值“{value}”。请改成正确的内容后再导入。"),
            Self::Formula => "这一格是公式，读到的结果可能与看到的不同。请复制这一列，用“选择性粘贴”粘贴为“数值”，保存后再导入。".to_owned(),
            Self::FormulaText(first) => {
                format!("内容以“{first}”开头，表格软件会把它当作公式运行。请删去开头的“{first}”后再导入。")
            }
            Self::LostDigits => "这个数有 16 位或更多，而表格软件只保留前 15 位，后面的数字已经丢失。请把这一列的格式设为“文本”，重新输入后再导入。".to_owned(),
            Self::NoDate => "这一格的日期或时间不存在。请把这一列的格式设为“文本”，重新输入后再导入。".to_owned(),
            Self::Scientific(text) => format!(
                "“{text}”是科学计数法，原来的数字已经丢失。请把这一列的格式设为“文本”，重新输入后再导入。"
            ),
            Self::ShownDifferently => "这个数按特殊格式显示，看到的与存储的不同。请把这一列的格式设为“文本”，重新输入后再导入。".to_owned(),
            Self::TooLong => "这一格的文字超过 32767 个字。请删短后再导入。".to_owned(),
        }
    }

    /// What is wrong and what to do next, in English.
    pub(crate) fn en(&self) -> String {
        const RETYPE: &str = "Format the column as text, type it again, and import again.";
        match self {
            Self::ErrorValue(value) => {
                format!("this cell is the error {value}. Correct it and import again.")
            }
            Self::Formula => "this cell is a formula; the result that was read may differ from what is seen. Copy the column, paste it as values, save, and import again.".to_owned(),
            Self::FormulaText(first) => format!(
                "it begins with \"{first}\", and spreadsheet programs would run it as a formula. Delete the \"{first}\" and import again."
            ),
            Self::LostDigits => format!(
                "this number has 16 digits or more, and spreadsheet programs keep 15; the last digits are lost. {RETYPE}"
            ),
            Self::NoDate => format!("there is no such date or time. {RETYPE}"),
            Self::Scientific(text) => {
                format!("\"{text}\" is scientific notation; the digits are lost. {RETYPE}")
            }
            Self::ShownDifferently => format!(
                "this number has a special format; what is seen is not what is stored. {RETYPE}"
            ),
            Self::TooLong => {
                "this cell has more than 32767 characters. Shorten it and import again.".to_owned()
            }
        }
    }
}

/// Digits with at most one decimal point.
fn is_plain_number(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && text.bytes().filter(|byte| *byte == b'.').count() <= 1
}

/// As `1.10101E+17`. A sign after the E is asked for, so that an id such as `1E5` is none.
fn is_scientific(text: &str) -> bool {
    text.split_once(['E', 'e']).is_some_and(|(digits, exponent)| {
        let exponent = exponent.strip_prefix(['+', '-']);
        is_plain_number(digits)
            && exponent
                .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

fn is_error_value(text: &str) -> bool {
    const VALUES: [&str; 9] =
        ["#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"];
    VALUES.contains(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_a_spreadsheet_program_would_change_is_found() {
        for (text, first) in [("=1+1", '='), ("@SUM(A1)", '@'), ("+86-138", '+'), ("-2+3", '-'), ("-a", '-')]
        {
            assert_eq!(Fault::of_text(text), Some(Fault::FormulaText(first)), "{text}");
        }
        assert_eq!(Fault::of_text("#REF!"), Some(Fault::ErrorValue("#REF!".to_owned())));
        assert_eq!(Fault::of_text("1.10101E+17"), Some(Fault::Scientific("1.10101E+17".to_owned())));
        assert_eq!(Fault::of_text("-1E-7"), Some(Fault::Scientific("-1E-7".to_owned())));
    }

    #[test]
    fn other_text_is_left_alone() {
        for text in ["", "-", "+", "+8613800000000", "-3.5", "1E5", "#1", "E+1", "a=b", "王-李", "——", "3+4"]
        {
            assert_eq!(Fault::of_text(text), None, "{text}");
        }
    }
}
