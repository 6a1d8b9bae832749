//! The Merkle tree of RFC 6962 §2.1 over the hashes of the entries.
//!
//! Only the right edge of the tree is kept (one node per set bit of the size, at most 64), so that a writer can
//! compute the root at any time without reading the ledger.

use sha2::{Digest, Sha256};

use crate::Hash;

/// The roots of the full subtrees that make up a tree of `size` leaves, largest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

/// Stored bytes that are no frontier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrontierError {
    #[error("a tree frontier has at least 8 bytes, this one has {0}")]
    TooShort(usize),
    #[error("the frontier of a tree with {size} leaves has {expected} bytes, this one has {found}")]
    WrongLength { size: u64, expected: usize, found: usize },
    #[error("a tree of {0} leaves is beyond what a ledger counts to")]
    TooLarge(u64),
}

impl Frontier {
    pub fn new() -> Self {
        Self::default()
    }

    /// How many entries the tree holds.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends the entry whose hash is `entry_hash`.
    pub fn push(&mut self, entry_hash: &Hash) {
        let mut node = leaf(entry_hash);
        // Each trailing one bit of the size is a full subtree that the new leaf completes.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                node = parent(&left, &node);
            }
        }
        self.peaks.push(node);
        self.size += 1;
    }

    /// The root at this size. Of the empty tree it is the hash of nothing, as the RFC has it.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        match peaks.next() {
            None => Sha256::digest(b"").into(),
            Some(smallest) => peaks.fold(*smallest, |right, left| parent(left, &right)),
        }
    }

    /// 8 bytes of size, big-endian, then the peaks, largest first, 32 bytes each.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.size.to_be_bytes().to_vec();
        for peak in &self.peaks {
            bytes.extend_from_slice(peak);
        }
        bytes
    }

    /// # Errors
    /// When the length does not fit the size that the bytes name.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FrontierError> {
        let Some((size, peaks)) = bytes.split_first_chunk::<8>() else {
            return Err(FrontierError::TooShort(bytes.len()));
        };
        let size = u64::from_be_bytes(*size);
        if size > i64::MAX as u64 {
            return Err(FrontierError::TooLarge(size));
        }
        let (peaks, rest) = peaks.as_chunks::<32>();
        if !rest.is_empty() || peaks.len() != size.count_ones() as usize {
            let expected = 8 + 32 * size.count_ones() as usize;
            return Err(FrontierError::WrongLength { size, expected, found: bytes.len() });
        }
        Ok(Self { size, peaks: peaks.to_vec() })
    }
}

/// The root over all entry hashes at once, written as RFC 6962 §2.1 defines it. [`Frontier`] is tested against it, and
/// an auditor can read it next to the RFC.
pub fn root_of(entry_hashes: &[Hash]) -> Hash {
    match entry_hashes {
        [] => Sha256::digest(b"").into(),
        [one] => leaf(one),
        many => {
            let split = many.len().next_power_of_two() / 2;
            parent(&root_of(&many[..split]), &root_of(&many[split..]))
        }
    }
}

fn leaf(entry_hash: &Hash) -> Hash {
    Sha256::new_with_prefix([0]).chain_update(entry_hash).finalize().into()
}

fn parent(left: &Hash, right: &Hash) -> Hash {
    Sha256::new_with_prefix([1]).chain_update(left).chain_update(right).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(count: u64) -> Vec<Hash> {
        (0..count).map(|number| Sha256::digest(number.to_be_bytes()).into()).collect()
    }

    #[test]
    fn the_frontier_has_the_root_of_the_whole_tree_at_every_size() {
        let leaves = leaves(300);
        let mut frontier = Frontier::new();
        assert_eq!(frontier.root(), root_of(&[]));
        for (index, leaf) in leaves.iter().enumerate() {
            frontier.push(leaf);
            assert_eq!(frontier.root(), root_of(&leaves[..=index]), "size {}", index + 1);
            let again = Frontier::from_bytes(&frontier.to_bytes()).unwrap();
            assert_eq!(again, frontier);
        }
    }

    #[test]
    fn bytes_that_are_no_frontier_are_refused() {
        assert_eq!(Frontier::from_bytes(&[0; 7]), Err(FrontierError::TooShort(7)));
        let mut bytes = 3u64.to_be_bytes().to_vec();
        bytes.extend_from_slice(&[9; 32]);
        assert_eq!(Frontier::from_bytes(&bytes), Err(FrontierError::WrongLength { size: 3, expected: 72, found: 40 }));
        assert!(matches!(Frontier::from_bytes(&[255; 8 + 64 * 32]), Err(FrontierError::TooLarge(_))));
        bytes.extend_from_slice(&[9; 33]);
        assert!(Frontier::from_bytes(&bytes).is_err());
        bytes.pop();
        assert_eq!(Frontier::from_bytes(&bytes).unwrap().size(), 3);
    }
}
