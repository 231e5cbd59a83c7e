//! A server for trustees' terminals: it carries the messages of the key ceremony and takes void cards, and can be told to fail. Each
//! trustee has an address of its own.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use belenios::{
    group::Ed25519 as G,
    trustee::{
        TrusteePublicKey, Trustees,
        threshold::{Block, Certificates, Contributions, Quorum},
    },
};
use evaluation::wire::*;
use kiosk::{
    trustee::{
        Cost,
        pages::{TrusteeSettings, router},
    },
    uplink::{Timeouts, Uplink},
};

use crate::{browser::Browser, hall::Hall};

pub(crate) const POLL: &str = "1r7xvBB2ZoyrxA";

/// Guessing is cheap in tests.
pub(crate) const CHEAP: Cost = Cost { memory_kib: 8, passes: 1, lanes: 1 };

const NAMES: [&str; 3] = ["监票人甲", "监票人乙", "监票人丙"];

/// The server and the trustees' sticks.
pub(crate) struct Commission {
    pub(crate) shared: Arc<Shared>,
    address: SocketAddr,
    pub(crate) folder: tempfile::TempDir,
}

#[derive(Default)]
pub(crate) struct Shared {
    needed: u32,
    pub(crate) certificates: Mutex<BTreeMap<u32, String>>,
    pub(crate) contributions: Mutex<BTreeMap<u32, String>>,
    pub(crate) keys: Mutex<BTreeMap<u32, String>>,
    pub(crate) state: Mutex<Option<PollState>>,
    pub(crate) purpose: Mutex<Option<Purpose>>,
    pub(crate) voids: Mutex<Vec<VoidCard>>,
    /// What is answered to whatever is sent.
    pub(crate) problem: Mutex<Option<(u16, &'static str)>>,
}

impl Commission {
    pub(crate) async fn new(needed: u32) -> Self {
        let shared = Arc::new(Shared { needed, ..Shared::default() });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = server(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, server).await.unwrap() });
        Self { shared, address, folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn stick(&self, trustee: u32) -> PathBuf {
        self.folder.path().join(trustee.to_string())
    }

    pub(crate) fn key(&self, trustee: u32) -> PathBuf {
        self.stick(trustee).join("trustee.key")
    }

    /// A trustee's terminal just switched on, with the stick in.
    pub(crate) fn terminal(&self, trustee: u32) -> Browser {
        std::fs::create_dir_all(self.stick(trustee)).unwrap();
        self.terminal_with(trustee, self.key(trustee))
    }

    /// A trustee's terminal just switched on, that finds its stick there.
    pub(crate) fn terminal_with(&self, trustee: u32, key: PathBuf) -> Browser {
        let timeouts = Timeouts { connect: Duration::from_secs(2), request: Duration::from_secs(20) };
        let server = format!("http://{}/{trustee}", self.address);
        let uplink = Uplink::new(&server, Hall::access(), timeouts).unwrap();
        let settings = TrusteeSettings { key, setup: None, pause: Duration::from_millis(5), cost: CHEAP };
        Browser::new(router(Arc::new(uplink), settings))
    }

    pub(crate) fn set_state(&self, state: PollState) {
        *self.shared.state.lock().unwrap() = Some(state);
    }

    pub(crate) fn fail(&self, problem: Option<(u16, &'static str)>) {
        *self.shared.problem.lock().unwrap() = problem;
    }
}

impl Shared {
    fn assignment(&self, position: u32) -> TrusteeAssignment {
        TrusteeAssignment {
            poll: POLL.parse().unwrap(),
            position,
            name: NAMES[usize::try_from(position).unwrap() - 1].into(),
            group: "Ed25519".into(),
            trustees: 3,
            needed: self.needed,
            purpose: self.purpose.lock().unwrap().unwrap_or(Purpose::Real),
            title: "宁晋县 2020 年度「阳光股室」评议".into(),
            state: self.state.lock().unwrap().unwrap_or(PollState::Setup),
        }
    }

    pub(crate) fn ceremony(&self) -> TrusteeCeremony {
        let places =
            |messages: &Mutex<BTreeMap<u32, String>>| messages.lock().unwrap().keys().copied().collect();
        let all = |messages: &Mutex<BTreeMap<u32, String>>| {
            let messages = messages.lock().unwrap();
            (messages.len() == 3).then(|| messages.values().cloned().collect::<Vec<_>>())
        };
        let keys = all(&self.keys);
        let trustees = keys.map(|keys| self.list(&keys));
        TrusteeCeremony {
            certified: places(&self.certificates),
            contributed: places(&self.contributions),
            finished: places(&self.keys),
            certificates: all(&self.certificates),
            contributions: all(&self.contributions),
            trustees,
        }
    }

    fn list(&self, keys: &[String]) -> String {
        let keys: Vec<TrusteePublicKey<G>> =
            keys.iter().map(|key| serde_json::from_str(key).unwrap()).collect();
        if self.needed == 3 {
            return Trustees::all_needed(keys).to_json();
        }
        let quorum = Quorum::new(usize::try_from(self.needed).unwrap(), 3).unwrap();
        let certificates = self.certificates.lock().unwrap();
        let certificates = certificates.values().map(|text| serde_json::from_str(text).unwrap()).collect();
        let certificates = Certificates::<G>::check(quorum, certificates).unwrap();
        let contributions = self.contributions.lock().unwrap();
        let contributions = contributions.values().map(|text| serde_json::from_str(text).unwrap()).collect();
        let contributions = Contributions::check(&certificates, contributions).unwrap();
        Trustees::threshold(Block::assemble(&certificates, &contributions, keys).unwrap()).to_json()
    }

    /// Takes a message once; the same again is fine.
    fn take(&self, messages: &Mutex<BTreeMap<u32, String>>, position: u32, message: &str) -> Response {
        if let Some((status, code)) = *self.problem.lock().unwrap() {
            return refuse(status, code);
        }
        let mut messages = messages.lock().unwrap();
        if *messages.entry(position).or_insert_with(|| message.to_owned()) == message {
            StatusCode::NO_CONTENT.into_response()
        } else {
            refuse(409, "message_taken")
        }
    }
}

fn refuse(status: u16, code: &str) -> Response {
    let body =
        Problem {
            code: code.into(), zh: format!("服务器说：{code}"), en: format!("The server says {code}")
        };
    (StatusCode::from_u16(status).unwrap(), [(header::CONTENT_TYPE, PROBLEM_MEDIA_TYPE)], Json(body))
        .into_response()
}

type Server = State<Arc<Shared>>;

fn server(shared: Arc<Shared>) -> Router {
    let of_trustee = |path: &str| format!("/{{trustee}}{path}");
    // Every trustee's terminal is let in: who it is stands in the address.
    let challenge = async || Json(Challenge { nonce: TerminalNonce::new([7; 32]) });
    let signed_in = async || Json(SignedIn { token: "token".to_owned() });
    Router::new()
        .route(&of_trustee(path::TERMINAL_CHALLENGE), post(challenge))
        .route(&of_trustee(path::TERMINAL_SIGN_IN), post(signed_in))
        .route(
            &of_trustee(path::TRUSTEE_ASSIGNMENT),
            get(async |State(shared): Server, Path(trustee): Path<u32>| Json(shared.assignment(trustee))),
        )
        .route(
            &of_trustee(path::TRUSTEE_CEREMONY),
            get(async |State(shared): Server, Path(_): Path<u32>| Json(shared.ceremony())),
        )
        .route(
            &of_trustee(path::TRUSTEE_CERTIFICATE),
            post(
                async |State(shared): Server,
                       Path(trustee): Path<u32>,
                       Json(sent): Json<TrusteeCertificate>| {
                    shared.take(&shared.certificates, trustee, &sent.certificate)
                },
            ),
        )
        .route(
            &of_trustee(path::TRUSTEE_CONTRIBUTION),
            post(
                async |State(shared): Server,
                       Path(trustee): Path<u32>,
                       Json(sent): Json<TrusteeContribution>| {
                    shared.take(&shared.contributions, trustee, &sent.contribution)
                },
            ),
        )
        .route(
            &of_trustee(path::TRUSTEE_KEY),
            post(async |State(shared): Server, Path(trustee): Path<u32>, Json(sent): Json<TrusteeKey>| {
                shared.take(&shared.keys, trustee, &sent.trustee_key)
            }),
        )
        .route(&of_trustee(path::TRUSTEE_VOID), post(void))
        .with_state(shared)
}

async fn void(State(shared): Server, Path(_): Path<u32>, Json(sent): Json<VoidCard>) -> Response {
    if let Some((status, code)) = *shared.problem.lock().unwrap() {
        return refuse(status, code);
    }
    assert!(sent.is_signed::<G>(&POLL.parse().unwrap()));
    shared.voids.lock().unwrap().push(sent);
    StatusCode::NO_CONTENT.into_response()
}
