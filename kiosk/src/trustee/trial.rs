//! The try-out of a new key: a random test value, encrypted to the trustee's own public key as it was sent, comes back with the key
//! from the stick. It is made and forgotten here and never leaves the terminal.

use belenios::{group::Group, trustee::TrusteePublicKey, with_group};
use rand::CryptoRng;
use zeroize::{Zeroize, Zeroizing};

use super::{KeyFile, KeyFileError};

/// Whether the key in this file opens what is encrypted to the public key that was sent.
///
/// # Errors
/// [`KeyFileError::Unfinished`], [`KeyFileError::Damaged`]
pub fn try_out(file: &KeyFile, rng: &mut impl CryptoRng) -> Result<bool, KeyFileError> {
    with_group!(file.group(), G => try_out_in::<G>(file, rng))
}

fn try_out_in<G: Group>(file: &KeyFile, rng: &mut impl CryptoRng) -> Result<bool, KeyFileError> {
    let key = file.key::<G>()?;
    let Ok(sent) = serde_json::from_str::<TrusteePublicKey<G>>(file.public_key()?) else { return Ok(false) };
    let Ok(secret) = G::decode_scalar(&key.to_text()).map(Zeroizing::new) else { return Ok(false) };
    let value = G::generator_power(&G::random_scalar(rng));
    let mut ephemeral = G::random_scalar(rng);
    let alpha = G::generator_power(&ephemeral);
    let beta = G::multiply(&value, &G::power(&sent.public_key, &ephemeral));
    ephemeral.zeroize();
    Ok(G::divide(&beta, &G::power(&alpha, &secret)) == value)
}
