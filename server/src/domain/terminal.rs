//! Devices in the hall.

use super::word::word_enum;

word_enum! {
    /// What a device is for.
    pub enum TerminalRole {
        /// A voting booth.
        Booth = "booth", "投票机", "booth";
        /// The card officer's terminal.
        CardOfficer = "card_officer", "制卡终端", "card officer's terminal";
        /// A trustee's terminal.
        Trustee = "trustee", "监票终端", "trustee's terminal";
    }
}

word_enum! {
    /// Whether a device may speak to the server.
    pub enum TerminalStatus {
        /// Its token is accepted.
        Enrolled = "enrolled", "已登记", "enrolled";
        /// Its token is refused for ever.
        Revoked = "revoked", "已停用", "revoked";
    }
}
