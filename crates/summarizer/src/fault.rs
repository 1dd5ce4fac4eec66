use std::time::Duration;

/// Why a reading could not be completed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// No connection to the model's server.
    #[error("the model's server cannot be reached")]
    Refused,
    /// The server failed several times in a row, and is left alone for a while.
    #[error("the model's server failed too often of late")]
    Resting,
    /// The key is missing, wrong, or not allowed to use this model.
    #[error("the model's server does not accept the key ({status})")]
    Unauthorized {
        /// 401 or 403.
        status: u16,
    },
    /// Too many requests, or the server is overloaded.
    #[error("the model's server asks to wait")]
    RateLimited {
        /// How long, if it said so.
        retry_after: Option<Duration>,
    },
    /// The account has no credit left.
    #[error("the account at the model's server is used up")]
    Quota,
    /// The request itself was refused: a wrong model name or parameter.
    #[error("the model's server refused the request ({status})")]
    Rejected {
        /// 4xx.
        status: u16,
    },
    /// The server failed.
    #[error("the model's server failed ({status})")]
    Upstream {
        /// The status of the response, or 200 for an error in mid-answer.
        status: u16,
    },
    /// The reply ended without saying why.
    #[error("the reply was cut off")]
    Cut,
    /// Nothing came for too long.
    #[error("the reply stalled")]
    Stalled,
    /// Events that are not what the protocol says.
    #[error("the reply cannot be understood")]
    Malformed,
    /// A success that is no event stream, for example a login page.
    #[error("the reply is {given:?}, not an event stream")]
    ContentType {
        /// The type, shortened.
        given: String,
    },
    /// The paper does not fit into the model's context.
    #[error("the paper is too long for the model")]
    TooLong,
    /// The reply did not end within its bounds.
    #[error("the reply would not end")]
    Endless,
    /// The model came to the end of the tokens it may write.
    #[error("the reply was longer than the model may write")]
    OutputLimit,
    /// The server withheld the rest.
    #[error("the server withheld the reply")]
    Filtered,
    /// The model ended without a word.
    #[error("the model said nothing")]
    Empty,
    /// The model ended by itself and left questions out. What it answered is whole.
    #[error("the model left questions out")]
    Unanswered,
    /// A mistake of this program.
    #[error("the reader itself failed")]
    Internal,
}

impl Fault {
    /// A stable name for storage, metrics and the sentence that readers see.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Resting => "resting",
            Self::Unauthorized { .. } => "unauthorized",
            Self::RateLimited { .. } => "rate_limited",
            Self::Quota => "quota",
            Self::Rejected { .. } => "rejected",
            Self::Upstream { .. } => "upstream",
            Self::Cut => "cut",
            Self::Stalled => "stalled",
            Self::Malformed => "malformed",
            Self::ContentType { .. } => "content_type",
            Self::TooLong => "too_long",
            Self::Endless => "endless",
            Self::OutputLimit => "output_limit",
            Self::Filtered => "filtered",
            Self::Empty => "empty",
            Self::Unanswered => content::UNANSWERED,
            Self::Internal => "internal",
        }
    }

    /// Whether no reply was made, so that another reader may be asked.
    pub(crate) fn is_refusal(&self) -> bool {
        !matches!(
            self,
            Self::Endless
                | Self::OutputLimit
                | Self::Filtered
                | Self::Empty
                | Self::Unanswered
                | Self::Internal
        )
    }

    /// Whether the server is not as it should be, whoever asks it for whatever.
    pub(crate) fn is_of_the_server(&self) -> bool {
        matches!(self, Self::Refused | Self::Stalled | Self::Cut | Self::Upstream { status: 500.. })
    }

    /// Whether the same request may succeed when it is made again at once or a little later.
    pub(crate) fn is_passing(&self) -> bool {
        matches!(self, Self::Refused | Self::RateLimited { .. } | Self::Upstream { status: 500.. })
    }
}
