use std::io::Cursor;

use image::{
    Delay, DynamicImage, Frame, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage,
    codecs::gif::{GifEncoder, Repeat},
};

use crate::{File, Kind, LARGEST, Refused, SMALL, fit, small_size};

fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let pixels = RgbImage::from_fn(width, height, |x, y| {
        Rgb([if x < width / 2 { 250 } else { 5 }, if y < height / 2 { 250 } else { 5 }, 99])
    });
    let mut out = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(pixels).write_to(&mut out, format).expect("written");
    out.into_inner()
}

fn kept(bytes: &[u8]) -> File {
    fit(bytes).expect("a file that is taken")
}

fn holds(bytes: &[u8], words: &[u8]) -> bool {
    bytes.windows(words.len()).any(|window| window == words)
}

/// A GIF of two frames with a comment, and words after its end.
fn moving() -> Vec<u8> {
    let mut gif = Vec::new();
    let mut encoder = GifEncoder::new(&mut gif);
    encoder.set_repeat(Repeat::Infinite).expect("written");
    for shade in [0, 200] {
        let pixels = RgbaImage::from_pixel(8, 6, Rgba([shade, shade, shade, 255]));
        let frame = Frame::from_parts(pixels, 0, 0, Delay::from_numer_denom_ms(70, 1));
        encoder.encode_frame(frame).expect("written");
    }
    drop(encoder);
    let end = gif.pop().expect("an end");
    gif.extend(b"\x21\xfe\x06secret\x00");
    gif.push(end);
    gif.extend(b"<script>alert(1)</script>");
    gif
}

/// A JPEG with EXIF data that say it lies on its side, and where it was taken.
fn turned() -> Vec<u8> {
    let mut jpeg = picture(40, 20, ImageFormat::Jpeg);
    let exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0secret place";
    let length = u16::try_from(exif.len() + 2).expect("short").to_be_bytes();
    let segment = [&[0xff, 0xe1], &length[..], exif].concat();
    jpeg.splice(2..2, segment);
    jpeg
}

#[test]
fn files_are_what_they_hold() {
    let check = |bytes: &[u8], kind: Result<Kind, Refused>| {
        assert_eq!(fit(bytes).map(|file| file.kind), kind, "{:?}", String::from_utf8_lossy(bytes));
    };
    check(&picture(4, 4, ImageFormat::Png), Ok(Kind::Png));
    check(&picture(4, 4, ImageFormat::Jpeg), Ok(Kind::Jpeg));
    check(&picture(4, 4, ImageFormat::Gif), Ok(Kind::Png));
    check(&picture(4, 4, ImageFormat::WebP), Ok(Kind::Jpeg));
    check(&moving(), Ok(Kind::Gif));
    check(b"%PDF-1.7\n...", Ok(Kind::Pdf));
    check(b"PK\x03\x04....", Ok(Kind::Zip));
    check(b"\x1f\x8b\x08....", Ok(Kind::Gzip));
    check("a,b\n1,二\n".as_bytes(), Ok(Kind::Text));
    check(b"", Err(Refused::Unknown));
    check(b"\xef\xbb\xbf <?xml version='1.0'?><svg/>", Err(Refused::Unknown));
    check(b"\n<!doctype html><script>alert(1)</script>", Err(Refused::Unknown));
    check(b"\x7fELF\x02\x01\x01", Err(Refused::Unknown));
    check(b"BM\x1e\0\0\0\0\0\0\0", Err(Refused::Unknown));
    check(&picture(9, 9, ImageFormat::Png)[..60], Err(Refused::Damaged));
    check(b"GIF89a\x04\0\x04\0\0\0\0\x2c", Err(Refused::Damaged));
}

#[test]
fn pictures_are_turned_and_nothing_else_of_them_is_kept() {
    let jpeg = turned();
    assert!(holds(&jpeg, b"secret"));
    let file = kept(&jpeg);
    assert_eq!(file.size, Some((20, 40)));
    assert!(!holds(&file.bytes, b"secret") && !holds(&file.bytes, b"Exif"));
    // What was at the bottom left is at the top left now.
    let seen = image::load_from_memory(&file.bytes).expect("a picture").into_rgb8();
    let Rgb([red, green, _]) = seen.get_pixel(2, 2);
    assert!(*red > 200 && *green < 60, "{red} {green}");
}

#[test]
fn large_pictures_become_smaller() {
    let file = kept(&picture(3000, 1500, ImageFormat::Png));
    assert_eq!(file.size, Some((LARGEST, LARGEST / 2)));
    let small = image::load_from_memory(&file.small.expect("a smaller one")).expect("a picture");
    assert_eq!((small.width(), small.height()), (SMALL, SMALL / 2));
    assert_eq!(kept(&picture(SMALL, 10, ImageFormat::Png)).small, None);
    for (width, height) in [(SMALL, 10), (641, 1), (777, 1281), (2000, 3), (999, 1000)] {
        let small = kept(&picture(width, height, ImageFormat::Png)).small;
        let small = small.map(|small| image::load_from_memory(&small).expect("a picture"));
        let size = small.map(|small| (small.width(), small.height()));
        assert_eq!(size, small_size((width, height)), "{width} × {height}");
    }
}

/// A file of a few bytes that says it has more pixels than there is memory for.
#[test]
fn what_takes_too_much_is_not_decoded() {
    let mut png = picture(4, 4, ImageFormat::Png);
    png[16..24].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
    assert!(fit(&png).is_err());
    let mut gif = moving();
    gif[6..10].copy_from_slice(&[0xff, 0xff, 0xff, 0xff]);
    assert_eq!(fit(&gif), Err(Refused::TooLarge));
}

#[test]
fn animations_keep_their_frames_and_lose_the_rest() {
    let gif = moving();
    let file = kept(&gif);
    assert_eq!((file.size, file.small), (Some((8, 6)), None));
    assert!(holds(&file.bytes, b"NETSCAPE2.0"));
    assert!(!holds(&file.bytes, b"secret") && !holds(&file.bytes, b"script"));
    assert_eq!(kept(&file.bytes).bytes, file.bytes, "there is nothing more to lose");
}
