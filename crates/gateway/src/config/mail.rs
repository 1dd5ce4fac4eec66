use serde::{Deserialize, Serialize};

use super::Secret;

/// Through which server mail is sent, and from whom. Without a server none is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mail {
    /// The name of the server, as its certificate has it.
    pub server: Option<String>,
    /// Its port: 587 for `starttls`, 465 for `tls`.
    pub port: u16,
    /// How it is spoken to.
    pub security: Security,
    /// Who uses it, if it wants to know.
    pub user: Option<String>,
    /// Their password.
    pub password: Option<Secret>,
    /// Whom mail is from: `Name <address>`, or an address.
    pub from: Option<String>,
    /// Who is told of comments that wait for a moderator.
    pub moderators: Vec<String>,
}

/// How a mail server is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// Encrypted from the first byte.
    Tls,
    /// Encrypted before anything is said.
    StartTls,
    /// Not at all: for a server on the same machine.
    Off,
}

impl Mail {
    /// The server, if there is one.
    pub fn server(&self) -> Option<mail::Server> {
        let password = self.password.as_ref().map(|password| password.expose().to_owned());
        Some(mail::Server {
            host: self.server.clone()?,
            port: self.port,
            security: match self.security {
                Security::Tls => mail::Security::Tls,
                Security::StartTls => mail::Security::StartTls,
                Security::Off => mail::Security::Off,
            },
            user: self.user.clone().map(|user| (user, password.unwrap_or_default())),
            from: self.from.clone().unwrap_or_default(),
        })
    }

    pub(super) fn check(&self) -> Result<(), (&'static str, &'static str)> {
        if self.moderators.iter().any(|address| !mail::is_address(address)) {
            return Err(("moderators", "must be addresses like ada@example.org"));
        }
        let Some(server) = self.server() else { return Ok(()) };
        if server.host.is_empty() {
            return Err(("server", "must be the name of a server"));
        }
        if mail::Sender::new(&server).is_err() {
            return Err(("from", "must be like Inkstone <blog@example.org>"));
        }
        Ok(())
    }
}

impl Default for Mail {
    fn default() -> Self {
        Self {
            server: None,
            port: 587,
            security: Security::StartTls,
            user: None,
            password: None,
            from: None,
            moderators: Vec::new(),
        }
    }
}
