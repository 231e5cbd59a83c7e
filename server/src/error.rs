//! The one type that becomes an HTTP error: a problem document for terminals, a page for people.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use evaluation::wire::{PROBLEM_MEDIA_TYPE, Problem, problem};

use crate::domain::InTwoLanguages;
use crate::service::ServiceError;
use crate::service::account::AccountError;
use crate::service::act::ActError;
use crate::service::proposal::ProposalError;
use crate::service::session::SignInError;
use crate::store::StoreError;

/// Why a request was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// About an account.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// About the two people of an act.
    #[error(transparent)]
    Proposal(#[from] ProposalError),
    /// The request itself is malformed.
    #[error("{en}")]
    Request {
        /// 4xx.
        status: StatusCode,
        /// Stable code.
        code: &'static str,
        /// In Chinese.
        zh: &'static str,
        /// In English.
        en: &'static str,
    },
    /// About what was asked for.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// About signing in.
    #[error(transparent)]
    SignIn(#[from] SignInError),
}

/// The device is not enrolled, or its token is wrong.
pub const TERMINAL_UNKNOWN: AppError = AppError::Request {
    status: StatusCode::UNAUTHORIZED,
    code: problem::TERMINAL_UNKNOWN,
    zh: "本终端没有登记，或已停用。请联系场务。",
    en: "This terminal is not enrolled, or has been revoked. Call the steward.",
};

/// The body is not what this address takes.
pub const BODY_UNREADABLE: AppError = AppError::Request {
    status: StatusCode::BAD_REQUEST,
    code: "body_unreadable",
    zh: "请求内容的格式不对，没有作任何更改。",
    en: "The request cannot be read; nothing was changed.",
};

/// The body is larger than this address takes.
pub const BODY_TOO_LARGE: AppError = AppError::Request {
    status: StatusCode::PAYLOAD_TOO_LARGE,
    code: "body_too_large",
    zh: "请求内容过大，没有作任何更改。",
    en: "The request is too large; nothing was changed.",
};

/// There is nothing at this address.
pub const NOTHING_HERE: AppError = AppError::Request {
    status: StatusCode::NOT_FOUND,
    code: "not_found",
    zh: "没有这个页面。请返回首页重新选择。",
    en: "There is no such page. Go back to the first page and choose again.",
};

/// The account's role may not do this.
pub const FORBIDDEN: AppError = AppError::Request {
    status: StatusCode::FORBIDDEN,
    code: "forbidden",
    zh: "您的角色不能进行此操作，没有作任何更改。",
    en: "Your role may not do this; nothing was changed.",
};

/// The HTTP status of what was entered or sent wrongly.
fn status_of_input(code: &str) -> StatusCode {
    match code {
        // From where things stand, not from what was sent.
        problem::ANOTHER_ELECTION
        | problem::BOOTH_NOT_READY
        | problem::CARD_SPENT
        | problem::CARD_VOID
        | problem::POLL_NOT_OPEN
        | problem::SHARE_NOT_NEEDED
        | problem::TERMINAL_KEY_USED => StatusCode::CONFLICT,
        problem::ENROLMENT_FULL => StatusCode::TOO_MANY_REQUESTS,
        problem::SIGN_IN_REFUSED => StatusCode::UNAUTHORIZED,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

impl AppError {
    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Request { status, .. } => *status,
            Self::SignIn(SignInError::Refused) => StatusCode::UNAUTHORIZED,
            Self::SignIn(SignInError::SlowedDown { .. }) => StatusCode::TOO_MANY_REQUESTS,
            Self::Service(ServiceError::Input { code, .. }) => status_of_input(code),
            Self::Service(ServiceError::NotFound(_)) | Self::Proposal(ProposalError::NotFound) => {
                StatusCode::NOT_FOUND
            }
            Self::Service(
                ServiceError::CheckIn(_)
                | ServiceError::Draw(_)
                | ServiceError::Edition(_)
                | ServiceError::Poll(_),
            ) => StatusCode::CONFLICT,
            error if error.is_internal() => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Account(_) | Self::Proposal(_) | Self::Service(_) | Self::SignIn(_) => StatusCode::CONFLICT,
        }
    }

    /// Stable code for programs, `snake_case`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            error if error.is_internal() => "internal",
            Self::Account(_) => "account",
            Self::Proposal(_) => "proposal",
            Self::Request { code, .. } | Self::Service(ServiceError::Input { code, .. }) => code,
            Self::Service(ServiceError::NotFound(_)) => "not_found",
            Self::Service(_) => "wrong_state",
            Self::SignIn(_) => "sign_in",
        }
    }

    /// Whether it is our fault, or the database's: the chain goes to the log, the person learns only that.
    #[must_use]
    pub fn is_internal(&self) -> bool {
        matches!(
            self,
            Self::Service(ServiceError::Io(_) | ServiceError::Store(_) | ServiceError::Contradiction(_))
                | Self::Account(AccountError::Store(_))
                | Self::Proposal(ProposalError::Store(_) | ProposalError::Payload(_))
                | Self::SignIn(SignInError::Store(_) | SignInError::Password(_))
        )
    }

    /// Writes the chain of causes to the log, once, if it is our fault.
    pub fn log(&self) {
        if self.is_internal() {
            let mut chain = self.to_string();
            let mut cause = std::error::Error::source(self);
            while let Some(error) = cause {
                chain.push_str(": ");
                chain.push_str(&error.to_string());
                cause = error.source();
            }
            tracing::error!(chain, "a request failed");
        }
    }
}

impl InTwoLanguages for AppError {
    fn zh(&self) -> String {
        match self {
            error if error.is_internal() => {
                "服务器内部出错，没有作任何更改。请记下时间并报告管理员。".to_owned()
            }
            Self::Account(error) => error.zh(),
            Self::Proposal(error) => error.zh(),
            Self::Request { zh, .. } => (*zh).to_owned(),
            Self::Service(error) => error.zh(),
            Self::SignIn(error) => error.zh(),
        }
    }

    fn en(&self) -> String {
        if self.is_internal() {
            return "The server failed; nothing was changed. Note the time and tell the administrator."
                .to_owned();
        }
        self.to_string()
    }
}

impl From<ActError> for AppError {
    fn from(error: ActError) -> Self {
        match error {
            ActError::Account(error) => error.into(),
            ActError::Proposal(error) => error.into(),
            ActError::Service(error) => error.into(),
        }
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

/// An error as terminals and programs read it: `application/problem+json`.
#[derive(Debug)]
pub struct ApiError(pub AppError);

impl<E: Into<AppError>> From<E> for ApiError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let Self(error) = self;
        error.log();
        let body = Problem { code: error.code().to_owned(), zh: error.zh(), en: error.en() };
        let mut response = (error.status(), Json(body)).into_response();
        let media_type = HeaderValue::from_static(PROBLEM_MEDIA_TYPE);
        response.headers_mut().insert(header::CONTENT_TYPE, media_type);
        response
    }
}
