//! The desk behind pages, for the browser of this machine.

use std::sync::Arc;

use appearance::{ASSET_PATH, CACHE_FOR_EVER, Language, find_asset};
use axum::{
    Form, Router,
    extract::{DefaultBodyLimit, Path, Query, State, rejection::FormRejection},
    http::{StatusCode, header},
    middleware,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::Deserialize;

use super::{
    Complaint, Desk, Order, Sending, Stage, Witnesses,
    pages::{self, Entered, Frame},
};
use crate::{
    pages::{Nonce, guard},
    uplink::Uplink,
};

/// The largest form a page sends.
const FORM: usize = 4 << 10;

/// The card officer's pages. To be served on a loopback address only; every other name or origin is turned away.
pub fn router(uplink: Arc<Uplink>) -> Router {
    Router::new()
        .route("/", get(start))
        .route("/make", post(make))
        .route("/send", post(send))
        .route("/discard", post(discard))
        .route("/sheet", post(sheet))
        .route("/destroy", post(destroy))
        .route(&format!("{ASSET_PATH}{{name}}"), get(asset))
        .fallback(async || to_start())
        .with_state(Arc::new(Desk::new(uplink)))
        .layer(DefaultBodyLimit::max(FORM))
        .layer(middleware::from_fn(guard))
}

type Desks = State<Arc<Desk>>;
type Sent<T> = Result<Form<T>, FormRejection>;

#[derive(Deserialize)]
struct StartQuery {
    lang: Option<String>,
}

async fn start(State(desk): Desks, Query(query): Query<StartQuery>) -> Response {
    if let Some(language) = query.lang.as_deref().and_then(Language::from_name) {
        desk.speak(language).await;
    }
    page(&desk, &Entered::default()).await
}

#[derive(Deserialize)]
struct MakeForm {
    session: String,
    poll: String,
    cards: u32,
    officer: String,
    second: String,
    printer: Option<String>,
    power: Option<String>,
}

async fn make(State(desk): Desks, form: Sent<MakeForm>) -> Response {
    let Ok(Form(form)) = form else { return to_start() };
    if !is_ours(&desk, &form.session) {
        return to_start();
    }
    let witnesses = Witnesses { officer: form.officer, second: form.second };
    let ticked = form.printer.is_some() && form.power.is_some();
    match desk.make((&form.poll, form.cards), witnesses.clone(), ticked).await {
        Ok(()) => to_start(),
        Err(complaint) => page(&desk, &Entered { witnesses, complaint: Some(complaint) }).await,
    }
}

#[derive(Deserialize)]
struct SendForm {
    session: String,
}

async fn send(State(desk): Desks, form: Sent<SendForm>) -> Response {
    if let Ok(Form(form)) = form
        && is_ours(&desk, &form.session)
    {
        desk.send_again().await;
    }
    to_start()
}

#[derive(Deserialize)]
struct DiscardForm {
    session: String,
    sure: Option<String>,
}

async fn discard(State(desk): Desks, form: Sent<DiscardForm>) -> Response {
    match form {
        Ok(Form(form)) if is_ours(&desk, &form.session) => {
            answer(&desk, desk.discard(form.sure.is_some()).await).await
        }
        _ => to_start(),
    }
}

#[derive(Deserialize)]
struct SheetForm {
    session: String,
    print: u32,
    shredded: Option<String>,
}

async fn sheet(State(desk): Desks, form: Sent<SheetForm>) -> Response {
    let Ok(Form(form)) = form else { return to_start() };
    if !is_ours(&desk, &form.session) {
        return to_start();
    }
    match desk.print(form.print, form.shredded.is_some()).await {
        Ok(Some((order, codes))) => pages::sheet(&order, &codes).into_response(),
        Ok(None) => to_start(),
        Err(complaint) => answer(&desk, Err(complaint)).await,
    }
}

#[derive(Deserialize)]
struct DestroyForm {
    session: String,
    counted: String,
    spoiled: String,
    both: Option<String>,
}

async fn destroy(State(desk): Desks, form: Sent<DestroyForm>) -> Response {
    let Ok(Form(form)) = form else { return to_start() };
    if !is_ours(&desk, &form.session) {
        return to_start();
    }
    let destroyed = match (form.counted.trim().parse(), form.spoiled.trim().parse()) {
        (counted, Ok(spoiled)) if spoiled > 0 => {
            desk.destroy(counted.unwrap_or(0), spoiled, form.both.is_some()).await
        }
        (Ok(counted), Ok(spoiled)) => desk.destroy(counted, spoiled, form.both.is_some()).await,
        _ => Err(Complaint::Count),
    };
    answer(&desk, destroyed).await
}

/// Leads to the page of where things stand, or shows it with what is to be mended.
async fn answer(desk: &Desk, done: Result<(), Complaint>) -> Response {
    match done {
        Ok(()) => to_start(),
        Err(complaint) => page(desk, &Entered { complaint: Some(complaint), ..Entered::default() }).await,
    }
}

async fn page(desk: &Desk, entered: &Entered) -> Response {
    let frame = Frame { language: desk.language().await, session: desk.nonce().as_str() };
    let order = if matches!(*desk.stage().await, Stage::Waiting) { Some(desk.order().await) } else { None };
    let markup = match &*desk.stage().await {
        Stage::Waiting => pages::order_page(frame, &order.unwrap_or(Order::NoContact), entered),
        Stage::Made(lot) if lot.sending == Sending::Taken => {
            pages::printing_page(frame, lot, entered.complaint)
        }
        Stage::Made(lot) => pages::sending_page(frame, lot, entered.complaint),
        Stage::Destroyed(record) => pages::destroyed_page(frame, record),
    };
    let status = if entered.complaint.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    (status, markup).into_response()
}

async fn asset(Path(name): Path<String>) -> Response {
    match find_asset(&pages::assets(), &name) {
        Some(asset) => {
            let headers =
                [(header::CONTENT_TYPE, asset.content_type()), (header::CACHE_CONTROL, CACHE_FOR_EVER)];
            (headers, asset.bytes().to_vec()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn is_ours(desk: &Desk, session: &str) -> bool {
    *desk.nonce() == Nonce::from_form(session.to_owned())
}

fn to_start() -> Response {
    Redirect::to("/").into_response()
}
