//! The form for an exception: what is so, why, and the document. Two people record it.

use appearance::parts::{Field, FieldKind, Tone, alert};
use axum::extract::State;
use axum::response::Response;
use evaluation::wire::VoidKind;
use maud::{Markup, html};

use super::settling::{kind_en, subject_fact};
use crate::app::App;
use crate::domain::{Action, Permission, PollState};
use crate::service::ServiceError;
use crate::service::act::Act;
use crate::service::overview::{PollView, find_poll};
use crate::service::poll::exceptions::{NewException, Subject, Withdrawal, may_be_withdrawn, open_subjects};
use crate::web::console::acts;
use crate::web::console::address::InEdition;
use crate::web::console::frame::{Content, Place, show};
use crate::web::console::guard::Routes;
use crate::web::console::parts::back_to;
use crate::web::error_page::PageError;
use crate::web::form::{Complaint, Form};
use crate::web::session::Operator;

const PATH: &str = "/console/{year}/poll/exceptions";
const WITHDRAW: &str = "/console/{year}/poll/exceptions/withdraw";

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get(PATH, Permission::TakePartInActs, page).post(PATH, Permission::TakePartInActs, propose).post(
        WITHDRAW,
        Permission::TakePartInActs,
        propose_withdrawal,
    )
}

async fn page(operator: Operator, State(app): State<App>, edition: InEdition) -> Result<Response, PageError> {
    render(&app, &operator, &edition, &Form::default(), None).await
}

async fn propose(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    form: Form,
) -> Result<Response, PageError> {
    let act = read(&form, &load(&app, &edition).await?).map(Act::RecordException);
    match acts::propose_typed(&app, &operator, act).await? {
        Ok(response) => Ok(response),
        Err(complaint) => render(&app, &operator, &edition, &form, Some(&complaint)).await,
    }
}

async fn propose_withdrawal(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    form: Form,
) -> Result<Response, PageError> {
    let act = read_withdrawal(&form, &load(&app, &edition).await?).map(Act::WithdrawException);
    match acts::propose_typed(&app, &operator, act).await? {
        Ok(response) => Ok(response),
        Err(complaint) => render(&app, &operator, &edition, &form, Some(&complaint)).await,
    }
}

async fn load(app: &App, edition: &InEdition) -> Result<PollView, PageError> {
    let view = find_poll(&app.context, &edition.0.id).await?;
    Ok(view.ok_or(ServiceError::NotFound("poll"))?)
}

fn read(form: &Form, view: &PollView) -> Result<NewException, Complaint> {
    let choose = || Complaint::new("请选择一种情况。", "Choose what is so.");
    let chosen = form.text("subject");
    let subject = match chosen.strip_prefix(UNREADABLE) {
        Some(word) => Subject::CardUnreadable {
            card: VoidKind::ALL.into_iter().find(|kind| kind.as_str() == word).ok_or_else(choose)?,
            cards: form.text("cards").parse().map_err(|_| {
                Complaint::new("请填写无法读取的卡有几张。", "Enter how many cards cannot be read.")
            })?,
        },
        // What the page offered, as JSON; whether it is still so is checked by the use case.
        None => match serde_json::from_str(chosen).map_err(|_| choose())? {
            Subject::SpentCard { card, scans, .. } if !form.text("cards").is_empty() => {
                let cards = form.text("cards").parse().map_err(|_| {
                    Complaint::new("请填写已投过票的卡有几张。", "Enter how many cards have voted.")
                })?;
                Subject::SpentCard { card, cards, scans }
            }
            subject => subject,
        },
    };
    Ok(NewException {
        poll: view.poll.id.clone(),
        subject,
        reason: form.text("reason").to_owned(),
        document_number: form.text("document_number").to_owned(),
    })
}

fn read_withdrawal(form: &Form, view: &PollView) -> Result<Withdrawal, Complaint> {
    let choose = |_| Complaint::new("请选择要撤销的例外。", "Choose the exception to withdraw.");
    let number = form.text("number").parse().map_err(choose)?;
    let reason = form.text("withdrawal_reason").to_owned();
    Ok(Withdrawal { poll: view.poll.id.clone(), number, reason })
}

const UNREADABLE: &str = "unreadable:";

async fn render(
    app: &App,
    operator: &Operator,
    edition: &InEdition,
    sent: &Form,
    complaint: Option<&Complaint>,
) -> Result<Response, PageError> {
    let view = load(app, edition).await?;
    let choices = choices(operator, &view);
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let body = html! {
        p class="lead" {
            (say(
                "例外由创建办提出，监督员或领导小组确认，两人在纸质记录上签字；原因和文号随对账一起公布。能补救的先补救，不要用例外代替。",
                "The commission proposes an exception, the supervisor or the leading group confirms it, and both sign the paper record; reason and number are published with the reconciliation. What can be mended is mended first.",
            ))
        }
        @if choices.is_empty() {
            (alert(Tone::Note, say("现在没有可以登记的例外", "There is nothing to record now"), &html! { p { (nothing_open(operator, view.poll.state)) } }))
        } @else if operator.may_propose(Action::RecordException) {
            (form(operator, edition, &choices, sent))
        } @else {
            (alert(Tone::Note, say("例外由创建办提出", "The commission proposes exceptions"), &html! {
                p { (say("提出以后，监督员或领导小组在“待确认”中核对、确认。", "The supervisor or the leading group then finds it under Waiting, to check and confirm.")) }
            }))
        }
        @if operator.may_propose(Action::WithdrawException) { (withdrawal(operator, edition, &view, sent)) }
    };
    let path = edition.path("/poll/exceptions");
    let content = Content {
        complaint,
        back: Some(back_to(&edition.path("/poll"), say("投票", "Poll"))),
        ..Content::new(
            Place::Poll(Some(view.poll.purpose)),
            say("登记例外", "Record an exception"),
            &path,
            body,
        )
    };
    Ok(show(app, operator, content))
}

/// Why nothing can be recorded.
fn nothing_open(operator: &Operator, state: PollState) -> &'static str {
    match state {
        PollState::Closing => operator.say(
            "每台投票机都已完成或已登记例外，可以封箱。封箱以后，缺少的投票机声明、对不平的账和无法读取的卡再登记。",
            "Every booth has finished or is excepted, and the box can be sealed. After that, missing statements, lines that differ and cards that cannot be read can be recorded.",
        ),
        state if state < PollState::Closing => operator.say(
            "投票结束以后才有例外可登记：投票机没有送完选票、没有签署声明，账对不平，卡无法读取。",
            "There are none before the voting has ended: a booth that has not delivered or not signed, lines that differ, cards that cannot be read.",
        ),
        _ => operator.say(
            "账已对平，例外随对账封存、公布，不能再登记。",
            "The counts balance; exceptions are final with the reconciliation and published with it.",
        ),
    }
}

/// Values and labels of everything that can be recorded now.
fn choices(operator: &Operator, view: &PollView) -> Vec<(String, String)> {
    let Some(settling) = &view.settling else { return Vec::new() };
    let mut choices: Vec<_> = open_subjects(view.poll.state, settling)
        .iter()
        // Words and numbers can always be written.
        .map(|subject| {
            (
                serde_json::to_string(subject).unwrap_or_default(),
                subject_fact(operator, &settling.booths, subject),
            )
        })
        .collect();
    if view.poll.state == PollState::Closed {
        choices.extend(VoidKind::ALL.into_iter().map(|kind| {
            let mut label = operator.say(
                format!("{}卡无法读取，不能扫描作废", kind.zh()),
                format!("{} cards cannot be read and so not be declared void", kind_en(kind)),
            );
            if kind == VoidKind::Damaged && settling.envelopes > 0 {
                let cards = settling.envelopes;
                label.push_str(&operator.say(
                    format!("（签到台封入信封的有{cards}张）"),
                    format!(" ({cards} in envelopes, by the check-in desk)"),
                ));
            }
            (format!("{UNREADABLE}{}", kind.as_str()), label)
        }));
    }
    choices
}

fn form(operator: &Operator, edition: &InEdition, choices: &[(String, String)], sent: &Form) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let mut options = vec![("", say("请选择", "Choose"))];
    options.extend(choices.iter().map(|(value, label)| (value.as_str(), label.as_str())));
    let unreadable = choices.iter().any(|(value, _)| value.starts_with(UNREADABLE));
    let has_voted = choices.iter().any(|(value, _)| value.contains("spent_card"));
    html! {
        form class="panel" method="post" action=(edition.path("/poll/exceptions")) {
            (Field { value: sent.text("subject"), ..Field::new("subject", say("情况", "What is so"), FieldKind::Choice(&options)) })
            @if unreadable {
                (Field {
                    value: sent.text("cards"),
                    hint: Some(if has_voted {
                        say(
                            "登记无法读取的卡时必填。登记已投过票的卡时，如服务器曾重新启动、同一张卡又被扫描过，填实际张数，其余是重复扫描；不填即为扫描次数",
                            "Needed for cards that cannot be read. For cards that have voted: how many they really are, if the server was started anew and a card was scanned again; left empty, it is the number of scans",
                        )
                    } else {
                        say("登记无法读取的卡时必填，其他情况不填", "Needed for cards that cannot be read, and for nothing else")
                    }),
                    required: false,
                    ..Field::new("cards", say("卡（张）", "Cards"), FieldKind::Line("number"))
                })
            }
            (Field {
                value: sent.text("reason"),
                hint: Some(say("最多 400 字，会公布：不要写代表的姓名", "At most 400 characters. It is published: name no representative")),
                ..Field::new("reason", say("原因", "Reason"), FieldKind::Lines { rows: 3, longest: Some(400) })
            })
            (Field {
                value: sent.text("document_number"),
                hint: Some(say("例如：宁创〔2020〕11号", "Such as 宁创〔2020〕11号")),
                ..Field::line("document_number", say("例外记录的文号", "Number of the document"))
            })
            div class="actions" { button class="primary" { (say("提出例外，等待确认", "Propose the exception")) } }
        }
    }
}

/// The form that withdraws an exception, if there is one that may be.
fn withdrawal(operator: &Operator, edition: &InEdition, view: &PollView, sent: &Form) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let recorded = view.settling.iter().flat_map(|settling| &settling.recorded);
    let choices: Vec<_> = recorded
        .filter(|recorded| may_be_withdrawn(view.poll.state, &recorded.exception.matter))
        .map(|recorded| {
            let matter = &recorded.exception.matter;
            (recorded.number.to_string(), operator.say(matter.zh(), matter.to_string()))
        })
        .collect();
    if choices.is_empty() {
        return html! {};
    }
    let mut options = vec![("", say("请选择", "Choose"))];
    options.extend(choices.iter().map(|(value, label)| (value.as_str(), label.as_str())));
    html! {
        form class="panel" method="post" action=(edition.path("/poll/exceptions/withdraw")) {
            h2 { (say("撤销已登记的例外", "Withdraw a recorded exception")) }
            (Field { value: sent.text("number"), ..Field::new("number", say("例外", "Exception"), FieldKind::Choice(&options)) })
            (Field {
                value: sent.text("withdrawal_reason"),
                hint: Some(say("最多 400 字，记入操作日志", "At most 400 characters; it goes to the log")),
                ..Field::new("withdrawal_reason", say("撤销原因", "Why it is withdrawn"), FieldKind::Lines { rows: 2, longest: Some(400) })
            })
            div class="actions" { button { (say("提出撤销，等待确认", "Propose the withdrawal")) } }
        }
    }
}
