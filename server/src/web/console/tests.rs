//! The console as a browser meets it: requests to the whole router, cookies, redirects.

mod absences;
mod access;
mod acts;
mod check_in;
mod hall;
mod harness;
mod lock;
mod nominations;
mod people;
mod rehearsal;
mod terminals;
mod texts;
mod uploads;
mod year;
