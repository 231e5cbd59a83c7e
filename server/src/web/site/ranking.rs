//! `/ranking`: rank, score and counts of every office, once the hall has been told.

use appearance::parts::{Share, Tone, alert, bar, grade_icon, legend};
use axum::extract::State;
use evaluation::decision::Cut;
use evaluation::grade::Grade;
use evaluation::ranking::{RankedOffice, Ranking, SectionRanking, Tie};
use evaluation::rules::{Rules, Section};
use maud::{Markup, html};

use super::SiteError;
use super::home::turnout;
use crate::domain::PollState;
use crate::service::Context;
use crate::service::public::{self, PublicPoll, PublicRanking, Year};
use crate::web::counted::counted;
use crate::web::layout::{Frame, Place};

pub(super) async fn show(frame: Frame, State(context): State<Context>) -> Result<Markup, SiteError> {
    Ok(match public::ranking(&context).await? {
        Some((year, PublicRanking::Revealed { ranking, poll, published })) => {
            page(&frame.in_county(&year.rules.county), &year, &ranking, &poll, published)
        }
        Some((year, PublicRanking::NotRevealed(poll))) => {
            not_revealed(&frame.in_county(&year.rules.county), poll.as_ref())
        }
        None => not_revealed(&frame, None),
    })
}

/// Before the reveal: the turnout, and nothing else.
pub(super) fn not_revealed(frame: &Frame, poll: Option<&PublicPoll>) -> Markup {
    let title = frame.say("评议排名", "The ranking");
    let body = html! {
        h1 { (title) }
        (alert(Tone::Note, frame.say("结果尚未揭晓", "The result is not revealed yet"), &html! { p {
            (frame.say(
                "票一直是加密的，没有任何人看得到中间结果。投票结束、对账平衡、监票人按规则的人数共同解密总数，主持人在会场逐步揭晓；会场宣布完毕，排名在此公布。",
                "All ballots are encrypted, and nobody sees any result before its time. Voting ends, the counts must \
                 balance, the trustees decrypt the totals together, and the chair reveals them in the hall step by step; \
                 after the last step the ranking appears here.",
            ))
        } }))
        @if let Some(poll) = poll {
            h2 {
                @if poll.state == PollState::Revealed { (frame.say("正在会场揭晓", "Being revealed in the hall")) }
                @else { (frame.say(poll.state.zh(), poll.state.en())) }
            }
            @if let Some(count) = poll.turnout { (turnout(frame, count)) }
            @if let Some(time) = poll.opened_at {
                p class="muted" { (frame.say("开始：", "Opened: ")) (frame.minute(time)) }
            }
            @if let Some(time) = poll.closed_at {
                p class="muted" { (frame.say("结束：", "Closed: ")) (frame.minute(time)) }
            }
        }
    };
    frame.page(Some(Place::Ranking), title, body)
}

/// The ranking of both sections.
pub(super) fn page(
    frame: &Frame,
    year: &Year,
    ranking: &Ranking,
    poll: &PublicPoll,
    published: bool,
) -> Markup {
    let rules = &year.rules;
    let title = frame.pick(format!("{}评议排名", rules.year), format!("Ranking {}", rules.year));
    let labels: Vec<_> = rules.grades.iter().map(|grade| frame.label(&grade.name)).collect();
    let ballots = poll.turnout.map_or(0, |turnout| turnout.ballots);
    let body = html! {
        div class="notice-head" {
            h1 { (frame.label(&rules.title)) (frame.say("排名", ": ranking")) }
            p class="lead" {
                (frame.pick(
                    format!("共{ballots}张票，每张票对全部{}个股室逐一评议。", ranking.offices().count()),
                    format!("{}, each of which rates all {} offices.", counted(ballots, "ballot", "ballots"), ranking.offices().count()),
                ))
                @if let Some(time) = poll.closed_at { " " (frame.say("投票结束：", "Voting ended: ")) (frame.minute(time)) }
            }
        }
        (contents(frame, ranking, year, published))
        (undecided(frame, ranking))
        (explanation(frame, rules))
        (legend(&labels))
        @for (index, section) in ranking.sections().iter().enumerate() {
            div class=[(index > 0).then_some("new-sheet")] { (section_table(frame, rules, section)) }
        }
        div class="print-only signatures" {
            p { (frame.say("创建办（盖章）", "Programme office (seal)")) }
            p { (frame.say("日期", "Date")) }
        }
    };
    frame.page(Some(Place::Ranking), &title, body)
}

fn contents(frame: &Frame, ranking: &Ranking, year: &Year, published: bool) -> Markup {
    let year = year.edition.year;
    html! {
        nav class="contents no-print" aria-label=(frame.say("本页内容", "On this page")) {
            @for SectionRanking { section, .. } in ranking.sections() {
                a class="button" href={ "#" (section.id) } { (frame.label(&section.name)) }
            }
            @if published {
                a href={ "/publication/" (year) "/ranking.csv" } { (frame.say("表格文件（CSV）", "Spreadsheet (CSV)")) }
                a href={ "/publication/" (year) "/ranking.json" } { "JSON" }
            }
            a href="/verify" { (frame.say("自己重算", "Compute it yourself")) }
        }
    }
}

/// Ties across a cut that wait for the leading group.
fn undecided(frame: &Frame, ranking: &Ranking) -> Markup {
    let ties: Vec<_> = ranking.undecided_ties().collect();
    let headline = frame.say("有并列，须由领导小组决定", "Ties that the leading group has to decide");
    let list = html! {
        ul {
            @for (section, Tie { cut, offices, open_places, .. }) in &ties {
                @let (count, last) = (offices.len(), last(frame, cut_places(section, *cut)));
                li {
                    (frame.pick(
                        format!("{}：{count}个股室并列，其中{open_places}个列入{last}", section.name.zh),
                        format!("{}: {count} offices are tied, {open_places} of them belong to the {last}", section.name.en),
                    ))
                }
            }
        }
    };
    html! { @if !ties.is_empty() { (alert(Tone::Warning, headline, &list)) } }
}

fn cut_places(section: &Section, cut: Cut) -> usize {
    match cut {
        Cut::BottomThree => section.bottom_three,
        Cut::BottomTen => section.bottom_ten.unwrap_or_default(),
    }
}

/// The rules in one paragraph, with the sections of the notice.
fn explanation(frame: &Frame, rules: &Rules) -> Markup {
    let points = |name: fn(&Grade) -> &str, separator: &str| {
        let each = rules.grades.iter().map(|grade| format!("{} {}", name(grade), grade.points));
        each.collect::<Vec<_>>().join(separator)
    };
    let zh = format!(
        "得分是全部票的平均分：{}（通知第五部分）。两部分分别排名（通知二）。得分相同，名次相同；排末位时，不满意票少的在前，其次满意票多的在前，\
         仍相同即为并列，由领导小组决定。{}（通知六（二））。查实拉票的股室不论得分，直接列入后三名（通知七（三））。",
        points(|grade| &grade.name.zh, "、"),
        rules.sections.iter().map(consequence_zh).collect::<Vec<_>>().join("；"),
    );
    let en = format!(
        "The score is the mean over all ballots: {} (notice, part 五). The sections are ranked apart (二). Equal scores \
         share a rank; for the last places fewer “dissatisfied” come first, then more “satisfied”, and offices that are \
         still equal are tied until the leading group decides. {} (六（二）). An office caught canvassing is placed among \
         the last three whatever its score (七（三）).",
        points(|grade| &grade.name.en, ", "),
        rules.sections.iter().map(consequence_en).collect::<Vec<_>>().join("; "),
    );
    html! { p class="rules" { (frame.pick(zh, en)) } }
}

fn consequence_zh(section: &Section) -> String {
    let (name, three) = (&section.name.zh, section.bottom_three);
    match section.bottom_ten {
        Some(ten) => format!("{name}后{ten}名列入下年度名单，后{three}名负责人调整岗位"),
        None => format!("{name}后{three}名通报上级主管部门，建议调整负责人"),
    }
}

fn consequence_en(section: &Section) -> String {
    let (name, three) = (&section.name.en, section.bottom_three);
    match section.bottom_ten {
        Some(ten) => {
            format!("{name}: the last {ten} enter next year's list, heads of the last {three} are moved")
        }
        None => format!(
            "{name}: the last {three} are reported to their superior body, which is advised to move the head"
        ),
    }
}

fn section_table(frame: &Frame, rules: &Rules, section: &SectionRanking) -> Markup {
    let name = frame.label(&section.section.name);
    let offices = section.offices.len();
    html! {
        section id=(section.section.id) {
            h2 { (name) }
            table class="ranking" {
                caption { (frame.pick(format!("{offices}个股室"), format!("{offices} offices"))) }
                thead { tr {
                    th scope="col" class="number" { (frame.say("名次", "Rank")) }
                    th scope="col" { (frame.say("股室", "Office")) }
                    th scope="col" class="number" { (frame.say("得分", "Score")) }
                    @for (index, grade) in rules.grades.iter().enumerate() {
                        th scope="col" class="number grade" { (grade_icon(index)) " " (frame.label(&grade.name)) }
                    }
                    @if rules.poll.abstention_allowed { th scope="col" class="number grade" { (frame.say("不了解", "No opinion")) } }
                    th scope="col" class="picture" { (frame.say("票型", "Ballots")) }
                    th scope="col" { (frame.say("标记", "Marks")) }
                } }
                tbody { @for office in &section.offices { (row(frame, rules, section, office)) } }
            }
        }
    }
}

fn row(frame: &Frame, rules: &Rules, section: &SectionRanking, ranked: &RankedOffice) -> Markup {
    let counts = ranked.counts.grades();
    let shares: Vec<_> = rules
        .grades
        .iter()
        .zip(counts)
        .map(|(grade, count)| Share { label: frame.label(&grade.name), count: u64::from(*count) })
        .collect();
    let score = ranked.score.map_or_else(|| "—".to_owned(), |score| score.to_string());
    let office = &ranked.office;
    html! {
        tr class=[(ranked.bottom_three || ranked.bottom_ten).then_some("flagged")] {
            td class="number rank" { @match ranked.rank { Some(rank) => (rank), None => "—" } }
            th scope="row" class="name" {
                @if office.unit != office.office { span class="unit" { (office.unit) } " " }
                a href={ "/offices/" (office.number) } { (office.office) }
                @if let Some(scope) = &office.scope { " " span class="scope" { "（" (scope) "）" } }
            }
            td class="number score" { span class="label" { (frame.say("得分", "score")) " " } (score) }
            @for share in &shares {
                td class="number grade" data-label=(share.label) { (share.count) }
            }
            @if rules.poll.abstention_allowed {
                td class="number grade" data-label=(frame.say("不了解", "No opinion")) { (ranked.counts.abstentions()) }
            }
            td class="picture" { (bar(&shares)) }
            td class="marks" { (marks(frame, section, ranked)) }
        }
    }
}

fn marks(frame: &Frame, section: &SectionRanking, ranked: &RankedOffice) -> Markup {
    let number = ranked.office.number;
    let mut ties = section.ties.iter().filter(|tie| tie.offices.contains(&number));
    let decided = ties.all(Tie::is_decided);
    html! {
        @if ranked.sanctioned { span class="badge grave" { (frame.say("拉票处理", "sanctioned")) } " " }
        @if ranked.bottom_three {
            span class="badge grave" { (last(frame, cut_places(&section.section, Cut::BottomThree))) } " "
        } @else if ranked.bottom_ten {
            span class="badge flagged" { (last(frame, cut_places(&section.section, Cut::BottomTen))) } " "
        }
        @if ranked.tied_at_cut {
            span class="badge" {
                @if decided { (frame.say("并列，已决定", "tied, decided")) } @else { (frame.say("并列，待决定", "tied")) }
            }
        }
    }
}

/// 后三名 and 后十名 as the notice writes them; other counties may have other numbers.
fn last(frame: &Frame, places: usize) -> String {
    let zh = match places {
        3 => "后三名".to_owned(),
        10 => "后十名".to_owned(),
        _ => format!("后{places}名"),
    };
    frame.pick(zh, format!("last {places}"))
}

#[cfg(test)]
mod tests {
    use appearance::Language;
    use evaluation::decision::Decisions;
    use evaluation::office::{OfficeNumber, ningjin_2020};
    use evaluation::ruling::Ruling;
    use evaluation::sanction::{SanctionKind, Sanctions};
    use evaluation::score::GradeCounts;

    use super::*;
    use crate::web::layout::tests::frame;

    /// All offices have the same ballots; office 5 is sanctioned.
    fn ranking(rules: &Rules) -> Ranking {
        let offices = ningjin_2020();
        let counts = GradeCounts::from_answers(rules, &[1, 1, 1, 1]).unwrap();
        let counts: Vec<_> = offices.iter().map(|_| counts.clone()).collect();
        let sanction = Ruling {
            number: OfficeNumber::new(5).unwrap(),
            kind: SanctionKind::Canvassing,
            document_number: "纪字1号".parse().unwrap(),
            decided_on: "2020-12-12".parse().unwrap(),
        };
        let sanctions = Sanctions::new(vec![sanction]).unwrap();
        Ranking::compute(rules, &offices, &counts, &sanctions, &Decisions::default()).unwrap()
    }

    #[test]
    fn sanctions_and_ties_are_marked_in_words_and_nothing_is_called_a_satisfaction_rate() {
        let rules = Rules::ningjin_2020();
        let ranking = ranking(&rules);
        let page = |language| {
            let frame = frame(language);
            let tables =
                ranking.sections().iter().map(|section| section_table(&frame, &rules, section).into_string());
            let above = [undecided(&frame, &ranking), explanation(&frame, &rules)].map(Markup::into_string);
            above.into_iter().chain(tables).collect::<String>()
        };
        let zh = page(Language::Chinese);
        assert!(zh.contains("拉票处理") && zh.contains("后三名") && zh.contains("并列，待决定"), "{zh}");
        assert!(zh.contains("政府部门：45个股室并列，其中2个列入后三名"), "{zh}");
        assert!(zh.contains("通知七（三）") && zh.contains("65.00") && !zh.contains("满意率"));
        let en = page(Language::English);
        assert!(
            en.contains("sanctioned") && en.contains("45 offices are tied, 9 of them belong to the last 10")
        );
        assert!(!en.to_lowercase().contains("rate of satisfaction") && !en.contains("satisfaction rate"));
    }

    #[test]
    fn every_bar_has_its_counts_beside_it_in_words() {
        let rules = Rules::ningjin_2020();
        let table =
            section_table(&frame(Language::Chinese), &rules, &ranking(&rules).sections()[1]).into_string();
        assert_eq!(table.matches("class=\"bar\"").count(), 24);
        assert_eq!(table.matches("data-label=\"不满意\"").count(), 24);
    }
}
