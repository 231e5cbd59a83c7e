//! How often strangers may send forms: counted in memory, by client address and in total.
//!
//! The address is that of the connection. No header is believed: whoever connects could write anything into it. Behind a
//! proxy all clients share one address, and the limit for one client is then the limit for all.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use jiff::{SignedDuration, Timestamp};

/// How long something counts.
const WINDOW: SignedDuration = SignedDuration::from_hours(1);

/// The limits of the public forms. Clones share everything.
#[derive(Clone, Debug)]
pub(super) struct RateLimits {
    /// Nominations that are taken.
    pub(super) nominations: RateLimit,
    /// Look-ups by code.
    pub(super) look_ups: RateLimit,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self { nominations: RateLimit::new(20, 600), look_ups: RateLimit::new(60, 2_000) }
    }
}

/// One limit.
#[derive(Clone, Debug)]
pub(super) struct RateLimit {
    per_client: usize,
    total: usize,
    /// What was let through within the window, oldest first; never more than `total`.
    passed: Arc<Mutex<VecDeque<(Timestamp, IpAddr)>>>,
}

impl RateLimit {
    /// At most `per_client` an hour from one address, and `total` from all.
    pub(super) fn new(per_client: usize, total: usize) -> Self {
        Self { per_client, total, passed: Arc::default() }
    }

    /// Counts one more, unless that is too many: then answers `false`.
    pub(super) fn passes(&self, client: Client, now: Timestamp) -> bool {
        let mut passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        while passed.front().is_some_and(|(time, _)| now.duration_since(*time) >= WINDOW) {
            passed.pop_front();
        }
        let mine = passed.iter().filter(|(_, address)| *address == client.0).count();
        if mine >= self.per_client || passed.len() >= self.total {
            return false;
        }
        passed.push_back((now, client.0));
        true
    }
}

/// Where a request comes from. One network of an IPv6 customer (64 bits) is one client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Client(IpAddr);

impl Client {
    fn new(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => {
                let network = address.to_bits() & !u128::from(u64::MAX);
                IpAddr::V6(Ipv6Addr::from_bits(network))
            }
            address @ IpAddr::V4(_) => address,
        })
    }

    /// Its address, unless it is this machine itself.
    pub(crate) fn other_machine(self) -> Option<IpAddr> {
        Some(self.0).filter(|address| !address.is_loopback() && !address.is_unspecified())
    }
}

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        // Whoever cannot be told apart is counted together.
        Ok(Self::new(peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(address: &str) -> Client {
        Client::new(address.parse().unwrap())
    }

    #[test]
    fn one_client_and_all_together_are_limited_for_an_hour() {
        let (limit, start) = (RateLimit::new(2, 3), "2020-11-20T01:00:00Z".parse::<Timestamp>().unwrap());
        let (one, other) = (client("10.0.0.1"), client("10.0.0.2"));
        assert!(limit.passes(one, start) && limit.passes(one, start));
        assert!(!limit.passes(one, start), "the client's own limit");
        assert!(limit.passes(other, start));
        assert!(!limit.passes(other, start), "the limit of all");
        let later = |minutes| start + SignedDuration::from_mins(minutes);
        assert!(!limit.passes(one, later(59)));
        assert!(limit.passes(one, later(60)), "what was refused does not count");
    }

    #[test]
    fn addresses_of_one_customer_are_one_client() {
        assert_eq!(client("2001:db8:1:2::1"), client("2001:db8:1:2:ffff::9"));
        assert_ne!(client("2001:db8:1:2::1"), client("2001:db8:1:3::1"));
        assert_eq!(client("::ffff:10.0.0.1"), client("10.0.0.1"));
    }
}
