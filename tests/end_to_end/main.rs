//! The whole system from outside: its programs, its pages, its files.

mod api;
mod backup;
mod challenge;
mod commission;
mod day;
mod demo;
mod drafts;
mod draw;
mod draw_check;
mod hall;
mod installation;
mod invented;
mod party;
mod people;
mod promises;
mod published;
mod rehearsal;
mod roles;
mod trustees;
mod voter;
mod whole_day;
