//! One tar member: a header block and a body padded with zeros to whole blocks (protocol note §7).

/// Bytes of a tar block.
pub(super) const BLOCK: usize = 512;

/// The only header block that a member with this name, size and time may have.
pub(super) fn header(name: &str, size: u64, timestamp: u64) -> Option<[u8; BLOCK]> {
    let mut block = [0; BLOCK];
    if name.len() >= 100 || size >= 1 << 33 || timestamp >= 1 << 33 {
        return None;
    }
    put(&mut block, 0, name.as_bytes());
    put(&mut block, 100, b"0000644\0");
    put(&mut block, 108, b"0000000\0");
    put(&mut block, 116, b"0000000\0");
    put(&mut block, 124, format!("{size:011o}\0").as_bytes());
    put(&mut block, 136, format!("{timestamp:011o}\0").as_bytes());
    put(&mut block, 148, b"        ");
    put(&mut block, 156, b"0");
    let checksum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    put(&mut block, 148, format!("{checksum:06o}\0 ").as_bytes());
    Some(block)
}

/// The name and size that a header block claims.
pub(super) fn name_and_size(block: &[u8; BLOCK]) -> Option<(&str, u64)> {
    let name = block.get(..100)?.split(|byte| *byte == 0).next()?;
    let size = std::str::from_utf8(block.get(124..135)?).ok()?;
    Some((std::str::from_utf8(name).ok()?, u64::from_str_radix(size, 8).ok()?))
}

/// Zero bytes between a body of this size and the next block.
pub(super) fn padding(size: u64) -> usize {
    let over = usize::try_from(size % BLOCK as u64).unwrap_or(0);
    (BLOCK - over) % BLOCK
}

fn put(block: &mut [u8; BLOCK], offset: usize, bytes: &[u8]) {
    if let Some(field) = block.get_mut(offset..offset + bytes.len()) {
        field.copy_from_slice(bytes);
    }
}
