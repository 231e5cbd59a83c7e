//! The public form as it was typed, and what is wrong with it, field by field.

use std::fmt;

use evaluation::pool::identity::{IdCardNumber, PersonName, Phone};
use evaluation::pool::nomination::note;
use evaluation::rules::Rules;
use jiff::civil::Date;

use crate::domain::NominationSource;
use crate::store::nominations::{Entry, Identity};

/// What was typed. Its `Debug` says nothing.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct NominationForm {
    /// `self` or `unit`.
    pub source: String,
    /// The recommending unit.
    pub unit: String,
    /// The Chinese name of the category.
    pub category: String,
    /// The name.
    pub name: String,
    /// The ID card number.
    pub id_card: String,
    /// The phone number.
    pub phone: String,
    /// Workplace and position.
    pub workplace: String,
    /// Consent to the handling of the data.
    pub consent: bool,
    /// Separate consent to the handling of the ID card number.
    pub consent_sensitive: bool,
}

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormField {
    /// Who sends it.
    Source,
    /// The recommending unit.
    Unit,
    /// The category.
    Category,
    /// The name.
    Name,
    /// The ID card number.
    IdCard,
    /// The phone number.
    Phone,
    /// Workplace and position.
    Workplace,
    /// Consent.
    Consent,
    /// Separate consent.
    ConsentSensitive,
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormProblem {
    /// The field.
    pub field: FormField,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl fmt::Debug for NominationForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NominationForm(…)")
    }
}

/// The problems found so far.
#[derive(Default)]
struct Problems(Vec<FormProblem>);

impl Problems {
    fn add(&mut self, field: FormField, zh: impl Into<String>, en: impl Into<String>) {
        self.0.push(FormProblem { field, zh: zh.into(), en: en.into() });
    }

    fn note<T, E>(
        &mut self,
        result: Result<T, E>,
        problem: impl Fn(&E) -> (FormField, String, String),
    ) -> Option<T> {
        result
            .map_err(|error| {
                let (field, zh, en) = problem(&error);
                self.add(field, zh, en);
            })
            .ok()
    }
}

impl NominationForm {
    /// What the form says, if all of it is right.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub fn check(&self, rules: &Rules, today: Date) -> Result<(Entry, Identity), Vec<FormProblem>> {
        let mut problems = Problems::default();
        let entry = self.entry(rules, &mut problems);
        let identity = self.identity(today, &mut problems);
        if !self.consent {
            problems.add(
                FormField::Consent,
                "未同意处理个人信息，不能提交。请阅读告知书后勾选。",
                "Without consent nothing can be sent. Read the notice and tick the box.",
            );
        }
        if !self.consent_sensitive {
            problems.add(
                FormField::ConsentSensitive,
                "身份证号属于敏感个人信息，须单独同意。请阅读后勾选。",
                "The ID card number is sensitive and needs separate consent. Read the notice and tick the box.",
            );
        }
        match (entry, identity) {
            (Some(entry), Some(identity)) if problems.0.is_empty() => Ok((entry, identity)),
            _ => Err(problems.0),
        }
    }

    fn entry(&self, rules: &Rules, problems: &mut Problems) -> Option<Entry> {
        let source = match self.source.as_str() {
            "self" => Some(NominationSource::SelfNomination),
            "unit" => Some(NominationSource::Unit),
            _ => {
                let (zh, en) =
                    ("请选择是个人自荐还是单位推荐。", "Say whether a person or a unit sends this.");
                problems.add(FormField::Source, zh, en);
                None
            }
        };
        let note_of = |field, text: &str, problems: &mut Problems| {
            problems.note(note(text), |error| (field, error.zh(), error.en()))
        };
        let unit = note_of(FormField::Unit, &self.unit, problems);
        if source == Some(NominationSource::Unit) && unit.as_deref() == Some("") {
            problems.add(
                FormField::Unit,
                "请填写推荐单位的名称。",
                "Give the name of the recommending unit.",
            );
        }
        let workplace = note_of(FormField::Workplace, &self.workplace, problems);
        let category = rules.pool.find_category(&self.category);
        if category.is_none() {
            problems.add(FormField::Category, "请选择人员类别。", "Choose the category.");
        }
        let (half, category) = category?;
        let source = source?;
        // A person who nominates himself has no unit that does.
        let unit = unit?;
        let unit = if source == NominationSource::Unit { unit } else { String::new() };
        Some(Entry { source, unit, half, category: category.to_string(), workplace: workplace? })
    }

    fn identity(&self, today: Date, problems: &mut Problems) -> Option<Identity> {
        let name =
            problems.note(PersonName::parse(&self.name), |error| (FormField::Name, error.zh(), error.en()));
        let id_card = problems
            .note(IdCardNumber::parse(&self.id_card), |error| (FormField::IdCard, error.zh(), error.en()));
        let unborn = id_card.as_ref().is_some_and(|id_card| id_card.born() > today);
        if unborn {
            problems.add(
                FormField::IdCard,
                "身份证号中的出生日期还没有到。请对照证件核对。",
                "The date of birth in the ID card number lies ahead. Compare it with the card.",
            );
        }
        let phone = problems.note(Phone::parse(&self.phone), |error| {
            (FormField::Phone, error.zh().to_owned(), error.en().to_owned())
        });
        Some(Identity { name: name?, id_card: id_card.filter(|_| !unborn)?, phone: phone?, salt: None })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn good() -> NominationForm {
        NominationForm {
            source: "unit".to_owned(),
            unit: "县工会".to_owned(),
            category: "离退休干部".to_owned(),
            name: "张三".to_owned(),
            id_card: "１１０１０５１９４９１２３１００２ｘ".to_owned(),
            phone: "138 0013 8000".to_owned(),
            workplace: "原县教育局".to_owned(),
            consent: true,
            consent_sensitive: true,
        }
    }

    fn fields(form: &NominationForm) -> Vec<FormField> {
        let problems = form.check(&Rules::ningjin_2020(), date(2020, 11, 20)).unwrap_err();
        problems.into_iter().map(|problem| problem.field).collect()
    }

    #[test]
    fn a_form_is_read_with_the_half_of_its_category() {
        let (entry, identity) = good().check(&Rules::ningjin_2020(), date(2020, 11, 20)).unwrap();
        assert_eq!((entry.half.letter(), entry.unit.as_str()), ("A", "县工会"));
        assert_eq!(identity.id_card.expose(), "11010519491231002X");
        let alone = NominationForm { source: "self".to_owned(), ..good() };
        assert_eq!(alone.check(&Rules::ningjin_2020(), date(2020, 11, 20)).unwrap().0.unit, "");
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        use FormField::{Category, Consent, ConsentSensitive, IdCard, Name, Phone, Source, Unit};
        let all = fields(&NominationForm::default());
        assert_eq!(all, [Source, Category, Name, IdCard, Phone, Consent, ConsentSensitive]);
        assert_eq!(fields(&NominationForm { unit: " ".to_owned(), ..good() }), [Unit]);
        assert_eq!(fields(&NominationForm { consent_sensitive: false, ..good() }), [ConsentSensitive]);
        let unborn = good().check(&Rules::ningjin_2020(), date(1949, 12, 30)).unwrap_err();
        assert_eq!(unborn[0].field, IdCard);
        assert_eq!(format!("{:?}", good()), "NominationForm(…)");
    }
}
