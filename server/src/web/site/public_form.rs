//! A form that a stranger sends: short, and refused with a page of the public site.

use axum::extract::{FromRequest, Request};

use super::SiteError;
use crate::app::App;
use crate::error::BODY_TOO_LARGE;
use crate::web::form::Form;

/// More than any of these forms needs.
const LARGEST: usize = 64 << 10;

/// The form.
#[derive(Debug)]
pub(super) struct PublicForm(pub(super) Form);

impl FromRequest<App> for PublicForm {
    type Rejection = SiteError;

    async fn from_request(request: Request, _: &App) -> Result<Self, SiteError> {
        Ok(Self(Form::read(request, LARGEST, BODY_TOO_LARGE).await?))
    }
}
