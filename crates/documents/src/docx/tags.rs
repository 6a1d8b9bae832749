//! The elements of a story that its reader has to remember while they are open, and those it passes over.

use super::xml::{Element, Space};

/// Elements that are dropped with everything inside.
pub(super) fn is_dropped(element: &Element<'_>) -> bool {
    match element.space {
        Space::Word => matches!(
            element.local(),
            "moveFrom"
                | "delText"
                | "instrText"
                | "delInstrText"
                | "pPrChange"
                | "rPrChange"
                | "tblPrChange"
                | "tcPrChange"
                | "trPrChange"
                | "tblGridChange"
                | "tblPrExChange"
                | "sectPrChange"
                | "numberingChange"
                | "sdtPr"
                | "sdtEndPr"
                | "rt"
                | "framePr"
                | "tabs"
        ),
        Space::Compatibility => false,
        Space::Math | Space::Other => false,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    Paragraph,
    ParagraphProperties,
    Run,
    RunProperties,
    Text,
    Insertion,
    Table,
    Row,
    RowProperties,
    Cell,
    CellProperties,
    Box,
    Note,
    Alternate { taken: bool },
    SimpleField,
    CheckBox,
    Body,
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    /// Between `begin` and `separate`: what is computed, not what is shown.
    Instruction,
    Result,
}
