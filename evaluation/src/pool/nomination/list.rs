//! Lists of people that were collected on paper and typed into a spreadsheet.

use crate::{
    pool::{
        Category, Half,
        identity::{IdCardNumber, PersonName, Phone},
        nomination::note,
    },
    rules::Rules,
    spreadsheet::{Column, Row, Sheet, SpreadsheetError},
};

/// One row of such a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedPerson {
    /// The row as the spreadsheet numbers it.
    pub row: usize,
    /// The name.
    pub name: PersonName,
    /// The ID card number.
    pub id_card: IdCardNumber,
    /// The phone number.
    pub phone: Phone,
    /// The half that the category belongs to.
    pub half: Half,
    /// The category.
    pub category: Category,
    /// The unit that recommends the person; empty if nobody does.
    pub unit: String,
    /// Workplace and position; may be empty.
    pub workplace: String,
}

const NAME: &[&str] = &["姓名"];
const ID_CARD: &[&str] = &["身份证号", "身份证号码", "公民身份号码", "身份证"];
const PHONE: &[&str] = &["手机", "电话", "手机号", "手机号码", "联系电话", "电话号码"];
const CATEGORY: &[&str] = &["类别", "人员类别"];
const UNIT: &[&str] = &["推荐单位"];
const WORKPLACE: &[&str] = &["工作单位及职务", "工作单位和职务", "单位及职务", "工作单位"];
/// Read over: it says nothing about the person.
const NUMBER: &[&str] = &["序号"];

struct Columns {
    name: Column,
    id_card: Column,
    phone: Column,
    category: Column,
    unit: Option<Column>,
    workplace: Option<Column>,
}

/// The people of a list. The headings are 姓名, 身份证号, 手机 (or 电话), 类别, and, if wanted, 推荐单位, 工作单位及职务 and
/// 序号. The half follows from the category.
///
/// # Errors
/// Everything that is wrong, with row and column; numbers are not repeated.
pub fn read_list(sheet: &Sheet, rules: &Rules) -> Result<Vec<ListedPerson>, Vec<SpreadsheetError>> {
    let columns = Columns::find(sheet)?;
    let (mut people, mut complaints) = (Vec::new(), Vec::new());
    for row in sheet.rows() {
        match columns.person(row, rules) {
            Ok(person) => people.push(person),
            Err(mut wrong) => complaints.append(&mut wrong),
        }
    }
    if people.is_empty() && complaints.is_empty() {
        complaints.push(SpreadsheetError::Empty);
    }
    if complaints.is_empty() { Ok(people) } else { Err(complaints) }
}

impl Columns {
    fn find(sheet: &Sheet) -> Result<Self, Vec<SpreadsheetError>> {
        let mut complaints: Vec<_> = sheet.check_widths().err().into_iter().collect();
        let known = [NAME, ID_CARD, PHONE, CATEGORY, UNIT, WORKPLACE, NUMBER].concat();
        for heading in sheet.header().cells().iter().map(|heading| heading.trim()) {
            if !heading.is_empty()
                && !known.contains(&heading)
                && let Ok(column) = sheet.require_column(&[heading])
            {
                complaints.push(sheet.header().complaint(
                    &column,
                    "不认识这一列，请删去后再导入。",
                    "this column is not understood. Delete it and import again.",
                ));
            }
        }
        let required = [NAME, ID_CARD, PHONE, CATEGORY].map(|names| sheet.require_column(names));
        let [Ok(name), Ok(id_card), Ok(phone), Ok(category)] = required else {
            complaints.extend(required.into_iter().filter_map(Result::err));
            return Err(complaints);
        };
        if !complaints.is_empty() {
            return Err(complaints);
        }
        let (unit, workplace) = (sheet.find_column(UNIT), sheet.find_column(WORKPLACE));
        Ok(Self { name, id_card, phone, category, unit, workplace })
    }

    fn person(&self, row: &Row, rules: &Rules) -> Result<ListedPerson, Vec<SpreadsheetError>> {
        let name = PersonName::parse(row.cell(&self.name))
            .map_err(|error| row.complaint(&self.name, error.zh(), error.en()));
        let id_card = IdCardNumber::parse(row.cell(&self.id_card))
            .map_err(|error| row.complaint(&self.id_card, error.zh(), error.en()));
        let phone = Phone::parse(row.cell(&self.phone))
            .map_err(|error| row.complaint(&self.phone, error.zh(), error.en()));
        let category = find_category(row, &self.category, rules);
        let unit = optional(row, self.unit.as_ref());
        let workplace = optional(row, self.workplace.as_ref());
        match (name, id_card, phone, category, unit, workplace) {
            (Ok(name), Ok(id_card), Ok(phone), Ok((half, category)), Ok(unit), Ok(workplace)) => {
                let row = row.number();
                Ok(ListedPerson { row, name, id_card, phone, half, category, unit, workplace })
            }
            (name, id_card, phone, category, unit, workplace) => {
                let wrong =
                    [name.err(), id_card.err(), phone.err(), category.err(), unit.err(), workplace.err()];
                Err(wrong.into_iter().flatten().collect())
            }
        }
    }
}

fn find_category(row: &Row, column: &Column, rules: &Rules) -> Result<(Half, Category), SpreadsheetError> {
    let text = row.cell(column);
    rules.pool.find_category(text).ok_or_else(|| {
        let known: Vec<_> = rules.pool.category_names().collect();
        let known = known.join("、");
        if text.is_empty() {
            let (zh, en) =
                (format!("请填写类别，可填：{known}。"), format!("fill in the category, one of {known}."));
            return row.complaint(column, zh, en);
        }
        let shown: String = text.chars().take(20).collect();
        row.complaint(
            column,
            format!("规则中没有“{shown}”这一类别，可填：{known}。"),
            format!("the rules have no category \"{shown}\"; the categories are {known}."),
        )
    })
}

fn optional(row: &Row, column: Option<&Column>) -> Result<String, SpreadsheetError> {
    let Some(column) = column else { return Ok(String::new()) };
    note(row.cell(column)).map_err(|error| row.complaint(column, error.zh(), error.en()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "序号,姓名,身份证号,手机,类别,推荐单位,工作单位及职务\n\
        1,张\u{3000}三,11010519491231002x,138 0013 8000,离退休干部,县工会,原县教育局干部\n\
        2,买买提•艾力,４４０５２４１８８００１０１００１４,0319-5800000,农民,,\n";

    fn read(text: &str) -> Result<Vec<ListedPerson>, Vec<SpreadsheetError>> {
        read_list(&Sheet::read(text.as_bytes()).unwrap(), &Rules::ningjin_2020())
    }

    #[test]
    fn a_list_from_paper_is_read() {
        let people = read(LIST).unwrap();
        assert_eq!(people[0].name.expose(), "张三");
        assert_eq!((people[0].half, people[0].unit.as_str(), people[0].row), (Half::A, "县工会", 2));
        assert_eq!(people[1].id_card.expose(), "440524188001010014");
        assert_eq!((people[1].half, people[1].phone.expose()), (Half::B, "03195800000"));
        let other = LIST.replace("身份证号", "公民身份号码").replace("手机", "联系电话");
        assert_eq!(read(&other).unwrap(), people);
    }

    #[test]
    fn every_complaint_comes_at_once_with_row_and_column_and_repeats_no_number() {
        let text = LIST
            .replace("11010519491231002x", "110105194912310021")
            .replace("138 0013 8000", "1380013800")
            .replace("农民", "渔民")
            .replace("买买提•艾力", "买买提1");
        let wrong = read(&text).unwrap_err();
        let words: Vec<_> = wrong.iter().map(SpreadsheetError::zh).collect();
        assert_eq!(wrong.len(), 4, "{words:?}");
        for (zh, beginning) in
            words.iter().zip(["第 2 行“身份证号”列", "第 2 行“手机”列", "第 3 行“姓名”列", "第 3 行“类别”列"])
        {
            assert!(zh.starts_with(beginning), "{zh}");
        }
        assert!(words.iter().all(|zh| !zh.contains("110105") && !zh.contains("138001")), "{words:?}");
        assert!(words[3].contains("渔民") && words[3].contains("农民"));
    }

    #[test]
    fn headings_are_checked_before_rows() {
        let missing = read("姓名,类别\n张三,农民\n").unwrap_err();
        assert_eq!(missing.len(), 2);
        assert!(missing[0].zh().contains("身份证号") && missing[1].zh().contains("手机"));
        let unknown = read(&LIST.replace("推荐单位", "性别")).unwrap_err();
        assert!(unknown[0].zh().contains("“性别”列") && unknown[0].zh().contains("不认识"));
        assert_eq!(read("姓名,身份证号,手机,类别\n"), Err(vec![SpreadsheetError::Empty]));
    }

    #[test]
    fn a_rounded_number_is_explained() {
        let wrong = read(&LIST.replace("11010519491231002x", "1.10105E+17")).unwrap_err();
        assert!(wrong[0].zh().contains("文本"), "{}", wrong[0].zh());
    }
}
