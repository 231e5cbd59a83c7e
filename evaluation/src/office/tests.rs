use std::collections::BTreeSet;

use super::{NINGJIN_2020, OfficeNumber, OfficeNumberError, Offices, ningjin_2020};
use crate::{rules::Rules, spreadsheet::SpreadsheetError};

const HEADER: &str = "number,section,unit,office,scope,carried_over,full_name\n";

fn import(rows: &str) -> Result<Offices, SpreadsheetError> {
    Offices::from_csv(format!("{HEADER}{rows}").as_bytes(), &Rules::ningjin_2020())
}

/// The row and column that the refusal of `rows` names.
#[track_caller]
fn assert_refused(rows: &str, place: (usize, &str)) {
    match import(rows) {
        Err(SpreadsheetError::Cell { row, column, .. }) => assert_eq!((row, column.as_str()), place),
        other => panic!("{other:?}"),
    }
}

#[test]
fn real_list_is_the_notices() {
    let offices = ningjin_2020();
    let section = |id: &str| {
        let id = id.parse().unwrap();
        let offices: Vec<_> = offices.in_section(&id).collect();
        let units: BTreeSet<_> = offices.iter().map(|office| office.unit.as_str()).collect();
        (offices.len(), units.len())
    };
    assert_eq!(offices.len(), 70);
    assert_eq!(section("government"), (46, 28));
    assert_eq!(section("vertical"), (24, 24));
    assert_eq!(offices.iter().filter(|office| office.carried_over).count(), 10);
    let seven = offices.find("7".parse().unwrap()).unwrap();
    assert_eq!((seven.number.index(), seven.full_name.as_str()), (6, "宁晋县自来水公司"));
    assert_eq!(offices.find("71".parse().unwrap()), None);
}

#[test]
fn real_list_is_written_byte_for_byte() {
    assert_eq!(ningjin_2020().to_csv(), NINGJIN_2020);
}

#[test]
fn list_may_be_gbk_with_chinese_headings_in_any_order() {
    let text = "全称,编号,部分,单位,股室,评议范围,上年后十名\n\
                水务局一股（水政）,2,政府部门,水务局,一股,水政,是\n\
                气象台,1,垂直管理部门,气象局,气象台,,否\n";
    let (gbk, _, _) = encoding_rs::GBK.encode(text);
    let offices = Offices::from_csv(&gbk, &Rules::ningjin_2020()).unwrap();
    assert_eq!(
        offices.to_csv(),
        "number,section,unit,office,scope,carried_over,full_name\r\n\
         1,vertical,气象局,气象台,,false,气象台\r\n\
         2,government,水务局,一股,水政,true,水务局一股（水政）\r\n"
    );
}

#[test]
fn every_refusal_names_row_and_column() {
    let good = "1,government,甲局,一股,,false,甲局一股\n";
    assert!(import(good).is_ok());
    for (row, column) in [
        ("1,government,甲局,二股,,false,甲局二股\n", "number"),
        ("3,government,甲局,二股,,false,甲局二股\n", "number"),
        ("0,government,甲局,二股,,false,甲局二股\n", "number"),
        ("02,government,甲局,二股,,false,甲局二股\n", "number"),
        ("二,government,甲局,二股,,false,甲局二股\n", "number"),
        (",government,甲局,二股,,false,甲局二股\n", "number"),
        ("65536,government,甲局,二股,,false,甲局二股\n", "number"),
        ("2,goverment,甲局,二股,,false,甲局二股\n", "section"),
        ("2,government,,二股,,false,甲局二股\n", "unit"),
        ("2,government,甲局,　,,false,甲局二股\n", "office"),
        ("2,government,甲局,=二股,,false,甲局二股\n", "office"),
        ("2,government,甲局,二股,水\u{200b}政,false,甲局二股\n", "scope"),
        ("2,government,甲局,二股,,maybe,甲局二股\n", "carried_over"),
        ("2,government,甲局,二股,,false,\n", "full_name"),
        ("2,government,甲局,二股,,false,甲局一股\n", "full_name"),
    ] {
        assert_refused(&format!("{good}{row}"), (3, column));
    }
}

#[test]
fn lists_of_another_shape_are_refused() {
    let rules = Rules::ningjin_2020();
    assert!(matches!(import("1,government,甲局\n"), Err(SpreadsheetError::Width { row: 2, .. })));
    assert!(matches!(import(""), Err(SpreadsheetError::Empty)));
    let missing = Offices::from_csv("number,section\n1,government\n".as_bytes(), &rules);
    assert!(matches!(missing, Err(SpreadsheetError::MissingColumn { .. })));
    let unknown = format!("{},电话\n1,government,甲局,一股,,false,甲局一股,123\n", HEADER.trim_end());
    match Offices::from_csv(unknown.as_bytes(), &rules) {
        Err(SpreadsheetError::Cell { row: 1, column, .. }) => assert_eq!(column, "电话"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn office_numbers_have_one_text_form() {
    assert_eq!("70".parse::<OfficeNumber>().map(|number| number.to_string()), Ok("70".to_owned()));
    for text in ["", "0", "07", "+7", "-7", " 7", "7 ", "65536"] {
        assert_eq!(text.parse::<OfficeNumber>(), Err(OfficeNumberError), "{text:?}");
    }
}
