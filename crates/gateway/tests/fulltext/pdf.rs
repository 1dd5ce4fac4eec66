//! PDFs as they are written by hand, and as nobody should write them.

use std::io::Write as _;

use flate2::{
    Compress, Compression, FlushCompress,
    write::{GzEncoder, ZlibEncoder},
};

/// A line of text at a place, in a size.
pub(crate) fn text_at(x: f64, y: f64, size: f64, text: &str) -> String {
    format!("BT /F1 {size} Tf 1 0 0 1 {x} {y} Tm ({text}) Tj ET\n")
}

/// A page with a sentence on it.
pub(crate) fn page() -> String {
    text_at(72.0, 700.0, 10.0, "We sew quilts of many kinds.")
}

/// A PDF while it is written.
pub(crate) struct Pdf {
    pages: Vec<Vec<u8>>,
    filter: &'static str,
    title: String,
    encrypted: bool,
    circular: bool,
    looped: bool,
    widths: Option<String>,
    more: Vec<String>,
}

impl Pdf {
    /// With these contents of pages.
    pub(crate) fn of(pages: impl IntoIterator<Item = String>) -> Self {
        Self {
            pages: pages.into_iter().map(String::into_bytes).collect(),
            filter: "",
            title: "Quilts".into(),
            encrypted: false,
            circular: false,
            looped: false,
            widths: None,
            more: Vec::new(),
        }
    }

    pub(crate) fn titled(mut self, title: &str) -> Self {
        self.title = title.into();
        self
    }

    /// With a handler of passwords that no password opens.
    pub(crate) fn encrypted(mut self) -> Self {
        self.encrypted = true;
        self
    }

    pub(crate) fn with_object(mut self, object: &str) -> Self {
        self.more.push(object.into());
        self
    }

    /// Whose table of objects names itself as the one before it.
    pub(crate) fn with_loop(mut self) -> Self {
        self.looped = true;
        self
    }

    pub(crate) fn with_widths(mut self, widths: &str) -> Self {
        self.widths = Some(widths.into());
        self
    }

    pub(crate) fn with_circular_pages(mut self) -> Self {
        self.circular = true;
        self
    }

    /// With a page that is a gigabyte of spaces when it is unpacked, twice.
    pub(crate) fn with_bomb(mut self) -> Self {
        let mut twice = ZlibEncoder::new(Vec::new(), Compression::best());
        twice.write_all(&gigabyte()).expect("memory");
        self.pages = vec![twice.finish().expect("memory")];
        self.filter = "/Filter [/FlateDecode /FlateDecode]";
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let count = self.pages.len();
        let first = 8;
        let kids: String = (0..count).map(|page| format!("{} 0 R ", first + 2 * page)).collect();
        let kids = if self.circular { format!("2 0 R {kids}") } else { kids };
        let font = match &self.widths {
            Some(widths) => format!(
                "<</Type/Font/Subtype/Type0/BaseFont/Helvetica/Encoding/Identity-H/DescendantFonts[<</Type/Font/Subtype\
                 /CIDFontType2/BaseFont/Helvetica/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/W[{widths}]>>]>>"
            ),
            None => "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".into(),
        };
        let picture = "<</Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray/Length 1>>stream\nx\nendstream";
        let form = "<</Type/XObject/Subtype/Form/BBox[0 0 600 700]/Resources<</XObject<</Itself 6 0 R>>>>/Length 10>>stream\n/Itself Do\nendstream";
        let mut objects: Vec<Vec<u8>> = vec![
            b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
            format!(
                "<</Type/Pages/Count {count}/Kids[{kids}]{}>>",
                if self.circular { "/Parent 2 0 R" } else { "" }
            )
            .into(),
            font.into(),
            format!("<</Title({})/Subject({})>>", self.title, self.title).into(),
            picture.into(),
            form.into(),
            b"<</Type/ExtGState/ca 0/CA 0>>".to_vec(),
        ];
        for (number, content) in self.pages.iter().enumerate() {
            let stream = first + 2 * number + 1;
            objects.push(
                format!(
                    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents {stream} 0 R/Resources<</Font<</F1 3 0 R>>\
                     /XObject<</Picture 5 0 R/Itself 6 0 R>>/ExtGState<</Clear 7 0 R>>>>>>"
                )
                .into(),
            );
            let mut object = format!("<<{}/Length {}>>stream\n", self.filter, content.len()).into_bytes();
            object.extend_from_slice(content);
            object.extend_from_slice(b"\nendstream");
            objects.push(object);
        }
        objects.extend(self.more.iter().map(|object| object.clone().into_bytes()));
        self.written(&objects)
    }

    fn written(&self, objects: &[Vec<u8>]) -> Vec<u8> {
        let mut file = b"%PDF-1.7\n".to_vec();
        let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
        for (object, number) in objects.iter().zip(1..) {
            table.push_str(&format!("{:010} 00000 n \n", file.len()));
            file.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
            file.extend_from_slice(object);
            file.extend_from_slice(b"\nendobj\n");
        }
        let at = file.len();
        let looped = if self.looped { format!("/Prev {at}") } else { String::new() };
        let encrypted = if self.encrypted {
            let nothing = "00".repeat(32);
            format!(
                "/ID[<00><00>]/Encrypt<</Filter/Standard/V 2/R 3/Length 128/P -4/O<{nothing}>/U<{nothing}>>>"
            )
        } else {
            String::new()
        };
        let size = objects.len() + 1;
        file.extend_from_slice(
            format!("{table}trailer\n<</Size {size}/Root 1 0 R/Info 4 0 R{looped}{encrypted}>>\nstartxref\n{at}\n%%EOF\n").as_bytes(),
        );
        file
    }
}

/// A piece again and again, packed.
pub(crate) fn gzipped(piece: &[u8], times: usize) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    (0..times).for_each(|_| packed.write_all(piece).expect("memory"));
    packed.finish().expect("memory")
}

/// A gigabyte of spaces, packed as a megabyte. Packing all of it takes minutes, so a piece is packed to its end and repeated
/// (RFC 1950 and 1951).
fn gigabyte() -> Vec<u8> {
    const PIECES: u64 = 1 << 10;
    let mut piece = Vec::with_capacity(1 << 16);
    let mut deflate = Compress::new(Compression::best(), false);
    deflate.compress_vec(&vec![b' '; 1 << 20], &mut piece, FlushCompress::Full).expect("memory");
    let mut packed = vec![0x78, 0xda];
    packed.extend_from_slice(&piece.repeat(PIECES as usize));
    // The last block is empty.
    packed.extend_from_slice(&[0x03, 0x00]);
    let (length, prime, space) = (PIECES << 20, 65_521, u64::from(b' '));
    let low = (1 + space * (length % prime)) % prime;
    // The half of a number modulo a prime: times 32 761.
    let sums = (length % prime) * ((length + 1) % prime) % prime * 32_761 % prime;
    let high = (length + space * sums) % prime;
    packed.extend_from_slice(&u32::try_from(high << 16 | low).expect("two sums of 16 bits").to_be_bytes());
    packed
}
