//! Contents and chance that come out the same each time.

/// Random numbers from a seed (`splitmix64`).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// A number below `end`, which is not 0.
    pub fn below(&mut self, end: usize) -> usize {
        let number = self.number() % u64::try_from(end).unwrap_or(u64::MAX);
        usize::try_from(number).unwrap_or_default()
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

/// A number for a text, the same in every process.
pub fn hash(text: &str) -> u64 {
    text.bytes()
        .fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}

/// Fills a buffer with the bytes that a content has from `offset` on: any piece that is missing, doubled or in the wrong
/// place shows. `offset` is a multiple of 8.
pub fn fill(seed: u64, offset: u64, buffer: &mut [u8]) {
    for (word, bytes) in (offset / 8..).zip(buffer.chunks_mut(8)) {
        let number = mix(word ^ mix(seed)).to_le_bytes();
        bytes.copy_from_slice(&number[..bytes.len()]);
    }
}

/// A whole content.
pub fn content(seed: u64, size: usize) -> Vec<u8> {
    let mut content = vec![0; size];
    fill(seed, 0, &mut content);
    content
}
