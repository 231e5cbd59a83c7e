//! Absences after the draw: who holds the seats, who lost one and why, and proposing an absence.

use appearance::parts::{Column, Field, FieldKind, Row, Tone, alert, table};
use axum::extract::State;
use axum::response::Response;
use evaluation::hash::Sha256Hash;
use evaluation::pool::{Half, Member, MemberId, Pool};
use maud::{Markup, html};

use super::acts;
use super::address::InEdition;
use super::frame::{Content, Place, show};
use super::guard::Routes;
use super::parts::{back_to, local_time};
use crate::app::App;
use crate::domain::{AbsenceReason, Action, EditionState, InTwoLanguages as _, Permission};
use crate::service::absence::{AbsenceForm, Holder, Seats, prepare, seats};
use crate::service::act::Act;
use crate::store::editions::Edition;
use crate::web::error_page::PageError;
use crate::web::form::{Complaint, Form};
use crate::web::session::Operator;

const PATH: &str = "/console/{year}/absences";

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get(PATH, Permission::ViewPool, page).post(PATH, Permission::ConductDraw, propose)
}

/// A person of the pool in one line: id, name, half, category.
pub(super) fn person_words(operator: &Operator, pool: &Pool, member: &Member) -> String {
    let name = pool.cell(member, "name").unwrap_or_default();
    let half = operator.say(format!("{} 组", member.half()), format!("half {}", member.half()));
    [member.id().as_str(), name, half.as_str(), member.category().as_str()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" · ")
}

/// The way to this page, once there are seats, for those who may see it.
pub(super) fn link(operator: &Operator, edition: &Edition) -> Markup {
    html! {
        @if edition.state >= EditionState::Drawn && operator.may(Permission::ViewPool) {
            p { a href={ "/console/" (edition.year) "/absences" } {
                (operator.say("代表不能到会？登记缺席和递补", "Somebody cannot come? Absences and replacements"))
            } }
        }
    }
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
    let new = match read(&form) {
        Ok(read) => Complaint::or(prepare(&app.context, &edition.0.id, read).await)?,
        Err(complaint) => Err(complaint),
    };
    match acts::propose_typed(&app, &operator, new.map(Act::ReplaceAbsent)).await? {
        Ok(response) => Ok(response),
        Err(complaint) => render(&app, &operator, &edition, &form, Some(&complaint)).await,
    }
}

fn read(form: &Form) -> Result<AbsenceForm, Complaint> {
    let member = form.text("member").parse().map_err(|_| {
        Complaint::new("请选择不能到会的代表。", "Choose the representative who cannot come.")
    })?;
    let reason = form
        .text("reason")
        .parse()
        .map_err(|_| Complaint::new("请选择缺席原因。", "Choose the reason of the absence."))?;
    let document_number = form.text("document_number").to_owned();
    if document_number.is_empty() {
        return Err(Complaint::new("请填写证明文件的文号。", "Enter the number of the document."));
    }
    Ok(AbsenceForm { member, reason, document_number, document: read_document(form)? })
}

/// The hash of the document that was chosen, or the hash that was typed in.
fn read_document(form: &Form) -> Result<Sha256Hash, Complaint> {
    let typed: String =
        form.text("document").chars().filter(|character| !character.is_whitespace()).collect();
    let typed = match typed.as_str() {
        "" => None,
        text => Some(text.to_ascii_lowercase().parse::<Sha256Hash>().map_err(|_| {
            Complaint::new(
                "文件核对码应为 64 位十六进制数。请重新填写，或改为选择文件。",
                "The hash has 64 hexadecimal digits. Type it again, or choose the file instead.",
            )
        })?),
    };
    match (form.file("file").map(Sha256Hash::of), typed) {
        (Some(file), Some(typed)) if file != typed => Err(Complaint::new(
            "所选文件与填写的核对码不符。请核对文件，或只填一项。",
            "The file does not have the hash that was typed. Check the file, or give only one of the two.",
        )),
        (Some(hash), _) | (None, Some(hash)) => Ok(hash),
        (None, None) => Err(Complaint::new(
            "请选择证明文件，或填写它的核对码。",
            "Choose the file of the document, or type its hash.",
        )),
    }
}

async fn render(
    app: &App,
    operator: &Operator,
    edition: &InEdition,
    sent: &Form,
    complaint: Option<&Complaint>,
) -> Result<Response, PageError> {
    let seats = seats(&app.context, &edition.0.id).await?;
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let body = html! {
        p class="lead" {
            (say(
                "代表不能到会时，由同组候补按抽取的次序递补，直到投票开始。由两人办理，原因、文号和文件核对码公布。",
                "When a representative cannot come, the next alternate of the same half is called, in the order of the draw, up to the start of the poll. Two people do it; reason, document number and hash are published.",
            ))
        }
        @match &seats {
            None => {
                (alert(Tone::Note, say("还没有抽取", "No draw yet"), &html! {
                    p { (say("抽取完成之后才有席位。", "There are seats once the draw is completed.")) }
                }))
            }
            Some(seats) => {
                @if let Some(closed) = &seats.closed {
                    (alert(Tone::Note, say("现在不能登记缺席", "No absence can be recorded now"), &html! {
                        p { (operator.say(closed.zh(), closed.to_string())) }
                    }))
                }
                (absences(operator, seats))
                @if seats.closed.is_none() && operator.may_propose(Action::ReplaceAbsent) {
                    (propose_form(operator, edition, seats, sent))
                }
                @for half in Half::ALL { (holders(operator, seats, half)) }
            }
        }
    };
    let path = edition.path("/absences");
    let title = say("缺席和递补", "Absences and replacements");
    let back = back_to(&edition.path("/draw"), say("抽取评议代表", "Draw of the representatives"));
    let content = Content { complaint, back: Some(back), ..Content::new(Place::Draw, title, &path, body) };
    Ok(show(app, operator, content))
}

fn absences(operator: &Operator, seats: &Seats) -> Markup {
    if seats.absences.is_empty() {
        return html! { p { (operator.say("没有登记的缺席。", "No absence is recorded.")) } };
    }
    let columns = [
        Column::numbers(operator.say("序号", "No.")),
        Column::words(operator.say("失去席位", "Lost the seat")),
        Column::words(operator.say("原因", "Reason")),
        Column::words(operator.say("递补", "Called")),
        Column::words(operator.say("文号和文件核对码", "Document and its hash")),
        Column::words(operator.say("确认时间", "Confirmed")),
    ];
    let person = |id: &str| {
        let member = id.parse::<MemberId>().ok();
        let member = member.as_ref().and_then(|id| seats.pool.find(id));
        member.map_or_else(|| id.to_owned(), |member| person_words(operator, &seats.pool, member))
    };
    let nobody = operator.say("无人可递补，席位空缺", "nobody left; the seat is empty");
    let rows = seats.absences.iter().map(|absence| {
        Row::from(vec![
            html! { (absence.number) },
            html! { (person(&absence.member)) },
            html! { (operator.say(absence.reason.zh(), absence.reason.en())) },
            html! { (absence.called.as_deref().map_or_else(|| nobody.to_owned(), person)) },
            html! { (absence.document_number) br; span class="code" { (absence.document) } },
            html! { span class="time" { (local_time(absence.approved_at)) } },
        ])
    });
    table(operator.say("已登记的缺席", "Recorded absences"), &columns, rows)
}

fn propose_form(operator: &Operator, edition: &InEdition, seats: &Seats, sent: &Form) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let labels: Vec<_> = seats.holders.iter().map(|holder| label(operator, seats, holder)).collect();
    let mut people = vec![("", say("请选择", "Choose"))];
    let ids = seats.holders.iter().map(|holder| holder.id.as_str());
    people.extend(ids.zip(labels.iter().map(String::as_str)));
    let mut reasons = vec![("", say("请选择", "Choose"))];
    reasons.extend(AbsenceReason::ALL.iter().map(|reason| (reason.as_str(), say(reason.zh(), reason.en()))));
    html! {
        form class="panel" method="post" action=(edition.path("/absences")) enctype="multipart/form-data" {
            h2 { (say("登记缺席", "Record an absence")) }
            (Field { value: sent.text("member"), hint: Some(say("候补被递补后又不能到会的，同样在这里登记。", "An alternate who was called and cannot come is recorded here too.")), ..Field::new("member", say("不能到会的代表", "Representative who cannot come"), FieldKind::Choice(&people)) })
            (Field { value: sent.text("reason"), ..Field::new("reason", say("原因", "Reason"), FieldKind::Choice(&reasons)) })
            (Field { value: sent.text("document_number"), hint: Some(say("例如：宁创办〔2020〕31号，或请假条编号。原因和文号会公布，请勿写病情等细节。", "Such as 宁创办〔2020〕31号. Reason and number are published: no details of an illness.")), ..Field::line("document_number", say("证明文件文号", "Number of the document")) })
            (Field { required: false, hint: Some(say("只计算它的核对码（SHA-256）并记录，文件本身不保存，请自行存档。", "Only its hash (SHA-256) is computed and kept. The file itself is not stored: file it yourself.")), ..Field::new("file", say("证明文件", "The document"), FieldKind::File("")) })
            (Field { required: false, value: sent.text("document"), hint: Some(say("文件不在这台电脑上时，填写它的 SHA-256，64 位。", "If the file is not on this computer: its SHA-256, 64 digits.")), ..Field::line("document", say("或文件核对码", "Or its hash")) })
            div class="actions" { button class="primary" { (say("算出递补人，提出并等待确认", "Compute who is called; propose and wait")) } }
        }
    }
}

fn label(operator: &Operator, seats: &Seats, holder: &Holder) -> String {
    let member = seats.pool.find(&holder.id);
    member.map_or_else(|| holder.id.to_string(), |member| person_words(operator, &seats.pool, member))
}

fn holders(operator: &Operator, seats: &Seats, half: Half) -> Markup {
    let columns = [
        Column::numbers(operator.say("次序", "Rank")),
        Column::words(operator.say("编号", "Id")),
        Column::words(operator.say("姓名", "Name")),
        Column::words(operator.say("类别", "Category")),
        Column::words(operator.say("席位", "Seat")),
    ];
    let of_half: Vec<_> = seats.holders.iter().filter(|holder| holder.half == half).collect();
    let caption = operator.say(
        format!("{half} 组现有代表 {} 名", of_half.len()),
        format!("Half {half}: {} representatives now", of_half.len()),
    );
    let rows = of_half.into_iter().map(|holder| {
        let member = seats.pool.find(&holder.id);
        let name = member.and_then(|member| seats.pool.cell(member, "name")).unwrap_or_default();
        let seat = if holder.is_alternate {
            operator.say("递补", "called")
        } else {
            operator.say("抽中", "drawn")
        };
        Row::from(vec![
            html! { (holder.rank) },
            html! { (holder.id) },
            html! { (name) },
            html! { (holder.category) },
            html! { (seat) },
        ])
    });
    table(&caption, &columns, rows)
}
