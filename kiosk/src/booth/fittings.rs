//! What the pages of this booth have because of what stands before the voter, and the files they refer to.

use appearance::{Asset, CACHE_FOR_EVER, find_asset};
use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    Booth, Display,
    pages::{self, Look, Spoken, panel_sheet},
};
use crate::equipment::{Equipment, Voice};

/// The equipment of a booth, and what is made from it once.
#[derive(Debug)]
pub(super) struct Fittings {
    equipment: Equipment,
    panel: Option<Asset>,
}

impl Fittings {
    pub(super) fn new(equipment: Equipment) -> Self {
        let panel = equipment.panel.map(|panel| panel_sheet(panel.width_px, panel.width_mm));
        Self { equipment, panel }
    }

    /// The sheet that says how long a millimetre is.
    pub(super) const fn panel(&self) -> Option<&Asset> {
        self.panel.as_ref()
    }

    /// What of the look the equipment decides.
    pub(super) fn look(&self, display: Display) -> Look<'_> {
        Look {
            panel: self.panel(),
            key_hints: self.equipment.keypad,
            camera: self.equipment.camera,
            receipt_printer: self.equipment.receipt_printer,
            voice: spoken(self.equipment.voice, display.voice),
            clips: Some(&self.equipment.clips),
            pointer: self.equipment.pointer,
            ..Look::standard()
        }
    }

    /// Answers the request for a recorded prompt. It is kept by nobody and stands in no log: the same booth, asked in the same
    /// order, whatever the person chooses.
    pub(super) fn clip(&self, language: &str, name: &str) -> Response {
        let Some(clip) = self.equipment.clips.find(language, name) else {
            return StatusCode::NOT_FOUND.into_response();
        };
        let headers = [(header::CONTENT_TYPE, clip.content_type), (header::CACHE_CONTROL, "no-store")];
        (headers, clip.bytes.clone()).into_response()
    }

    /// Answers the request for one of the files that pages refer to.
    pub(super) fn asset(&self, name: &str) -> Response {
        let shared = pages::assets();
        let found = find_asset(&shared, name).or_else(|| find_asset(self.panel().as_slice(), name));
        let Some(asset) = found else { return StatusCode::NOT_FOUND.into_response() };
        let headers = [(header::CONTENT_TYPE, asset.content_type()), (header::CACHE_CONTROL, CACHE_FOR_EVER)];
        (headers, asset.bytes().to_vec()).into_response()
    }
}

impl Booth {
    pub(super) fn fittings(&self) -> &Fittings {
        &self.0.fittings
    }
}

/// What is spoken; nothing where no voice is offered. What was chosen is spoken only if the person asked for the voice.
const fn spoken(offered: Voice, wished: Option<bool>) -> Option<Spoken> {
    match (offered, wished) {
        (Voice::Off, _) => None,
        (_, Some(true)) => Some(Spoken::Everything),
        (Voice::On, None) => Some(Spoken::Prompts),
        (Voice::Offered, None) | (_, Some(false)) => Some(Spoken::Nothing),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_spoken_only_to_a_person_who_switched_the_voice_on() {
        for offered in [Voice::Off, Voice::Offered, Voice::On] {
            for wished in [None, Some(false), Some(true)] {
                let everything = spoken(offered, wished) == Some(Spoken::Everything);
                assert_eq!(
                    everything,
                    offered != Voice::Off && wished == Some(true),
                    "{offered:?} {wished:?}"
                );
            }
            assert_ne!(spoken(offered, Some(false)), Some(Spoken::Prompts));
        }
        assert_eq!(spoken(Voice::Off, Some(true)), None);
        assert_eq!(spoken(Voice::On, None), Some(Spoken::Prompts));
        assert_eq!(spoken(Voice::Offered, None), Some(Spoken::Nothing));
    }

    #[test]
    fn the_panel_of_the_configuration_reaches_the_pages() {
        let panel = Some(crate::equipment::Panel { width_mm: 194, width_px: 1080 });
        let fittings = Fittings::new(Equipment { panel, ..Equipment::default() });
        let look = fittings.look(Display::default());
        let sheet = look.panel.unwrap();
        assert_eq!(fittings.asset(sheet.file_name()).status(), StatusCode::OK);
        assert_eq!(fittings.asset("panel.css").status(), StatusCode::NOT_FOUND);
        assert!(Fittings::new(Equipment::default()).panel().is_none());
    }
}
