//! Faults by chance, the same ones each time.

/// What happens with `faults=…` to a request that is to be hit: each as likely as the others, and as likely before the action has run
/// (it does not run then) as after. The drip runs it in any case.
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
pub const DRAWN: [&str; 14] = [
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

/// What happens to the `arrival`-th request called `name`, if anything: one of [`DRAWN`], and whether before the action runs.
pub(crate) fn draw(seed: u64, name: &str, arrival: u64, faults: f64) -> Option<(&'static str, bool)> {
    let mut dice = Dice::new(seed, name, arrival);
    if dice.unit() >= faults {
        return None;
    }
    let which = (dice.unit() * DRAWN.len() as f64) as usize;
    DRAWN.get(which).map(|fault| (*fault, dice.unit() < 0.5))
}

/// SplitMix64.
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

    /// From 0 up to, but not including 1.
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::Behaviour;
    use crate::asked::Asked;

    #[test]
    fn every_fault_can_be_asked_for() {
        for fault in DRAWN {
            let asked = Asked::parse(fault).expect("readable");
            assert!(asked.behaviour.expect("a behaviour").parse::<Behaviour>().is_ok(), "{fault}");
        }
    }

    #[test]
    fn the_same_each_time_and_all_of_them() {
        let all = |seed| (0..20_000).map(|call| draw(seed, &call.to_string(), 1, 0.05)).collect::<Vec<_>>();
        assert_eq!(all(7), all(7));
        assert_ne!(all(7), all(8));
        let hits = all(7).into_iter().flatten().collect::<Vec<_>>();
        assert!((900..1100).contains(&hits.len()), "{}", hits.len());
        assert_eq!(hits.into_iter().collect::<HashSet<_>>().len(), 2 * DRAWN.len());
        assert_eq!(draw(7, "a", 1, 0.0), None);
        assert!(draw(7, "a", 1, 1.0).is_some());
    }
}
