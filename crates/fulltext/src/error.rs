/// Why there is no text. Each is one sentence about the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It is not what it was said to be.
    #[error("the file is neither HTML nor TeX nor a PDF")]
    Unknown,
    /// A PDF that only opens with a password, or whose encryption is not known.
    #[error("the PDF is encrypted")]
    Encrypted,
    /// A PDF of pictures.
    #[error("the PDF has no text layer, only pictures of its pages")]
    NoTextLayer,
    /// A PDF whose fonts do not say which letters they draw.
    #[error("the fonts of the PDF do not say which letters they draw")]
    NoLetters,
    /// A file that can be read, and says nothing.
    #[error("there is no text in the file")]
    Empty,
    /// A page that stands in for the paper: arXiv could not make HTML of it.
    #[error("the page does not hold the paper")]
    NoPaper,
    /// It is damaged, or it made the parser fail.
    #[error("the file is damaged and cannot be read")]
    Broken,
    /// It is too large, or becomes so when it is unpacked.
    #[error("the file is too large, or becomes too large when it is unpacked")]
    TooLarge,
    /// It took too much time.
    #[error("reading the file took too long and was stopped")]
    TooSlow,
    /// It took too much memory.
    #[error("reading the file took too much memory and was stopped")]
    TooMuchMemory,
    /// The process that should read it did not start.
    #[error("the process that reads files could not be started")]
    NoProcess,
}

impl Error {
    const ALL: [Self; 11] = [
        Self::Unknown,
        Self::Encrypted,
        Self::NoTextLayer,
        Self::NoLetters,
        Self::Empty,
        Self::NoPaper,
        Self::Broken,
        Self::TooLarge,
        Self::TooSlow,
        Self::TooMuchMemory,
        Self::NoProcess,
    ];

    /// A stable name, for storage and for what speaks other languages.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Encrypted => "encrypted",
            Self::NoTextLayer => "no_text_layer",
            Self::NoLetters => "no_letters",
            Self::Empty => "empty",
            Self::NoPaper => "no_paper",
            Self::Broken => "broken",
            Self::TooLarge => "too_large",
            Self::TooSlow => "too_slow",
            Self::TooMuchMemory => "too_much_memory",
            Self::NoProcess => "no_process",
        }
    }

    /// The error of that [`code`](Self::code).
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|error| error.code() == code)
    }
}
