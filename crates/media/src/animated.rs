//! Pictures that move. Their frames stay as they are; comments, metadata and what follows the end go.

use std::io::Cursor;

use image::{
    AnimationDecoder, Frames, ImageDecoder,
    codecs::{gif::GifDecoder, webp::WebPDecoder},
};

use crate::{
    File, Kind, LARGEST, Refused,
    still::{limits, refused},
};

/// The most pixels of all frames together: some seconds of decoding, here and at each reader.
const PIXELS: u64 = 400_000_000;

pub(crate) fn moves_gif(bytes: &[u8]) -> bool {
    blocks(bytes).is_some_and(|(_, pictures)| pictures > 1)
}

pub(crate) fn gif(bytes: &[u8]) -> Result<File, Refused> {
    let mut decoder = GifDecoder::new(Cursor::new(bytes)).map_err(refused)?;
    decoder.set_limits(limits()).map_err(refused)?;
    let size = checked(decoder.dimensions(), decoder)?;
    let (bytes, _) = blocks(bytes).ok_or(Refused::Damaged)?;
    Ok(File { bytes, kind: Kind::Gif, size: Some(size), small: None })
}

pub(crate) fn moves_webp(bytes: &[u8]) -> bool {
    WebPDecoder::new(Cursor::new(bytes)).is_ok_and(|decoder| decoder.has_animation())
}

pub(crate) fn webp(bytes: &[u8]) -> Result<File, Refused> {
    let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(refused)?;
    decoder.set_limits(limits()).map_err(refused)?;
    let size = checked(decoder.dimensions(), decoder)?;
    let bytes = chunks(bytes).ok_or(Refused::Damaged)?;
    Ok(File { bytes, kind: Kind::Webp, size: Some(size), small: None })
}

/// Decodes all frames, if there are not too many.
fn checked<'d>(size: (u32, u32), decoder: impl AnimationDecoder<'d>) -> Result<(u32, u32), Refused> {
    if size.0.max(size.1) > LARGEST {
        return Err(Refused::TooLarge);
    }
    let frames: Frames<'d> = decoder.into_frames();
    let mut pixels = 0;
    for frame in frames {
        frame.map_err(refused)?;
        pixels += u64::from(size.0) * u64::from(size.1);
        if pixels > PIXELS {
            return Err(Refused::TooLarge);
        }
    }
    Ok(size)
}

/// A GIF without comments, words and data of programs, and how many pictures it has. `None` where it is none
/// (GIF89a specification, section 15 and on).
fn blocks(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    let table = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    let mut at = 13 + table(*bytes.get(10)?);
    let mut out = bytes.get(..at)?.to_owned();
    let mut pictures = 0;
    loop {
        let begin = at;
        let keep = match bytes.get(at)? {
            0x21 => {
                // Where a frame is drawn and for how long; how often all of them are.
                let loops = bytes.get(at + 3..at + 14).is_some_and(|name| name == b"NETSCAPE2.0");
                let keep = bytes.get(at + 1) == Some(&0xf9) || (bytes.get(at + 1) == Some(&0xff) && loops);
                at += 2;
                keep
            }
            0x2c => {
                at += 11 + table(*bytes.get(at + 9)?);
                pictures += 1;
                true
            }
            0x3b => {
                out.push(0x3b);
                return Some((out, pictures));
            }
            _ => return None,
        };
        loop {
            let length = usize::from(*bytes.get(at)?);
            at += 1 + length;
            if length == 0 {
                break;
            }
        }
        if keep {
            out.extend_from_slice(bytes.get(begin..at)?);
        }
    }
}

/// A WebP file with the chunks that are seen, and no others.
fn chunks(bytes: &[u8]) -> Option<Vec<u8>> {
    const SEEN: [&[u8]; 7] = [b"VP8X", b"ANIM", b"ANMF", b"VP8 ", b"VP8L", b"ALPH", b"ICCP"];
    /// The bits of `VP8X` that say that there are EXIF and XMP chunks.
    const METADATA: u8 = 0b1100;
    let mut out = b"RIFF\0\0\0\0WEBP".to_vec();
    let mut rest = bytes.get(12..)?;
    while let (Some(name), Some(length)) = (rest.get(..4), rest.get(4..8)) {
        let length = usize::try_from(u32::from_le_bytes(length.try_into().ok()?)).ok()?;
        let end = 8_usize.checked_add(length)?.checked_add(length % 2)?;
        let chunk = rest.get(..end.min(rest.len()))?;
        if SEEN.contains(&name) {
            let begin = out.len();
            out.extend_from_slice(chunk);
            if name == b"VP8X" {
                *out.get_mut(begin + 8)? &= !METADATA;
            }
        }
        rest = rest.get(end..).unwrap_or_default();
    }
    let length = u32::try_from(out.len() - 8).ok()?;
    out[4..8].copy_from_slice(&length.to_le_bytes());
    Some(out)
}
