//! The pool of people of whom the representatives are drawn: nominations and their review, or a ready-made list; the
//! lock; what is printed of it.

mod counts;
mod list;
mod nomination;
mod nominations;
mod print;

use appearance::parts::{Field, Tone, alert};
use axum::extract::State;
use axum::response::Response;
use evaluation::hash::Sha256Hash;
use evaluation::pool::identity::DrawId;
use maud::{Markup, html};

use self::counts::PoolFigures;
use super::acts::propose;
use super::address::InEdition;
use super::done::Done;
use super::frame::{Content, Place, show};
use super::guard::Routes;
use super::parts::{back, back_to, button, csv_field, fold, large_hash, upload};
use crate::app::App;
use crate::domain::{Action, EditionState, NominationState, Permission};
use crate::service::act::Act;
use crate::service::edition;
use crate::service::pool::lock::{LockRequest, default_draw_id};
use crate::service::pool::{discard, find_lock, import_pool};
use crate::store::pool::Lock;
use crate::web::error_page::PageError;
use crate::web::form::{Complaint, Form};
use crate::web::session::Operator;

const PATH: &str = "/console/{year}/pool";

pub(super) fn routes(routes: Routes) -> Routes {
    let routes = routes
        .get(PATH, Permission::ViewPool, page)
        .post(PATH, Permission::EditEdition, import)
        .post("/console/{year}/pool/open", Permission::EditEdition, open)
        .post("/console/{year}/pool/discard", Permission::EditEdition, throw_away)
        .post("/console/{year}/pool/lock", Permission::EditEdition, lock);
    [nominations::routes, nomination::routes, list::routes, print::routes]
        .into_iter()
        .fold(routes, |routes, add| add(routes))
}

/// The way back to the pool.
fn back_to_pool(operator: &Operator, edition: &InEdition) -> Markup {
    back_to(&edition.path("/pool"), operator.say("人员库", "Pool"))
}

async fn page(operator: Operator, State(app): State<App>, edition: InEdition) -> Result<Response, PageError> {
    render(&app, &operator, &edition, None, None).await
}

async fn open(operator: Operator, State(app): State<App>, edition: InEdition) -> Result<Response, PageError> {
    let id = &edition.0.id;
    match edition::step(&app.context, &operator.actor(), id, EditionState::open_pool).await {
        Ok(()) => Ok(Done::PoolOpened.at(&edition.path("/pool"))),
        Err(error) => render(&app, &operator, &edition, Some(&Complaint::about(error)?), None).await,
    }
}

async fn import(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    form: Form,
) -> Result<Response, PageError> {
    let Some(file) = form.file("file") else {
        let complaint =
            Complaint::new("请先选择人员名单文件。", "Choose the file with the list of people first.");
        return render(&app, &operator, &edition, Some(&complaint), None).await;
    };
    match import_pool(&app.context, &operator.actor(), &edition.0.id, file).await {
        Ok(_) => Ok(Done::PoolImported.at(&edition.path("/pool"))),
        Err(error) => render(&app, &operator, &edition, Some(&Complaint::about_file(error)?), None).await,
    }
}

async fn throw_away(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
) -> Result<Response, PageError> {
    match discard(&app.context, &operator.actor(), &edition.0.id).await {
        Ok(()) => Ok(Done::PoolDiscarded.at(&edition.path("/pool"))),
        Err(error) => render(&app, &operator, &edition, Some(&Complaint::about(error)?), None).await,
    }
}

/// Proposes the lock.
async fn lock(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    form: Form,
) -> Result<Response, PageError> {
    let typed = form.text("draw_id");
    let draw_id: Option<DrawId> = typed.parse().ok();
    if draw_id.is_none() && !typed.is_empty() {
        let complaint = Complaint::new(
            "抽取编号由字母或数字开头，最多 64 个字母、数字、点、下划线或连字符。没有提出锁定。",
            "The id of a draw begins with a letter or digit and has at most 64 letters, digits, dots, underscores or hyphens. The lock was not proposed.",
        );
        return render(&app, &operator, &edition, Some(&complaint), Some(typed)).await;
    }
    let request = LockRequest { edition: edition.0.id.clone(), draw_id };
    match propose(&app, &operator, &Act::LockPool(request)).await {
        Ok(response) => Ok(response),
        Err(error) => render(&app, &operator, &edition, Some(&Complaint::about(error)?), Some(typed)).await,
    }
}

async fn render(
    app: &App,
    operator: &Operator,
    edition: &InEdition,
    complaint: Option<&Complaint>,
    draw_id: Option<&str>,
) -> Result<Response, PageError> {
    let figures = PoolFigures::load(&app.context, &edition.0).await?;
    let locked = find_lock(&app.context, &edition.0.id).await?;
    let default = default_draw_id(&figures.rules)?.to_string();
    let body = html! {
        (figures.strip(operator))
        @if operator.may(Permission::EditEdition) {
            (task(app, operator, edition, &figures, complaint.is_some(), draw_id.unwrap_or(&default)))
        } @else if edition.0.state == EditionState::PoolOpen && !figures.ready_made {
            div class="actions" { a class="button" href=(edition.path("/pool/nominations")) { (operator.say("查看提名", "See the nominations")) } }
        }
        @if edition.0.state > EditionState::PoolOpen { (locked_note(operator, edition, locked.as_ref())) }
        @for half in &figures.count.halves { (figures.half_table(operator, half)) }
    };
    let path = edition.path("/pool");
    let title = operator.say("人员库", "Pool");
    Ok(show(
        app,
        operator,
        Content {
            complaint,
            back: Some(back(operator, &edition.0)),
            ..Content::new(Place::Pool, title, &path, body)
        },
    ))
}

fn task(
    app: &App,
    operator: &Operator,
    edition: &InEdition,
    figures: &PoolFigures,
    complained: bool,
    draw_id: &str,
) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    match edition.0.state {
        EditionState::Draft => alert(
            Tone::Note,
            say("还不能开放人员库", "The pool cannot be opened yet"),
            &html! { p { (say("请先公布股室名单。", "Publish the list of offices first.")) } },
        ),
        EditionState::Listed => html! {
            section class="panel" {
                h2 { (say("开放人员库", "Open the pool")) }
                p { (say("单位推荐、个人自荐，由创建办审核。开放后，公开网站即接受提名，也可导入纸质名单。", "Units recommend people, people nominate themselves, the commission reviews. Once the pool is open, the public site takes nominations, and lists from paper can be imported.")) }
                div class="actions" { (button(&edition.path("/pool/open"), say("开放人员库", "Open the pool"), "primary")) }
            }
        },
        EditionState::PoolOpen if figures.ready_made => html! {
            (lock_form(operator, edition, figures, None))
            (fold(say("重新导入或弃用现成名单", "Import the list again, or discard it"), true, complained, &ready_made(operator, edition, true)))
        },
        EditionState::PoolOpen => html! {
            (collecting(app, operator, edition, figures))
            @if figures.count.members > 0 { (lock_form(operator, edition, figures, Some(draw_id))) }
            @if figures.review.total() == 0 {
                (fold(say("已有带编号的现成名单", "A ready-made list with ids"), true, complained, &ready_made(operator, edition, false)))
            }
        },
        _ => html! {},
    }
}

fn collecting(app: &App, operator: &Operator, edition: &InEdition, figures: &PoolFigures) -> Markup {
    let waiting = figures.review.of(NominationState::Waiting);
    let public = format!("{}/nominate", app.public_url);
    html! {
        section class="panel" {
            h2 { (operator.say("征集与审核", "Collect and review")) }
            p {
                (operator.say("公开提名表：", "Public form: ")) a href="/nominate" { (public) }
                (operator.say("。收到的提名和纸质名单都在这里审核。", ". What arrives there, and lists from paper, are reviewed here."))
            }
            div class="actions" {
                a class="button primary" href=(edition.path("/pool/nominations")) {
                    (operator.say(format!("审核提名（{waiting} 份待审核）"), format!("Review nominations ({waiting} waiting)")))
                }
                a class="button" href=(edition.path("/pool/list")) { (operator.say("导入纸质名单", "Import a list from paper")) }
            }
        }
    }
}

fn lock_form(
    operator: &Operator,
    edition: &InEdition,
    figures: &PoolFigures,
    draw_id: Option<&str>,
) -> Markup {
    if !operator.may_propose(Action::LockPool) {
        return html! {};
    }
    let members = figures.count.members;
    let open = figures
        .review
        .of(NominationState::Waiting)
        .saturating_add(figures.review.of(NominationState::Returned));
    let hint = operator.say(
        "写入每个人的身份锚，锁定后不变，即使以后的抽取另有编号。一般不用改。",
        "It stands inside everybody's anchor and stays, even if a later draw has another id. Usually nothing to change.",
    );
    html! {
        section class="panel" {
            h2 { (operator.say("锁定人员库", "Lock the pool")) }
            p {
                (operator.say(
                    format!("锁定后 {members} 人的名单不能再改，抽取只从中进行。由一人提出，监督员或领导小组确认。"),
                    format!("After this the list of {members} people cannot be changed; the draw is made from it alone. One person proposes it, the supervisor or the leading group confirms."),
                ))
            }
            @if open > 0 {
                (alert(Tone::Warning, &operator.say(format!("还有 {open} 份提名没有审核完"), format!("{open} nominations are not decided yet")), &html! {
                    p { (operator.say("锁定后不能再通过任何人。", "After the lock nobody can be approved any more.")) }
                }))
            }
            form method="post" action=(edition.path("/pool/lock")) {
                @if let Some(draw_id) = draw_id {
                    (Field { value: draw_id, hint: Some(hint), ..Field::line("draw_id", operator.say("抽取编号", "Draw id")) })
                }
                div class="actions" { button class="primary" { (operator.say("提出锁定", "Propose the lock")) } }
            }
        }
    }
}

fn ready_made(operator: &Operator, edition: &InEdition, present: bool) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let field = csv_field(
        say("人员名单（Excel 或 CSV）", "List of people (Excel or CSV)"),
        say(
            "必有列：编号、组别（A 或 B）、类别；可加姓名等列。收 Excel 工作簿（.xlsx）和 CSV。整份名单原样公开，不得含身份证号、电话等个人信息；有一行不对就一人也不导入。",
            "Required columns: id, half (A or B), category; others such as name may follow. Excel workbooks (.xlsx) and CSV. The list is published as it is and must not have ID card or phone numbers; if one row is wrong, nobody is imported.",
        ),
    );
    html! {
        section class="panel" {
            h2 { (say("导入现成名单", "Import a ready-made list")) }
            p class="muted" { (say("给已经有带编号名单的县使用，新名单会整份替换旧名单。用了现成名单，就不再接受提名。", "For a county that has a list with ids already; a new list replaces the whole old one. With a ready-made list, no nominations are taken.")) }
            (upload(&edition.path("/pool"), field, say("检查并导入", "Check and import")))
            @if present {
                p { (say("弃用现成名单后，可改为征集提名。", "Without the ready-made list, nominations can be collected.")) }
                div class="actions" { (button(&edition.path("/pool/discard"), say("弃用现成名单", "Discard the ready-made list"), "grave")) }
            }
        }
    }
}

fn locked_note(operator: &Operator, edition: &InEdition, lock: Option<&Lock>) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let words = say(
        "名单不再更改，代表只从中抽取。",
        "The list does not change any more; representatives are drawn from it alone.",
    );
    html! {
        (alert(Tone::Note, say("人员库已锁定", "The pool is locked"), &html! { p { (words) } }))
        @if let Some(lock) = lock {
            section class="panel" {
                h2 { (say("pool.tsv 的 SHA-256", "SHA-256 of pool.tsv")) }
                (large_hash(&Sha256Hash::of(&lock.pool).to_string()))
                p class="muted" {
                    (say("已在公开网站公布：", "Published at ")) a href="/pool" { "/pool" }
                    @if let Some(draw_id) = &lock.draw_id { (say("。身份锚所用抽取编号：", ". Draw id inside the anchors: ")) code { (draw_id) } }
                }
            }
        }
        @if operator.may(Permission::ViewIdentities) {
            div class="actions no-print" {
                @if lock.is_some_and(|lock| lock.draw_id.is_some()) {
                    a class="button" href=(edition.path("/pool/slips")) { (say("打印身份凭条", "Print the slips")) }
                }
                @if edition.0.state >= EditionState::Drawn {
                    a class="button" href=(edition.path("/pool/letters")) { (say("打印聘书", "Print the letters of appointment")) }
                    a class="button" href=(edition.path("/pool/representatives")) { (say("打印代表名册", "Print the list of representatives")) }
                }
            }
        }
    }
}
