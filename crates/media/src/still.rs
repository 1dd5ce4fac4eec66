//! Pictures that do not move.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder, ImageEncoder, ImageError, ImageFormat, ImageReader, Limits,
    codecs::{jpeg::JpegEncoder, png::PngEncoder},
    imageops::FilterType,
    metadata::Orientation,
};

use crate::{File, Kind, LARGEST, Refused, SMALL};

/// The most pixels on a side of a file, and the most memory that decoding one takes.
const SIDE: u32 = 16_384;
const MEMORY: u64 = 512 << 20;
/// What JPEG files are written with, of 100: losses are not seen.
const QUALITY: u8 = 88;
/// The longest colour profile that is kept.
const PROFILE: usize = 64 * 1024;

/// A picture written anew.
pub(crate) fn fit(bytes: &[u8], format: ImageFormat) -> Result<File, Refused> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits());
    let mut decoder = reader.into_decoder().map_err(refused)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let profile = decoder.icc_profile().ok().flatten().filter(|profile| profile.len() <= PROFILE);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(refused)?;
    picture.apply_orientation(orientation);
    let picture = eight_bits(within(picture, LARGEST));
    let kind = match format {
        ImageFormat::Jpeg => Kind::Jpeg,
        ImageFormat::WebP if !picture.color().has_alpha() => Kind::Jpeg,
        _ => Kind::Png,
    };
    let size = (picture.width(), picture.height());
    let bytes = written(&picture, kind, profile.as_deref())?;
    let small = (size.0.max(size.1) > SMALL)
        .then(|| written(&within(picture, SMALL), kind, profile.as_deref()))
        .transpose()?;
    Ok(File { bytes, kind, size: Some(size), small })
}

/// What decoding a picture may take.
pub(crate) fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE);
    limits.max_image_height = Some(SIDE);
    limits.max_alloc = Some(MEMORY);
    limits
}

pub(crate) fn refused(error: ImageError) -> Refused {
    match error {
        ImageError::Limits(_) => Refused::TooLarge,
        _ => Refused::Damaged,
    }
}

/// The picture with no more pixels than this on a side.
fn within(picture: DynamicImage, side: u32) -> DynamicImage {
    if picture.width().max(picture.height()) <= side {
        return picture;
    }
    picture.resize(side, side, FilterType::CatmullRom)
}

/// Screens show no more, and neither format is sure to keep more.
fn eight_bits(picture: DynamicImage) -> DynamicImage {
    match picture {
        DynamicImage::ImageLuma16(_) => DynamicImage::ImageLuma8(picture.into_luma8()),
        DynamicImage::ImageLumaA16(_) => DynamicImage::ImageLumaA8(picture.into_luma_alpha8()),
        DynamicImage::ImageRgb16(_) | DynamicImage::ImageRgb32F(_) => {
            DynamicImage::ImageRgb8(picture.into_rgb8())
        }
        DynamicImage::ImageRgba16(_) | DynamicImage::ImageRgba32F(_) => {
            DynamicImage::ImageRgba8(picture.into_rgba8())
        }
        eight => eight,
    }
}

fn written(picture: &DynamicImage, kind: Kind, profile: Option<&[u8]>) -> Result<Vec<u8>, Refused> {
    let mut out = Vec::new();
    match kind {
        Kind::Jpeg => encoded(picture, JpegEncoder::new_with_quality(&mut out, QUALITY), profile),
        _ => encoded(picture, PngEncoder::new(&mut out), profile),
    }?;
    Ok(out)
}

fn encoded(
    picture: &DynamicImage,
    mut encoder: impl ImageEncoder,
    profile: Option<&[u8]>,
) -> Result<(), Refused> {
    if let Some(profile) = profile {
        // An encoder that takes none leaves colours a little off.
        let _ = encoder.set_icc_profile(profile.to_owned());
    }
    picture.write_with_encoder(encoder).map_err(refused)
}
