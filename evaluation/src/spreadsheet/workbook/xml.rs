//! Just enough XML: elements by local name and their text. Entities of a document's own are never expanded.

use std::borrow::Cow;

use quick_xml::{
    Reader, XmlVersion,
    escape::resolve_xml_entity,
    events::{BytesStart, Event},
};

use super::WorkbookError;

/// A document that is read from front to back.
pub(super) struct Xml<'a> {
    reader: Reader<&'a [u8]>,
    depth: usize,
}

/// One step through a document.
pub(super) enum Node<'a> {
    Start(Element<'a>),
    Text(Cow<'a, str>),
    /// The end of the innermost open element.
    End,
    /// The end of the document, all elements closed.
    Done,
}

/// The start of an element. An empty element has an end of its own.
pub(super) struct Element<'a>(BytesStart<'a>);

impl<'a> Xml<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mut reader = Reader::from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
        reader.config_mut().expand_empty_elements = true;
        Self { reader, depth: 0 }
    }

    /// How many elements are open.
    pub(super) const fn depth(&self) -> usize {
        self.depth
    }

    pub(super) fn next(&mut self) -> Result<Node<'a>, WorkbookError> {
        loop {
            match self.reader.read_event().map_err(|_| WorkbookError::Damaged)? {
                Event::Start(start) => {
                    self.depth = self.depth.saturating_add(1);
                    return Ok(Node::Start(Element(start)));
                }
                Event::End(_) => {
                    self.depth = self.depth.checked_sub(1).ok_or(WorkbookError::Damaged)?;
                    return Ok(Node::End);
                }
                Event::Text(text) => return Ok(Node::Text(text.xml10_content())),
                Event::CData(text) => return Ok(Node::Text(text.xml10_content())),
                Event::GeneralRef(reference) => {
                    let character = reference.resolve_char_ref().map_err(|_| WorkbookError::Damaged)?;
                    let text = match character {
                        Some(character) => Cow::Owned(character.to_string()),
                        None => resolve_xml_entity(&reference).ok_or(WorkbookError::Damaged)?.into(),
                    };
                    return Ok(Node::Text(text));
                }
                Event::Eof if self.depth == 0 => return Ok(Node::Done),
                Event::Eof => return Err(WorkbookError::Damaged),
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
    }

    /// The text up to the end of the element that was just opened, without the text of elements in it.
    pub(super) fn text(&mut self) -> Result<String, WorkbookError> {
        let (inside, mut text) = (self.depth, String::new());
        loop {
            match self.next()? {
                Node::Text(piece) if self.depth == inside => text.push_str(&piece),
                Node::End if self.depth < inside => return Ok(text),
                Node::Done => return Err(WorkbookError::Damaged),
                _ => {}
            }
        }
    }

    /// The text of a cell, up to the end of the element that was just opened: runs of rich text are joined, and readings
    /// (furigana, pinyin) left out.
    pub(super) fn rich_text(&mut self) -> Result<String, WorkbookError> {
        let (inside, mut text, mut reading) = (self.depth, String::new(), None);
        loop {
            match self.next()? {
                Node::Start(element) if element.name() == "rPh" && reading.is_none() => {
                    reading = Some(self.depth);
                }
                Node::Start(element) if element.name() == "t" && reading.is_none() => {
                    text.push_str(&self.text()?);
                }
                Node::End if self.depth < inside => return Ok(unescape(&text)),
                Node::End if reading.is_some_and(|depth| self.depth < depth) => reading = None,
                Node::Done => return Err(WorkbookError::Damaged),
                _ => {}
            }
        }
    }
}

impl Element<'_> {
    /// The name without its namespace.
    pub(super) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// The value of an attribute, by its name without namespace.
    pub(super) fn attribute(&self, name: &str) -> Result<Option<String>, WorkbookError> {
        // The check for repeated names would take a time that grows with the square of their number.
        for attribute in self.0.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_| WorkbookError::Damaged)?;
            if attribute.key.local_name().as_ref() == name {
                let value = attribute.normalized_value(XmlVersion::Implicit1_0);
                return value.map(|value| Some(value.into_owned())).map_err(|_| WorkbookError::Damaged);
            }
        }
        Ok(None)
    }

    /// Whether an attribute is there and says yes.
    pub(super) fn flag(&self, name: &str) -> Result<bool, WorkbookError> {
        Ok(self.attribute(name)?.is_some_and(|value| value == "1" || value == "true"))
    }
}

/// `_x000D_` and the like stand for characters (ECMA-376 part 1, §22.9.2.19).
pub(super) fn unescape(text: &str) -> String {
    const LENGTH: usize = 7;
    let (mut units, mut rest) = (Vec::new(), text);
    while let Some(position) = rest.find('_') {
        let (before, from) = rest.split_at(position);
        units.extend(before.encode_utf16());
        let code = from.get(..LENGTH).and_then(|escape| escape.strip_prefix("_x")?.strip_suffix('_'));
        let unit = code
            .filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .and_then(|code| u16::from_str_radix(code, 16).ok());
        units.push(unit.unwrap_or(u16::from(b'_')));
        rest = from.get(if unit.is_some() { LENGTH } else { 1 }..).unwrap_or("");
    }
    units.extend(rest.encode_utf16());
    String::from_utf16_lossy(&units)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rich(text: &str) -> Result<String, WorkbookError> {
        let mut xml = Xml::new(text);
        let _ = xml.next()?;
        xml.rich_text()
    }

    #[test]
    fn runs_are_joined_and_readings_left_out() {
        let text =
            "<si><r><rPr/><t>李</t></r><r><t xml:space=\"preserve\"> 伟</t></r><rPh><t>li</t></rPh></si>";
        assert_eq!(rich(text).as_deref(), Ok("李 伟"));
        assert_eq!(rich("<x:si><x:t>a&amp;&#x20BB7;<![CDATA[<]]></x:t></x:si>").as_deref(), Ok("a&𠮷<"));
    }

    #[test]
    fn entities_of_the_document_are_refused() {
        let bomb = "<!DOCTYPE a [<!ENTITY b \"bbbb\">]><si><t>&b;</t></si>";
        assert_eq!(rich(bomb), Err(WorkbookError::Damaged));
        assert_eq!(rich("<si><t>a</t>"), Err(WorkbookError::Damaged));
        assert_eq!(rich("<si><t>a</si></t>"), Err(WorkbookError::Damaged));
    }

    #[test]
    fn escapes_stand_for_characters() {
        assert_eq!(unescape("a_x000D__x005F_b_x12_c_"), "a\r_b_x12_c_");
        assert_eq!(unescape("_xD842__xDFB7_"), "𠮷");
        assert_eq!(unescape("_x20BB_张_"), "\u{20bb}张_");
    }
}
