//! Finds free ports of this machine.

use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};
use std::ops::Range;

/// Ports for servers. They are below those that systems give to connections (from 32 768 on, on Linux): a port among
/// these that is free now may be taken a moment later.
const PORTS: Range<u16> = 12_000..32_000;

/// Most ports that are tried.
const TRIES: u64 = 1000;

/// Returns a free TCP port, drawn at random. Another server may take it before the caller does, and no connection.
pub fn free_port() -> io::Result<u16> {
    let random = RandomState::new();
    let mut drawn = (0..TRIES).map(|draw| PORTS.start + (random.hash_one(draw) % u64::from(PORTS.end - PORTS.start)) as u16);
    let free = drawn.find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok());
    free.ok_or_else(|| io::Error::from(io::ErrorKind::AddrInUse))
}

/// True if no process listens on `port`, on any address.
pub fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).is_ok()
        && match TcpListener::bind((Ipv6Addr::UNSPECIFIED, port)) {
            Ok(_) => true,
            Err(error) => error.kind() != io::ErrorKind::AddrInUse,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_connection_can_take_a_port_before_its_server() {
        for _ in 0..100 {
            let port = free_port().expect("a port");
            assert!(PORTS.contains(&port) && port < 32_768, "{port}");
        }
    }

    #[test]
    fn a_port_listened_on_is_not_free() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = listener.local_addr().expect("its address").port();
        assert!(!is_free(port));
    }
}
