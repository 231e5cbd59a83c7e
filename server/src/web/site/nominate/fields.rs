//! The fields of the form, filled in as they were typed, with what is wrong beside each.

use appearance::parts::{Field, FieldKind};
use evaluation::rules::{Half, Rules};
use maud::{Markup, html};

use crate::service::nomination::{FormField, FormProblem, NominationForm};
use crate::web::form::Form;
use crate::web::layout::Frame;

/// The form as a page shows it.
#[derive(Debug)]
pub(super) struct FormView {
    /// What this copy of the form carries.
    pub(super) token: String,
    /// What was typed.
    pub(super) typed: NominationForm,
    /// What is wrong with it.
    pub(super) problems: Vec<FormProblem>,
}

/// The name of a field in the form and in the page.
pub(super) const fn name(field: FormField) -> &'static str {
    match field {
        FormField::Source => "source",
        FormField::Unit => "unit",
        FormField::Category => "category",
        FormField::Name => "name",
        FormField::IdCard => "id_card",
        FormField::Phone => "phone",
        FormField::Workplace => "workplace",
        FormField::Consent => "consent",
        FormField::ConsentSensitive => "consent_sensitive",
    }
}

/// What was typed.
pub(super) fn read(form: &Form) -> NominationForm {
    let text = |field| form.raw(name(field)).to_owned();
    NominationForm {
        source: text(FormField::Source),
        unit: text(FormField::Unit),
        category: text(FormField::Category),
        name: text(FormField::Name),
        id_card: text(FormField::IdCard),
        phone: text(FormField::Phone),
        workplace: text(FormField::Workplace),
        consent: form.ticked(name(FormField::Consent)),
        consent_sensitive: form.ticked(name(FormField::ConsentSensitive)),
    }
}

impl FormView {
    pub(super) fn empty(token: &str) -> Self {
        Self { token: token.to_owned(), typed: NominationForm::default(), problems: Vec::new() }
    }

    fn problem(&self, frame: &Frame, field: FormField) -> Option<String> {
        let found = self.problems.iter().find(|problem| problem.field == field)?;
        Some(frame.pick(found.zh.clone(), found.en.clone()))
    }

    fn line(&self, frame: &Frame, field: FormField, label: &str, hint: &str, value: &str) -> Markup {
        let error = self.problem(frame, field);
        let optional = matches!(field, FormField::Unit | FormField::Workplace);
        html! {
            (Field {
                hint: Some(hint).filter(|hint| !hint.is_empty()),
                error: error.as_deref(),
                value,
                required: !optional,
                ..Field::new(name(field), label, FieldKind::Line(if field == FormField::Phone { "tel" } else { "text" }))
            })
        }
    }

    /// All fields but the consents.
    pub(super) fn fields(&self, frame: &Frame, rules: &Rules) -> Markup {
        let typed = &self.typed;
        html! {
            (self.sources(frame))
            (self.line(frame, FormField::Unit, frame.say("推荐单位（单位推荐时填写）", "Recommending unit (if a unit sends this)"), "", &typed.unit))
            (self.categories(frame, rules))
            (self.line(frame, FormField::Name, frame.say("姓名", "Name"), frame.say("与身份证一致", "As on the ID card"), &typed.name))
            (self.line(frame, FormField::IdCard, frame.say("身份证号", "ID card number"), frame.say("18 位；只用于核对身份，不公布", "18 characters; used to check the identity, never published"), &typed.id_card))
            (self.line(frame, FormField::Phone, frame.say("手机或电话", "Phone"), frame.say("座机请带区号；不公布", "A line with its area code; never published"), &typed.phone))
            (self.line(frame, FormField::Workplace, frame.say("工作单位及职务（可不填）", "Workplace and position (may stay empty)"), "", &typed.workplace))
        }
    }

    fn sources(&self, frame: &Frame) -> Markup {
        let problem = self.problem(frame, FormField::Source);
        let options = [
            ("self", frame.say("个人自荐", "I nominate myself")),
            ("unit", frame.say("单位推荐", "A unit recommends the person")),
        ];
        html! {
            fieldset class={ "field" @if problem.is_some() { " wrong" } } id="source" {
                legend { (frame.say("提名方式", "Who sends this")) }
                @if let Some(problem) = &problem { p class="error" { (problem) } }
                @for (value, label) in options {
                    label class="choice" {
                        input type="radio" name="source" value=(value) required checked[self.typed.source == value];
                        " " (label)
                    }
                }
            }
        }
    }

    fn categories(&self, frame: &Frame, rules: &Rules) -> Markup {
        let problem = self.problem(frame, FormField::Category);
        let names = [frame.say("A 组", "Half A"), frame.say("B 组", "Half B")];
        html! {
            div class={ "field" @if problem.is_some() { " wrong" } } {
                label for="category" { (frame.say("人员类别", "Category")) }
                @if let Some(problem) = &problem { p class="error" id="category-error" { (problem) } }
                select id="category" name="category" required aria-describedby=[problem.as_ref().map(|_| "category-error")] {
                    option value="" { (frame.say("请选择", "Choose")) }
                    @for (half, half_name) in Half::ALL.into_iter().zip(names) {
                        optgroup label=(half_name) {
                            @for category in &rules.pool.halves.of(half).categories {
                                option value=(category.name.zh) selected[category.name.zh == self.typed.category] { (frame.label(&category.name)) }
                            }
                        }
                    }
                }
            }
        }
    }

    /// The two consents.
    pub(super) fn consents(&self, frame: &Frame) -> Markup {
        html! {
            (self.consent(frame, FormField::Consent, self.typed.consent, frame.say(
                "已阅读告知书。本人（单位推荐的，被推荐人本人）自愿同意按告知书处理姓名、电话、类别、工作单位及职务等个人信息。",
                "I have read the notice. I (or, if a unit sends this, the person recommended) freely consent to the handling of name, phone, category, workplace and position as it says.",
            )))
            (self.consent(frame, FormField::ConsentSensitive, self.typed.consent_sensitive, frame.say(
                "本人（单位推荐的，被推荐人本人）单独同意处理身份证号这一敏感个人信息，并同意公布由它算出的身份锚。",
                "I (or the person recommended) consent separately to the handling of the ID card number, which is sensitive, and to the publication of the anchor computed from it.",
            )))
        }
    }

    fn consent(&self, frame: &Frame, field: FormField, ticked: bool, words: &str) -> Markup {
        let problem = self.problem(frame, field);
        html! {
            div class={ "field tick" @if problem.is_some() { " wrong" } } {
                @if let Some(problem) = &problem { p class="error" { (problem) } }
                label for=(name(field)) {
                    input type="checkbox" id=(name(field)) name=(name(field)) value="yes" required checked[ticked];
                    span { (words) }
                }
            }
        }
    }
}
