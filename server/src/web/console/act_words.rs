//! What a proposal would do, in plain words. No proposal holds a password; the secrets of a draw only to the second
//! person, who compares them with the opened envelopes.

mod sentence;

use evaluation::office::OfficeNumber;
use evaluation::pool::MemberId;
use evaluation::publication::exception::Exception;

use self::sentence::sentence;
use super::absences::person_words;
use super::parts::local_time;
use super::poll::subject_fact;
use super::ties::cut_words;
use crate::domain::{AccountId, Action, EditionId, PollId, PollState, Role};
use crate::service::absence::{NewAbsence, seats};
use crate::service::account::{Creation, Enabling, Reset, RoleChange};
use crate::service::act::{OnEdition, OnPoll};
use crate::service::decision::NewDecision;
use crate::service::draw::{Completion, Envelope, Voiding, find_ceremony};
use crate::service::edition::load_rules;
use crate::service::office_text::NewTexts;
use crate::service::overview::{
    count_pool, find_account, find_draw, find_poll_by_id, find_real_poll, list_editions, office_name,
};
use crate::service::paper::{NewPaperCount, PaperCountEnd};
use crate::service::poll::exceptions::{NewException, Withdrawal, find_recorded};
use crate::service::poll::restored::Restored;
use crate::service::pool::lock::PoolLock;
use crate::service::proposal::payload;
use crate::service::sanction::NewSanction;
use crate::service::terminal::Enrolment;
use crate::service::{Context, ServiceError, log, reveal, terminal};
use crate::store::proposals::Proposal;
use crate::web::error_page::PageError;
use crate::web::session::Operator;

/// A sentence, and names with values.
#[derive(Debug)]
pub(super) struct ActWords {
    pub(super) sentence: &'static str,
    pub(super) rows: Vec<(String, String)>,
}

/// Describes a proposal.
pub(super) async fn describe(
    context: &Context,
    operator: &Operator,
    proposal: &Proposal,
) -> Result<ActWords, PageError> {
    let rows = match proposal.action {
        Action::Draw => draw_rows(context, operator, &payload(proposal)?).await?,
        Action::VoidDraw => void_rows(context, operator, &payload(proposal)?).await?,
        Action::LockPool => lock_rows(context, operator, &payload(proposal)?).await?,
        Action::OpenPoll | Action::RestartKeys | Action::ClosePoll | Action::Reveal => {
            let OnPoll { poll } = payload(proposal)?;
            poll_rows(context, operator, &poll).await?
        }
        Action::ResumeRestored => {
            let OnPoll { poll } = payload(proposal)?;
            restored_rows(context, operator, &poll).await?
        }
        Action::RecordException => exception_rows(context, operator, &payload(proposal)?).await?,
        Action::WithdrawException => withdrawal_rows(context, operator, &payload(proposal)?).await?,
        Action::ReplaceAbsent => absence_rows(context, operator, &payload(proposal)?).await?,
        Action::BeginPaperCount => {
            let NewPaperCount { edition, reason } = payload(proposal)?;
            vec![year_row(context, operator, &edition).await?, row(operator, "原因", "Reason", reason)]
        }
        Action::EndPaperCount => paper_end_rows(context, operator, &payload(proposal)?).await?,
        Action::DecideTie => decision_rows(context, operator, &payload(proposal)?).await?,
        Action::ChangeOfficeTexts => text_rows(context, operator, &payload(proposal)?).await?,
        Action::Sanction => sanction_rows(context, operator, &payload(proposal)?).await?,
        Action::Publish => publication_rows(context, operator, payload(proposal)?).await?,
        Action::Archive => {
            let OnEdition { edition } = payload(proposal)?;
            vec![year_row(context, operator, &edition).await?]
        }
        Action::CreateAccount => creation_rows(operator, &payload(proposal)?),
        Action::ChangeRole => role_rows(context, operator, payload(proposal)?).await?,
        Action::ResetPassword => {
            let Reset { account } = payload(proposal)?;
            let role = find_account(context, &account).await?.role;
            account_rows(context, operator, &account, role).await?
        }
        Action::EnableAccount => {
            let Enabling { account, role } = payload(proposal)?;
            account_rows(context, operator, &account, role).await?
        }
        Action::EnrolTerminal => enrolment_rows(context, operator, &payload(proposal)?).await?,
        Action::Restore => Vec::new(),
    };
    let (zh, en) = sentence(proposal.action);
    Ok(ActWords { sentence: operator.say(zh, en), rows })
}

fn row(operator: &Operator, zh: &str, en: &str, value: impl Into<String>) -> (String, String) {
    (operator.say(zh, en).to_owned(), value.into())
}

async fn draw_rows(
    context: &Context,
    operator: &Operator,
    completion: &Completion,
) -> Result<Vec<(String, String)>, PageError> {
    let view = find_ceremony(context, &completion.edition, completion.ceremony).await?;
    let mut rows = vec![
        year_row(context, operator, &completion.edition).await?,
        row(operator, "抽取编号", "Draw", view.draw.draw_id.clone()),
        row(operator, "性质", "Purpose", operator.say(view.draw.purpose.zh(), view.draw.purpose.en())),
        row(operator, "骰子点数", "Dice", view.draw.dice.clone().unwrap_or_default()),
    ];
    let parties = &view.announcement.terms().parties;
    for ((party, envelope), number) in parties.iter().zip(&view.envelopes).zip(1_usize..) {
        let name = operator.say(format!("第 {number} 方 {party}"), format!("Party {number} {party}"));
        let value = match envelope {
            Envelope::Opens { .. } => operator.say("与承诺相符", "opens its commitment"),
            Envelope::Missing => operator.say("缺失（与承诺不符）", "missing (does not open its commitment)"),
            Envelope::Sealed { .. } => operator.say("尚未录入", "not typed yet"),
        };
        rows.push((name, value.to_owned()));
    }
    if let Some(source) = &view.announcement.terms().public_source {
        rows.push(row(operator, "公开信源", "Public source", source.clone()));
    }
    if let Some(value) = &completion.public_value {
        rows.push(row(operator, "公开信源的数值", "Value of the public source", value.clone()));
    }
    Ok(rows)
}

async fn void_rows(
    context: &Context,
    operator: &Operator,
    voiding: &Voiding,
) -> Result<Vec<(String, String)>, PageError> {
    let draw = find_draw(context, &voiding.edition, voiding.ceremony).await?;
    Ok(vec![
        year_row(context, operator, &voiding.edition).await?,
        row(operator, "抽取编号", "Draw", draw.draw_id),
        row(operator, "性质", "Purpose", operator.say(draw.purpose.zh(), draw.purpose.en())),
        row(operator, "当前状态", "State", operator.say(draw.state.zh(), draw.state.en())),
        row(operator, "原因", "Reason", voiding.reason.clone()),
    ])
}

async fn lock_rows(
    context: &Context,
    operator: &Operator,
    lock: &PoolLock,
) -> Result<Vec<(String, String)>, PageError> {
    let all = list_editions(context).await?;
    let edition = all.into_iter().find(|edition| edition.id == lock.edition);
    let rules = load_rules(&edition.ok_or(ServiceError::NotFound("edition"))?)?;
    let count = count_pool(context, &lock.edition, &rules).await?;
    let mut rows = vec![
        year_row(context, operator, &lock.edition).await?,
        row(operator, "人数", "People", format!("{} / {}", count.members, rules.pool.size)),
    ];
    for half in &count.halves {
        let name = operator.say(format!("{} 组", half.half), format!("Half {}", half.half));
        let categories = rules.pool.halves.of(half.half).categories.iter().zip(&half.categories);
        let parts: Vec<_> = categories
            .map(|(category, people)| {
                format!("{} {people}", operator.say(&category.name.zh, &category.name.en))
            })
            .collect();
        rows.push((name, format!("{}（{}）", half.members, parts.join(operator.say("、", ", ")))));
    }
    if let Some(draw_id) = &lock.draw_id {
        rows.push(row(operator, "身份锚所用抽取编号", "Draw id inside the anchors", draw_id.to_string()));
    }
    rows.push(row(operator, "pool.tsv 的 SHA-256", "SHA-256 of pool.tsv", lock.pool.to_string()));
    Ok(rows)
}

async fn poll_rows(
    context: &Context,
    operator: &Operator,
    id: &PollId,
) -> Result<Vec<(String, String)>, PageError> {
    let view = find_poll_by_id(context, id).await?;
    let state = view.poll.state;
    let mut rows = vec![
        year_row(context, operator, &view.poll.edition).await?,
        row(operator, "用途", "Purpose", operator.say(view.poll.purpose.zh(), view.poll.purpose.en())),
        row(operator, "投票编号", "Poll", id.to_string()),
        row(operator, "当前状态", "State", operator.say(state.zh(), state.en())),
        row(operator, "评议卡", "Cards", view.registered.to_string()),
        row(operator, "已收选票", "Ballots stored", view.turnout.ballots.to_string()),
    ];
    if let Some(setup) = view.setup {
        rows.push(row(operator, "选举核对码", "Election check code", setup.to_string()));
    }
    Ok(rows)
}

async fn publication_rows(
    context: &Context,
    operator: &Operator,
    OnEdition { edition }: OnEdition,
) -> Result<Vec<(String, String)>, PageError> {
    let mut rows = vec![year_row(context, operator, &edition).await?];
    if let Some(view) = find_real_poll(context, &edition).await?
        && view.poll.state == PollState::Revealed
        && !reveal::is_finished(context, &view.poll.id).await?
    {
        let words = operator.say(
            "主持人还没有走到最后一步。现在发布，公众比会场先看到全部名次",
            "the chair has not shown the last step yet. If it is published now, the public reads all ranks before the hall does",
        );
        rows.push(row(operator, "会场揭晓", "Reveal in the hall", words));
    }
    Ok(rows)
}

async fn restored_rows(
    context: &Context,
    operator: &Operator,
    id: &PollId,
) -> Result<Vec<(String, String)>, PageError> {
    let mut rows = poll_rows(context, operator, id).await?;
    if let Some(Restored { from, missing }) = find_poll_by_id(context, id).await?.restored {
        let entries = operator.say(format!("{} 条", from.entries), format!("{} entries", from.entries));
        rows.push(row(operator, "备份时间", "Backup made", local_time(from.made_at)));
        rows.push(row(operator, "备份中的日志", "Log in the backup", entries));
        rows.push(row(operator, "备份中的日志末端", "Log head in the backup", from.head.to_string()));
        let missing = if missing.is_empty() {
            operator.say("没有，都已重新送票", "none: all have delivered once more").to_owned()
        } else {
            missing.join("、")
        };
        rows.push(row(operator, "还没有重新送票的投票机", "Booths not heard again", missing));
    }
    let head = log::head_now(context).await.map_err(ServiceError::from)?;
    let entries = operator.say(format!("{} 条", head.seq), format!("{} entries", head.seq));
    rows.push(row(operator, "现在的日志", "Log now", entries));
    rows.push(row(operator, "现在的日志末端", "Log head now", head.hash.to_string()));
    Ok(rows)
}

async fn exception_rows(
    context: &Context,
    operator: &Operator,
    new: &NewException,
) -> Result<Vec<(String, String)>, PageError> {
    let view = find_poll_by_id(context, &new.poll).await?;
    let booths = view.settling.as_ref().map_or(&[][..], |settling| &settling.booths);
    let what = subject_fact(operator, booths, &new.subject);
    Ok(vec![
        year_row(context, operator, &view.poll.edition).await?,
        row(operator, "情况", "What is so", what),
        row(operator, "原因", "Reason", new.reason.clone()),
        row(operator, "文号", "Document", new.document_number.clone()),
    ])
}

async fn withdrawal_rows(
    context: &Context,
    operator: &Operator,
    which: &Withdrawal,
) -> Result<Vec<(String, String)>, PageError> {
    let view = find_poll_by_id(context, &which.poll).await?;
    let (what, document) = match find_recorded(context, which).await? {
        None => (operator.say("没有这份例外", "no such exception").to_owned(), "—".to_owned()),
        Some((Exception { matter, document_number, .. }, withdrawn)) => {
            let mark = if withdrawn { operator.say("（已撤销）", " (withdrawn)") } else { "" };
            (operator.say(matter.zh(), matter.to_string()) + mark, document_number.to_string())
        }
    };
    Ok(vec![
        year_row(context, operator, &view.poll.edition).await?,
        row(operator, "已登记的例外", "Recorded exception", what),
        row(operator, "文号", "Document", document),
        row(operator, "撤销原因", "Why it is withdrawn", which.reason.clone()),
    ])
}

async fn paper_end_rows(
    context: &Context,
    operator: &Operator,
    end: &PaperCountEnd,
) -> Result<Vec<(String, String)>, PageError> {
    Ok(vec![
        year_row(context, operator, &end.edition).await?,
        row(operator, "清点出的票", "Papers counted", end.papers.to_string()),
        row(operator, "全部录入的 SHA-256", "SHA-256 of all piles", end.piles.to_string()),
    ])
}

async fn sanction_rows(
    context: &Context,
    operator: &Operator,
    new: &NewSanction,
) -> Result<Vec<(String, String)>, PageError> {
    Ok(vec![
        year_row(context, operator, &new.edition).await?,
        office_row(context, operator, &new.edition, new.number).await?,
        row(operator, "事由", "Reason", operator.say("拉票", "canvassing")),
        row(operator, "文号", "Document", new.document_number.clone()),
        row(operator, "日期", "Date", new.decided_on.to_string()),
    ])
}

async fn decision_rows(
    context: &Context,
    operator: &Operator,
    new: &NewDecision,
) -> Result<Vec<(String, String)>, PageError> {
    let editions = list_editions(context).await?;
    let edition = editions.iter().find(|edition| edition.id == new.edition);
    let rules = load_rules(edition.ok_or(ServiceError::NotFound("edition"))?)?;
    let section = rules.sections.iter().find(|section| section.id.as_str() == new.section);
    let section = section.map_or("—", |section| operator.say(&section.name.zh, &section.name.en));
    let mut rows = vec![
        year_row(context, operator, &new.edition).await?,
        row(operator, "部分", "Section", section),
        row(operator, "界线", "Cut", cut_words(operator, new.cut)),
    ];
    for &number in &new.numbers {
        rows.push(office_row(context, operator, &new.edition, number).await?);
    }
    rows.push(row(operator, "文号", "Document", new.document_number.clone()));
    rows.push(row(operator, "日期", "Date", new.decided_on.to_string()));
    Ok(rows)
}

async fn text_rows(
    context: &Context,
    operator: &Operator,
    new: &NewTexts,
) -> Result<Vec<(String, String)>, PageError> {
    let text = |text: &String| if text.is_empty() { "—".to_owned() } else { text.clone() };
    Ok(vec![
        year_row(context, operator, &new.edition).await?,
        office_row(context, operator, &new.edition, new.number).await?,
        row(operator, "职责", "Duties", text(&new.duties)),
        row(operator, "承诺", "Commitment", text(&new.commitment)),
        row(operator, "述职", "Statement", text(&new.statement)),
        row(operator, "群众意见摘要", "Opinions of the public, summed up", text(&new.opinions)),
    ])
}

async fn office_row(
    context: &Context,
    operator: &Operator,
    edition: &EditionId,
    number: u16,
) -> Result<(String, String), PageError> {
    let name = match OfficeNumber::new(number) {
        Some(number) => office_name(context, edition, number).await?,
        None => None,
    };
    let name = name.unwrap_or_else(|| operator.say("没有这个股室", "no such office").to_owned());
    Ok(row(operator, "股室", "Office", format!("{number} {name}")))
}

async fn absence_rows(
    context: &Context,
    operator: &Operator,
    new: &NewAbsence,
) -> Result<Vec<(String, String)>, PageError> {
    let seats = seats(context, &new.edition).await?;
    let person = |id: &MemberId| {
        let pool = seats.as_ref().map(|seats| &seats.pool);
        pool.and_then(|pool| pool.find(id).map(|member| person_words(operator, pool, member)))
            .unwrap_or_else(|| id.to_string())
    };
    let nobody = operator.say("没有人可以递补，席位空缺", "nobody is left to call; the seat stays empty");
    Ok(vec![
        year_row(context, operator, &new.edition).await?,
        row(operator, "失去席位", "Loses the seat", person(&new.member)),
        row(operator, "递补", "Is called", new.called.as_ref().map_or_else(|| nobody.to_owned(), person)),
        row(operator, "原因", "Reason", operator.say(new.reason.zh(), new.reason.en())),
        row(operator, "证明文件文号", "Document", new.document_number.clone()),
        row(operator, "文件核对码", "Hash of the document", new.document.to_string()),
    ])
}

async fn role_rows(
    context: &Context,
    operator: &Operator,
    change: RoleChange,
) -> Result<Vec<(String, String)>, PageError> {
    let account = find_account(context, &change.account).await?;
    let from = change.from.unwrap_or(account.role);
    Ok(vec![
        row(operator, "账号", "Account", format!("{}（{}）", account.person, account.name)),
        row(operator, "原角色", "Role before", operator.say(from.zh(), from.en())),
        row(operator, "新角色", "New role", operator.say(change.role.zh(), change.role.en())),
    ])
}

async fn account_rows(
    context: &Context,
    operator: &Operator,
    id: &AccountId,
    role: Role,
) -> Result<Vec<(String, String)>, PageError> {
    let account = find_account(context, id).await?;
    Ok(vec![
        row(operator, "账号", "Account", format!("{}（{}）", account.person, account.name)),
        row(operator, "角色", "Role", operator.say(role.zh(), role.en())),
    ])
}

fn creation_rows(operator: &Operator, new: &Creation) -> Vec<(String, String)> {
    vec![
        row(operator, "登录名", "Sign-in name", new.name.clone()),
        row(operator, "姓名和单位", "Person and unit", new.person.clone()),
        row(operator, "角色", "Role", operator.say(new.role.zh(), new.role.en())),
    ]
}

async fn enrolment_rows(
    context: &Context,
    operator: &Operator,
    new: &Enrolment,
) -> Result<Vec<(String, String)>, PageError> {
    let mut rows = vec![
        row(operator, "终端屏幕上的代码", "Code on its screen", new.code.to_string()),
        row(operator, "终端名称", "Terminal", new.name.clone()),
        row(operator, "用途", "Purpose", operator.say(new.role.zh(), new.role.en())),
    ];
    if let Some(position) = new.trustee_position {
        rows.push(row(
            operator,
            "监票人",
            "Trustee",
            operator.say(format!("第 {position} 位"), format!("no. {position}")),
        ));
    }
    if let Some(replaced) = &new.replaces {
        let all = terminal::list(context).await.map_err(ServiceError::from)?;
        let name = all.into_iter().find(|terminal| terminal.id == *replaced).map(|terminal| terminal.name);
        rows.push(row(
            operator,
            "替换并永久停用",
            "Replaces and revokes for ever",
            name.unwrap_or_else(|| replaced.to_string()),
        ));
    }
    Ok(rows)
}

async fn year_row(
    context: &Context,
    operator: &Operator,
    id: &EditionId,
) -> Result<(String, String), PageError> {
    let all = list_editions(context).await?;
    let year = all.into_iter().find(|edition| edition.id == *id).map(|edition| edition.year.to_string());
    Ok(row(operator, "年度", "Edition", year.unwrap_or_default()))
}
