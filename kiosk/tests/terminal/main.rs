//! The terminals against a server that can be told to fail.

#[cfg(test)]
mod access;
#[cfg(test)]
mod booth;
#[cfg(test)]
mod browser;
#[cfg(test)]
mod cards;
#[cfg(test)]
mod challenge;
#[cfg(test)]
mod commission;
#[cfg(test)]
mod day;
#[cfg(test)]
mod delivery;
#[cfg(test)]
mod drafts;
#[cfg(test)]
mod hall;
#[cfg(test)]
mod order;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod redelivery;
mod rehearsal;
#[cfg(test)]
mod setup;
#[cfg(test)]
mod trustee;
#[cfg(test)]
mod trustee_pages;
#[cfg(test)]
mod trustee_tally;

/// The group of the halls here.
#[cfg(test)]
use belenios::group::Ed25519 as G;
