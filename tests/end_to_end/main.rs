//! The whole system from outside: its programs, its pages, its files.

// Tests run in the order of their names: the longest begins first.
mod all_day;
mod api;
mod backup;
mod booths;
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
