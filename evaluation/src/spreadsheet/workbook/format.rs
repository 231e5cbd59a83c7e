//! Number formats: from the number that is stored to the text that a person sees, or a refusal where they differ.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};

use super::{WorkbookError, xml::Node, xml::Xml};
use crate::spreadsheet::fault::Fault;

/// How a number is shown (ECMA-376 part 1, §18.8.30 and §18.8.31).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// A date, a time of day, or both.
    Date { shows_time: bool },
    /// The digits as they are.
    General,
    /// At least so many digits before the point, at most so many behind it.
    Plain { least_digits: usize, most_decimals: usize },
    /// Anything else: percent, scientific, fractions, durations, words around the number.
    Special,
}

/// The formats of a workbook's cell styles.
#[derive(Default)]
pub(super) struct Formats(Vec<Format>);

impl Formats {
    pub(super) fn read(text: &str) -> Result<Self, WorkbookError> {
        let mut xml = Xml::new(text);
        let (mut codes, mut formats, mut cell_styles) = (BTreeMap::new(), Vec::new(), None);
        loop {
            match xml.next()? {
                Node::Start(element) => match element.name() {
                    "numFmt" => {
                        let id = element.attribute("numFmtId")?;
                        if let (Some(id), Some(code)) = (id, element.attribute("formatCode")?) {
                            codes.insert(id, code);
                        }
                    }
                    "cellXfs" => cell_styles = Some(xml.depth()),
                    "xf" if cell_styles.is_some() => {
                        let id = element.attribute("numFmtId")?.unwrap_or_default();
                        formats.push(codes.get(&id).map_or_else(|| built_in(&id), |code| of_code(code)));
                    }
                    _ => {}
                },
                Node::End if cell_styles.is_some_and(|depth| xml.depth() < depth) => cell_styles = None,
                Node::Done => return Ok(Self(formats)),
                _ => {}
            }
        }
    }

    /// The format of the cell style with this position; without one, numbers are shown as they are.
    pub(super) fn of_style(&self, style: Option<&str>) -> Format {
        let index = style.and_then(|style| style.parse::<usize>().ok());
        index.and_then(|index| self.0.get(index)).copied().unwrap_or(Format::General)
    }
}

/// The formats that have numbers instead of codes, with those of Chinese programs.
fn built_in(id: &str) -> Format {
    match id.parse::<u16>().unwrap_or(0) {
        0 | 49 => Format::General,
        1 | 3 | 37 | 38 => Format::Plain { least_digits: 1, most_decimals: 0 },
        2 | 4 | 39 | 40 => Format::Plain { least_digits: 1, most_decimals: 2 },
        14..=17 | 27..=31 | 36 | 50..=54 | 57 | 58 => Format::Date { shows_time: false },
        18..=22 | 32..=35 | 45 | 47 | 55 | 56 => Format::Date { shows_time: true },
        _ => Format::Special,
    }
}

fn of_code(code: &str) -> Format {
    let Some(code) = significant(code) else { return Format::Special };
    if matches!(code.trim(), "general" | "g/通用格式" | "@") {
        return Format::General;
    }
    if code.contains(['y', 'm', 'd', 'h', 's']) {
        return Format::Date { shows_time: code.contains(['h', 's']) };
    }
    let code: String = code.chars().filter(|character| !character.is_whitespace()).collect();
    let (whole, decimals) = code.split_once('.').unwrap_or((&code, ""));
    let is_plain = whole.chars().all(|character| "0#?,".contains(character))
        && decimals.chars().all(|character| "0#?".contains(character))
        && whole.ends_with(['0', '#', '?']);
    if is_plain {
        let least_digits = whole.matches('0').count();
        Format::Plain { least_digits, most_decimals: decimals.len() }
    } else {
        Format::Special
    }
}

/// The first section of a code in lower case, without padding, colours and languages, each literal text replaced by a
/// character that is no part of a number; `None` for durations and for Chinese numerals.
fn significant(code: &str) -> Option<String> {
    const LITERAL: char = '"';
    let (mut kept, mut characters) = (String::new(), code.chars());
    while let Some(character) = characters.next() {
        match character {
            ';' => break,
            '_' | '*' => drop(characters.next()),
            '\\' | '!' => {
                let literal = characters.next().unwrap_or(LITERAL);
                kept.push(if literal == ' ' { ' ' } else { LITERAL });
            }
            '"' => {
                let literal: String = characters.by_ref().take_while(|character| *character != '"').collect();
                kept.push(if literal.trim().is_empty() { ' ' } else { LITERAL });
            }
            '[' => {
                let inside: String = characters.by_ref().take_while(|character| *character != ']').collect();
                let inside = inside.to_lowercase();
                let is_duration = ["h", "m", "s"]
                    .iter()
                    .any(|unit| !inside.is_empty() && inside.replace(unit, "").is_empty());
                if is_duration
                    || inside.starts_with("dbnum")
                    || inside.starts_with("$-") && inside.contains(',')
                {
                    return None;
                }
                if inside.starts_with('$') && !inside.starts_with("$-") {
                    kept.push(LITERAL);
                }
            }
            _ => kept.extend(character.to_lowercase()),
        }
    }
    Some(kept)
}

/// The text of a number in this format.
pub(super) fn text(
    stored: &str,
    format: Format,
    counts_from_1904: bool,
) -> Result<Result<String, Fault>, WorkbookError> {
    let number: f64 = stored.trim().parse().map_err(|_| WorkbookError::Damaged)?;
    if !number.is_finite() {
        return Err(WorkbookError::Damaged);
    }
    Ok(match format {
        Format::Date { shows_time } => date_text(number, shows_time, counts_from_1904).ok_or(Fault::NoDate),
        Format::General => number_text(number),
        Format::Plain { least_digits, most_decimals } => number_text(number).and_then(|text| {
            let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
            let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
            if decimals.len() > most_decimals {
                return Err(Fault::ShownDifferently);
            }
            let point = if decimals.is_empty() { "" } else { "." };
            // More zeros than a cell is wide are no id of anybody.
            let width = least_digits.min(32);
            Ok(format!("{sign}{whole:0>width$}{point}{decimals}"))
        }),
        Format::Special => Err(Fault::ShownDifferently),
    })
}

/// The number with the 15 digits that spreadsheet programs show.
fn number_text(number: f64) -> Result<String, Fault> {
    const SIXTEEN_DIGITS: f64 = 1e15;
    let shown: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    if shown.abs() >= SIXTEEN_DIGITS {
        return Err(Fault::LostDigits);
    }
    Ok(if shown == 0.0 { "0".to_owned() } else { shown.to_string() })
}

/// A day as `2020-12-11`, a time of day as `09:30:00`, both with a `T` between them.
fn date_text(number: f64, shows_time: bool, counts_from_1904: bool) -> Option<String> {
    const DAY: f64 = 86_400.0;
    let mut day: i64 = format!("{:.0}", number.floor()).parse().ok()?;
    let mut second: i64 = format!("{:.0}", (number - number.floor()) * DAY).parse().ok()?;
    if second >= 86_400 {
        (day, second) = (day.checked_add(1)?, 0);
    }
    let time = format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
    if shows_time && (0.0..1.0).contains(&number) {
        return Some(time);
    }
    let day = day_of(day, counts_from_1904)?;
    Some(if shows_time && second > 0 { format!("{day}T{time}") } else { day.to_string() })
}

/// Day 1 is 1 January 1900, and day 60 is one that the calendar does not have; or day 0 is 1 January 1904.
fn day_of(day: i64, counts_from_1904: bool) -> Option<Date> {
    let start = match day {
        _ if counts_from_1904 => date(1904, 1, 1),
        1..=59 => date(1899, 12, 31),
        61.. => date(1899, 12, 30),
        _ => return None,
    };
    start.checked_add(jiff::Span::new().try_days(day).ok()?).ok().filter(|date| date.year() >= 1900)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(stored: &str, code: &str) -> Result<String, Fault> {
        text(stored, of_code(code), false).unwrap()
    }

    #[test]
    fn whole_numbers_are_their_digits() {
        for code in
            ["General", "@", "0", "0_ ", "0_);[Red]\\(0\\)", "#,##0", "0.00", "G/通用格式", "[$-804]0"]
        {
            assert_eq!(shown("13800000000", code).as_deref(), Ok("13800000000"), "{code}");
        }
        assert_eq!(shown("1.38E10", "General").as_deref(), Ok("13800000000"));
        assert_eq!(shown("7", "000").as_deref(), Ok("007"), "zeros that are seen are kept");
        assert_eq!(shown("-0.5", "General").as_deref(), Ok("-0.5"));
        assert_eq!(shown("0.30000000000000004", "0.00").as_deref(), Ok("0.3"));
        assert_eq!(shown("-0", "0").as_deref(), Ok("0"));
    }

    #[test]
    fn numbers_with_16_digits_have_lost_some() {
        assert_eq!(shown("999999999999999", "0").as_deref(), Ok("999999999999999"));
        for lost in ["1000000000000000", "110101199001011000", "1.10101199001011E+17", "-1E300"] {
            assert_eq!(shown(lost, "0"), Err(Fault::LostDigits), "{lost}");
        }
    }

    #[test]
    fn what_is_not_seen_as_stored_is_refused() {
        for code in [
            "0%",
            "0.00E+00",
            "\"P\"000",
            "0\"人\"",
            "[DBNum1]0",
            "[h]:mm",
            "???/???",
            "0,",
            "¥0",
            "[$¥-804]0",
            "",
        ] {
            assert_eq!(shown("7", code), Err(Fault::ShownDifferently), "{code}");
        }
        assert_eq!(shown("7.5", "0"), Err(Fault::ShownDifferently));
    }

    #[test]
    fn dates_are_written_as_the_standard_does() {
        for code in ["yyyy-mm-dd", "yyyy\"年\"m\"月\"d\"日\";@", "[$-804]yyyy/m/d", "m/d/yy h:mm"] {
            assert_eq!(shown("44176", code).as_deref(), Ok("2020-12-11"), "{code}");
        }
        assert_eq!(shown("44176.3958333333", "yyyy/m/d h:mm").as_deref(), Ok("2020-12-11T09:30:00"));
        assert_eq!(
            shown("44175.999999999", "yyyy/m/d h:mm").as_deref(),
            Ok("2020-12-11"),
            "rounded to a second"
        );
        assert_eq!(shown("0.999999999", "h:mm").as_deref(), Ok("00:00:00"));
        assert_eq!(shown("0.395833333333333", "h:mm").as_deref(), Ok("09:30:00"));
        assert_eq!(shown("59", "yyyy/m/d").as_deref(), Ok("1900-02-28"));
        assert_eq!(shown("61", "yyyy/m/d").as_deref(), Ok("1900-03-01"));
        for none in ["60", "0", "-1", "2958466", "1e300"] {
            assert_eq!(shown(none, "yyyy/m/d"), Err(Fault::NoDate), "{none}");
        }
        let in_1904 = text("42714", Format::Date { shows_time: false }, true).unwrap();
        assert_eq!(in_1904.as_deref(), Ok("2020-12-11"));
    }

    #[test]
    fn numbered_formats_are_those_of_chinese_programs_too() {
        assert_eq!(built_in("31"), Format::Date { shows_time: false });
        assert_eq!(built_in("22"), Format::Date { shows_time: true });
        assert_eq!(built_in("10"), Format::Special);
        assert_eq!(built_in("49"), Format::General);
    }
}
