//! Accounts: the list; proposing a new one, another role, a reset of the password, enabling again; disabling.

use appearance::parts::{Column, Field, FieldKind, Row, table};
use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use super::acts;
use super::address::Id;
use super::done::Done;
use super::frame::{Content, Place, show};
use super::guard::Routes;
use super::parts::{back_to, button, facts};
use crate::app::App;
use crate::domain::{AccountId, AccountStatus, Permission, Role};
use crate::service::account::{self, AccountError, NewAccount};
use crate::service::overview::find_account;
use crate::store::accounts::Account;
use crate::store::proposals::Proposal;
use crate::web::error_page::PageError;
use crate::web::form::{Complaint, Form};
use crate::web::session::Operator;

const PATH: &str = "/console/accounts";

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get(PATH, Permission::ManageAccounts, page)
        .post(PATH, Permission::ManageAccounts, create)
        .get("/console/accounts/{id}", Permission::ManageAccounts, one)
        .post("/console/accounts/{id}/role", Permission::ManageAccounts, change_role)
        .post("/console/accounts/{id}/password", Permission::ManageAccounts, reset_password)
        .post("/console/accounts/{id}/disable", Permission::ManageAccounts, disable)
        .post("/console/accounts/{id}/enable", Permission::ManageAccounts, enable)
}

async fn page(operator: Operator, State(app): State<App>) -> Result<Response, PageError> {
    render(&app, &operator, &Form::default(), None).await
}

async fn create(operator: Operator, State(app): State<App>, form: Form) -> Result<Response, PageError> {
    let complaint = match read(&form) {
        Ok((new, role)) => {
            match account::propose_creation(&app.context, &operator.account.id, new, role).await {
                Ok(proposal) => return Ok(acts::proposed(&proposal)),
                Err(error) => Complaint::about(error)?,
            }
        }
        Err(complaint) => complaint,
    };
    render(&app, &operator, &form, Some(&complaint)).await
}

fn read(form: &Form) -> Result<(NewAccount, Role), Complaint> {
    let role = read_role(form)?;
    let new = NewAccount { name: form.text("name").to_owned(), person: form.text("person").to_owned() };
    Ok((new, role))
}

fn read_role(form: &Form) -> Result<Role, Complaint> {
    form.text("role").parse().map_err(|_| Complaint::new("请选择角色。", "Choose a role."))
}

async fn one(operator: Operator, State(app): State<App>, id: Id<AccountId>) -> Result<Response, PageError> {
    render_one(&app, &operator, &id.0, None).await
}

async fn change_role(
    operator: Operator,
    State(app): State<App>,
    id: Id<AccountId>,
    form: Form,
) -> Result<Response, PageError> {
    let role = match read_role(&form) {
        Ok(role) => role,
        Err(complaint) => return render_one(&app, &operator, &id.0, Some(&complaint)).await,
    };
    let result = account::propose_role_change(&app.context, &operator.account.id, &id.0, role).await;
    proposed_or_complain(&app, &operator, &id.0, result).await
}

async fn reset_password(
    operator: Operator,
    State(app): State<App>,
    id: Id<AccountId>,
) -> Result<Response, PageError> {
    let result = account::propose_password_reset(&app.context, &operator.account.id, &id.0).await;
    proposed_or_complain(&app, &operator, &id.0, result).await
}

async fn proposed_or_complain(
    app: &App,
    operator: &Operator,
    id: &AccountId,
    result: Result<Proposal, AccountError>,
) -> Result<Response, PageError> {
    match result {
        Ok(proposal) => Ok(acts::proposed(&proposal)),
        Err(error) => render_one(app, operator, id, Some(&Complaint::about(error)?)).await,
    }
}

async fn disable(
    operator: Operator,
    State(app): State<App>,
    id: Id<AccountId>,
) -> Result<Response, PageError> {
    match account::disable(&app.context, &operator.account.id, &id.0).await {
        Ok(()) => Ok(Done::AccountDisabled.at(&format!("{PATH}/{}", id.0))),
        Err(error) => render_one(&app, &operator, &id.0, Some(&Complaint::about(error)?)).await,
    }
}

async fn enable(
    operator: Operator,
    State(app): State<App>,
    id: Id<AccountId>,
) -> Result<Response, PageError> {
    let result = account::propose_enabling(&app.context, &operator.account.id, &id.0).await;
    proposed_or_complain(&app, &operator, &id.0, result).await
}

async fn render(
    app: &App,
    operator: &Operator,
    sent: &Form,
    complaint: Option<&Complaint>,
) -> Result<Response, PageError> {
    let all = account::list(&app.context).await?;
    let body = html! {
        p class="lead" {
            (operator.say("新建账号、变更角色、重置密码、重新启用都由两人办理；停用一人即可。账号只停用，不删除。任何人都不为他人设密码。", "Creating an account, changing a role, resetting a password and enabling an account again take two people; disabling takes one. Accounts are disabled, never deleted. Nobody chooses a password for somebody else."))
        }
        (list(operator, &all))
        (create_form(operator, sent))
    };
    let title = operator.say("账号", "Accounts");
    Ok(show(app, operator, Content { complaint, ..Content::new(Place::Accounts, title, PATH, body) }))
}

fn list(operator: &Operator, all: &[Account]) -> Markup {
    let columns = [
        Column::words(operator.say("登录名", "Sign-in name")),
        Column::words(operator.say("姓名和单位", "Person and unit")),
        Column::words(operator.say("角色", "Role")),
        Column::words(operator.say("状态", "Status")),
    ];
    let rows = all.iter().map(|account| {
        Row::from(vec![
            html! { a href={ (PATH) "/" (account.id) } { (account.name) } },
            html! { (account.person) },
            html! { (operator.say(account.role.zh(), account.role.en())) },
            status(operator, account),
        ])
    });
    table(operator.say("全部账号", "All accounts"), &columns, rows)
}

fn status(operator: &Operator, account: &Account) -> Markup {
    let class = if account.status == AccountStatus::Enabled { "badge" } else { "badge grave" };
    html! { span class=(class) { (operator.say(account.status.zh(), account.status.en())) } }
}

fn create_form(operator: &Operator, sent: &Form) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    html! {
        form class="panel" method="post" action=(PATH) {
            h2 { (say("提出新建账号", "Propose a new account")) }
            (Field { value: sent.text("name"), hint: Some(say("汉字、字母、数字、点或连字符", "Letters, digits, dots or hyphens")), ..Field::line("name", say("登录名", "Sign-in name")) })
            (Field { value: sent.text("person"), hint: Some(say("同名的人在此写明单位，以便区分", "Two people of the same name are told apart here")), ..Field::line("person", say("姓名和单位", "Person and unit")) })
            (role_field(operator, sent.text("role")))
            p class="muted" { (say("不用设密码：确认后给出一次性邀请码，您取甲码、确认人得乙码，分别交给本人，由本人自己设置。", "No password is typed here: after the confirmation you fetch one half of a code and the confirmer is shown the other. Each hands over an own slip, and the person chooses a password with both.")) }
            div class="actions" { button class="primary" { (say("提出新建，等待确认", "Propose the account")) } }
        }
    }
}

fn role_field(operator: &Operator, value: &str) -> Markup {
    let mut options = vec![("", operator.say("请选择", "Choose"))];
    options.extend(Role::ALL.iter().map(|role| (role.as_str(), operator.say(role.zh(), role.en()))));
    html! { (Field { value, ..Field::new("role", operator.say("角色", "Role"), FieldKind::Choice(&options)) }) }
}

async fn render_one(
    app: &App,
    operator: &Operator,
    id: &AccountId,
    complaint: Option<&Complaint>,
) -> Result<Response, PageError> {
    let account = find_account(&app.context, id).await?;
    let waiting = account::invitation::is_waiting(&app.context, id).await?;
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let path = format!("{PATH}/{id}");
    let body = html! {
        (facts(&[
            (say("登录名", "Sign-in name"), html! { (account.name) }),
            (say("角色", "Role"), html! { (say(account.role.zh(), account.role.en())) }),
            (say("状态", "Status"), html! {
                (status(operator, &account))
                @if waiting { " " span class="badge flagged" { (say("等待本人设置密码", "waits for the person to choose a password")) } }
            }),
        ]))
        form class="panel" method="post" action={ (path) "/role" } {
            h2 { (say("提出变更角色", "Propose another role")) }
            (role_field(operator, ""))
            div class="actions" { button class="primary" { (say("提出变更，等待确认", "Propose the role")) } }
        }
        @if account.status == AccountStatus::Enabled {
            form class="panel" method="post" action={ (path) "/password" } {
                h2 { (say("提出重置密码", "Propose to reset the password")) }
                p { (say("确认后原密码立即作废，并给出一次性邀请码：您取甲码、确认人得乙码，分别交给本人，由本人自己设置新密码。", "On confirmation the old password is void at once. You then fetch one half of a code and the confirmer is shown the other; with both the person chooses a new password.")) }
                div class="actions" { button class="primary" { (say("提出重置，等待确认", "Propose the reset")) } }
            }
        }
        div class="actions" {
            @match account.status {
                AccountStatus::Enabled => (button(&format!("{path}/disable"), say("停用此账号", "Disable this account"), "grave")),
                AccountStatus::Disabled => (button(&format!("{path}/enable"), say("提出启用此账号，等待确认", "Propose to enable this account"), "")),
            }
        }
    };
    let back = Some(back_to(PATH, say("账号", "Accounts")));
    Ok(show(
        app,
        operator,
        Content { back, complaint, ..Content::new(Place::Accounts, &account.person, &path, body) },
    ))
}
