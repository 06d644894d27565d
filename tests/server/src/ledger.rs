//! Counts how often each action has arrived, and how often it has run.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use crate::idempotency::Scope;

/// The answer to `GET /ledger`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ledger {
    /// Entries by idempotency key, or by the call's name if it has no key. If another user or action has the same
    /// key, the later entry is stored under `user/action/key`.
    pub keys: BTreeMap<String, Entry>,
    /// Largest number of action requests in work at the same time: from their arrival until their answer was sent, or
    /// the client had gone.
    pub most_at_once: u64,
    /// Number of action requests, including those without key and name.
    pub total: u64,
    /// Number of times that each of [`FAULTS`](crate::FAULTS) was drawn.
    pub drawn: BTreeMap<String, u64>,
}

/// Counts of one key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Entry {
    /// Number of requests.
    pub arrivals: u64,
    /// Number of runs of the action.
    pub effects: u64,
    /// `lane` of the first arrival.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lane: Option<String>,
    /// `call` of the first arrival.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    /// Position of the first arrival among all arrivals, from 1.
    pub order: u64,
}

/// The ledger while it is counted.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    entries: HashMap<Scope, Entry>,
    in_work: u64,
    most_at_once: u64,
    total: u64,
    drawn: BTreeMap<String, u64>,
}

impl Tally {
    /// Counts an arrival, which is in work until [`Tally::left`]. Returns its number among the arrivals of its key,
    /// from 1; without a key, its number among all.
    pub(crate) fn arrived(&mut self, scope: Option<&Scope>, call: Option<&str>, lane: Option<&str>) -> u64 {
        self.total += 1;
        self.in_work += 1;
        self.most_at_once = self.most_at_once.max(self.in_work);
        let Some(scope) = scope else { return self.total };
        let first = || Entry { lane: lane.map(str::to_owned), call: call.map(str::to_owned), order: self.total, ..Entry::default() };
        let entry = self.entries.entry(scope.clone()).or_insert_with(first);
        entry.arrivals += 1;
        entry.arrivals
    }

    /// Counts an action request as no longer in work.
    pub(crate) fn left(&mut self) {
        self.in_work = self.in_work.saturating_sub(1);
    }

    /// Counts a run of the action.
    pub(crate) fn ran(&mut self, scope: &Scope) {
        if let Some(entry) = self.entries.get_mut(scope) {
            entry.effects += 1;
        }
    }

    pub(crate) fn count_fault(&mut self, fault: &str) {
        *self.drawn.entry(fault.to_owned()).or_default() += 1;
    }

    /// Forgets everything except the requests in work.
    pub(crate) fn forget(&mut self) {
        *self = Self { in_work: self.in_work, most_at_once: self.in_work, ..Self::default() };
    }

    pub(crate) fn ledger(&self) -> Ledger {
        let mut entries: Vec<_> = self.entries.iter().collect();
        entries.sort_by_key(|(_, entry)| entry.order);
        let mut keys = BTreeMap::new();
        for (Scope { user, action, key }, entry) in entries {
            let name = if keys.contains_key(key) { format!("{user}/{action}/{key}") } else { key.clone() };
            keys.insert(name, entry.clone());
        }
        Ledger { keys, most_at_once: self.most_at_once, total: self.total, drawn: self.drawn.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(user: &str, key: &str) -> Scope {
        Scope { user: user.to_owned(), action: "x".to_owned(), key: key.to_owned() }
    }

    #[test]
    fn arrivals_and_runs_are_counted_by_key() {
        let mut tally = Tally::default();
        assert_eq!(tally.arrived(Some(&scope("a", "k")), Some("1"), Some("cart")), 1);
        assert_eq!(tally.arrived(Some(&scope("a", "k")), None, None), 2);
        assert_eq!(tally.arrived(Some(&scope("b", "k")), None, None), 1);
        assert_eq!(tally.arrived(None, None, None), 4);
        tally.ran(&scope("a", "k"));
        (0..4).for_each(|_| tally.left());
        let ledger = tally.ledger();
        assert_eq!((ledger.total, ledger.most_at_once), (4, 4));
        let first = Entry { arrivals: 2, effects: 1, lane: Some("cart".to_owned()), call: Some("1".to_owned()), order: 1 };
        assert_eq!(ledger.keys["k"], first);
        assert_eq!(ledger.keys["b/x/k"], Entry { arrivals: 1, order: 3, ..Entry::default() });
    }

    #[test]
    fn requests_in_work_are_not_forgotten() {
        let mut tally = Tally::default();
        tally.arrived(Some(&scope("a", "k")), None, None);
        tally.forget();
        tally.ran(&scope("a", "k"));
        tally.arrived(None, None, None);
        let ledger = tally.ledger();
        assert_eq!((ledger.keys.len(), ledger.total, ledger.most_at_once), (0, 1, 2));
    }
}
