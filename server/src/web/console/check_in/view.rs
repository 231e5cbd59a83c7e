//! What the desk's pages show.

use appearance::parts::{Column, Field, FieldKind, Row, Tone, alert, table};
use maud::{Markup, html};

use super::{path, sheet};
use crate::domain::attendance::check_correction;
use crate::domain::{InTwoLanguages as _, Permission, Purpose};
use crate::service::check_in::{Person, SECOND_ROLES, Seat, View, check_poll};
use crate::store::attendance::Desk;
use crate::web::console::address::InEdition;
use crate::web::console::parts::{facts, local_time};
use crate::web::form::Form;
use crate::web::session::Operator;

/// A page of the desk.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a> {
    pub(super) operator: &'a Operator,
    pub(super) edition: &'a InEdition,
    pub(super) purpose: Purpose,
    pub(super) view: &'a View,
    pub(super) sent: &'a Form,
}

impl Shown<'_> {
    fn say<T>(&self, zh: T, en: T) -> T {
        self.operator.say(zh, en)
    }

    fn action(&self, page: &str) -> String {
        self.edition.path(&format!("/check-in{page}"))
    }

    /// What every form of the page sends along.
    fn hidden(&self) -> Markup {
        html! { input type="hidden" name="purpose" value=(self.purpose.as_str()); }
    }

    fn own_desk(&self) -> Option<&Desk> {
        self.view.desk_of(&self.operator.account)
    }
}

/// The real poll or the rehearsal.
pub(super) fn choose_poll(operator: &Operator, edition: &InEdition, current: Purpose) -> Markup {
    html! {
        nav class="filters no-print" aria-label=(operator.say("正式或演练", "Real or rehearsal")) {
            @for &purpose in Purpose::ALL {
                a href=(path(edition, purpose)) aria-current=[(purpose == current).then_some("page")] {
                    (operator.say(purpose.zh(), purpose.en()))
                }
            }
        }
    }
}

pub(super) fn nothing(operator: &Operator) -> Markup {
    alert(
        Tone::Note,
        operator.say("现在不需要签到", "There is nobody to check in"),
        &html! { p { (operator.say("抽取完成并建立投票之后才有签到。", "People are checked in once the representatives are drawn and there is a poll.")) } },
    )
}

pub(super) fn desks_and_people(shown: &Shown<'_>) -> Markup {
    let step = check_poll(&shown.view.poll);
    let works = shown.operator.may(Permission::CheckIn);
    html! {
        (counts(shown))
        @if let Err(error) = step {
            (alert(Tone::Note, shown.say("现在不能签到", "Nobody can be checked in now"), &html! {
                p { (shown.say(error.zh(), error.to_string())) }
            }))
        }
        @if works && step.is_ok() && shown.own_desk().is_none() { (open_form(shown)) }
        @if step.is_ok() && shown.own_desk().is_none() { (why_no_action(shown, works)) }
        (people(shown, works && step.is_ok() && shown.own_desk().is_some()))
        (desks(shown))
        @if works { (close_forms(shown)) }
        @if works && check_correction(shown.view.poll.state).is_ok() { (correct_form(shown)) }
        p class="no-print" { a href=(sheet::path(shown.edition, shown.purpose)) { (shown.say("打印签到表（供本人签名）", "Print the sheet for signatures")) } }
        @if !shown.view.corrections.is_empty() { (corrections(shown)) }
    }
}

/// Why nothing can be done for anybody in the list below.
fn why_no_action(shown: &Shown<'_>, works: bool) -> Markup {
    let reason = if works {
        shown.say(
            "您还没有开放签到台，所以名单里没有“办理”。先开放签到台，再签到、发卡。",
            "You have no open desk, so the list offers nothing to do. Open a desk, then check people in and hand out cards.",
        )
    } else {
        shown.say(
            "签到由签到处的账号在签到台办理；这里只能查看。",
            "People are checked in at a desk, by an account of the check-in; here the list can only be read.",
        )
    };
    alert(Tone::Note, shown.say("现在只能查看", "Only to be read now"), &html! { p { (reason) } })
}

fn counts(shown: &Shown<'_>) -> Markup {
    let counts = shown.view.counts;
    let all = [
        (shown.say("应到", "Expected"), counts.expected),
        (shown.say("已到", "Present"), counts.present),
        (shown.say("未到", "Absent"), counts.absent),
        (shown.say("已发卡", "Cards handed out"), counts.handed_out),
        (shown.say("其中换卡", "of them exchanged"), counts.reissued),
    ];
    html! {
        section class="pool-counts desk-counts" aria-label=(shown.say("人数和卡数", "People and cards")) {
            @for (label, number) in all { div { p { (label) } p class="figure" { (number) } } }
        }
    }
}

fn open_form(shown: &Shown<'_>) -> Markup {
    let sent = shown.sent;
    let roles: Vec<_> = SECOND_ROLES.iter().map(|role| shown.say(role.zh(), role.en())).collect();
    let hint = shown.say(
        format!("与您同在签到台的另一人（{}），用自己的账号。", roles.join("、")),
        format!("Another person at the desk ({}), with an own account.", roles.join(", ")),
    );
    html! {
        form class="panel" method="post" action=(shown.action("/desk")) {
            h2 { (shown.say("开放签到台", "Open a desk")) }
            p { (shown.say("签到台须有两人。两人一起清点卡盒，由第二人在此输入自己的登录名和密码。没有开放的签到台，谁也不能签到。", "A desk has two people. Both count the box of cards, and the second person types own name and password here. Without an open desk nobody is checked in.")) }
            (shown.hidden())
            (Field { value: sent.text("name"), hint: Some(shown.say("例如：1号台", "Such as: desk 1")), ..Field::line("name", shown.say("签到台名称", "Name of the desk")) })
            (Field { value: sent.text("cards"), hint: Some(shown.say("两人清点。卡只点数，不看内容，不记号码。", "Counted by both. Cards are counted only; nothing on them is read or typed.")), ..Field::new("cards", shown.say("卡盒中的评议卡张数", "Cards in the box"), FieldKind::Line("number")) })
            (Field { value: sent.text("second"), hint: Some(&hint), ..Field::line("second", shown.say("第二人的登录名", "Sign-in name of the second person")) })
            (Field::new("second_password", shown.say("第二人的密码", "Password of the second person"), FieldKind::Password { new: false }))
            div class="actions" { button class="primary" { (shown.say("两人在场，开放签到台", "Both are here: open the desk")) } }
        }
    }
}

/// Whether a person is meant: a part of the name, or the id.
fn matches(person: &Person, words: &str) -> bool {
    let id = person.id.as_str().to_ascii_lowercase();
    id.contains(&words.to_ascii_lowercase()) || person.name.as_ref().is_some_and(|name| name.contains(words))
}

fn people(shown: &Shown<'_>, works: bool) -> Markup {
    let sought = shown.sent.text("words");
    let found: Vec<_> =
        shown.view.people.iter().filter(|person| sought.is_empty() || matches(person, sought)).collect();
    let columns = [
        Column::words(shown.say("编号", "Id")),
        Column::words(shown.say("姓名", "Name")),
        Column::words(shown.say("组别", "Half")),
        Column::words(shown.say("类别", "Category")),
        Column::words(shown.say("状态", "State")),
        Column::words(if works { shown.say("办理", "Action") } else { "" }),
    ];
    let columns =
        if works { &columns[..] } else { columns.split_last().map_or(&columns[..], |(_, rest)| rest) };
    let rows = found.iter().map(|person| {
        Row::from(vec![
            html! { strong class="code" { (person.id) } },
            html! { strong { (person.name.as_deref().unwrap_or("—")) } },
            html! { (person.half) },
            html! { (person.category) },
            state(shown, person),
            html! { @if works { (action(shown, person)) } },
        ])
    });
    let caption = shown
        .say(format!("评议代表 {} 名", found.len()), format!("{} of those drawn or called", found.len()));
    html! {
        form class="panel no-print" method="post" action=(shown.action("/search")) role="search" {
            (shown.hidden())
            (Field { required: false, value: sought, hint: Some(shown.say("姓名的一部分，或编号", "A part of the name, or the id")), ..Field::new("words", shown.say("查找", "Search"), FieldKind::Line("search")) })
            div class="actions" { button { (shown.say("查找", "Search")) } @if !sought.is_empty() { a class="button" href=(path(shown.edition, shown.purpose)) { (shown.say("显示全部", "Show all")) } } }
        }
        @if found.is_empty() {
            (alert(Tone::Warning, shown.say("名单中没有此人", "Nobody of that name or id is on the list"), &html! {
                p { (shown.say("名单上只有抽中的代表和已递补的候补。不在名单上的人不能签到：可能未被抽中，或是尚未递补的候补。请核对姓名写法或编号，仍查不到的报告监督员。", "Only those drawn and the alternates who were called are on it. Nobody else can be checked in. Check spelling or id; if in doubt call the supervisor.")) }
            }))
        } @else { div class="desk-list" { (table(&caption, columns, rows)) } }
    }
}

fn state(shown: &Shown<'_>, person: &Person) -> Markup {
    let reissued = shown.view.attendance.get(&person.id);
    html! {
        @match (reissued, &person.seat) {
            (Some(0), _) => span class="badge present" { (shown.say("已到，已发卡", "present, has a card")) },
            (Some(times), _) => span class="badge present" { (shown.say(format!("已到，换卡 {times} 次"), format!("present, card exchanged {times} times"))) },
            (None, Seat::Lost(Some(called))) => span class="badge grave" { (shown.say(format!("缺席，由 {called} 递补"), format!("absent; {called} was called"))) },
            (None, Seat::Lost(None)) => span class="badge grave" { (shown.say("缺席，席位空缺", "absent; the seat is empty")) },
            (None, _) => (shown.say("未到", "not here")),
        }
        @if person.seat == Seat::Called { " " span class="badge" { (shown.say("递补", "called")) } }
    }
}

fn action(shown: &Shown<'_>, person: &Person) -> Markup {
    let here = shown.view.attendance.contains_key(&person.id);
    let (page, label, class) = if here {
        ("/person", shown.say("更正、换卡", "Correct, exchange"), "")
    } else {
        ("/mark", shown.say("已签名，发一张卡", "Has signed: hand out a card"), "primary")
    };
    html! {
        @if here || !matches!(person.seat, Seat::Lost(_)) {
            form method="post" action=(shown.action(page)) {
                (shown.hidden())
                input type="hidden" name="member" value=(person.id);
                button class=(class) { (label) }
            }
        }
    }
}

fn desks(shown: &Shown<'_>) -> Markup {
    let columns = [
        Column::words(shown.say("签到台", "Desk")),
        Column::words(shown.say("两人", "Its two people")),
        Column::words(shown.say("开放", "Opened")),
        Column::words(shown.say("结束", "Closed")),
        Column::numbers(shown.say("领卡", "Cards")),
        Column::numbers(shown.say("按签到已发", "By the marks")),
        Column::numbers(shown.say("清点剩余", "Left, counted")),
        Column::numbers(shown.say("差数", "Difference")),
    ];
    let rows = shown.view.desks.iter().map(|(desk, people)| {
        let difference = i64::from(desk.counted()) - i64::from(desk.handed_out);
        Row::from(vec![
            html! { (desk.name) },
            html! { (people.join(shown.say("、", ", "))) },
            html! { span class="time" { (local_time(desk.opened_at)) } },
            html! { span class="time" { (desk.closed_at.map_or_else(|| shown.say("开放中", "open").to_owned(), local_time)) } },
            html! { (desk.cards) },
            html! { (desk.handed_out) },
            html! { (desk.cards_left.map_or_else(|| "—".to_owned(), |left| left.to_string())) },
            html! { @if difference == 0 { "0" } @else { strong { (format!("{difference:+}")) } } },
        ])
    });
    html! { @if !shown.view.desks.is_empty() { (table(shown.say("签到台", "Desks"), &columns, rows)) } }
}

fn close_forms(shown: &Shown<'_>) -> Markup {
    let open: Vec<_> = shown.view.desks.iter().map(|(desk, _)| desk).filter(|desk| desk.is_open()).collect();
    let labels: Vec<_> = open.iter().map(|desk| (desk.number.to_string(), desk.name.as_str())).collect();
    let options: Vec<_> = labels.iter().map(|(number, name)| (number.as_str(), *name)).collect();
    let own = shown.own_desk().map(|desk| desk.number.to_string());
    let value = if shown.sent.text("desk").is_empty() {
        own.as_deref().unwrap_or("")
    } else {
        shown.sent.text("desk")
    };
    html! {
        @if !open.is_empty() {
            form class="panel" method="post" action=(shown.action("/desk/close")) {
                h2 { (shown.say("结束签到台", "Close a desk")) }
                p { (shown.say("两人一起清点卡盒中剩余的卡。由第二人在此输入自己的登录名和密码。由开放这个签到台的两人来办；其中一人不在的，由另一人和一个签到处账号来办；两人都不在的，由签到处和监督员来办。结束后人数、卡数和在场名单的校验值记入日志。要再签到，重新开放即可。", "Both people count the cards left in the box, and the second person types own name and password here. The two who opened the desk do it; if one is gone, the other with another check-in login; if both are, a check-in login with the supervisor. The counts and the hash of the list of those present go into the log. The desk can be opened again.")) }
                (shown.hidden())
                (Field { value, ..Field::new("desk", shown.say("签到台", "Desk"), FieldKind::Choice(&options)) })
                (Field { value: shown.sent.text("cards_left"), ..Field::new("cards_left", shown.say("卡盒剩余张数", "Cards left in the box"), FieldKind::Line("number")) })
                p { label { input type="checkbox" name="counted_twice" value="yes"; " " (shown.say("已重新清点（只在与签到记录不一致时勾选）", "Counted again (only if it differs from the marks)")) } }
                (second_person(shown, "close_second", "close_password"))
                div class="actions" { button class="grave" { (shown.say("结束签到台", "Close the desk")) } }
            }
        }
    }
}

/// The form for a count that was wrong at the closing.
fn correct_form(shown: &Shown<'_>) -> Markup {
    let sent = shown.sent;
    let closed = shown.view.desks.iter().filter_map(|(desk, _)| desk.cards_left.map(|left| (desk, left)));
    let label = |(desk, left): (&Desk, u32)| {
        let label =
            shown.say(format!("{}（记录剩余{left}张）", desk.name), format!("{} ({left} left)", desk.name));
        (desk.number.to_string(), label)
    };
    let labels: Vec<_> = closed.map(label).collect();
    let mut options = vec![("", shown.say("请选择", "Choose"))];
    options.extend(labels.iter().map(|(number, label)| (number.as_str(), label.as_str())));
    html! {
        @if !labels.is_empty() {
            details class="panel" open[!sent.text("closed_desk").is_empty()] {
                summary { (shown.say("更正已结束的签到台剩余张数", "Correct the count of a closed desk")) }
                form method="post" action=(shown.action("/desk/correct")) {
                    p { (shown.say("结束时数错了的，对账之前由两人再点一次，写明原因。更正前后的张数都留在日志里。", "If the count was wrong at the closing, two people count again and say why, before the reconciliation. Both numbers stay in the log.")) }
                    (shown.hidden())
                    (Field { value: sent.text("closed_desk"), ..Field::new("closed_desk", shown.say("签到台", "Desk"), FieldKind::Choice(&options)) })
                    (Field { value: sent.text("correct_left"), ..Field::new("correct_left", shown.say("实际剩余张数", "Cards left in truth"), FieldKind::Line("number")) })
                    p { label { input type="checkbox" name="correct_twice" value="yes"; " " (shown.say("已重新清点（只在与签到记录不一致时勾选）", "Counted again (only if it differs from the marks)")) } }
                    (Field { value: sent.text("correct_reason"), hint: Some(shown.say("例如：漏数一叠。请勿写姓名。", "Such as: one pile was left out. No names.")), ..Field::line("correct_reason", shown.say("原因", "Reason")) })
                    (second_person(shown, "correct_second", "correct_password"))
                    div class="actions" { button class="grave" { (shown.say("两人确认，更正张数", "Both agree: correct the count")) } }
                }
            }
        }
    }
}

/// Where the second person types own name and password.
fn second_person(shown: &Shown<'_>, name: &'static str, password: &'static str) -> Markup {
    html! {
        (Field { value: shown.sent.text(name), ..Field::line(name, shown.say("第二人的登录名", "Sign-in name of the second person")) })
        (Field::new(password, shown.say("第二人的密码", "Password of the second person"), FieldKind::Password { new: false }))
    }
}

fn corrections(shown: &Shown<'_>) -> Markup {
    let columns =
        [Column::words(shown.say("更正", "Correction")), Column::words(shown.say("原因", "Reason"))];
    let rows = shown.view.corrections.iter().map(|(kind, reason)| {
        Row::from(vec![html! { (shown.say(kind.zh(), kind.en())) }, html! { (reason) }])
    });
    table(
        shown.say(
            "更正和换卡的原因（不记人、不记时间）",
            "Reasons of corrections and exchanges (whose and when is not kept)",
        ),
        &columns,
        rows,
    )
}

fn what_became_of_the_card(shown: &Shown<'_>) -> Markup {
    let said = [
        ("void", shown.say("损坏的卡已在监票人终端作废", "The damaged card is declared void at a trustee's terminal")),
        (
            "unreadable",
            shown.say(
                "完全读不出，不能作废：已与监督员一起封入信封（第二人须是监督员，对账时须登记例外）",
                "It cannot be read at all and so not be declared void: it is sealed into an envelope with the supervisor (who must be the second person; the reconciliation asks for an exception)",
            ),
        ),
    ];
    html! {
        fieldset {
            legend { (shown.say("损坏的卡怎样了", "What became of the damaged card")) }
            @for (value, words) in said {
                p { label { input type="radio" name="damaged_card" value=(value) required checked[shown.sent.text("damaged_card") == value]; " " (words) } }
            }
        }
    }
}

pub(super) fn corrections_of(shown: &Shown<'_>, person: &Person) -> Markup {
    let sent = shown.sent;
    let member = html! { (shown.hidden()) input type="hidden" name="member" value=(person.id); };
    html! {
        (facts(&[
            (shown.say("编号", "Id"), html! { (person.id) }),
            (shown.say("姓名", "Name"), html! { (person.name.as_deref().unwrap_or("—")) }),
            (shown.say("状态", "State"), state(shown, person)),
        ]))
        form class="panel" method="post" action=(shown.action("/reissue")) {
            h2 { (shown.say("换卡：卡损坏，不能使用", "Exchange: the card is damaged")) }
            p { (shown.say("第一步：请本人带着损坏的卡到监票人终端，当场作废。第二步：回到这里，本人再抽一张新卡。已经投过票的卡不能作废，也不能换。", "First the person takes the damaged card to a trustee's terminal, where it is declared void. Then the person draws another card here. A card that has voted can neither be declared void nor exchanged.")) }
            (member)
            (what_became_of_the_card(shown))
            (Field { value: sent.text("card_reason"), hint: Some(shown.say("例如：二维码污损。请勿写姓名和卡上的任何字符。", "Such as: code soiled. No names, and nothing that stands on the card.")), ..Field::line("card_reason", shown.say("原因", "Reason")) })
            (second_person(shown, "card_second", "card_password"))
            div class="actions" { button class="primary" { (shown.say("两人确认，换发一张卡", "Both agree: hand out another card")) } }
        }
        form class="panel" method="post" action=(shown.action("/undo")) {
            h2 { (shown.say("撤销签到：签错了人", "Take the mark back: the wrong person was marked")) }
            p { (shown.say("卡须未拆封并放回卡盒。随后为实际到场的人签到，由其重新抽卡。", "The card must be sealed and go back into the box. Then check in the person who is really here, who draws a card anew.")) }
            (member)
            (Field { value: sent.text("undo_reason"), hint: Some(shown.say("例如：同名误签。请勿写姓名。", "Such as: same name. No names.")), ..Field::line("undo_reason", shown.say("原因", "Reason")) })
            (second_person(shown, "undo_second", "undo_password"))
            div class="actions" { button class="grave" { (shown.say("两人确认，撤销签到", "Both agree: take the mark back")) } }
        }
    }
}
