//! Random messages as bytes, written by walking a schema: an encoder that shares nothing with the
//! generated one.

use bytes::{BufMut, Bytes, BytesMut};

use crate::catalog::{Default, Entry, Field, Kind};

/// SplitMix64 (Steele, Lea and Flood, 2014): one seed, one history.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// Draws follow from `seed` alone.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// One of `0..bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.bits() % bound as u64).expect("below a usize")
    }

    /// One of a closed range of versions.
    pub fn version(&mut self, low: i16, high: i16) -> i16 {
        let span = usize::from(low.abs_diff(high)) + 1;
        low + i16::try_from(self.below(span)).expect("below an i16")
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }
}

/// A message of `entry` in `version`, in the one form that an encoder gives it: tagged fields in
/// order, and those left out that equal their default.
pub fn message(entry: &Entry, version: i16, random: &mut Random) -> Bytes {
    let mut walk = Walk { version, flexible: version >= entry.flexible_from, random };
    let mut bytes = BytesMut::new();
    walk.structure(entry.fields, 0, &mut bytes);
    bytes.freeze()
}

/// The message of `entry` of which nothing was set.
pub fn default_message(entry: &Entry, version: i16) -> Bytes {
    let flexible = version >= entry.flexible_from;
    let walk = Walk { version, flexible, random: &mut Random::new(0) };
    let mut bytes = BytesMut::new();
    walk.default_structure(entry.fields, &mut bytes);
    bytes.freeze()
}

struct Walk<'a> {
    version: i16,
    flexible: bool,
    random: &'a mut Random,
}

impl Walk<'_> {
    fn structure(&mut self, fields: &[Field], depth: usize, out: &mut BytesMut) {
        for field in fields.iter().filter(|field| field.tag.is_none()) {
            if field.is_in(self.version) {
                self.field(field, depth, out);
            }
        }
        if self.flexible {
            self.tags(fields, depth, out);
        }
    }

    fn tags(&mut self, fields: &[Field], depth: usize, out: &mut BytesMut) {
        let mut contents = Vec::new();
        for field in fields {
            let Some(tag) = field.tag.filter(|_| field.is_in(self.version)) else { continue };
            let mut content = BytesMut::new();
            self.field(field, depth, &mut content);
            let mut default = BytesMut::new();
            self.default_field(field, &mut default);
            // Often unset, as on real wires.
            if content != default && !self.random.one_in(3) {
                contents.push((tag, content));
            }
        }
        contents.sort_by_key(|(tag, _)| *tag);
        varint(contents.len(), out);
        for (tag, content) in contents {
            varint(tag as usize, out);
            varint(content.len(), out);
            out.put_slice(&content);
        }
    }

    fn field(&mut self, field: &Field, depth: usize, out: &mut BytesMut) {
        let flexible = self.flexible && !field.never_flexible;
        let nullable = field.is_nullable(self.version);
        if nullable && self.random.one_in(4) {
            return self.null(field, flexible, out);
        }
        if nullable && matches!(field.kind, Kind::Structure(_)) {
            out.put_u8(1);
        }
        self.value(&field.kind, flexible, depth, out);
    }

    fn null(&self, field: &Field, flexible: bool, out: &mut BytesMut) {
        match &field.kind {
            // A tagged structure marks absence by zero, any other by -1.
            Kind::Structure(_) => out.put_i8(if field.tag.is_some() { 0 } else { -1 }),
            _ if flexible => varint(0, out),
            Kind::String => out.put_i16(-1),
            _ => out.put_i32(-1),
        }
    }

    fn value(&mut self, kind: &Kind, flexible: bool, depth: usize, out: &mut BytesMut) {
        match kind {
            Kind::Bool => out.put_u8(u8::from(self.random.one_in(2))),
            Kind::Integer(size) => {
                let value = self.integer();
                out.put_slice(&value.to_be_bytes()[8 - size..]);
            }
            Kind::Float => out.put_f64(self.integer() as f64 / 8.0),
            Kind::Uuid => match self.random.one_in(4) {
                true => out.put_bytes(0, 16),
                false => {
                    out.put_u64(self.random.bits());
                    out.put_u64(self.random.bits());
                }
            },
            Kind::String => {
                let text = self.text();
                if flexible {
                    varint(text.len() + 1, out);
                } else {
                    out.put_u16(text.len().try_into().expect("short"));
                }
                out.put_slice(text.as_bytes());
            }
            Kind::Bytes => {
                let length = if self.random.one_in(10) { 3000 } else { 40 };
                let length = self.random.below(length);
                self.length(length, flexible, out);
                for _ in 0..length {
                    out.put_u8(self.random.bits().to_be_bytes()[0]);
                }
            }
            Kind::Structure(fields) => self.structure(fields, depth + 1, out),
            Kind::Array(element) => {
                // Deep arrays stay short, so that sizes do not explode.
                let bound = if depth == 0 && self.random.one_in(20) { 200 } else { 4 };
                let count = self.random.below(bound);
                self.length(count, flexible, out);
                for _ in 0..count {
                    self.value(element, flexible, depth + 1, out);
                }
            }
        }
    }

    fn length(&self, length: usize, flexible: bool, out: &mut BytesMut) {
        if flexible {
            varint(length + 1, out);
        } else {
            out.put_u32(length.try_into().expect("short"));
        }
    }

    /// Defaults and edges as often as anything else.
    fn integer(&mut self) -> i64 {
        const EDGES: [i64; 9] =
            [0, 1, -1, -2, 127, i16::MAX as i64, i32::MAX as i64, i32::MIN as i64, i64::MAX];
        match self.random.one_in(2) {
            true => EDGES[self.random.below(EDGES.len())],
            false => i64::from_be_bytes(self.random.bits().to_be_bytes()),
        }
    }

    fn text(&mut self) -> String {
        const LETTERS: [char; 8] = ['a', 'Z', '0', '-', '.', 'ß', '水', '🚰'];
        let length = match self.random.below(20) {
            0 => 300,
            1..=5 => 0,
            _ => self.random.below(12),
        };
        (0..length).map(|_| LETTERS[self.random.below(LETTERS.len())]).collect()
    }

    fn default_structure(&self, fields: &[Field], out: &mut BytesMut) {
        for field in fields.iter().filter(|field| field.tag.is_none()) {
            if field.is_in(self.version) {
                self.default_field(field, out);
            }
        }
        if self.flexible {
            varint(0, out);
        }
    }

    fn default_field(&self, field: &Field, out: &mut BytesMut) {
        let flexible = self.flexible && !field.never_flexible;
        let number = match field.default {
            Default::Null => return self.null(field, flexible, out),
            Default::Integer(value) => value,
            Default::Zero => 0,
        };
        if field.is_nullable(self.version) && matches!(field.kind, Kind::Structure(_)) {
            out.put_u8(1);
        }
        match &field.kind {
            Kind::Bool => out.put_slice(&number.to_be_bytes()[7..]),
            Kind::Integer(size) => out.put_slice(&number.to_be_bytes()[8 - size..]),
            Kind::Float => out.put_f64(0.0),
            Kind::Uuid => out.put_bytes(0, 16),
            Kind::Structure(fields) => self.default_structure(fields, out),
            _ if flexible => varint(1, out),
            Kind::String => out.put_i16(0),
            Kind::Bytes | Kind::Array(_) => out.put_i32(0),
        }
    }
}

fn varint(mut value: usize, out: &mut BytesMut) {
    while value >= 0x80 {
        out.put_u8(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.put_u8(value.to_le_bytes()[0]);
}
