//! The little XML that uploads need.

use bytes::Bytes;
use quick_xml::Reader;
use quick_xml::escape::{escape, resolve_predefined_entity};
use quick_xml::events::Event;

use super::Part;

/// Deeper than any answer is.
const DEPTH_MAX: usize = 16;

/// Names without their namespaces; attributes are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) name: String,
    text: String,
    children: Vec<Self>,
}

impl Element {
    /// The text of the first child of that name.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.children.iter().find(|child| child.name == name).map(|child| child.text.trim())
    }

    pub(super) fn children(&self, name: &str) -> impl Iterator<Item = &Self> {
        self.children.iter().filter(move |child| child.name == name)
    }
}

/// Why an answer cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum XmlError {
    #[error("malformed XML: {0}")]
    Malformed(#[from] quick_xml::Error),
    #[error("malformed XML: {0}")]
    Encoding(#[from] quick_xml::encoding::EncodingError),
    #[error("malformed XML: {0}")]
    Shape(&'static str),
}

/// The root of a document, with all that is in it.
pub(super) fn parse(document: &[u8]) -> Result<Element, XmlError> {
    let mut reader = Reader::from_reader(document);
    // The last of them is open.
    let mut open = vec![Element::default()];
    loop {
        let event = reader.read_event()?;
        let depth = open.len();
        let last = open.last_mut().ok_or(XmlError::Shape("an end without a start"))?;
        match event {
            Event::Start(start) => {
                let name = String::from_utf8_lossy(start.local_name().as_ref()).into_owned();
                if depth > DEPTH_MAX {
                    return Err(XmlError::Shape("too deep"));
                }
                open.push(Element { name, ..Element::default() });
            }
            Event::Empty(empty) => {
                let name = String::from_utf8_lossy(empty.local_name().as_ref()).into_owned();
                last.children.push(Element { name, ..Element::default() });
            }
            Event::End(_) => {
                let ended = open.pop().ok_or(XmlError::Shape("an end without a start"))?;
                let parent = open.last_mut().ok_or(XmlError::Shape("an end without a start"))?;
                parent.children.push(ended);
            }
            Event::Text(text) => last.text.push_str(&text.decode()?),
            Event::CData(text) => last.text.push_str(&text.decode()?),
            Event::GeneralRef(entity) => match entity.resolve_char_ref()? {
                Some(char) => last.text.push(char),
                None => {
                    let name = entity.decode()?;
                    let text = resolve_predefined_entity(&name);
                    last.text.push_str(text.ok_or(XmlError::Shape("an unknown entity"))?);
                }
            },
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            Event::Eof => break,
        }
    }
    let document = open.pop().filter(|_| open.is_empty()).unwrap_or_default();
    document.children.into_iter().next().ok_or(XmlError::Shape("it ends before its root does"))
}

/// What CompleteMultipartUpload sends.
pub(super) fn completion(parts: &[Part]) -> Bytes {
    let mut text =
        "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">".to_owned();
    for (number, part) in (1..).zip(parts) {
        let tag = escape(&part.tag);
        text += &format!("<Part><PartNumber>{number}</PartNumber><ETag>{tag}</ETag></Part>");
    }
    text += "</CompleteMultipartUpload>";
    text.into()
}
