//! The terminals against a server that can be told to fail.

#[cfg(test)]
mod booth;
#[cfg(test)]
mod browser;
#[cfg(test)]
mod cards;
#[cfg(test)]
mod delivery;
#[cfg(test)]
mod hall;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod setup;
#[cfg(test)]
mod trustee;
