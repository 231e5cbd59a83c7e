//! Sheets.
use super::guard::Routes;
pub(super) fn routes(routes: Routes) -> Routes {
    routes
}
