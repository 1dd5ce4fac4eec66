//! Files that people bring, made fit to be shown to others.
//!
//! [`fit`] looks at what a file is, whatever it is called. A still picture is decoded within bounds, turned the way it is
//! to be seen, made no larger than [`LARGEST`] pixels and written anew, so that nothing of the file is left but what is
//! seen and its colour profile; an animation keeps its frames as they are and loses what is beside them. Other files are
//! known by how they begin, and are for downloading. What a browser would run – HTML, SVG, XML – is no file that is
//! taken.
//!
//! Missing on purpose: names, places and addresses. Nothing here does input or output.
//!
//! ```
//! let refused = media::fit(b"<svg onload='alert(1)'/>");
//! assert_eq!(refused, Err(media::Refused::Unknown));
//! ```

mod animated;
mod still;
#[cfg(test)]
mod tests;

use image::ImageFormat;

/// The most pixels on a side of a picture that is kept.
pub const LARGEST: u32 = 2560;
/// The most pixels on a side of the smaller copy.
pub const SMALL: u32 = 640;

/// A file as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What it is.
    pub kind: Kind,
    /// Width and height in pixels, of a picture.
    pub size: Option<(u32, u32)>,
    /// A smaller copy of a still picture that is larger than [`SMALL`], of the same kind.
    pub small: Option<Vec<u8>>,
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A picture.
    Png,
    /// A picture.
    Jpeg,
    /// A picture that may move.
    Gif,
    /// A picture that may move.
    Webp,
    /// A document.
    Pdf,
    /// An archive.
    Zip,
    /// Something packed.
    Gzip,
    /// Words, source code, tables.
    Text,
}

/// Why a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is of no kind that is taken.
    #[error("a file of that kind is not taken")]
    Unknown,
    /// It is a picture of more pixels than can be shown.
    #[error("the picture has too many pixels")]
    TooLarge,
    /// It begins as a picture, and does not go on as one.
    #[error("the picture is damaged")]
    Damaged,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 8] =
        [Self::Png, Self::Jpeg, Self::Gif, Self::Webp, Self::Pdf, Self::Zip, Self::Gzip, Self::Text];

    /// The media type.
    pub fn mime(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
            Self::Pdf => "application/pdf",
            Self::Zip => "application/zip",
            Self::Gzip => "application/gzip",
            Self::Text => "text/plain; charset=utf-8",
        }
    }

    /// What names of such files end in.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Gif => "gif",
            Self::Webp => "webp",
            Self::Pdf => "pdf",
            Self::Zip => "zip",
            Self::Gzip => "gz",
            Self::Text => "txt",
        }
    }

    /// Whether it is shown in a page; other files are for downloading.
    pub fn is_picture(self) -> bool {
        matches!(self, Self::Png | Self::Jpeg | Self::Gif | Self::Webp)
    }
}

/// What is kept of a file.
pub fn fit(bytes: &[u8]) -> Result<File, Refused> {
    match image::guess_format(bytes) {
        Ok(ImageFormat::Gif) if animated::moves_gif(bytes) => animated::gif(bytes),
        Ok(ImageFormat::WebP) if animated::moves_webp(bytes) => animated::webp(bytes),
        Ok(format @ (ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::Gif | ImageFormat::WebP)) => {
            still::fit(bytes, format)
        }
        _ => other(bytes).ok_or(Refused::Unknown),
    }
}

/// Width and height of the smaller copy of a still picture of this size, if it has one.
pub fn small_size((width, height): (u32, u32)) -> Option<(u32, u32)> {
    let longer = u64::from(width.max(height));
    let side = |side: u32| {
        let scaled = (u64::from(side) * u64::from(SMALL) + longer / 2) / longer;
        u32::try_from(scaled).unwrap_or(SMALL).max(1)
    };
    (longer > u64::from(SMALL)).then(|| (side(width), side(height)))
}

/// A file that is no picture, by how it begins.
fn other(bytes: &[u8]) -> Option<File> {
    let kind = match bytes {
        [b'%', b'P', b'D', b'F', b'-', ..] => Kind::Pdf,
        [b'P', b'K', 3, 4, ..] => Kind::Zip,
        [0x1f, 0x8b, 8, ..] => Kind::Gzip,
        _ => {
            let text = std::str::from_utf8(bytes).ok()?.trim_start_matches('\u{feff}');
            let control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}');
            let markup = text.trim_start().starts_with('<');
            (!markup && !text.trim().is_empty() && !text.contains(control)).then_some(Kind::Text)?
        }
    };
    Some(File { bytes: bytes.to_owned(), kind, size: None, small: None })
}
