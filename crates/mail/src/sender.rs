use std::{fmt, time::Duration};

use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor,
    message::Mailbox,
    transport::smtp::{
        authentication::Credentials,
        client::{Tls, TlsParameters},
    },
};

use crate::{Letter, letter};

/// How long the server may take to answer a command.
const PATIENCE: Duration = Duration::from_secs(30);

/// How a mail server is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// Encrypted from the first byte (RFC 8314).
    Tls,
    /// Encrypted before anything is said (RFC 3207); a server that does not offer it is not used.
    StartTls,
    /// Not at all: for a server on the same machine or in a network of one's own.
    Off,
}

/// A mail server that takes letters to be sent on.
#[derive(Clone)]
pub struct Server {
    /// Its name, which its certificate has to have.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How it is spoken to.
    pub security: Security,
    /// The user and password of who may use it, if that is not everybody.
    pub user: Option<(String, String)>,
    /// Whom letters are from: `Name <address>`, or an address.
    pub from: String,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Server").field(&self.host).field(&self.port).finish()
    }
}

/// Hands letters to a server, each over a connection of its own.
#[derive(Debug, Clone)]
pub struct Sender {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// Why a letter was not sent.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// It, or the server's settings, are wrong: trying again does not help.
    #[error("{0}")]
    Never(String),
    /// It may go the next time.
    #[error("{0}")]
    NotNow(String),
}

impl Fault {
    /// Whether to try again.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::NotNow(_))
    }
}

impl Sender {
    /// Who hands letters to this server. Nothing is asked of it yet.
    ///
    /// # Errors
    /// [`Fault::Never`] if the sender's address or the server's name is none.
    pub fn new(server: &Server) -> Result<Self, Fault> {
        let tls = || TlsParameters::new(server.host.clone()).map_err(|error| Fault::Never(error.to_string()));
        let tls = match server.security {
            Security::Tls => Tls::Wrapper(tls()?),
            Security::StartTls => Tls::Required(tls()?),
            Security::Off => Tls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server.host.clone())
            .port(server.port)
            .tls(tls)
            .timeout(Some(PATIENCE));
        if let Some((user, password)) = &server.user {
            builder = builder.credentials(Credentials::new(user.clone(), password.clone()));
        }
        Ok(Self { transport: builder.build(), from: letter::sender(&server.from)? })
    }

    /// Hands a letter to the server, which has it when this returns.
    ///
    /// # Errors
    /// What the server, or the way to it, says against it.
    pub async fn send(&self, letter: &Letter) -> Result<(), Fault> {
        let message = letter::message(letter, &self.from)?;
        let sent = self.transport.send(message).await;
        sent.map(drop).map_err(|error| match error.is_permanent() {
            true => Fault::Never(error.to_string()),
            false => Fault::NotNow(said(&error)),
        })
    }
}

/// An error with what caused it.
fn said(error: &lettre::transport::smtp::Error) -> String {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}"));
    format!(
        "{error}{}",
        cause.filter(|cause| !error.to_string().contains(cause.trim_start_matches(": "))).unwrap_or_default()
    )
}
