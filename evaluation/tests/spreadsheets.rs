//! Spreadsheets as people really hand them in, and as an attacker would make them (`tests/fixtures/spreadsheets`, where
//! `make.py` writes them).
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::{fs, path::PathBuf, time::Instant};

use evaluation::{
    pool::Pool,
    spreadsheet::{Encoding, Sheet},
};
use proptest::prelude::*;

/// Each file with one fault, and what the clerk reads in Chinese and in English.
const HOSTILE: &[(&str, &str, &str)] = &[
    (
        "beyond_the_headings.xlsx",
        "标题行第 6 列是空的。请给这一列写上标题，或删除这一列。",
        "the heading of column 6 is empty. Name the column or delete it.",
    ),
    (
        "binary.xlsb",
        "这是二进制的 Excel 工作簿（.xlsb）。请在 Excel 中另存为“Excel 工作簿（.xlsx）”后再导入。",
        "this is a binary Excel workbook (.xlsb). Save it as an Excel workbook (.xlsx) and import that.",
    ),
    (
        "bomb.xlsx",
        "工作簿展开后过大，不像是一份名单。请把名单复制到新的工作簿，保存后再导入。",
        "the workbook unpacks to far more than a list would need. Copy the list into a new workbook and import that.",
    ),
    (
        "command.csv",
        "第 3 行“姓名”列：内容以“@”开头，表格软件会把它当作公式运行。请删去开头的“@”后再导入。",
        "row 3, column \"姓名\": it begins with \"@\", and spreadsheet programs would run it as a formula. Delete the \"@\" and import again.",
    ),
    (
        "cut_off.xlsx",
        "工作簿已损坏，可能复制不完整。请用表格软件打开，另存一份后再导入。",
        "the workbook is damaged; perhaps the copy was cut off. Open it in a spreadsheet program, save it again, and import that.",
    ),
    (
        "damaged.csv",
        "文件是 UTF-8 编码，但第 2 行有损坏的字符，可能复制不完整。请重新导出后再导入。",
        "the file is UTF-8, but line 2 has broken characters; perhaps the copy was cut off. Export it again.",
    ),
    (
        "empty.csv",
        "文件里没有内容。请检查是否选对了文件。",
        "the file has no content. Check that it is the right file.",
    ),
    (
        "empty.xlsx",
        "文件里没有内容。请检查是否选对了文件。",
        "the file has no content. Check that it is the right file.",
    ),
    (
        "empty.zip",
        "这是压缩文件或其他文档，里面没有 Excel 工作簿。请检查是否选对了文件。",
        "this is an archive or another document without an Excel workbook in it. Check that it is the right file.",
    ),
    (
        "entities.xlsx",
        "工作簿已损坏，可能复制不完整。请用表格软件打开，另存一份后再导入。",
        "the workbook is damaged; perhaps the copy was cut off. Open it in a spreadsheet program, save it again, and import that.",
    ),
    (
        "error_value.csv",
        "第 2 行“电话”列：这一格是错误值“#N/A”。请改成正确的内容后再导入。",
        "row 2, column \"电话\": this cell is the error #N/A. Correct it and import again.",
    ),
    (
        "error_value.xlsx",
        "第 4 行“类别”列：这一格是错误值“#REF!”。请改成正确的内容后再导入。",
        "row 4, column \"类别\": this cell is the error #REF!. Correct it and import again.",
    ),
    (
        "far_down.xlsx",
        "第 1048570 行还有内容，最多可有 100000 行。请删去多余的行，保存后再导入。",
        "there is content in row 1048570; there may be 100000 rows. Delete the rows that are too many and import again.",
    ),
    (
        "far_right.xlsx",
        "第 2 行的内容超出了前 200 列。请删去多余的列，保存后再导入。",
        "row 2 has content beyond the first 200 columns. Delete the columns that are too many and import again.",
    ),
    (
        "formula.csv",
        "第 3 行“姓名”列：内容以“=”开头，表格软件会把它当作公式运行。请删去开头的“=”后再导入。",
        "row 3, column \"姓名\": it begins with \"=\", and spreadsheet programs would run it as a formula. Delete the \"=\" and import again.",
    ),
    (
        "formula.xlsx",
        "第 2 行“姓名”列：这一格是公式，读到的结果可能与看到的不同。请复制这一列，用“选择性粘贴”粘贴为“数值”，保存后再导入。",
        "row 2, column \"姓名\": this cell is a formula; the result that was read may differ from what is seen. Copy the column, paste it as values, save, and import again.",
    ),
    (
        "formula_text.xlsx",
        "第 3 行“姓名”列：内容以“=”开头，表格软件会把它当作公式运行。请删去开头的“=”后再导入。",
        "row 3, column \"姓名\": it begins with \"=\", and spreadsheet programs would run it as a formula. Delete the \"=\" and import again.",
    ),
    (
        "full_width.csv",
        "第 4 行的编号“１００３”含有全角字母或数字。请改成半角“1003”后再导入。",
        "row 4: the id \"１００３\" has full-width letters or digits. Type it as \"1003\" and import again.",
    ),
    (
        "full_width.xlsx",
        "第 2 行的编号“Ｐ００１”含有全角字母或数字。请改成半角“P001”后再导入。",
        "row 2: the id \"Ｐ００１\" has full-width letters or digits. Type it as \"P001\" and import again.",
    ),
    (
        "full_width_half.xlsx",
        "第 2 行的半区“Ａ”不对，只能是半角的 A 或 B。",
        "row 2: the half \"Ａ\" must be A or B (not full-width).",
    ),
    (
        "heading_formula.xlsx",
        "第 1 行“D”列：这一格是公式，读到的结果可能与看到的不同。请复制这一列，用“选择性粘贴”粘贴为“数值”，保存后再导入。",
        "row 1, column \"D\": this cell is a formula; the result that was read may differ from what is seen. Copy the column, paste it as values, save, and import again.",
    ),
    (
        "hidden_column.xlsx",
        "“姓名”列是隐藏的。看不见的内容不会导入。请取消隐藏并核对，或删除这一列，保存后再导入。",
        "the column \"姓名\" is hidden, and what is not seen is not imported. Unhide and check it, or delete it, and import again.",
    ),
    (
        "hidden_row.xlsx",
        "第 3 行是隐藏的，也可能被筛选掉了。看不见的内容不会导入。请取消隐藏、清除筛选并核对，或删除这一行，保存后再导入。",
        "row 3 is hidden, perhaps by a filter, and what is not seen is not imported. Unhide and check it, or delete it, and import again.",
    ),
    (
        "hidden_sheet.xlsx",
        "有内容的工作表“旧名单”是隐藏的。请取消隐藏并核对，保存后再导入。",
        "the sheet with content, \"旧名单\", is hidden. Unhide and check it, save, and import again.",
    ),
    (
        "id_card.xlsx",
        "第 2 行“电话”列：这个数有 16 位或更多，而表格软件只保留前 15 位，后面的数字已经丢失。请把这一列的格式设为“文本”，重新输入后再导入。",
        "row 2, column \"电话\": this number has 16 digits or more, and spreadsheet programs keep 15; the last digits are lost. Format the column as text, type it again, and import again.",
    ),
    (
        "invisible.xlsx",
        "第 3 行“姓名”列含有看不见的字符 U+200B。请删除后重新输入这一格。",
        "row 3, column \"姓名\" has the invisible character U+200B. Delete it and type the cell again.",
    ),
    (
        "letter.doc",
        "这是其他办公软件的文件，不是 Excel 工作簿。请检查是否选对了文件。",
        "this is a file of another office program, not an Excel workbook. Check that it is the right file.",
    ),
    (
        "letter.docx",
        "这是压缩文件或其他文档，里面没有 Excel 工作簿。请检查是否选对了文件。",
        "this is an archive or another document without an Excel workbook in it. Check that it is the right file.",
    ),
    (
        "long_text.xlsx",
        "第 3 行“姓名”列：这一格的文字超过 32767 个字。请删短后再导入。",
        "row 3, column \"姓名\": this cell has more than 32767 characters. Shorten it and import again.",
    ),
    (
        "merged.xlsx",
        "第 3 行“类别”列起有合并的单元格（C3:C4），不能确定内容属于哪一行。请取消合并，把每一格填好，保存后再导入。",
        "from row 3, column \"类别\", cells are merged (C3:C4); nobody can tell which row they belong to. Unmerge them, fill in each cell, and import again.",
    ),
    (
        "merged_title.xlsx",
        "第 1 行“A”列起有合并的单元格（A1:E1），不能确定内容属于哪一行。请取消合并，把每一格填好，保存后再导入。",
        "from row 1, column \"A\", cells are merged (A1:E1); nobody can tell which row they belong to. Unmerge them, fill in each cell, and import again.",
    ),
    (
        "minus.csv",
        "第 3 行“姓名”列：内容以“-”开头，表格软件会把它当作公式运行。请删去开头的“-”后再导入。",
        "row 3, column \"姓名\": it begins with \"-\", and spreadsheet programs would run it as a formula. Delete the \"-\" and import again.",
    ),
    (
        "narrow.csv",
        "第 3 行有 3 格，标题行有 5 格，应当相同。请检查这一行的逗号和引号。",
        "row 3 has 3 cells, the heading row 5. Check the commas and quotes of this row.",
    ),
    (
        "narrow_column.xlsx",
        "“电话”列是隐藏的。看不见的内容不会导入。请取消隐藏并核对，或删除这一列，保存后再导入。",
        "the column \"电话\" is hidden, and what is not seen is not imported. Unhide and check it, or delete it, and import again.",
    ),
    (
        "no_day.xlsx",
        "第 2 行“电话”列：这一格的日期或时间不存在。请把这一列的格式设为“文本”，重新输入后再导入。",
        "row 2, column \"电话\": there is no such date or time. Format the column as text, type it again, and import again.",
    ),
    (
        "no_workbook.xlsx",
        "工作簿已损坏，可能复制不完整。请用表格软件打开，另存一份后再导入。",
        "the workbook is damaged; perhaps the copy was cut off. Open it in a spreadsheet program, save it again, and import that.",
    ),
    (
        "old.xls",
        "这是旧版的 Excel 工作簿（.xls）。请在 Excel 或 WPS 中另存为“Excel 工作簿（.xlsx）”后再导入。",
        "this is an old Excel workbook (.xls). Save it as an Excel workbook (.xlsx) and import that.",
    ),
    (
        "older.xls",
        "这是旧版的 Excel 工作簿（.xls）。请在 Excel 或 WPS 中另存为“Excel 工作簿（.xlsx）”后再导入。",
        "this is an old Excel workbook (.xls). Save it as an Excel workbook (.xlsx) and import that.",
    ),
    (
        "one_byte.xlsx",
        "工作簿已损坏，可能复制不完整。请用表格软件打开，另存一份后再导入。",
        "the workbook is damaged; perhaps the copy was cut off. Open it in a spreadsheet program, save it again, and import that.",
    ),
    (
        "open_document.ods",
        "这是 OpenDocument 表格（.ods）。请另存为“Excel 工作簿（.xlsx）”后再导入。",
        "this is an OpenDocument spreadsheet (.ods). Save it as an Excel workbook (.xlsx) and import that.",
    ),
    (
        "password.xlsx",
        "工作簿设有打开密码。请在 Excel 中取消密码，保存后再导入。",
        "the workbook opens with a password. Take the password off in Excel, save, and import again.",
    ),
    (
        "percent.xlsx",
        "第 2 行“电话”列：这个数按特殊格式显示，看到的与存储的不同。请把这一列的格式设为“文本”，重新输入后再导入。",
        "row 2, column \"电话\": this number has a special format; what is seen is not what is stored. Format the column as text, type it again, and import again.",
    ),
    (
        "plus.csv",
        "第 3 行“电话”列：内容以“+”开头，表格软件会把它当作公式运行。请删去开头的“+”后再导入。",
        "row 3, column \"电话\": it begins with \"+\", and spreadsheet programs would run it as a formula. Delete the \"+\" and import again.",
    ),
    (
        "same_id.xlsx",
        "第 5 行的编号“P001”与第 4 行重复（不分大小写）。请给每人一个编号。",
        "row 5: the id \"P001\" already stands in row 4 (case ignored). Give each person one id.",
    ),
    (
        "scientific.csv",
        "第 2 行“电话”列：“1.10101E+17”是科学计数法，原来的数字已经丢失。请把这一列的格式设为“文本”，重新输入后再导入。",
        "row 2, column \"电话\": \"1.10101E+17\" is scientific notation; the digits are lost. Format the column as text, type it again, and import again.",
    ),
    (
        "second_mark.csv",
        "第 1 行“编号”列含有看不见的字符 U+FEFF。请删除后重新输入这一格。",
        "row 1, column \"编号\" has the invisible character U+FEFF. Delete it and type the cell again.",
    ),
    (
        "several_sheets.xlsx",
        "有内容的工作表不止一个：“名单”、“说明”、“旧名单”（隐藏）。请只留下要导入的一个，保存后再导入。",
        "more than one sheet has content: \"名单\", \"说明\", \"旧名单\" (hidden). Keep the one to be imported, save, and import again.",
    ),
    (
        "shared_formula.xlsx",
        "第 3 行“电话”列：这一格是公式，读到的结果可能与看到的不同。请复制这一列，用“选择性粘贴”粘贴为“数值”，保存后再导入。",
        "row 3, column \"电话\": this cell is a formula; the result that was read may differ from what is seen. Copy the column, paste it as values, save, and import again.",
    ),
    (
        "twice.xlsx",
        "工作簿已损坏，可能复制不完整。请用表格软件打开，另存一份后再导入。",
        "the workbook is damaged; perhaps the copy was cut off. Open it in a spreadsheet program, save it again, and import that.",
    ),
    (
        "two_lines.xlsx",
        "第 3 行“姓名”列含有看不见的字符 U+000A。请删除后重新输入这一格。",
        "row 3, column \"姓名\" has the invisible character U+000A. Delete it and type the cell again.",
    ),
    (
        "utf16.csv",
        "无法识别文件的编码：既不是 UTF-8，也不是 GBK。请另存为“Excel 工作簿（.xlsx）”或“CSV UTF-8”后再导入。",
        "the file is neither UTF-8 nor GBK text. Save it as an Excel workbook (.xlsx) or \"CSV UTF-8\" and import again.",
    ),
    (
        "web_page.xls",
        "这是网页或 XML 文件，不是表格。请用表格软件打开，另存为“Excel 工作簿（.xlsx）”后再导入。",
        "this is a web page or XML, not a table. Open it in a spreadsheet program, save it as an Excel workbook (.xlsx) and import that.",
    ),
];

/// The files that are taken.
const GOOD: [&str; 7] = [
    "good.csv",
    "good.xlsx",
    "good_bom.csv",
    "good_days.xlsx",
    "good_gb18030.csv",
    "good_numbers.xlsx",
    "plus_number.csv",
];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/spreadsheets")
}

fn bytes(name: &str) -> Vec<u8> {
    fs::read(folder().join(name)).unwrap()
}

fn import(name: &str) -> String {
    Pool::import(&bytes(name)).unwrap().to_tsv()
}

#[test]
fn every_hostile_file_gets_its_exact_message() {
    for (name, zh, en) in HOSTILE {
        let start = Instant::now();
        let error = Pool::import(&bytes(name)).expect_err(name);
        assert_eq!((error.zh().as_str(), error.en().as_str()), (*zh, *en), "{name}");
        assert!(start.elapsed().as_secs() < 5, "{name} takes too long to refuse");
    }
}

#[test]
fn every_file_of_the_folder_is_tried() {
    let mut found: Vec<_> = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    found.retain(|name| name != "make.py");
    found.sort();
    let mut tried: Vec<_> = HOSTILE.iter().map(|(name, ..)| *name).chain(GOOD).collect();
    tried.sort_unstable();
    assert_eq!(found, tried);
}

#[test]
fn workbooks_and_tables_of_the_same_people_give_the_same_pool() {
    let pool = "public-draw/1\tpool\nid\thalf\tcategory\tname\t电话\n\
                1003\tA\t外地客商\t王　芳\t13800000003\n\
                P001\tA\t离退休干部\t李伟\t13800000001\n\
                P002\tB\t农民\t张𠮷\t13800000002\n";
    for name in ["good.csv", "good_bom.csv", "good_gb18030.csv", "good.xlsx", "good_numbers.xlsx"] {
        assert_eq!(import(name), pool, "{name}");
    }
}

#[test]
fn days_and_truth_values_have_one_spelling() {
    let pool = "public-draw/1\tpool\nid\thalf\tcategory\t出生日期\t同意\t登记时间\n\
                P1\tA\t农民\t1963-05-01\tTRUE\t2020-12-11T09:30:00\n\
                P2\tB\t农民\t1963-05-02\t否\t2020-12-11\n";
    assert_eq!(import("good_days.xlsx"), pool);
}

#[test]
fn a_telephone_number_with_a_plus_is_no_formula() {
    assert!(import("plus_number.csv").contains("\t+8613800000002\n"));
}

#[test]
fn rows_of_a_workbook_carry_the_number_a_person_sees() {
    let sheet = Sheet::read(&bytes("good_numbers.xlsx")).unwrap();
    assert_eq!(sheet.encoding(), Encoding::Workbook);
    assert_eq!(sheet.header().number(), 2);
    assert_eq!(sheet.rows().iter().map(evaluation::spreadsheet::Row::number).collect::<Vec<_>>(), [4, 5, 6]);
    assert!(sheet.rows().iter().all(|row| row.cells().len() == 5));
}

/// A workbook, with some bytes changed, and perhaps cut off.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let names: Vec<&str> =
        HOSTILE.iter().map(|(name, ..)| *name).chain(GOOD).filter(|name| *name != "bomb.xlsx").collect();
    let changes = proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8);
    (prop::sample::select(names), changes, proptest::option::weighted(0.2, any::<prop::sample::Index>()))
        .prop_map(|(name, changes, cut)| {
            let mut bytes = bytes(name);
            for (place, value) in changes {
                let place = place.index(bytes.len());
                bytes[place] = value;
            }
            if let Some(cut) = cut {
                bytes.truncate(cut.index(bytes.len()));
            }
            bytes
        })
}

/// A workbook whose sheet is made of scraps of real ones, in any order, so that it unpacks and is wrong inside.
fn scraps() -> impl Strategy<Value = Vec<u8>> {
    const SCRAPS: [&str; 24] = [
        "<row r=\"2\">",
        "<row>",
        "<row r=\"0\">",
        "</row>",
        "<c r=\"B2\">",
        "<c t=\"s\">",
        "<c t=\"d\">",
        "<c s=\"2\">",
        "<c t=\"x\">",
        "</c>",
        "<v>1</v>",
        "<v>-1e308</v>",
        "<v>NaN</v>",
        "<v>18446744073709551616</v>",
        "<f>A1</f>",
        "<is><t>&amp;</t></is>",
        "<is><rPh><t>x</t></rPh></is>",
        "&#x110000;",
        "<mergeCell ref=\"A1:ZZZ99\"/>",
        "<col min=\"0\" max=\"99999999999\" hidden=\"1\"/>",
        "<c r=\"XFD1048576\">",
        "<![CDATA[x]]>",
        "\u{0}",
        "<v> </v>",
    ];
    proptest::collection::vec(prop::sample::select(SCRAPS.to_vec()), 0..40).prop_map(|scraps| {
        let sheet = format!("<worksheet><sheetData>{}</sheetData></worksheet>", scraps.concat());
        with_sheet(&sheet)
    })
}

/// `good.xlsx` with another first sheet.
fn with_sheet(sheet: &str) -> Vec<u8> {
    with_part("xl/worksheets/sheet1.xml", sheet, &bytes("good.xlsx"))
}

/// A workbook with another part.
fn with_part(path: &str, part: &str, workbook: &[u8]) -> Vec<u8> {
    use std::io::{Cursor, Read, Write};
    let mut from = zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..from.len() {
        let mut entry = from.by_index(index).unwrap();
        let name = entry.name().unwrap().into_owned();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        to.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        to.write_all(if name == path { part.as_bytes() } else { &content }).unwrap();
    }
    to.finish().unwrap().into_inner()
}

/// A hundred thousand equal cells and what follows them.
fn many_cells(cell: &str, after: &str) -> Vec<u8> {
    let rows = format!("<row>{}</row>", cell.repeat(100)).repeat(1000);
    with_sheet(&format!("<worksheet><sheetData>{rows}</sheetData>{after}</worksheet>"))
}

/// Every cell refers to one text.
fn referring(text: &str) -> Vec<u8> {
    let strings = format!("<sst><si><t>{text}</t></si></sst>");
    with_part("xl/sharedStrings.xml", &strings, &many_cells("<c t=\"s\"><v>0</v></c>", ""))
}

#[test]
fn no_small_file_makes_the_reader_work_long() {
    let one = "<c><v>1</v></c>";
    let sheets = "<sheet name=\"a\" r:id=\"rId1\"/>".repeat(200_000);
    let sheets = format!("<workbook xmlns:r=\"r\"><sheets>{sheets}</sheets></workbook>");
    for (name, bytes) in [
        ("merged ranges", many_cells(one, &"<mergeCell ref=\"A9999:B9999\"/>".repeat(100_000))),
        ("hidden columns", many_cells(one, &"<col min=\"900\" max=\"901\" hidden=\"1\"/>".repeat(50_000))),
        ("a long text, often", referring(&"长".repeat(4_000_000))),
        ("a text of some length, often", referring(&"x".repeat(30_000))),
        ("spaces, often", referring(&" ".repeat(30_000))),
        ("many sheets", with_part("xl/workbook.xml", &sheets, &bytes("good.xlsx"))),
    ] {
        let start = Instant::now();
        assert!(Pool::import(&bytes).is_err(), "{name}");
        assert!(start.elapsed().as_secs() < 20, "{name}: {:?}", start.elapsed());
    }
}

#[test]
fn a_sheet_can_be_exchanged_for_the_property_tests() {
    let sheet =
        "<worksheet><sheetData><row><c t=\"inlineStr\"><is><t>a</t></is></c></row></sheetData></worksheet>";
    assert_eq!(Sheet::read(&with_sheet(sheet)).unwrap().header().cells(), ["a"]);
}

proptest! {
    #[test]
    fn no_mutated_file_makes_the_reader_panic(bytes in mutated()) {
        if let Err(error) = Pool::import(&bytes) {
            prop_assert!(!error.zh().is_empty() && !error.en().is_empty());
        }
    }

    #[test]
    fn no_sheet_makes_the_reader_panic(bytes in scraps()) {
        let _ = Pool::import(&bytes);
    }

    #[test]
    fn no_bytes_in_a_container_make_the_reader_panic(
        start in prop::sample::select(vec![&b"PK\x03\x04"[..], b"PK\x05\x06", b"\xd0\xcf\x11\xe0"]),
        rest in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        prop_assert!(Pool::import(&[start, &rest].concat()).is_err());
    }
}
