//! Who is at the other end of a request, for what is counted by address.

use std::net::IpAddr;

/// The address of the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Client(pub IpAddr);
