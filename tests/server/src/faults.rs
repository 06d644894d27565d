//! Draws random faults; the same seed draws the same faults.

/// Faults that `faults=…` draws from. All are equally likely, and equally likely before the action runs (it then does
/// not run) and after. With `drip`, the action always runs.
///
/// | fault | what the client sees |
/// |---|---|
/// | `reset`, `close` | a reset, or an end, before the head of the answer |
/// | `reset-head` | a reset in the middle of the head |
/// | `reset-row`, `cut` | a reset, or an end, in the middle of a row |
/// | `status` | 500 and 503, each with and without `Retry-After` |
/// | `html502` | a gateway's error page |
/// | `stall`, `never` | the head and no more, or not even that: until the client's own timeout |
/// | `drip` | the right answer, in pieces |
/// | `type` | the right answer, with another content type |
pub const FAULTS: [&str; 14] = [
    "do=reset",
    "do=close",
    "do=reset-head",
    "do=reset-row",
    "do=cut",
    "do=status&status=500",
    "do=status&status=500&after=0",
    "do=status&status=503",
    "do=status&status=503&after=1",
    "do=html502",
    "do=stall",
    "do=never",
    "do=drip",
    "do=type",
];

/// Draws the fault of the `arrival`-th request with this name: one of [`FAULTS`], and true if it happens before the
/// action runs. `None`: no fault.
pub(crate) fn draw(seed: u64, name: &str, arrival: u64, faults: f64) -> Option<(&'static str, bool)> {
    let mut dice = Dice::new(seed, name, arrival);
    if dice.unit() >= faults {
        return None;
    }
    let which = (dice.unit() * FAULTS.len() as f64) as usize;
    FAULTS.get(which).map(|fault| (*fault, dice.unit() < 0.5))
}

/// Random numbers by SplitMix64.
struct Dice(u64);

impl Dice {
    fn new(seed: u64, name: &str, arrival: u64) -> Self {
        let words = name.bytes().map(u64::from).chain([arrival]);
        words.fold(Self(seed), |mut dice, word| Self(dice.next() ^ word))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number from 0 to below 1.
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::Behaviour;
    use crate::wishes::Wishes;

    #[test]
    fn every_fault_can_be_requested() {
        for fault in FAULTS {
            let wishes = Wishes::parse(fault).expect("readable");
            assert!(wishes.behaviour.expect("a behaviour").parse::<Behaviour>().is_ok(), "{fault}");
        }
    }

    #[test]
    fn a_seed_draws_the_same_faults_and_reaches_all() {
        let all = |seed| (0..20_000).map(|call| draw(seed, &call.to_string(), 1, 0.05)).collect::<Vec<_>>();
        assert_eq!(all(7), all(7));
        assert_ne!(all(7), all(8));
        let hits = all(7).into_iter().flatten().collect::<Vec<_>>();
        assert!((900..1100).contains(&hits.len()), "{}", hits.len());
        assert_eq!(hits.into_iter().collect::<HashSet<_>>().len(), 2 * FAULTS.len());
        assert_eq!(draw(7, "a", 1, 0.0), None);
        assert!(draw(7, "a", 1, 1.0).is_some());
    }
}
