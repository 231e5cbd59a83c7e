//! Writes the specimen sheet, a page with every part, to the folder named on the command line.

use std::{env, error::Error, fs, path::PathBuf};

use appearance::parts::{
    Column, Field, FieldKind, Row, Share, Step, Tone, alert, bar, grade_icon, legend, progress, qr_svg,
    steps, table,
};
use appearance::{Language, Link, MARK, Page, STYLE, Text};
use maud::{Markup, Render as _, html};

const GRADES: [&str; 4] = ["满意", "较满意", "一般", "不满意"];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::args().nth(1).unwrap_or_else(|| "target/specimen".into()));
    fs::create_dir_all(folder.join("assets"))?;
    for asset in [&*STYLE, &*MARK] {
        fs::write(folder.join("assets").join(asset.file_name()), asset.bytes())?;
    }
    let navigation =
        [("首页", false), ("被评股室", false), ("代表抽取", false), ("评议结果", true), ("独立验证", false)]
            .map(|(label, current)| Link { label, url: "#", current });
    let page = Page {
        county: "宁晋县",
        navigation: &navigation,
        other_language: Some("?lang=en"),
        watermark: Some(Text::new("演练，不是正式投票", "Rehearsal, not the real poll")),
        footer: Some(html! { p { a href="#" { "下载全部公开文件" } } }),
        ..Page::new("样张", Language::Chinese, body()?)
    };
    // Opened from the file system, so the paths of the assets must be relative.
    let text = page.render().into_string().replace("\"/assets/", "\"assets/");
    fs::write(folder.join("specimen.html"), text)?;
    Ok(())
}

fn body() -> Result<Markup, Box<dyn Error>> {
    let stages = ["名单公示", "入库", "抽取", "投票", "公布"].map(|label| Step { label, url: None });
    Ok(html! {
        h1 { "2020 年度评议结果" }
        p class="lead" { "100 名评议代表对 70 个股室逐一评议，票加密后相加，只解密总数。" }
        (steps(&stages, 3))
        (progress(64, 100, "已投 64 / 100"))
        (alert(Tone::Done, "结果已核验", &html! { p { "抽取、计票、排名均可由任何人重算。" } }))
        (alert(Tone::Note, "投票进行中", &html! { p { "揭晓前只公布投票人数。" } }))
        (alert(Tone::Warning, "并列", &html! { p { "第 36 名并列，须由领导小组决定。" } }))
        (alert(Tone::Problem, "导入失败", &html! { p { "第 57 行缺少列 half，未导入任何一行。" } }))
        h2 { "排名" }
        (legend(&GRADES))
        (ranking())
        h2 { "表单" }
        (form())
        h2 { "卡片" }
        div class="cards" {
            div class="card" { p class="muted" { "已投票" } p class="figure" { "64" } p { "共 100 张卡" } }
            a class="card" href="#" { h3 { "独立验证" } p { "下载公开文件，在自己的电脑上重算。" } }
            div class="card" { p { "回执码" } (qr_svg("https://example.invalid/7Gk2", "回执码")?) }
        }
        p class="figure" { @for index in 0..4 { (grade_icon(index)) " " } }
        div class="notice" { h2 { (Text::new("投票公告", "Notice of the poll")) } }
    })
}

fn ranking() -> Markup {
    let columns = [
        Column::numbers("名次"),
        Column::words("股室"),
        Column::words("各档票数"),
        Column::numbers("得分"),
        Column::words("标记"),
    ];
    let offices = [
        ("行政审批局社会事务股", [88, 10, 2, 0]),
        ("水务局水利工程建设管理与河湖管理运行股", [40, 30, 20, 10]),
        ("中国联合网络通信有限公司宁晋县分公司凤凰路营业厅", [20, 20, 30, 30]),
    ];
    table(
        "政府部门",
        &columns,
        offices.iter().zip(1_u8..).map(|((name, counts), rank)| {
            let mut labels = GRADES.into_iter();
            let shares = counts.map(|count| Share { label: labels.next().unwrap_or_default(), count });
            let cells = vec![
                html! { (rank) },
                html! { (name) },
                html! { (bar(&shares)) span class="small muted" { @for count in counts { (count) " " } } },
                html! { "9" (rank) ".40" },
                html! { @if rank == 3 { span class="badge flagged" { "后三名" } } @else { span class="badge" { "—" } } },
            ];
            Row { flagged: rank == 3, ..Row::from(cells) }
        }),
    )
}

fn form() -> Markup {
    html! {
        form method="post" {
            (Field { hint: Some("由管理员发给您"), ..Field::line("account", "账号") })
            (Field { error: Some("密码太短，至少 12 个字"), ..Field::new("password", "密码", FieldKind::Password { new: true }) })
            (Field::new("role", "角色", FieldKind::Choice(&[("supervisor", "监督员"), ("auditor", "审计员")])))
            (Field::new("pool", "入库人员名单（CSV）", FieldKind::File(".csv")))
            (Field::new("statement", "述职（400 字以内）", FieldKind::Lines { rows: 4, longest: Some(400) }))
            div class="actions" {
                button class="primary" { "保存" } button { "取消" } button class="grave" { "撤销" } button disabled { "未到时间" }
            }
        }
    }
}
