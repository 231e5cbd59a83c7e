//! Letting a device in: its request, the code, and the act of two people.

use std::net::IpAddr;

use evaluation::hash::Sha256Hash;
use evaluation::wire::{
    EnrolmentAnswer, EnrolmentCode, EnrolmentQuery, EnrolmentRequest, EnrolmentReveal, EnrolmentState,
    LONGEST_LABEL, TerminalKey, TerminalNonce, problem,
};
use jiff::Timestamp;
use rand::Rng as _;
use serde::{Deserialize, Serialize};

use super::revoke_in;
use crate::domain::terminal::MOST_REQUESTS;
use crate::domain::{Actor, EditionState, EnrolmentId, LogEvent, TerminalId, TerminalRole, TerminalStatus};
use crate::service::edition::load_rules;
use crate::service::{Context, ServiceError, log};
use crate::store::terminals::{self, Terminal};
use crate::store::{Connection, StoreError, editions};

/// How a request came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Arrival {
    /// SHA-256 of the certificate shown where it arrived; none without TLS.
    pub certificate: Option<Sha256Hash>,
    /// The machine it came from, if it is another one.
    pub machine: Option<IpAddr>,
}

/// A device asks to be let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Random id.
    pub id: EnrolmentId,
    /// What the device has sent.
    pub asked: EnrolmentRequest,
    /// When.
    pub asked_at: Timestamp,
    /// SHA-256 of the certificate shown where it asked; none without TLS.
    pub certificate: Option<Sha256Hash>,
    /// What its screen must show; known once it has opened its commitment.
    pub code: Option<EnrolmentCode>,
    nonce: TerminalNonce,
    pub(super) machine: Option<IpAddr>,
}

/// A device to let in. The payload of the two-person act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enrolment {
    /// Its request.
    pub request: EnrolmentId,
    /// What it is for.
    pub role: TerminalRole,
    /// What stands on its label.
    pub name: String,
    /// Which trustee sits at it, from 1; for trustees' terminals only.
    pub trustee_position: Option<u32>,
    /// The key it has made.
    pub public_key: TerminalKey,
    /// What both people have read on its screen.
    pub code: EnrolmentCode,
    /// The device it takes the place of, which is revoked in the same act.
    pub replaces: Option<TerminalId>,
}

impl Request {
    /// What the device is for.
    #[must_use]
    pub fn role(&self) -> TerminalRole {
        self.asked.role.into()
    }

    /// The act that lets this device in; none before it has opened its commitment.
    #[must_use]
    pub fn enrolment(
        &self,
        name: &str,
        trustee_position: Option<u32>,
        replaces: Option<TerminalId>,
    ) -> Option<Enrolment> {
        Some(Enrolment {
            request: self.id.clone(),
            role: self.role(),
            name: name.trim().to_owned(),
            trustee_position,
            public_key: self.asked.public_key,
            code: self.code.clone()?,
            replaces,
        })
    }

    /// Whether this is the request that people have in mind: the same key, code and purpose.
    fn is_meant_by(&self, enrolment: &Enrolment) -> bool {
        self.id == enrolment.request
            && self.asked.public_key == enrolment.public_key
            && self.code.as_ref() == Some(&enrolment.code)
            && self.role() == enrolment.role
    }
}

/// Takes note of a request. Where there is an address for the hall, requests are taken there only. One machine has at most
/// [`MOST_REQUESTS_OF_ONE`](crate::domain::terminal::MOST_REQUESTS_OF_ONE) places: its newest requests.
pub async fn ask(
    context: &Context,
    Arrival { certificate, machine }: Arrival,
    asked: EnrolmentRequest,
) -> Result<EnrolmentAnswer, ServiceError> {
    if context.terminals.certificate().is_some_and(|hall| certificate != Some(hall)) {
        return Err(ServiceError::input(
            problem::ENROLMENT_IN_HALL,
            "终端只能经会场地址（https）登记。请把终端配置中的 server 改为服务器的会场地址，启动服务器时会显示。",
            "Terminals are enrolled at the server's address for the hall only (https). Put it into `server` of this terminal's configuration; the server shows it at start.",
        ));
    }
    if !is_label(&asked.label) {
        return Err(ServiceError::input(
            "label",
            format!("终端标签应为1至{LONGEST_LABEL}个字，请修改终端配置中的 label。"),
            format!(
                "The terminal's label has 1 to {LONGEST_LABEL} characters; mend `label` in its configuration."
            ),
        ));
    }
    let mut tx = context.db.read().await?;
    let known = terminals::find_by_key(&mut tx, &context.county, &asked.public_key).await?;
    drop(tx);
    if known.is_some() {
        return Err(ServiceError::input(
            problem::TERMINAL_KEY_USED,
            "这台终端的密钥以前登记过。终端会换一把新的再申请。",
            "This terminal's key was enrolled before. It makes a new one and asks again.",
        ));
    }
    let mut nonce = [0; 32];
    context.rng().fill_bytes(&mut nonce);
    let request = Request {
        id: EnrolmentId::generate(&mut context.rng()),
        asked,
        asked_at: context.now(),
        certificate,
        code: None,
        nonce: TerminalNonce::new(nonce),
        machine,
    };
    let answer = EnrolmentAnswer { request: request.id.to_string(), nonce: request.nonce, certificate };
    let mut rows = context.terminals.rows();
    rows.forget_lapsed(context.now());
    // A device that was started anew has forgotten its earlier request.
    rows.requests.retain(|other| other.asked.public_key != request.asked.public_key);
    rows.make_room_for(machine);
    if rows.requests.len() >= MOST_REQUESTS {
        return Err(ServiceError::input(
            problem::ENROLMENT_FULL,
            "等待登记的终端太多。请场务在控制台“终端”页移除多余的申请；本终端稍后会再申请。",
            "Too many terminals wait to be enrolled. The steward removes requests on the console's page of terminals; this terminal asks again.",
        ));
    }
    rows.requests.push(request);
    Ok(answer)
}

/// The device opens its commitment; the code is known from now on.
pub fn reveal(context: &Context, reveal: &EnrolmentReveal) -> Result<(), ServiceError> {
    let mut rows = context.terminals.rows();
    rows.forget_lapsed(context.now());
    let place = rows.requests.iter().position(|request| request.id.as_str() == reveal.request);
    let request = place.and_then(|place| rows.requests.get_mut(place)).ok_or_else(gone)?;
    if request.asked.commitment != reveal.nonce.commitment() {
        // Whoever opens a commitment wrongly gets no second try at a code.
        let id = request.id.clone();
        rows.requests.retain(|request| request.id != id);
        return Err(gone());
    }
    let code = request.asked.code(request.certificate, &reveal.nonce, &request.nonce);
    request.code = Some(code);
    Ok(())
}

/// What has become of a request.
pub async fn state(context: &Context, query: &EnrolmentQuery) -> Result<EnrolmentState, StoreError> {
    // In this order: a request goes only once the device is stored, so whoever finds neither has really been put aside. The
    // other way round a device let in between the two looks would ask anew with another key, for ever.
    let waits = list_requests(context)
        .iter()
        .any(|request| request.id.as_str() == query.request && request.asked.public_key == query.public_key);
    let mut tx = context.db.read().await?;
    let known = terminals::find_by_key(&mut tx, &context.county, &query.public_key).await?;
    Ok(match known {
        Some(terminal) if terminal.status == TerminalStatus::Enrolled => EnrolmentState::Enrolled,
        _ if waits => EnrolmentState::Waiting,
        _ => EnrolmentState::Gone,
    })
}

/// The requests that wait for two people, oldest first.
#[must_use]
pub fn list_requests(context: &Context) -> Vec<Request> {
    let mut rows = context.terminals.rows();
    rows.forget_lapsed(context.now());
    rows.requests.clone()
}

/// A request that waits.
pub fn find_request(context: &Context, id: &EnrolmentId) -> Result<Request, ServiceError> {
    list_requests(context).into_iter().find(|request| request.id == *id).ok_or_else(gone)
}

/// Puts a request aside; the device asks anew if it is still there.
pub fn discard(context: &Context, id: &EnrolmentId) {
    context.terminals.rows().requests.retain(|request| request.id != *id);
}

/// What is to be forgotten once an enrolment is carried out: the request, and reports of the device it replaces.
pub fn forget(context: &Context, enrolment: &Enrolment) {
    discard(context, &enrolment.request);
    if let Some(replaced) = &enrolment.replaces {
        context.terminals.rows().heard.remove(replaced);
    }
}

/// Refuses what two people could not confirm in good faith: a request that is gone or has another code now, a name that
/// says nothing or is taken, a trustee's terminal without its trustee, or with a number that is taken or that nobody has.
pub async fn check(
    tx: &mut Connection,
    context: &Context,
    enrolment: &Enrolment,
) -> Result<(), ServiceError> {
    if !find_request(context, &enrolment.request)?.is_meant_by(enrolment) {
        return Err(gone());
    }
    let has_trustee = enrolment.trustee_position.is_some_and(|position| position > 0);
    if !is_label(&enrolment.name) || (enrolment.role == TerminalRole::Trustee) != has_trustee {
        return Err(ServiceError::input(
            "terminal",
            format!("请填写终端名称（至多{LONGEST_LABEL}个字）；监票终端还要填写第几位监票人。"),
            format!(
                "Enter a name for the terminal (at most {LONGEST_LABEL} characters); a trustee's terminal also needs its trustee."
            ),
        ));
    }
    let all = terminals::list(tx, &context.county).await?;
    let mut enrolled = all.iter().filter(|terminal| terminal.status == TerminalStatus::Enrolled);
    if let Some(replaced) = &enrolment.replaces
        && !enrolled.clone().any(|terminal| terminal.id == *replaced && terminal.role == enrolment.role)
    {
        return Err(ServiceError::input(
            "replaces",
            "被替换的终端已停用，或用途不同。请重新选择。",
            "The terminal to be replaced is revoked or serves another purpose. Choose again.",
        ));
    }
    let namesake = |terminal: &Terminal| {
        terminal.name == enrolment.name && Some(&terminal.id) != enrolment.replaces.as_ref()
    };
    if enrolled.any(namesake) {
        return Err(ServiceError::input(
            "name",
            format!("已有名为“{}”的终端。如要替换它，请在“替换”中选中；否则请换一个名称。", enrolment.name),
            format!(
                "There is a terminal named “{}”. If this one replaces it, choose it under “replaces”; otherwise choose another name.",
                enrolment.name
            ),
        ));
    }
    match enrolment.trustee_position {
        Some(position) => check_position(tx, context, enrolment, &all, position).await,
        None => Ok(()),
    }
}

/// Refuses the number of a trustee who sits at another terminal, or whom the rules do not know: a slip of the finger would be
/// found out only when the keys are made.
async fn check_position(
    tx: &mut Connection,
    context: &Context,
    enrolment: &Enrolment,
    all: &[Terminal],
    position: u32,
) -> Result<(), ServiceError> {
    let taken = all.iter().find(|terminal| {
        terminal.status == TerminalStatus::Enrolled
            && terminal.trustee_position == Some(position)
            && Some(&terminal.id) != enrolment.replaces.as_ref()
    });
    if let Some(Terminal { name, .. }) = taken {
        return Err(ServiceError::input(
            "trustee_position",
            format!("第{position}位监票人已有终端“{name}”。请核对序号；如要替换那台终端，请在“替换”中选中。"),
            format!(
                "Trustee {position} has the terminal “{name}” already. Check the number; if this terminal replaces that one, choose it under “replaces”."
            ),
        ));
    }
    match most_trustees(tx, context).await? {
        Some(most) if usize::try_from(position).is_ok_and(|position| position > most) => {
            Err(ServiceError::input(
                "trustee_position",
                format!("规则只有{most}名监票人，没有第{position}位。请核对序号。"),
                format!("The rules have {most} trustees; there is no trustee {position}. Check the number."),
            ))
        }
        _ => Ok(()),
    }
}

/// The number of trustees by the rules; the largest, where several editions are not archived yet. `None` without an edition.
async fn most_trustees(tx: &mut Connection, context: &Context) -> Result<Option<usize>, ServiceError> {
    let mut most = None;
    for edition in editions::list(tx, &context.county).await? {
        if edition.state != EditionState::Archived {
            most = most.max(Some(load_rules(&edition)?.poll.trustees));
        }
    }
    Ok(most)
}

/// Lets a device in, and revokes the one it replaces. Called with the confirmed act, in its transaction; [`forget`] is called
/// after that is committed.
pub async fn enrol(
    tx: &mut Connection,
    context: &Context,
    actor: &Actor,
    enrolment: &Enrolment,
) -> Result<Terminal, ServiceError> {
    check(tx, context, enrolment).await?;
    if let Some(replaced) = &enrolment.replaces {
        revoke_in(tx, context, actor, replaced).await?;
    }
    let terminal = Terminal {
        id: TerminalId::generate(&mut context.rng()),
        role: enrolment.role,
        name: enrolment.name.clone(),
        public_key: enrolment.public_key,
        status: TerminalStatus::Enrolled,
        trustee_position: enrolment.trustee_position,
        enrolled_at: context.now(),
    };
    terminals::insert(tx, &context.county, &terminal).await?;
    let event = LogEvent::TerminalEnrolled {
        terminal: terminal.id.clone(),
        role: terminal.role,
        name: terminal.name.clone(),
        key: Some(terminal.public_key),
    };
    log::append(tx, &context.county, context.now(), actor, &event).await?;
    Ok(terminal)
}

fn is_label(text: &str) -> bool {
    let characters = text.chars().count();
    (1..=LONGEST_LABEL).contains(&characters) && text.trim() == text && !text.chars().any(char::is_control)
}

fn gone() -> ServiceError {
    ServiceError::input(
        problem::ENROLMENT_GONE,
        "这份登记申请已失效，或终端重新申请过，屏幕上现在是另一个代码。请在“终端”页按新的代码重新提出。",
        "This request for enrolment has lapsed, or the terminal has asked anew and shows another code now. Propose the new one on the page of terminals.",
    )
}
