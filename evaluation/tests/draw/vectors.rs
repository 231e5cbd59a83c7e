//! The three published test vectors (draw specification §8), byte for byte.

use evaluation::{
    draw::{Absences, Announcement, Replacements, Seating, Secret, Version, commitment, ticket},
    hash::Sha256Hash,
    pool::{Half, Pool},
};

use crate::folder::{Folder, VECTORS};

/// `pool_sha256`, `announce_sha256`, seed and SHA-256 of `result.tsv`, from the table of the specification.
const HASHES: [(&str, [&str; 4]); 3] = [
    (
        "v1_tiny",
        [
            "f6ce71272a5510ee659545f5134d206d44821c0d61406ad6ce9c191114c66a06",
            "b9a9c3904e33e3ed9e06c43770b74b73d51004a4ba0e2a33e4e11a6f2009a792",
            "ccd5260e25e5ad6621e74c323e441289a2e24fd3cbca600b6f067b1608024ae6",
            "42bdb392275259ef79f70acf867630f882099c5c77a8286402a14f7ba99da2bf",
        ],
    ),
    (
        "v2_300",
        [
            "31a83038473ab8304958b16697fc8bb774d622f9de5df58b3e10029e69e68d70",
            "04199d445f6a9a4caf7f611d253b4991a802222bce6feb2292d29ccc8a8800bb",
            "bf850e58b1af9f52609337af7de8a887a50c19f6676a168873e0cec6d92f7e09",
            "15d3fc074de83f99443b3f09565b856eae0c9ab32b0c672efab7c1e6d514a7de",
        ],
    ),
    (
        "v3_quota_refusal",
        [
            "f5287ddf8cd77b71098a04846362cd9c73353132ed1eb2c63980a3b98c8d3ffb",
            "28e4306a080af003d2240c83baa77f6058dc5ea1629d6abd7ab8ba508ae98e9e",
            "9d99cd38e01149df4081bbd0d21db2761ba6651de9e30007d2d7c4afd175c557",
            "4d2bcd57599e3c366c75e8d8c92b1d813891961d721b11bdada9d030bc7e699d",
        ],
    ),
];

#[test]
fn the_hashes_are_those_of_the_specification() {
    for (name, expected) in HASHES {
        let folder = Folder::vector(name);
        let facts = folder.verify().facts.unwrap();
        let found = [facts.pool_sha256, facts.announce_sha256, facts.seed, facts.result_sha256];
        assert_eq!(found.map(|hash| hash.to_string()), expected, "{name}");
    }
}

#[test]
fn every_file_of_every_vector_is_the_one_in_its_sha256sums() {
    for name in VECTORS {
        let folder = Folder::vector(name);
        for line in folder.text("SHA256SUMS").lines() {
            let (hash, file) = line.split_once("  ").unwrap();
            assert_eq!(Sha256Hash::of(folder.bytes(file)).to_string(), hash, "{name}/{file}");
        }
    }
}

#[test]
fn importing_the_spreadsheet_gives_the_published_pool() {
    for name in VECTORS {
        let folder = Folder::vector(name);
        let pool = Pool::import(folder.bytes("input.csv")).unwrap();
        assert_eq!(pool.to_tsv(), folder.text("pool.tsv"), "{name}");
        assert_eq!(pool, folder.pool());
    }
}

#[test]
fn announcing_the_same_terms_gives_the_published_announcement() {
    for name in VECTORS {
        let folder = Folder::vector(name);
        let announcement = Announcement::new(folder.announcement().terms().clone()).unwrap();
        assert_eq!(announcement.to_tsv(), folder.text("announce.tsv"), "{name}");
    }
}

#[test]
fn every_secret_gives_the_published_commitment() {
    for name in VECTORS {
        let folder = Folder::vector(name);
        for party in 1..=folder.announcement().terms().parties.len() {
            // The secrets of the vectors are made from their names, also the one that stays sealed.
            let secret = Sha256Hash::of(format!("test-secret/{name}/{party}")).to_string();
            let commitment =
                commitment(folder.announcement().hash(), party, &Secret::parse(&secret).unwrap());
            assert_eq!(folder.transcript().commitments()[party - 1], commitment, "{name} party {party}");
        }
    }
}

#[test]
fn drawing_gives_the_published_result() {
    for name in VECTORS {
        let folder = Folder::vector(name);
        assert_eq!(folder.draw().to_tsv(), folder.text("result.tsv"), "{name}");
    }
}

#[test]
fn replacing_gives_the_published_replacements() {
    for name in ["v2_300", "v3_quota_refusal"] {
        let folder = Folder::vector(name);
        let absences = Absences::from_tsv(folder.bytes("absences.tsv"), Version::One).unwrap();
        let result = folder.draw();
        let mut seating = Seating::new(&result);
        let replacements = seating.replace_all(&absences).unwrap();
        assert_eq!(replacements.to_tsv(Version::One), folder.text("replacements.tsv"), "{name}");
        assert_eq!(absences.to_tsv(Version::One), folder.text("absences.tsv"));
        assert_eq!(Replacements::from_tsv(folder.bytes("replacements.tsv"), Version::One), Ok(replacements));
        for half in Half::ALL {
            assert_eq!(seating.representatives(half).count(), 50);
            assert!(seating.representatives(half).all(|person| !absences.0.contains(&person.id)));
        }
    }
}

#[test]
fn the_tiny_vector_is_drawn_as_the_specification_tells() {
    let folder = Folder::vector("v1_tiny");
    let result = folder.draw();
    let ids = |half: Half| {
        let drawn: Vec<_> = result.selected(half).map(|person| person.id.as_str()).collect();
        let alternates: Vec<_> = result.alternates(half).map(|person| person.id.as_str()).collect();
        (drawn, alternates)
    };
    assert_eq!(ids(Half::A), (vec!["T02", "T01"], vec!["T04", "T03", "T05"]));
    assert_eq!(ids(Half::B), (vec!["T06", "T07"], vec!["T09", "T10", "T08"]));
    let hash = ticket(&result.seed(), &"T02".parse().unwrap()).to_string();
    assert!(hash.starts_with("2531d305") && hash.ends_with("4c2b"), "{hash}");
}

#[test]
fn the_refused_reveal_of_the_third_vector_is_seen() {
    let transcript = Folder::vector("v3_quota_refusal").transcript();
    assert_eq!(transcript.valid_reveals(), 2);
    assert!(transcript.reveals()[1].is_none());
}
