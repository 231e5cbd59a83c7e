//! What a proposal would do, in plain words. Password hashes are never shown; the secrets of a draw only to the second
//! person, who compares them with the opened envelopes.

use evaluation::office::OfficeNumber;

use crate::domain::{Action, EditionId, PollId};
use crate::service::account::{Creation, Reset, RoleChange};
use crate::service::act::{OnEdition, OnPoll};
use crate::service::draw::Reveal;
use crate::service::edition::load_rules;
use crate::service::overview::{
    announcement, count_pool, find_account, find_draw, find_poll_by_id, list_editions, office_name,
};
use crate::service::pool::lock::PoolLock;
use crate::service::proposal::payload;
use crate::service::sanction::NewSanction;
use crate::service::terminal::Enrolment;
use crate::service::{Context, ServiceError};
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
    confirming: bool,
) -> Result<ActWords, PageError> {
    let rows = match proposal.action {
        Action::Draw => draw_rows(context, operator, &payload(proposal)?, confirming).await?,
        Action::LockPool => lock_rows(context, operator, &payload(proposal)?).await?,
        Action::OpenPoll | Action::ClosePoll | Action::Reveal => {
            let OnPoll { poll } = payload(proposal)?;
            poll_rows(context, operator, &poll).await?
        }
        Action::Sanction => sanction_rows(context, operator, &payload(proposal)?).await?,
        Action::Publish | Action::Archive => {
            let OnEdition { edition } = payload(proposal)?;
            vec![year_row(context, operator, &edition).await?]
        }
        Action::CreateAccount => creation_rows(operator, &payload(proposal)?),
        Action::ChangeRole => {
            let RoleChange { account, role } = payload(proposal)?;
            let account = find_account(context, &account).await?;
            vec![
                row(operator, "账号", "Account", format!("{}（{}）", account.person, account.name)),
                row(operator, "现在的角色", "Role now", operator.say(account.role.zh(), account.role.en())),
                row(operator, "新角色", "New role", operator.say(role.zh(), role.en())),
            ]
        }
        Action::ResetPassword => {
            let Reset { account, .. } = payload(proposal)?;
            let account = find_account(context, &account).await?;
            vec![row(operator, "账号", "Account", format!("{}（{}）", account.person, account.name))]
        }
        Action::EnrolTerminal => enrolment_rows(operator, &payload(proposal)?),
        Action::Restore => Vec::new(),
    };
    let (zh, en) = sentence(proposal.action);
    Ok(ActWords { sentence: operator.say(zh, en), rows })
}

const fn sentence(action: Action) -> (&'static str, &'static str) {
    match action {
        Action::Draw => (
            "用下列秘密值、已录入的骰子点数和公告，计算并公布评议代表名单。结果由公式唯一确定，任何人都可以重算。",
            "From these secrets, the recorded dice and the announcement the list of representatives is computed and published. The formula allows one result only; anybody can compute it again.",
        ),
        Action::LockPool => (
            "人员库从此不能更改，代表只从中抽取；pool.tsv 及其核对码立即公开。如提出之后有任何变动，不会锁定。",
            "The pool cannot be changed any more, and representatives are drawn from it alone; pool.tsv and its hash are published at once. If anything has changed since the proposal, nothing is locked.",
        ),
        Action::OpenPoll => (
            "从存储的记录核对票箱为空（零票），然后开始接收选票。",
            "The stored rows are checked: the ballot box must be empty. Then ballots are accepted.",
        ),
        Action::ClosePoll => (
            "永久停止接收选票，并销毁数据库中能看出投票先后的痕迹。不能再次开启。请先到每台投票机确认没有尚未送达的票：结束后送到的票不再计入。",
            "No ballot is accepted any more, for good, and what the database's files tell about the order of voting is destroyed. It cannot be opened again. First see at every booth that no ballot is still on its way: what arrives later is not counted.",
        ),
        Action::Reveal => (
            "公开计票结果和两个部分的排名。",
            "The result of the tally and the rankings of both sections become visible.",
        ),
        Action::Sanction => (
            "该股室因拉票直接列入本部分末三位，不论得分。对账后不能再增加或撤销。",
            "For canvassing, this office is placed directly among the last three of its section, whatever its score. After the reconciliation none can be added or removed.",
        ),
        Action::Publish => (
            "生成全部公开文件，按公众的方法验证一遍，签名并发布。年度评议进入“结果已公布”。",
            "All public files are made, verified as a stranger would, signed and published. The edition moves on to “published”.",
        ),
        Action::Archive => (
            "年度评议就此结束，不能再更改。提名人的姓名、身份证号、电话和盐值从系统中删除，不能恢复；身份凭条和聘书不能再打印。已公布的内容保留。",
            "The evaluation of this year is closed for good. Names, ID card numbers, phones and salts of nominated people are erased and cannot be restored; slips and letters cannot be printed any more. What was published stays.",
        ),
        Action::CreateAccount => (
            "新建下列账号，可立即用提出人设定的密码登录。",
            "This account is created and can sign in at once with the password that the proposer has set.",
        ),
        Action::ChangeRole => {
            ("该账号改为新角色，须重新登录。", "The account gets the new role and must sign in again.")
        }
        Action::ResetPassword => (
            "该账号换成提出人设定的新密码，须重新登录。",
            "The account gets the new password that the proposer has set and must sign in again.",
        ),
        Action::EnrolTerminal => (
            "允许下列设备接入服务器。确认后显示一次令牌，只显示给您。",
            "This device may speak to the server. On confirmation its token is shown once, to you only.",
        ),
        Action::Restore => (
            "恢复备份只能在服务器上由命令行进行。",
            "A backup is restored at the server's command line only.",
        ),
    }
}

fn row(operator: &Operator, zh: &str, en: &str, value: impl Into<String>) -> (String, String) {
    (operator.say(zh, en).to_owned(), value.into())
}

async fn draw_rows(
    context: &Context,
    operator: &Operator,
    reveal: &Reveal,
    confirming: bool,
) -> Result<Vec<(String, String)>, PageError> {
    let draw = find_draw(context, &reveal.edition, reveal.ceremony).await?;
    let parties = announcement(&draw)?.terms().parties.clone();
    let mut rows = vec![
        year_row(context, operator, &reveal.edition).await?,
        row(operator, "抽取编号", "Draw", draw.draw_id),
        row(operator, "骰子点数", "Dice", draw.dice.unwrap_or_default()),
    ];
    for ((party, secret), number) in parties.iter().zip(&reveal.secrets).zip(1_usize..) {
        let name = operator.say(format!("第 {number} 方 {party}"), format!("Party {number} {party}"));
        let value = match (secret.as_str(), confirming) {
            ("MISSING", _) => {
                operator.say("缺（信封与承诺不符或未到）", "missing (does not open its commitment)")
            }
            (secret, true) => secret,
            (_, false) => {
                operator.say("已录入（只向确认人显示）", "entered (shown to the second person only)")
            }
        };
        rows.push((name, value.to_owned()));
    }
    if let Some(value) = &reveal.public_value {
        rows.push(row(operator, "公开信源的数值", "Value of the public source", value.clone()));
    }
    Ok(rows)
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
        row(operator, "投票编号", "Poll", id.to_string()),
        row(operator, "当前状态", "State", operator.say(state.zh(), state.en())),
        row(operator, "评议卡", "Cards", view.registered.to_string()),
        row(operator, "已收选票", "Ballots stored", view.ballots.to_string()),
    ];
    if let Some(setup) = view.setup {
        rows.push(row(operator, "开启单核对码", "Setup hash", setup.to_string()));
    }
    Ok(rows)
}

async fn sanction_rows(
    context: &Context,
    operator: &Operator,
    new: &NewSanction,
) -> Result<Vec<(String, String)>, PageError> {
    let name = match OfficeNumber::new(new.number) {
        Some(number) => office_name(context, &new.edition, number).await?,
        None => None,
    };
    let name = name.unwrap_or_else(|| operator.say("没有这个股室", "no such office").to_owned());
    Ok(vec![
        year_row(context, operator, &new.edition).await?,
        row(operator, "股室", "Office", format!("{} {name}", new.number)),
        row(operator, "事由", "Reason", operator.say("拉票", "canvassing")),
        row(operator, "文号", "Document", new.document_number.clone()),
        row(operator, "日期", "Date", new.decided_on.to_string()),
    ])
}

fn creation_rows(operator: &Operator, new: &Creation) -> Vec<(String, String)> {
    vec![
        row(operator, "登录名", "Sign-in name", new.name.clone()),
        row(operator, "姓名和单位", "Person and unit", new.person.clone()),
        row(operator, "角色", "Role", operator.say(new.role.zh(), new.role.en())),
    ]
}

fn enrolment_rows(operator: &Operator, new: &Enrolment) -> Vec<(String, String)> {
    let mut rows = vec![
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
    rows
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
