//! What the server tells this area about itself.

use std::{net::IpAddr, str::FromStr, sync::Arc};

use db::Store;
use kernel::{Instant, Refusal};

use crate::server_key::ServerKey;

/// How the server is reached, and the key that lies beside its store.
#[derive(Debug, Clone)]
pub struct PeopleConfig {
    /// Where people reach the server, such as `https://countersign.example`, without a slash at the end. Links begin
    /// with it.
    pub base_url: String,
    /// People come by HTTPS: the cookie may go nowhere else.
    pub secure_cookies: bool,
    /// Proxies whose `X-Forwarded-For` is believed. None, when people connect to the server itself.
    pub trusted_proxies: Vec<Network>,
    pub secret_key: ServerKey,
}

/// The state of this area's handlers. Cheap to clone.
#[derive(Clone)]
pub struct People {
    pub store: Store,
    pub config: Arc<PeopleConfig>,
}

impl People {
    pub fn new(store: Store, config: PeopleConfig) -> Self {
        Self { store, config: Arc::new(config) }
    }

    /// `21 Nov 2026, 16:02` in the organisation's zone.
    pub(crate) fn moment(&self, at: Instant) -> String {
        at.timestamp().to_zoned(self.store.world.zone()).strftime("%-d %b %Y, %H:%M").to_string()
    }

    /// A whole address, for links that leave the browser.
    pub(crate) fn link(&self, path: &str) -> String {
        format!("{}{path}", self.config.base_url.trim_end_matches('/'))
    }
}

/// One address or a block of them: `127.0.0.1`, `10.0.0.0/8`, `fd00::/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

impl Network {
    pub fn holds(&self, address: IpAddr) -> bool {
        let same = |one: u128, other: u128, width: u32| {
            let shift = width - u32::from(self.bits);
            shift >= 128 || (one >> shift) == (other >> shift)
        };
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(one), IpAddr::V4(other)) => same(u32::from(one).into(), u32::from(other).into(), 32),
            (IpAddr::V6(one), IpAddr::V6(other)) => same(one.into(), other.into(), 128),
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let refuse = || {
            Refusal::invalid(format!("`{text}` is no address or block of addresses"))
                .hint("write it like 10.0.0.0/8 or 127.0.0.1")
        };
        let (address, bits) =
            text.trim().split_once('/').map_or((text.trim(), None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().map_err(|_| refuse())?;
        let widest = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(widest), |bits| bits.parse().map_err(|_| refuse()))?;
        if bits > widest { Err(refuse()) } else { Ok(Self { address, bits }) }
    }
}

/// Whose request it is. Behind a trusted proxy it is the last address that no trusted proxy has; what the client itself
/// wrote in front of it counts for nothing.
pub fn client_address(peer: Option<IpAddr>, forwarded_for: &[&str], trusted: &[Network]) -> Option<IpAddr> {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.holds(address));
    let mut client = peer?.to_canonical();
    for hop in forwarded_for.iter().rev().flat_map(|line| line.rsplit(',')) {
        if !is_trusted(client) {
            break;
        }
        let Ok(address) = hop.trim().parse::<IpAddr>() else { break };
        client = address.to_canonical();
    }
    Some(client)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_block_holds_its_addresses_and_no_others() {
        let block: Network = "10.1.0.0/16".parse().unwrap();
        assert!(
            block.holds(ip("10.1.255.3"))
                && block.holds(ip("::ffff:10.1.0.1"))
                && !block.holds(ip("10.2.0.1"))
                && !block.holds(ip("fd00::1"))
        );
        let all: Network = "0.0.0.0/0".parse().unwrap();
        assert!(all.holds(ip("203.0.113.9")) && !all.holds(ip("::1")));
        let one: Network = "::1".parse().unwrap();
        assert!(one.holds(ip("::1")) && !one.holds(ip("::2")));
        let everything: Network = "::/0".parse().unwrap();
        assert!(everything.holds(ip("2001:db8::1")));
        assert!(
            "10.0.0.0/33".parse::<Network>().is_err()
                && "proxy".parse::<Network>().is_err()
                && "10.0.0.0/x".parse::<Network>().is_err()
        );
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        let check = |peer: &str, lines: &[&str], expected: &str| {
            assert_eq!(client_address(Some(ip(peer)), lines, &trusted), Some(ip(expected)), "{peer} {lines:?}");
        };
        check("203.0.113.9", &["198.51.100.1"], "203.0.113.9");
        check("10.0.0.1", &["198.51.100.1"], "198.51.100.1");
        check("10.0.0.1", &["1.1.1.1, 198.51.100.1, 10.0.0.2"], "198.51.100.1");
        check("10.0.0.1", &["1.1.1.1", "198.51.100.1"], "198.51.100.1");
        check("10.0.0.1", &["nonsense"], "10.0.0.1");
        check("10.0.0.1", &[], "10.0.0.1");
        assert_eq!(client_address(None, &["198.51.100.1"], &trusted), None);
    }
}
