//! Archives taken apart and put together again with every hash made good, as a forger would.

/// A member: its name and its body.
type Member = (String, Vec<u8>);

const BLOCK: usize = 512;

/// Rewrites the archive: `change` may alter any body, told by its member number and name; names, references of later
/// members and headers follow.
pub(crate) fn rewrite(archive: &[u8], change: impl Fn(usize, &str, &mut Vec<u8>)) -> Vec<u8> {
    let mut rewritten = Vec::new();
    let mut renamed: Vec<(String, String)> = Vec::new();
    for (number, (header, (name, body))) in members(archive).into_iter().enumerate() {
        let mut text = String::from_utf8(body).unwrap();
        for (old, new) in &renamed {
            text = text.replace(old, new);
        }
        let mut body = text.into_bytes();
        change(number, &name, &mut body);
        let Some((hash, suffix)) = name.split_once('.') else {
            write(&mut rewritten, header, &name, &body);
            continue;
        };
        let fresh = evaluation::hash::Sha256Hash::of(&body).to_string();
        write(&mut rewritten, header, &format!("{fresh}.{suffix}"), &body);
        if fresh != hash {
            renamed.push((hash.to_owned(), fresh));
        }
    }
    rewritten
}

/// The members in order, each with its header block.
pub(crate) fn members(archive: &[u8]) -> Vec<([u8; BLOCK], Member)> {
    let mut members = Vec::new();
    let mut rest = archive;
    while let Some((header, behind)) = rest.split_at_checked(BLOCK) {
        let name = str::from_utf8(&header[..100]).unwrap().trim_end_matches('\0').to_owned();
        let size = str::from_utf8(&header[124..136]).unwrap().trim_end_matches(['\0', ' ']);
        let size = usize::from_str_radix(size, 8).unwrap();
        let (body, behind) = behind.split_at(size.next_multiple_of(BLOCK));
        members.push((header.try_into().unwrap(), (name, body[..size].to_vec())));
        rest = behind;
    }
    members
}

fn write(archive: &mut Vec<u8>, mut header: [u8; BLOCK], name: &str, body: &[u8]) {
    header[..100].fill(0);
    header[..name.len()].copy_from_slice(name.as_bytes());
    header[124..135].copy_from_slice(format!("{:011o}", body.len()).as_bytes());
    header[148..156].fill(b' ');
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    archive.extend(header);
    archive.extend(body);
    archive.resize(archive.len().next_multiple_of(BLOCK), 0);
}

#[test]
fn an_archive_that_is_not_changed_is_written_as_it_was() {
    let day = crate::day::Day::hold(&crate::plan::Plan::small());
    let archive = &day.files[&day.bel];
    assert!(rewrite(archive, |_, _, _| {}) == *archive);
}
