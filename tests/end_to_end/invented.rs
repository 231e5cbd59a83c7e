//! People who do not exist, for a pool of eight: four in each half.

use anyhow::{Context, Result};

/// An invented person.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Person {
    pub(crate) name: &'static str,
    /// The name as published.
    pub(crate) masked: &'static str,
    /// Which of those born on one day.
    number: u32,
    pub(crate) half: &'static str,
    pub(crate) category: &'static str,
}

const fn person(
    name: &'static str,
    masked: &'static str,
    number: u32,
    half: &'static str,
    category: &'static str,
) -> Person {
    Person { name, masked, number, half, category }
}

/// Who nominates himself; the last character lies outside of the basic plane and on no keyboard.
pub(crate) const VOLUNTEER: Person = person("陈小𠮷", "陈*𠮷", 101, "B", "农民");

/// Whom a unit recommends, and the list from paper once more.
pub(crate) const RECOMMENDED: Person = person("欧阳春晓", "欧**晓", 102, "A", "离退休干部");

/// Who is on the list from paper.
pub(crate) const LISTED: [Person; 6] = [
    person("韩立冬", "韩*冬", 103, "A", "离退休干部"),
    person("卢谷雨", "卢*雨", 104, "A", "外来投资者"),
    person("买买提·艾力", "买****力", 105, "A", "外地客商"),
    person("贺霜降", "贺*降", 106, "B", "人大代表"),
    person("石清明", "石*明", 107, "B", "农民"),
    person("裴白露", "裴*露", 108, "B", "门店摊点业主"),
];

pub(crate) fn everybody() -> impl Iterator<Item = Person> {
    [VOLUNTEER, RECOMMENDED].into_iter().chain(LISTED)
}

impl Person {
    /// A number with its check character, after GB 11643.
    pub(crate) fn id_card(self) -> Result<String> {
        let digits = format!("13052819600229{:03}", self.number);
        // The weights are the powers of two modulo 11, the last digit's being 2.
        let sum: u32 = (0..17)
            .zip(digits.bytes().rev())
            .map(|(place, digit)| (2_u32.pow(place + 1) % 11) * u32::from(digit - b'0'))
            .sum();
        let check = "10X98765432".chars().nth((sum % 11) as usize).context("no check character")?;
        Ok(format!("{digits}{check}"))
    }

    pub(crate) fn phone(self) -> String {
        format!("13800000{:03}", self.number)
    }
}
